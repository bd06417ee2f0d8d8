"""The numbers of an answer's citations: the same span has the same number wherever it is cited."""

from collections.abc import Iterable
from dataclasses import dataclass

from rag.answer import Answer, Citation, Sentence
from rag.weekdays import day_meant
from ui.printable import one_line


@dataclass(frozen=True, slots=True)
class Numbered:
    """Citations in the order of their numbers, which start at 1."""

    citations: tuple[Citation, ...]

    def of(self, citation: Citation) -> int:
        """The number of a citation that was counted; raises ValueError for another."""
        return [_span(known) for known in self.citations].index(_span(citation)) + 1

    def holding(self, words: Citation) -> int:
        """The number of the first citation within which `words` stand; raises ValueError when there is none."""
        for number, known in enumerate(self.citations, start=1):
            if known.article.id == words.article.id and known.start <= words.start and words.end <= known.end:
                return number
        raise ValueError(f"no citation holds {words.article.id}:{words.start}-{words.end}")

    def short(self, words: Citation) -> tuple[str, int]:
        """Words that answer, a weekday among them with its day ("Thursday (7 March 2024)"), and their number."""
        number = self.holding(words)
        day = day_meant(words, self.citations[number - 1])
        return one_line(words.quote) + (f" ({day})" if day else ""), number


def number_citations(sentences: Iterable[Sentence]) -> Numbered:
    """Every cited span once, in the order of first use."""
    spans: dict[tuple[str, int, int], Citation] = {}
    for sentence in sentences:
        for citation in sentence.citations:
            spans.setdefault(_span(citation), citation)
    return Numbered(tuple(spans.values()))


def number_answer(answer: Answer) -> Numbered:
    """The citations of the shown sentences first, then those that only withheld ones have."""
    return number_citations((*answer.sentences, *answer.withheld))


def _span(citation: Citation) -> tuple[str, int, int]:
    return (citation.article.id, citation.start, citation.end)
