"""From evidence to draft sentences: the `Writer` protocol and the default, which writes no word of its own.

Measured on 4,000 political articles, SmolLM2-135M given the one proving sentence adds words from nowhere in three of
four answers. So the default answer is made of whole sentences of the archive, the best one first. Writers with words
of their own (`rag.llama`, `rag.chat`) keep to the same protocol and pass the same check.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer import Citation
from rag.evidence import UNREAD, Candidate, starts_dependent
from rag.selection import Evidence
from rag.settings import MAX_WORDS
from rag.verification import Draft

# How far (in the selector's log odds) a further sentence may be behind the first and still be shown. On 403 held-out
# questions a shown sentence proves the answer for .74, .77, .77, .78, .79, .79 of them at 0, 1, 2, 3, 4 and no limit,
# with 30, 34, 36, 39, 42 and 53 words on average.
MARGIN = 4.0
# How far (in the reader's log odds) a neighbour of the best sentence may be behind the best one elsewhere and still be
# shown before it: what is said next completes what was said. On 249 held-out questions of gold/train a shown sentence
# proves and answers for .687 of them without, .691 at 0 and 1, .695 at 2, 3 and 4, in 44, 45, 46 and 48 words.
NEIGHBOUR = 2.0
CONTEXT_WORDS = 30  # a sentence before a dependent one is shown when it is this short


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a writer made: sentences in order (none: it abstains) and notes for the reader."""

    sentences: tuple[Draft, ...]
    notes: tuple[str, ...] = ()


class Writer(Protocol):
    """Writes a short cited answer from evidence, or nothing."""

    name: str

    def write(self, question: str, evidence: Sequence[Evidence]) -> Drafted:
        """Draft sentences from `evidence`, best first. May raise ModelError."""
        ...


class ExtractiveWriter:
    """Chooses the best sentences up to a number of words for each part of the question and changes nothing in them."""

    name = "verbatim sentences"

    def __init__(self, *, max_words: int = MAX_WORDS, margin: float = MARGIN) -> None:
        self._max_words = max_words
        self._margin = margin

    def write(self, question: str, evidence: Sequence[Evidence]) -> Drafted:
        """For each part the best sentence always, and each next one while it is close to the best and there is room."""
        del question  # the evidence is already in the order of how well it answers
        chosen: list[Candidate] = []
        for part in sorted({item.part for item in evidence}):
            chosen += self._choose([item for item in evidence if item.part == part], chosen)
        return Drafted(tuple(Draft(item.text, (cite(item),)) for item in chosen))

    def _choose(self, evidence: Sequence[Evidence], shown: Sequence[Candidate]) -> list[Candidate]:
        """Sentences that answer one part, less those that are `shown` for another."""
        best = evidence[0].candidate
        chosen = [best]
        room = self._max_words - _words(best.text)
        lead = before(best)
        if lead is not None and _words(lead.text) <= min(room, CONTEXT_WORDS):
            chosen.insert(0, lead)
            room -= _words(lead.text)
        near = neighbours(evidence)
        close = [item for item in evidence[1:] if evidence[0].score - item.score <= self._margin and item not in near]
        for item in [*near, *close]:
            words = _words(item.candidate.text)
            if words <= room and not any(_overlap(item.candidate, other) for other in chosen):
                place = _place(item.candidate, chosen, best)
                if place is not None:
                    chosen.insert(place, item.candidate)
                    room -= words
        return [item for item in chosen if not any(_overlap(item, other) for other in shown)]


def neighbours(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences beside the best one that answer about as well as any other, the better one first."""
    best, others = evidence[0].candidate, evidence[1:]
    near = [item for item in others if item.candidate.read and _beside(item.candidate, best)]
    rival = max((_answers(item) for item in others if item not in near), default=UNREAD)
    return sorted((item for item in near if _answers(item) >= rival - NEIGHBOUR), key=_answers, reverse=True)


def _beside(one: Candidate, other: Candidate) -> bool:
    return one.passage.row == other.passage.row and abs(one.position - other.position) == 1


def _answers(item: Evidence) -> float:
    return item.candidate.read.answers if item.candidate.read else UNREAD


def _place(item: Candidate, chosen: Sequence[Candidate], best: Candidate) -> int | None:
    """Where `item` goes: beside its neighbour in the article, else last. None when it leans on what is not shown.

    The best sentence leads, but for what it leans on. So a neighbour goes before it only when, being a "He said so",
    it would be read as about the best sentence if it came after.
    """
    for at, other in enumerate(chosen):
        if _beside(other, item):
            place = at if item.position < other.position else at + 1
            leads = place <= chosen.index(best) and not starts_dependent(item.text)
            return len(chosen) if leads else place
    return None if before(item) is not None else len(chosen)


def before(candidate: Candidate) -> Candidate | None:
    """The sentence before `candidate` in its passage, when `candidate` leans on it; None otherwise."""
    if not candidate.previous or not starts_dependent(candidate.text):
        return None
    spans = candidate.passage.sentences
    start, end = spans[candidate.position - 1]
    return Candidate(candidate.passage, start, end, candidate.previous, "", candidate.text, candidate.position - 1)


def cite(candidate: Candidate) -> Citation:
    """The citation of exactly this sentence."""
    return Citation(candidate.passage.article, candidate.start, candidate.end, candidate.text)


def _overlap(one: Candidate, other: Candidate) -> bool:
    same_article = one.passage.article.id == other.passage.article.id
    return same_article and one.start < other.end and other.start < one.end


def _words(text: str) -> int:
    return len(text.split())
