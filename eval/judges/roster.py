"""Every judge that needs no download, by name. A model is loaded when its judge is asked for."""

from collections.abc import Callable

from eval.judges.cheap import Compression, Constant, Lexical, Verbatim, Veto
from eval.judges.judge import Judge
from eval.judges.windows import Rarity
from index.errors import UsageError
from rag.stance import RuleStance, Stance


def _similarity() -> Judge:
    from eval.judges.learned import Similarity
    from index.embedding import MiniLmEmbedder

    return Similarity(MiniLmEmbedder.load())


def _likelihood() -> Judge:
    from eval.judges.learned import LikelihoodGain
    from rag.loading import load_likelihood
    from rag.models import find_language_model
    from rag.settings import Settings

    return LikelihoodGain(load_likelihood(find_language_model(None), Settings()))


def _product() -> Judge:
    from eval.judges.learned import Product
    from rag.verification import CascadeVerifier

    stance = _stance_of()
    return Product(lambda rarity: CascadeVerifier(lambda: stance(rarity)))


def _stance() -> Judge:
    from eval.judges.learned import Traced

    return Traced(_stance_of())


def _stance_of() -> Callable[[Rarity], Stance]:
    """The product's stance, with its claim reader loaded once."""
    from rag.claim_reader import ClaimReader

    reader = ClaimReader()
    return lambda rarity: RuleStance(rarity, lambda: rarity.most, reader=reader)


JUDGES: dict[str, tuple[Callable[[], Judge], str]] = {
    "always-yes": (lambda: Constant("always-yes", 1.0), "supports everything"),
    "always-no": (lambda: Constant("always-no", 0.0), "supports nothing"),
    "verbatim": (Verbatim, "the claim stands in the evidence word for word; judges citations by default"),
    "lexical": (Lexical, "words and trigrams of the claim in the best three sentences"),
    "compression": (Compression, "how much shorter the claim is once the evidence is known"),
    "veto": (Veto, "names and numbers of the claim in the evidence; may not judge the product"),
    "similarity": (_similarity, "cosine of claim and best three sentences"),
    "likelihood": (_likelihood, "how much likelier the evidence makes the claim, under SmolLM2-135M"),
    "product": (_product, "the product's own check; may not judge the product"),
    "stance": (_stance, "the stance of `attest trace`, rules and claim reader; may not judge the product"),
}
CHEAP = ("always-yes", "always-no", "verbatim", "lexical", "compression", "veto")  # load no model


def find_judge(name: str) -> Judge:
    """The judge `name`, its model loaded. Raises UsageError for a name that no judge has."""
    if name not in JUDGES:
        raise UsageError(
            f"there is no judge named {name!r}; expected one of {', '.join(JUDGES)}: see `attest eval judge --help`"
        )
    return JUDGES[name][0]()
