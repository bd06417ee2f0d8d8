"""Does the cited text say the sentence? The `Verifier` protocol and the default cascade.

The check knows nothing of how the sentence came to be: it gets the sentence, the quotes read again from the archive,
and says supported, contradicted, unsupported or unchecked. Cheapest and most certain first: a sentence that stands
word for word in its quote is supported; numbers, dates and names that the quotes do not hold are a veto; what is
left is a question of overlap. Whatever goes wrong gives unchecked, which is never shown as the answer.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.article import Article, Block, heading
from index.embedding import Embedder
from rag.answer import Citation, Sentence, Verdict
from rag.evidence import Floats
from rag.selection import LinearScore, load_weights
from rag.terms import content_stems, names, numbers


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict, its score between 0 and 1 (None when nothing was measured), and why not, in words."""

    verdict: Verdict
    score: float | None
    reason: str | None = None


class Verifier(Protocol):
    """Checks one sentence against the exact text of its citations."""

    name: str

    def check(self, sentence: str, quotes: Sequence[str], context: str = "") -> Check:
        """The verdict. `context` is what stands around the quotes: it tells who "he" is, and proves nothing itself."""
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
    around = []
    try:
        for citation in draft.citations:
            article = read(citation.article.id)
            stored = article.text[citation.start : citation.end]
            if stored != citation.quote:
                reason = f"its quote is not what {citation.article.source_id} holds at {citation.start}-{citation.end}"
                return Sentence(draft.text, "unsupported", 0.0, (), reason)
            around.append(context_of(article, citation.start, citation.end))
        check = verifier.check(draft.text, [citation.quote for citation in draft.citations], "\n".join(around))
    except Exception as error:  # whatever it was, the sentence is not checked, and so it is not shown
        return Sentence(draft.text, "unchecked", None, draft.citations, f"the check could not run: {error}")
    return Sentence(draft.text, check.verdict, check.score, draft.citations, check.reason)


def context_of(article: Article, start: int, end: int) -> str:
    """Heading of the article and its reporting up to `CONTEXT` characters on either side of the slice."""
    first, last = max(0, start - CONTEXT), end + CONTEXT
    around = [
        article.text[max(block.start, first) : min(block.end, last)]
        for block in article.blocks or (Block(0, len(article.text), "body"),)
        if block.kind in ("body", "caption") and block.start < last and first < block.end
    ]
    return "\n".join([heading(article.title, article.source, article.published_at), *around])


_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nobody|nothing|without|cannot|n['’]t|deny|denie[sd]|refus\w+|"
    r"fail\w*|reject\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
CONTEXT = 400  # characters: about a paragraph, in which news names the person it then calls "he"
FEATURES = ("coverage", "cosine", "missing_names", "missing_numbers", "negation_differs", "length_ratio")


class CascadeVerifier:
    """Exact quote, then vetoes, then a fitted score over overlap and similarity (`weights/verification.json`)."""

    name = "cascade"

    def __init__(self, embedder: Embedder, *, weights: dict[str, object] | None = None) -> None:
        self._embedder = embedder
        document = weights or load_weights("verification.json")
        self._score = LinearScore.read(document)
        self._threshold = float(str(document["threshold"]))

    def check(self, sentence: str, quotes: Sequence[str], context: str = "") -> Check:
        """The verdict on `sentence` given the full text of what it cites and what stands around it."""
        if not sentence.strip():
            return Check("unsupported", 0.0, "it is empty")
        if any(_plain(sentence) == _plain(quote) for quote in quotes):  # not a part: "he lied" in "nobody says he lied"
            return Check("supported", 1.0)
        evidence = " ".join(quotes)
        absent = missing_names(sentence, f"{evidence}\n{context}") + missing_numbers(sentence, evidence)
        if absent:
            return Check("unsupported", 0.0, f"not in the cited text: {', '.join(absent)}")
        features = self.measure(sentence, quotes)
        score = float(self._score(features, FEATURES)[0])
        if not math.isfinite(score):
            return Check("unchecked", None, "its score is no number")
        probability = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
        if features[0, FEATURES.index("negation_differs")]:
            return Check(
                "unsupported", min(probability, 0.5), "one of sentence and cited text denies, the other does not"
            )
        if probability < self._threshold:
            return Check("unsupported", probability, "the cited text says too little of it")
        return Check("supported", probability)

    def measure(self, sentence: str, quotes: Sequence[str]) -> Floats:
        """One row of `FEATURES`, shape (1, len(FEATURES)), float32."""
        evidence = " ".join(quotes)
        said, known = set(content_stems(sentence)), set(content_stems(evidence))
        vectors = self._embedder.embed_passages([sentence, *quotes])
        row = (
            len(said & known) / len(said) if said else 0.0,
            float((vectors[1:] @ vectors[0]).max()),
            float(len(missing_names(sentence, evidence))),
            float(len(missing_numbers(sentence, evidence))),
            float(bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(evidence))),
            min(3.0, len(sentence) / max(1, len(evidence))),
        )
        return np.asarray([row], dtype=np.float32)


def missing_names(sentence: str, evidence: str) -> list[str]:
    """Names in `sentence` that `evidence` does not hold; a first word that it does not hold may be one and counts."""
    known = set(content_stems(evidence)) | set(re.findall(r"\w+", evidence.lower()))
    first = [word for word in sentence.split()[:1] if word[:1].isupper() and not set(content_stems(word)) <= known]
    found = [name for name in dict.fromkeys(names(sentence)) if not set(re.findall(r"\w+", name.lower())) <= known]
    return [word.strip(".,:;!?\"'“”‘’") for word in first] + found


def missing_numbers(sentence: str, evidence: str) -> list[str]:
    """Numbers in `sentence`, in digits or small ones in words, that `evidence` does not hold."""
    known = set(numbers(evidence))
    return [number for number in dict.fromkeys(numbers(sentence)) if number not in known]


def _plain(text: str) -> str:
    return " ".join(text.split())
