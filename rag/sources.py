"""How many independent sources stand behind a verdict: copies of one report count once and are folded under it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from rag.copies import Copies, Copy
from rag.stance import StanceName
from rag.verdict import TracedEvidence

_OTHER_SIDE: Mapping[StanceName, StanceName] = {"supports": "refutes", "refutes": "supports"}


class Sources(Protocol):
    """Knows which articles tell the same report."""

    def independent(self, evidence: Sequence[TracedEvidence]) -> int:
        """How many independent reports the evidence is of."""
        ...

    def folded(self, evidence: Sequence[TracedEvidence]) -> list[TracedEvidence]:
        """The evidence in order, copies of a report folded under the pieces of the article that comes first."""
        ...


class CopySources:
    """Asks the archive which articles are copies of each other (`rag/copies.py`)."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies

    def independent(self, evidence: Sequence[TracedEvidence]) -> int:
        """Articles of one group of copies count once, and so do passages in the same words."""
        found = [one.citation for one in evidence]
        return self._copies.independent([one.article.id for one in found], [one.quote for one in found])

    def folded(self, evidence: Sequence[TracedEvidence]) -> list[TracedEvidence]:
        """Each piece with all the copies of its article that the archive has; pieces from those copies are left out.

        But for a piece that takes the other side: then the copies differ, and both are shown. And one that counts does
        not vanish under one that does not: the verdict rests on it.
        """
        kept: list[TracedEvidence] = []
        for one in evidence:
            article = one.citation.article.id
            against = _OTHER_SIDE.get(one.stance) if one.counts else None
            others = {other.citation.article.id for other in kept if not _differs(one, other, against)}
            others -= {article}
            if not any(self._copies.same_report(article, other) for other in others):
                copies: tuple[Copy, ...] = self._copies.group(article)
                kept.append(replace(one, copies=copies))
        return kept


def _differs(one: TracedEvidence, other: TracedEvidence, against: StanceName | None) -> bool:
    """Whether `one` alone counts; or both do, on either side, in other words: the same words are read otherwise below
    another headline."""
    if one.counts and not other.counts:
        return True
    mine, theirs = (" ".join(piece.citation.quote.split()) for piece in (one, other))
    return other.counts and other.stance == against and mine not in theirs and theirs not in mine
