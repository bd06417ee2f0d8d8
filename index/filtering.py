"""What a search may find: filters by date, outlet and kind of passage, over arrays that fit in memory."""

import re
import sqlite3
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.database import Database, explain
from index.errors import UsageError
from index.schema import KINDS, outlet_key

_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?=$|[T ])")
_LAST = "~"  # sorts after every digit and "-": "2021-03~~~" is the end of March 2021


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be found; None means no filter. Dates are compared by day and may be a year or a month.

    An article whose date is unknown passes no date filter, and one known to the month passes only when the whole month
    does: `as_of` promises that nothing later is shown. Raises UsageError for a date that is none.
    """

    since: str | None = None
    until: str | None = None
    source: str | None = None  # the outlet, without regard to case
    as_of: str | None = None  # never an article published later
    kinds: tuple[str, ...] = ("body", "caption")  # readers' comments only when asked for

    def __post_init__(self) -> None:
        for name, value in (("since", self.since), ("until", self.until), ("as-of", self.as_of)):
            if value is not None and not _DATE.match(value):
                raise UsageError(f'"{value[:40]}" is not a date; expected YYYY-MM-DD, as in: --{name} 2021-03-24')
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown:
            raise ValueError(f"unknown kinds of passage: {unknown}; expected some of {list(KINDS)}")

    @property
    def first_day(self) -> str | None:
        """The least `published_at[:10]` that passes; None when there is no such limit."""
        return self.since[:10] if self.since else None

    @property
    def last_day(self) -> str | None:
        """What the padded `published_at[:10]` must not exceed; None when there is no such limit."""
        limits = [value[:10].ljust(10, _LAST) for value in (self.until, self.as_of) if value]
        return min(limits, default=None)

    def where(self, *, kinds: bool) -> tuple[str, list[object]]:
        """The same filters as an SQL condition on `articles` (and on `passages` when `kinds`), with its values."""
        conditions, values = ["articles.current = 1"], list[object]()
        if kinds:
            places = [KINDS.index(kind) for kind in KINDS if kind in self.kinds]
            conditions.append(f"passages.kind IN ({', '.join('?' * len(places))})")
            values.extend(places)
        if self.first_day or self.last_day:
            conditions.append("articles.day != ''")
        if self.first_day:
            conditions.append("articles.day >= ?")
            values.append(self.first_day)
        if self.last_day:
            conditions.append(f"substr(articles.day || '{_LAST * 10}', 1, 10) <= ?")
            values.append(self.last_day)
        if self.source is not None:
            conditions.append("articles.outlet = ?")
            values.append(outlet_key(self.source))
        return " AND ".join(conditions), values


class PassageTable:
    """Row, day, outlet and kind of every passage that answers, as arrays in the order of the rows."""

    def __init__(self, database: Database) -> None:
        """Read about 33,000 passages in some 30 ms. Raises ArchiveError where a damaged row holds something else."""
        try:
            self._read(database)
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            damage = sqlite3.DatabaseError(f"a passage or an article has a column of another kind: {error}")
            raise explain(database.folder, damage) from error
        self._last: tuple[npt.NDArray[np.int64], Filters, npt.NDArray[np.bool_]] | None = None

    def _read(self, database: Database) -> None:
        articles = database.rows("SELECT number, day, outlet FROM articles WHERE current = 1 ORDER BY number")
        passages = database.rows("SELECT row, article, kind FROM passages ORDER BY row")
        columns = np.array(passages, dtype=np.int64).reshape(-1, 3)
        numbers = np.array([number for number, _, _ in articles], dtype=np.int64)
        columns = columns[np.isin(columns[:, 1], numbers)]  # a damaged archive may have passages of no current article
        self.rows: npt.NDArray[np.int64] = np.ascontiguousarray(columns[:, 0])
        self._kinds = columns[:, 2]
        self._owner = np.searchsorted(numbers, columns[:, 1])  # a passage's place in the three arrays below
        self._days = np.array([day.encode("utf-8") for _, day, _ in articles], dtype="S10")
        self._last_days = np.array([day.ljust(10, _LAST).encode("utf-8") for _, day, _ in articles], dtype="S10")
        self._outlets = np.array([outlet for _, _, outlet in articles], dtype=object)

    def allowed(self, filters: Filters, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """For each of `rows`, whether `filters` let it be found; a row that is no longer there may not.

        The last result is kept, and given again for the same array and filters: of a million it takes 100 ms.
        """
        last = self._last
        if last is None or last[0] is not rows or last[1] != filters:
            last = self._last = rows, filters, self._allowed(filters, rows)
        return last[2]

    def _allowed(self, filters: Filters, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        if not len(self.rows):
            return np.zeros(len(rows), dtype=np.bool_)
        kinds = [KINDS.index(kind) for kind in KINDS if kind in filters.kinds]
        passes = np.isin(self._kinds, kinds) & self._articles(filters)[self._owner]
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        found: npt.NDArray[np.bool_] = passes[at] & (self.rows[at] == rows)
        return found

    def _articles(self, filters: Filters) -> npt.NDArray[np.bool_]:
        passes = np.ones(len(self._days), dtype=np.bool_)
        if filters.first_day or filters.last_day:
            passes &= self._days != b""
        if filters.first_day:
            passes &= self._days >= filters.first_day.encode("ascii")
        if filters.last_day:
            passes &= self._last_days <= filters.last_day.encode("ascii")
        if filters.source is not None:
            passes &= np.asarray(self._outlets == outlet_key(filters.source), dtype=np.bool_)
        return passes
