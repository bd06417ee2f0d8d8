"""Files that are known to the byte: passed over before they are parsed, as long as reading them would change nothing.

What a file gives depends on its bytes, on the settings of the reading, and on the code and the parsers that read it.
All of that is kept of a file when its last record has come in; an archive from before gets it with the next ingest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from index import ledger, relocating
from index.database import Database
from index.paths import Source, file_sha256
from index.places import Found, Places
from index.records import FileRead, KnownFile, ReadFailure
from index.schema import FILE_TABLES, plain

# Parsers of other people whose new version may find another article in the same bytes.
PARSERS: tuple[str, ...] = (
    "trafilatura",
    "lxml",
    "charset-normalizer",
    "pdfminer.six",
    "pypdf",
    "python-docx",
    "warcio",
    "feedparser",
)
PARSERS += ("brotli", "markdown-it-py", "nltk", "py3langid")
T = TypeVar("T")


class KnownFiles:
    """What an archive knows of files, for one way of reading them."""

    def __init__(self, database: Database, field_map: Mapping[str, str] | None = None) -> None:
        self._database = database
        self._places = Places(database)
        self._reading = f"{code_version()} {sorted((field_map or {}).items())}"

    def named(self, found: Found) -> Found:
        """The source, or the failure, under the name that the archive has for its file."""
        return self._places.named(found)

    def passing(self, source: Source | ReadFailure, items: Iterator[T]) -> Iterator[T | FileRead | KnownFile]:
        """A KnownFile instead of `items`, what reading `source` would give, or those and that the file was read."""
        file = None if isinstance(source, ReadFailure) else source.file
        before = _stamp(file) if file else None
        if isinstance(source, ReadFailure) or not file or not before or (content := file_sha256(file)) is None:
            yield from items
            return
        if known := self._known(source.path, file, content) or self._moved(source.path, content):
            yield known
            return
        yield from items
        if _stamp(file) == before:  # else what was read may be other bytes than those that were hashed
            yield FileRead(source.path, content, self._reading)

    def _known(self, path: str, file: Path, content: bytes) -> KnownFile | None:
        found = self._database.one(
            "SELECT lines FROM files WHERE path = ? AND content = ? AND reading = ?",
            (plain(path), content, self._reading),
        )
        entries = self._intact(path, found[0]) if found else None
        if entries is None:
            return None
        misplaced = not self._places.lies_at(path, file) or any(
            relocating.is_misplaced(self._database, entry) for entry in entries
        )
        return KnownFile(path, content, self._reading, tuple(entries), misplaced=misplaced)

    def _moved(self, path: str, content: bytes) -> KnownFile | None:
        """The file as it is known from another place, when it is no longer there, nor are its articles elsewhere."""
        found = self._database.rows(
            "SELECT path, lines FROM files WHERE content = ? AND reading = ?", (content, self._reading)
        )
        for before, lines in found:
            if self._places.is_there(before) or (entries := self._intact(before, lines)) is None:
                continue
            articles = {entry.article_id for entry in entries if entry.article_id}
            names = {name for article in articles for name in ledger.elsewhere(self._database, article)}
            if not any(map(self._places.is_there, names)):
                return KnownFile(path, content, self._reading, tuple(entries), before)
        return None

    def _intact(self, path: str, lines: int) -> list[ledger.Entry] | None:
        """The file's ledger lines, when none is missing or failed and each article is there; else None."""
        entries = ledger.of_file(self._database, path)
        if len(entries) != lines or any(entry.outcome == "failed" for entry in entries):
            return None
        articles = {entry.article_id for entry in entries if entry.article_id}
        there = all(self._database.one("SELECT 1 FROM articles WHERE id = ?", (article,)) for article in articles)
        return entries if there else None


def prepare(database: Database) -> None:
    """Make the tables where they are missing. Inside a transaction."""
    for statement in filter(str.strip, FILE_TABLES.split(";")):
        database.run(statement)


def note(database: Database, entries: Iterable[ledger.Entry], files: Iterable[FileRead]) -> None:
    """Keep that `files` were read to their ends, beside their ledger lines. Inside the same transaction.

    What was known of other files that `entries` are about no longer holds: their reading has begun and not ended.
    """
    for path in {outer for entry in entries for outer in _around(plain(entry.path))}:
        database.run("DELETE FROM files WHERE path = ?", (path,))
    for file in files:
        lines = len(ledger.of_file(database, file.path))
        database.run(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (plain(file.path), file.content, file.reading, lines)
        )


def _around(path: str) -> Iterator[str]:
    """The path itself, and those of the archive files that it is in."""
    parts = path.split("!/")
    return ("!/".join(parts[:count]) for count in range(1, len(parts) + 1))


def moved(file: KnownFile) -> list[ledger.Entry]:
    """The ledger lines of a file at its new place, or again those of one that is there when another has gone."""
    before = file.path if file.before is None else file.before
    return [
        ledger.Entry(
            file.path + entry.path[len(plain(before)) :],
            entry.record,
            entry.outcome if entry.article_id is None else "unchanged",
            entry.reason if entry.article_id is None or file.before is None else f"moved from {before}",
            entry.article_id,
        )
        for entry in file.entries
    ]


@lru_cache(maxsize=1)
def code_version() -> str:
    """Names the code that makes articles of files, and its parsers: with another one every file is read again.

    Computed, so that nobody has to remember to count up; any change of `index` counts.
    """
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    for name in PARSERS:
        try:
            digest.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{name} is missing\n".encode())
    return digest.hexdigest()[:16]


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        said = file.stat()
    except (OSError, ValueError):
        return None
    return (said.st_ino, said.st_size, said.st_mtime_ns) if file.is_file() else None
