"""In how many passages a term stands: counted once, and remembered until the archive changes."""

from collections.abc import Iterable

from index import full_text, storing
from index.database import Database


class TermCounts:
    """Counts of passages, comments included."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[str | None, int] = {}  # passages that hold a term; under None, all passages
        self._generation = -1

    @property
    def passages(self) -> int:
        """All passages that can be found."""
        counts = self._counts()
        if None not in counts:
            counts[None] = int(self._database.one("SELECT count(*) FROM passages")[0])
        return counts[None]

    def holding(self, term: str) -> int:
        """How many passages hold `term` (stemmed by the index) in heading or text."""
        counts = self._counts()
        if term not in counts:
            counts[term] = full_text.count(self._database, term)
        return counts[term]

    def rarest(self, terms: Iterable[str], most: int) -> list[str]:
        """The different `terms`; of more than `most` only those that some passage holds, the rarest of them."""
        different = list(dict.fromkeys(terms))
        if len(different) <= most:
            return different
        return sorted(filter(self.holding, different), key=self.holding)[:most]

    def _counts(self) -> dict[str | None, int]:
        generation = storing.get_generation(self._database)
        if generation != self._generation:
            self._remembered, self._generation = {}, generation
        return self._remembered
