"""Does the cited text say the sentence? The `Verifier` protocol and the default cascade.

The check knows nothing of how the sentence came to be: it gets the sentence, the quotes read again from the archive,
and says supported, contradicted, unsupported or unchecked. Cheapest and most certain first: a sentence that stands
word for word in its quote is supported; a question is not, nor are numbers that the quotes do not hold and names that
their articles do not, nor one name in the place of another (`rag/other_name.py`); what is left is for the stance
(`rag/stance.py`): rules and a trained reader, weighed with what of the sentence stands there (`rag/support.py`).
Whatever goes wrong gives unchecked, which is never shown as the answer.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from index.article import Article, ArticleMeta, Block
from index.sentences import split_sentences
from rag.answer import Citation, Sentence, Verdict
from rag.claims import asks
from rag.evidence import Floats
from rag.other_name import other_name
from rag.selection import load_weights
from rag.stance import Judged, Stance, Window
from rag.support import Support, measure_support, windows_of
from rag.terms import content_stems, is_function_word, names, numbers, stem
from rag.windows import around_of


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict, its score between 0 and 1 (None when nothing was measured), and why not, in words.

    The score is how likely the cited text bears the sentence out. A number or a name that is not there decides the
    verdict, and leaves the score: of 216 claims about held-out articles that lack one, 76 were marked as supported.
    """

    verdict: Verdict
    score: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote as it stands in the archive. What stands around it tells who "he" is, and proves nothing itself."""

    quote: str
    before: str = ""  # the sentence before it
    heading: str = ""  # of its article, with the month and the year
    article: str = ""  # all that its article reports

    @property
    def window(self) -> Window:
        """What the claim reader sees of it."""
        return Window(self.quote, self.before, self.heading)


class Verifier(Protocol):
    """Checks one sentence against the exact text of its citations."""

    name: str

    def check(self, sentence: str, cited: Sequence[Cited]) -> Check:
        """The verdict."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as its writer left it, with the citations it claims."""

    text: str
    citations: tuple[Citation, ...]


def judge(draft: Draft, verifier: Verifier, read: Callable[[str], Article]) -> Sentence:
    """`draft` with its verdict. Quotes are read again from the archive with `read`; any failure gives unchecked."""
    if not draft.citations:
        return Sentence(draft.text, "unsupported", 0.0, (), "it cites nothing")
    cited = []
    try:
        for citation in draft.citations:
            article = read(citation.article.id)
            stored = article.text[citation.start : citation.end]
            if stored != citation.quote:
                reason = f"its quote is not what {citation.article.source_id} holds at {citation.start}-{citation.end}"
                return Sentence(draft.text, "unsupported", 0.0, (), reason)
            cited.append(cited_in(article, citation.start, citation.end))
        check = verifier.check(draft.text, cited)
    except Exception as error:  # whatever it was, the sentence is not checked, and so it is not shown
        return Sentence(draft.text, "unchecked", None, draft.citations, f"the check could not run: {error}")
    return Sentence(draft.text, check.verdict, check.score, draft.citations, check.reason)


def cited_in(article: Article, start: int, end: int) -> Cited:
    """The slice with what its article reports, in text and captions."""
    reported = [
        (block.start, block.end)
        for block in article.blocks or (Block(0, len(article.text), "body"),)
        if block.kind in ("body", "caption")
    ]
    lead = " ".join(article.text[max(one, start - LEAD) : min(other, start)] for one, other in reported if one < start)
    sentences = split_sentences(lead)
    return Cited(
        article.text[start:end],
        lead[slice(*sentences[-1])] if sentences else "",
        around_of(ArticleMeta.of(article)),
        "\n".join(article.text[one:other] for one, other in reported),
    )


LEAD = 400  # characters before a quote: more than the sentence before it
TOGETHER = 0.6  # share of a sentence's content words; from here on one quote alone has to say it; by hand


class CascadeVerifier:
    """Exact quote, then vetoes, then the stance of the quotes, weighed and held to `weights/verification.json`."""

    name = "cascade"

    def __init__(
        self, stance: Callable[[], Stance], *, threshold: float | None = None, support: Support | None = None
    ) -> None:
        """`stance` is called once, when a sentence is first in other words than its quotes: most never are."""
        self._load = stance
        self._stance: Stance | None = None
        shipped = load_weights("verification.json") if threshold is None or support is None else {}
        self._threshold = float(str(shipped["threshold"])) if threshold is None else threshold
        self._support = support or Support.read(shipped)

    def check(self, sentence: str, cited: Sequence[Cited]) -> Check:
        """The verdict on `sentence` given what it cites and what stands around that."""
        if not sentence.strip():
            return Check("unsupported", 0.0, "it is empty")
        if any(_plain(sentence) == _plain(one.quote) for one in cited):  # all of it: "he lied" in "nobody says he lied"
            return Check("supported", 1.0)
        vetoed = veto(sentence, cited)
        if vetoed is not None and vetoed.score is not None:
            return vetoed
        judged, row = self.measure(sentence, cited)
        score = self._support(row)
        if not math.isfinite(score):
            return vetoed or Check("unchecked", None, "its score is no number")
        if vetoed is not None:
            return replace(vetoed, score=score)
        if score >= self._threshold and not refuted(sentence, cited, judged):
            return Check("supported", score)
        if judged.stance == "refutes":
            return Check("contradicted", score, judged.reason or "the cited text says otherwise")
        return Check("unsupported", score, "the cited text says too little of it")

    def measure(self, sentence: str, cited: Sequence[Cited]) -> tuple[Judged, Floats]:
        """The stance of what decides, and a row of `rag.support.FEATURES`.

        What decides is the quote that shares most words with the sentence, or all in one where that is too little.
        """
        if self._stance is None:
            self._stance = self._load()
        near, enough = _nearest(sentence, cited)
        window = near.window
        if len(cited) > 1 and not enough:
            window = replace(cited[0].window, sentence=" ".join(one.quote for one in cited))
        windows = dict.fromkeys([window, *windows_of([one.window for one in cited])])  # each once
        nearest, *others = self._stance.judge(sentence, list(windows))
        return nearest, measure_support(sentence, [one.quote for one in cited], nearest, others)


def veto(sentence: str, cited: Sequence[Cited]) -> Check | None:
    """Why `sentence` is not supported, whatever a model makes of it; None where nothing of the kind is seen.

    Without a score where a number or a name is missing: how likely the rest makes it is still to be measured.
    """
    if asks(sentence):
        return Check("unsupported", 0.0, "it is a question, and states nothing")
    absent = missing(sentence, cited)
    if absent:
        return Check("unsupported", None, f"not in the cited text: {', '.join(absent)}")
    near = _nearest(sentence, cited)[0]
    other = other_name(sentence, near.quote, near.article)
    return None if other is None else Check("contradicted", 0.0, other.reason)


def refuted(sentence: str, cited: Sequence[Cited], judged: Judged) -> bool:
    """Whether what the nearest quote refutes stays refuted, whatever else is cited: "resigned" beside "did not resign".

    Only where a reason can be named and that quote alone has to say it. A model's bare doubt is weighed: as a veto, it
    stops a true sentence made of several quotes as often as a false one (.36 and .34 of WiCE's).
    """
    return judged.stance == "refutes" and judged.reason is not None and _nearest(sentence, cited)[1]


def _nearest(sentence: str, cited: Sequence[Cited]) -> tuple[Cited, bool]:
    """What shares most content words with the sentence, and whether it holds enough of them to say it alone."""
    wanted = set(content_stems(sentence))
    held = [len(wanted & set(content_stems(one.quote))) for one in cited]
    return cited[held.index(max(held))], max(held) >= TOGETHER * len(wanted)


def missing(sentence: str, cited: Sequence[Cited]) -> list[str]:
    """Names in `sentence` that no cited article holds, and numbers that no quote does.

    A name may stand elsewhere in the article, since a quote often has only "he"; a number may not, but for the year.
    """
    quotes = " ".join(one.quote for one in cited)
    around = "\n".join(f"{one.heading}\n{one.article}" for one in cited)
    years = " ".join(year for one in cited for year in _YEAR.findall(one.heading))
    return missing_names(sentence, f"{quotes}\n{around}") + missing_numbers(sentence, f"{quotes} {years}")


def missing_names(sentence: str, evidence: str) -> list[str]:
    """Names in `sentence` that `evidence` does not hold, in any form of the word: Americans, American.

    The first word counts as one where another capitalised word follows: every sentence begins with a capital.
    """
    known = set(content_stems(evidence)) | set(re.findall(r"\w+", evidence.lower()))
    first, second = [*sentence.split()[:2], "", ""][:2]
    doubtful = [first] if first[:1].isupper() and second[:1].isupper() and not is_function_word(first.lower()) else []
    return [name for name in dict.fromkeys(map(_bare, [*doubtful, *names(sentence)])) if not _holds(known, name)]


def _holds(known: set[str], name: str) -> bool:
    """Whether each capitalised part of `name` is known, in some form: of "Orle-based" the first."""
    parts = [part for part in re.findall(r"\w+", name) if not part.islower()]
    return all(part.lower() in known or stem(part.lower()) in known for part in parts)


def _bare(name: str) -> str:
    return re.sub(r"['’]s$", "", name).strip(".,:;!?\"'“”‘’-")


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NO_COUNT = re.compile(r"\bone\b", re.IGNORECASE)  # "no one", "one of them"


def missing_numbers(sentence: str, evidence: str) -> list[str]:
    """Numbers in `sentence`, in digits or small ones in words, that `evidence` does not hold; "one" is none."""
    known = set(numbers(evidence))
    return [number for number in dict.fromkeys(numbers(_NO_COUNT.sub("", sentence))) if number not in known]


def _plain(text: str) -> str:
    return " ".join(text.split())
