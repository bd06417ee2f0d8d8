"""A person's own verdicts on evidence, in a file of their own beside the archive, so that nobody who reads one waits.

A mark belongs to a claim and to a span of an article's text. It outlives the article: what a person judged is theirs.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from index.errors import ArchiveError, UsageError

MarkStance = Literal["supports", "refutes", "neither"]
FILE_NAME = "marks.sqlite"
BUSY_TIMEOUT_S = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS marks (
    claim TEXT NOT NULL, article TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    stance TEXT NOT NULL, marked_at TEXT NOT NULL, PRIMARY KEY (claim, article, start, "end")
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One person's verdict on one piece of evidence for one claim."""

    claim: str
    article_id: str
    start: int  # code points into the article's text
    end: int
    stance: MarkStance
    marked_at: str  # ISO 8601, UTC

    def to_json(self) -> dict[str, object]:
        return {
            "claim": self.claim,
            "article_id": self.article_id,
            "start": self.start,
            "end": self.end,
            "stance": self.stance,
            "marked_at": self.marked_at,
        }


class Marks:
    """The marks in an archive's folder. The file is made by the first mark; until then there are none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def mark(self, claim: str, article_id: str, start: int, end: int, stance: str | None) -> Mark | None:
        """Keep the verdict in place of an earlier one; None takes it back. Raises UsageError for what is no verdict."""
        if stance is not None and stance not in get_args(MarkStance):
            raise UsageError(f'"{stance[:40]}" is no verdict; expected one of {", ".join(get_args(MarkStance))}')
        if not same_claim(claim) or not 0 <= start < end:
            raise UsageError(
                "a verdict needs a claim and a span; expected: attest mark CLAIM ARTICLE:START-END supports"
            )
        key = (same_claim(claim), article_id, start, end)
        with self._connection() as connection:
            connection.execute(_TABLE)
            if stance is None:
                connection.execute('DELETE FROM marks WHERE claim=? AND article=? AND start=? AND "end"=?', key)
                return None
            now = datetime.now(UTC).isoformat(timespec="seconds")
            connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?)", (*key, stance, now))
        return Mark(*key, stance, now)  # type: ignore[arg-type]  # checked above

    def of(self, claim: str) -> list[Mark]:
        """The marks for a claim, whatever its white space and capitals, in the order of articles and spans."""
        sql = "SELECT * FROM marks WHERE claim = ? ORDER BY article, start"
        return self._read(sql, (same_claim(claim),))

    def all(self) -> list[Mark]:
        """Every mark, latest first."""
        return self._read("SELECT * FROM marks ORDER BY marked_at DESC, claim, article, start", ())

    def _read(self, sql: str, values: tuple[str, ...]) -> list[Mark]:
        if not self._path.exists():
            return []
        with self._connection() as connection:
            connection.execute(_TABLE)
            return [Mark(*row) for row in connection.execute(sql, values)]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One short transaction; SQLite's errors as a sentence."""
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S)) as connection, connection:
                yield connection
        except sqlite3.Error as error:
            raise ArchiveError(
                f"The verdicts in {self._path} cannot be read or written ({error}); expected a file of Attest's own: "
                "move it away, and a new one is begun"
            ) from error


def same_claim(claim: str) -> str:
    """What claims are compared by: one space for any white space, no capitals."""
    return " ".join(claim.encode("utf-8", "replace").decode("utf-8").casefold().split())
