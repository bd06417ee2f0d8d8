"""What was read, and what became of it: one line for each record of each file, the latest outcome standing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from index.database import Database
from index.schema import plain

Outcome = Literal["added", "updated", "unchanged", "duplicate", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `record` counts from 1 in a file of many; None is the file as a whole."""

    path: str
    record: int | None
    outcome: Outcome
    reason: str | None = None
    article_id: str | None = None

    def to_json(self) -> dict[str, object]:
        """A line of `attest status`'s "failed" and "skipped"."""
        return {"path": self.path, "record": self.record, "reason": self.reason}


def record(database: Database, entries: Iterable[Entry]) -> None:
    """Write `entries` in place of what the ledger said about the same records. Inside the caller's transaction."""
    at = now()
    for entry in entries:
        path = plain(entry.path)
        database.run("DELETE FROM ledger WHERE path = ? AND record IS ?", (path, entry.record))
        if entry.record is not None:  # the file as a whole could be read after all
            database.run("DELETE FROM ledger WHERE path = ? AND record IS NULL", (path,))
        reason = None if entry.reason is None else plain(entry.reason)
        database.run(
            "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)",
            (path, entry.record, entry.outcome, reason, entry.article_id, at),
        )


def with_outcome(database: Database, outcome: Outcome) -> list[Entry]:
    """The ledger's lines of that outcome, by path and record."""
    found = database.rows(
        "SELECT path, record, outcome, reason, article FROM ledger WHERE outcome = ? ORDER BY path, record", (outcome,)
    )
    return [Entry(*line) for line in found]


def under(database: Database, path: str) -> list[Entry]:
    """The lines of the file at `path`, those of files inside it when it is an archive or a folder as well."""
    name = plain(path)
    found = database.rows(
        "SELECT path, record, outcome, reason, article FROM ledger WHERE path = ? OR substr(path, 1, ?) IN (?, ?) "
        "ORDER BY path, record",
        (name, len(name) + 1, f"{name}/", f"{name}!"),
    )
    return [Entry(*line) for line in found]


def of_file(database: Database, path: str) -> list[Entry]:
    """The lines of the file at `path`, and of files inside it when it is an archive; found by the index."""
    name = plain(path)
    found = database.rows(
        "SELECT path, record, outcome, reason, article FROM ledger WHERE path = ? OR (path >= ? AND path < ?) "
        "ORDER BY path, record",
        (name, f"{name}!/", f"{name}!0"),  # "0" comes right after "/"
    )
    return [Entry(*line) for line in found]


def elsewhere(database: Database, article_id: str) -> list[str]:
    """The paths of all files that hold the article."""
    return [path for (path,) in database.rows("SELECT DISTINCT path FROM ledger WHERE article = ?", (article_id,))]


def last_article(database: Database, path: str, number: int | None) -> str | None:
    """The id of the article that this record of this file held when it was last read."""
    row = database.one("SELECT article FROM ledger WHERE path = ? AND record IS ?", (plain(path), number))
    return row[0] if row else None


def now() -> str:
    """The time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
