"""How many independent sources stand behind a verdict: copies of one report count once."""

from collections.abc import Sequence
from typing import Protocol

from rag.verdict import TracedEvidence


class Sources(Protocol):
    """Knows which articles tell the same report."""

    def independent(self, articles: Sequence[str]) -> int:
        """How many independent reports the articles with these ids are."""
        ...

    def folded(self, evidence: Sequence[TracedEvidence]) -> list[TracedEvidence]:
        """The evidence in order, with copies of a report folded under the first piece that is of it."""
        ...


class CountedSources:
    """Counts articles: for an archive in which copies were not looked for."""

    def independent(self, articles: Sequence[str]) -> int:
        """The number of articles."""
        return len(set(articles))

    def folded(self, evidence: Sequence[TracedEvidence]) -> list[TracedEvidence]:
        """The evidence as it is."""
        return list(evidence)
