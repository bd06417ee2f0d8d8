"""Sentences with a known verdict, made of a dataset's gold evidence: they show a check that says yes to everything.

The default writer changes nothing in a sentence, so answers alone would hide a broken check.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from eval.datasets.model import Dataset, Question, Span
from index.article import Article, ArticleMeta
from rag.answer import Citation, Sentence
from rag.verification import Draft

_NUMBER = re.compile(r"\b[1-9][0-9]*\b")
_AUXILIARY = re.compile(r"\b(was|were|is|are|has|had|will|would|can|could|should)\b")


@dataclass(frozen=True, slots=True)
class Probe:
    """A sentence that cites a gold span, and whether the span supports it."""

    item: str
    text: str
    span: Span
    supported: bool


def probes(dataset: Dataset) -> Iterator[Probe]:
    """For each located gold quote: itself, itself with a number changed, denied, and the next question's quote."""
    proven = [
        (question, question.evidence[0][0])
        for question in dataset.questions
        if question.evidence and question.evidence[0][0].start is not None and question.evidence[0][0].quote
    ]
    for at, (question, span) in enumerate(proven):
        quote = span.quote or ""
        yield Probe(question.id, quote, span, True)
        other = next((one for one in _after(proven, at) if one.article_id != span.article_id), None)
        changed = _NUMBER.sub(lambda number: str(int(number[0]) * 2 + 1), quote, count=1)
        denied = _AUXILIARY.sub(r"\1 not", quote, count=1)
        for text in dict.fromkeys((changed, denied, other.quote if other else None)):
            if text and text != quote:
                yield Probe(question.id, text, span, False)


def _after(proven: list[tuple[Question, Span]], at: int) -> Iterator[Span]:
    for step in range(1, len(proven)):
        yield proven[(at + step) % len(proven)][1]


def verdicts(
    dataset: Dataset, check: Callable[[Draft], Sentence], read: Callable[[str], Article]
) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Item id -> the share of its supported probes that pass, and of its unsupported ones that are withheld."""
    passed: dict[str, list[bool]] = {}
    withheld: dict[str, list[bool]] = {}
    for probe in probes(dataset):
        start, end = probe.span.start or 0, probe.span.end or 0
        article = read(probe.span.article_id)
        citation = Citation(ArticleMeta.of(article), start, end, article.text[start:end])
        verdict = check(Draft(probe.text, (citation,))).verdict
        if probe.supported:
            passed.setdefault(probe.item, []).append(verdict == "supported")
        else:
            withheld.setdefault(probe.item, []).append(verdict != "supported")
    return _shares(passed), _shares(withheld)


def _shares(marks: Mapping[str, list[bool]]) -> dict[str, float]:
    return {item: sum(each) / len(each) for item, each in marks.items()}
