"""Citation recall and precision with ALCE's semantics, and the share of sentences that their citations do not support.

What "supports" means is up to a judge, and its name is part of the measure's: another judge is another measure. The
product's own verifier is no judge here.
"""

from collections.abc import Sequence
from typing import Protocol

from eval.measures.measure import Measure
from eval.runs.model import Answer, Said

SOURCE = "ALCE (2305.14627), eval.py; concatenated citations are the premise"


class Supports(Protocol):
    """Says whether a premise supports a sentence."""

    name: str

    def __call__(self, premise: str, sentence: str) -> bool: ...


class Verbatim:
    """Supported when the sentence stands in the premise word for word, white space aside. Errs on the side of no."""

    name = "verbatim"

    def __call__(self, premise: str, sentence: str) -> bool:
        return bool(sentence.split()) and _plain(sentence) in _plain(premise)


def _plain(text: str) -> str:
    return " ".join(text.split())


def recall_measure(judge: Supports) -> Measure:
    """Citation recall under this judge."""
    return Measure(
        f"citation_recall@{judge.name}",
        "share of an answer's sentences that their citations, taken together, support; abstentions are left out",
        "0 to 1",
        SOURCE,
    )


def precision_measure(judge: Supports) -> Measure:
    """Citation precision under this judge."""
    return Measure(
        f"citation_precision@{judge.name}",
        "share of an answer's citations that belong to a supported sentence and are not irrelevant to it: alone no "
        "support, and the others do without it; an answer without citations has 0",
        "0 to 1",
        SOURCE,
    )


def unsupported_measure(judge: Supports) -> Measure:
    """Unsupported sentences under this judge."""
    return Measure(
        f"unsupported_sentences@{judge.name}",
        "share of all shown sentences that their citations do not support",
        "0 to 1",
        "1 - citation recall over sentences",
        "lower",
    )


def supported(sentence: Said, judge: Supports) -> bool:
    """Whether the sentence cites something, and all of it together supports the sentence."""
    return bool(sentence.citations) and judge(_premise(sentence.citations_text), sentence.text)


def recall(answer: Answer, judge: Supports) -> float:
    """Citation recall of an answer with sentences."""
    return sum(supported(sentence, judge) for sentence in answer.sentences) / len(answer.sentences)


def precision(answer: Answer, judge: Supports) -> float:
    """Citation precision of an answer with sentences."""
    marks = [mark for sentence in answer.sentences for mark in _relevant(sentence, judge)]
    return sum(marks) / len(marks) if marks else 0.0


def _relevant(sentence: Said, judge: Supports) -> list[bool]:
    quotes = sentence.citations_text
    if not supported(sentence, judge):
        return [False] * len(quotes)
    marks = []
    for at, quote in enumerate(quotes):
        others = [*quotes[:at], *quotes[at + 1 :]]
        idle = bool(others) and not judge(quote, sentence.text) and judge(_premise(others), sentence.text)
        marks.append(not idle)
    return marks


def _premise(quotes: Sequence[str]) -> str:
    return "\n".join(quotes)
