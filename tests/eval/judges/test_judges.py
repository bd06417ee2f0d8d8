import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.judges.cheap import Compression, Constant, Lexical, Verbatim, Veto
from eval.judges.judge import Judge, Pair, Probabilities, judge_of_product, metric_name, probabilities
from eval.judges.judging import Judging
from eval.judges.learned import LikelihoodGain, Product, Similarity, Traced
from eval.judges.roster import CHEAP, JUDGES, find_judge
from eval.judges.windows import Rarity, nearest_window, windows
from index.embedding import EmbedderIdentity, Vectors
from index.errors import AttestError, UsageError
from rag.stance import Judged, RuleStance, Window
from rag.verification import Check, Cited
from tests.eval.judges.fakes import FERRY

CARRIED = "The ferry carried 214 passengers."


def of(judge: Judge, claim: str, evidence: str = FERRY) -> float:
    return float(probabilities(judge, [Pair(claim, evidence)])[0])


class Letters:
    """An embedder of letter counts."""

    name = "letters"
    dim = 26
    sha256 = ""
    identity = EmbedderIdentity("letters", 26, "")

    def __init__(self) -> None:
        self.texts = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        counts = np.asarray(
            [[text.lower().count(chr(97 + at)) for at in range(26)] for text in texts], dtype=np.float32
        ).reshape(len(texts), 26)
        norms = np.linalg.norm(counts, axis=1, keepdims=True)
        found: Vectors = (counts / np.where(norms > 0, norms, 1)).astype(np.float32)
        return found

    embed_queries = embed_passages


class Fixed:
    """A verifier with one answer, which remembers what it was shown."""

    name = "fixed"

    def __init__(self, check: Check) -> None:
        self._check = check
        self.quotes: list[str] = []

    def check(self, sentence: str, cited: Sequence[Cited]) -> Check:
        self.quotes = [one.quote for one in cited]
        return self._check


def gain(claim: str, evidence: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return np.asarray([-1.0 if text else -3.0 for text in evidence], dtype=np.float32)


def every_judge() -> list[Judge]:
    learned: list[Judge] = [
        Similarity(Letters()),
        LikelihoodGain(gain),
        Product(lambda rarity: Fixed(Check("supported", 0.8))),
        Traced(lambda rarity: RuleStance(rarity, lambda: rarity.most)),
    ]
    return [*(find_judge(name) for name in CHEAP), *learned]


@settings(deadline=None)  # the first text loads the sentence splitter
@given(st.text(max_size=80), st.text(max_size=200))
def test_every_judge_gives_probabilities_of_whatever_text(claim: str, evidence: str) -> None:
    for judge in every_judge():
        assert 0.0 <= of(judge, claim, evidence) <= 1.0


@pytest.mark.parametrize(
    "judge", [judge for judge in every_judge() if judge.name != "always-yes"], ids=lambda j: j.name
)
def test_nothing_is_supported_by_an_empty_text(judge: Judge) -> None:
    assert of(judge, CARRIED, "") == 0.0


def test_constants_say_the_same_of_everything() -> None:
    pairs = [Pair("a", "b"), Pair("c", "")]
    assert Constant("always-yes", 1.0)(pairs).tolist() == [1.0, 1.0]
    assert Constant("always-no", 0.0)(pairs).tolist() == [0.0, 0.0]


def test_lexical_is_the_mean_of_shared_words_and_shared_trigrams() -> None:
    # Of ferri, carri, 300, passeng three words are shared; of their two trigrams none.
    assert of(Lexical(), "The ferry carried 300 passengers.") == pytest.approx((3 / 4 + 0) / 2)
    assert of(Lexical(), CARRIED) == 1.0
    assert of(Lexical(), "Nobody expects parsnips.") == 0.0


def test_lexical_wants_the_words_in_one_window() -> None:
    far = "The ferry sailed at dawn. " + "It rained on the hill above the town. " * 8 + "Cables were worn by salt."
    assert of(Lexical(), "The ferry sailed with worn cables.", far) < of(
        Lexical(), "The ferry sailed with worn cables.", "The ferry sailed at dawn. Cables were worn by salt."
    )


def test_compression_saves_most_on_a_copy() -> None:
    copied, other = of(Compression(), CARRIED), of(Compression(), "Parsnips fetch eleven pounds at market.")
    assert copied > 0.7 > 0.4 > other


def test_the_veto_is_the_share_of_names_and_numbers_found() -> None:
    assert of(Veto(), "A report by Bo Lind named 214 passengers.") == 1.0
    # Bo, Lind and 215: one of three is missing.
    assert of(Veto(), "A report by Bo Lind named 215 passengers.") == pytest.approx(2 / 3)
    assert of(Veto(), "Cables were worn.", "cables were worn") == 1.0


def test_similarity_is_the_cosine_of_the_nearest_window_and_embeds_each_text_once() -> None:
    embedder = Letters()
    judge = Similarity(embedder)
    assert of(judge, "aab", "aab") == pytest.approx(1.0)
    assert of(judge, "aab", "b") == pytest.approx(1 / np.sqrt(5))
    before = embedder.texts
    judge([Pair("ab", "aab"), Pair("ba", "aab")])
    assert embedder.texts == before + 2


def test_likelihood_is_one_less_the_shrinking_of_surprise() -> None:
    assert of(LikelihoodGain(gain), CARRIED) == pytest.approx(1 - np.exp(-2.0))


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (Check("supported", 0.6), 0.8),
        (Check("supported", None), 0.5),
        (Check("unsupported", 0.4), 0.2),
        (Check("unsupported", 1.0), 0.499),
        (Check("unchecked", None), 0.0),
    ],
)
def test_the_products_line_is_one_half_whatever_its_score(check: Check, expected: float) -> None:
    assert of(Product(lambda rarity: Fixed(check)), CARRIED) == pytest.approx(expected)


def test_the_product_sees_the_sentences_of_the_nearest_window() -> None:
    verifier = Fixed(Check("supported", 1.0))
    of(Product(lambda rarity: verifier), "Worn rudder cables are to blame.")
    assert len(verifier.quotes) == 3
    assert "rudder" in verifier.quotes[-1]


def test_a_window_is_three_sentences_and_the_first_of_equals_is_nearest() -> None:
    assert [len(window) for window in windows(FERRY)] == [3, 3]
    assert windows("One line.") == (("One line.",),)
    assert nearest_window("Parsnips.", FERRY) == windows(FERRY)[0]
    assert nearest_window("Parsnips.", "") == ()


def test_the_product_its_stance_and_its_vetoes_never_judge_the_product() -> None:
    for judge in every_judge():
        if judge.name in ("veto", "stance", "product-cascade"):
            with pytest.raises(UsageError, match="may not judge the product"):
                judge_of_product(judge)
        else:
            assert judge_of_product(judge) is judge


def test_a_judges_name_stands_in_the_id_of_a_metric() -> None:
    assert metric_name(Lexical()) == "lexical"
    assert metric_name(Lexical(), 0.6) == "lexical-0.6"
    with pytest.raises(ValueError, match="cannot stand"):
        metric_name(Constant("two words", 1.0))
    names = [judge.name for judge in every_judge()]
    assert len({metric_name(judge) for judge in every_judge()}) == len(names)


def test_a_judge_with_a_line_says_yes_or_no_and_the_products_may_not() -> None:
    loose, strict = Judging(Lexical(), 0.4), Judging(Lexical(), 0.95)
    premise, sentence = "The ferry to Orle sails at nine.", "The ferry to Orle sails at ten."
    assert (loose(premise, sentence), strict(premise, sentence)) == (True, False)
    assert strict(premise, premise)
    assert Judging(Constant("always-no", 0.0))(premise, premise) is False
    with pytest.raises(UsageError, match="no line of its own"):
        Judging(Lexical())
    with pytest.raises(UsageError, match=r"--line is 1\.5"):
        Judging(Lexical(), 1.5)
    with pytest.raises(UsageError, match="may not judge"):
        Judging(Veto())


class Wrong:
    name = "wrong"
    of_product = False
    threshold: float | None = None

    def __init__(self, *values: float) -> None:
        self._values = values

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        return np.asarray(self._values)


@pytest.mark.parametrize(
    ("values", "said"), [((1.2,), "gave 1.2"), ((float("nan"),), "gave nan"), ((0.1, 0.2), "shape")]
)
def test_what_is_no_probability_is_refused(values: tuple[float, ...], said: str) -> None:
    with pytest.raises(AttestError, match=said):
        probabilities(Wrong(*values), [Pair("a", "b")])


def test_an_unknown_judge_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no judge named 'oracle'.*lexical"):
        find_judge("oracle")
    assert set(CHEAP) < set(JUDGES)


class Sees:
    """A stance that supports by a word, and remembers what it was shown."""

    name = "sees"

    def __init__(self, word: str) -> None:
        self._word = word
        self.windows: list[Window] = []

    def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
        self.windows = list(windows)
        return [Judged(0.9 if self._word in one.sentence else 0.1, 0.0, 0.1) for one in windows]


def test_the_stance_is_that_of_the_nearest_sentence_after_the_one_before_it() -> None:
    text = "A ferry ran aground. Six men were hurt. It rained. Gulls came. The ferry was refloated at dawn. Bo left."
    stance = Sees("refloated")
    judge = Traced(lambda rarity: stance)
    assert of(judge, "The ferry was refloated.", text) == 0.9
    assert stance.windows == [Window("The ferry was refloated at dawn.", before="Gulls came.")]
    assert of(judge, "Was the ferry refloated?", text) == 0.0


def test_a_word_is_rarer_the_fewer_sentences_have_it() -> None:
    rarity = Rarity("The ferry left. The ferry came back. A dog barked.")
    assert rarity("ferri") == pytest.approx(math.log(1 + 3 / 3))
    assert rarity("dog") == pytest.approx(math.log(1 + 3 / 2))
    assert rarity("cat") == rarity.most == pytest.approx(math.log(4))
    assert Rarity("").most == 1.0


def test_verbatim_is_word_for_word_whatever_the_white_space() -> None:
    assert of(Verbatim(), "It  carried 214\npeople.", "At noon. It carried 214 people.") == 1.0
    assert of(Verbatim(), "It carried 215 people.", "At noon. It carried 214 people.") == 0.0
