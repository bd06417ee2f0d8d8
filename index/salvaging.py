"""A new SQLite file from what can still be read of a damaged one: row by row, around the pages that are lost."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from index import skipping
from index.atomic import sync_folder
from index.database import FILE_NAME, Database, open_database
from index.errors import ArchiveError
from index.storing import get_generation
from index.vectors import Manifest

# Table, and its columns in an order that keeps parents before children.
_TABLES = (
    ("articles", "number", "id, key, source_id, outlet, day, current, added_at, text_hash, metadata, text, hash"),
    ("passages", "row", 'article, start, "end", kind, sentences, hash'),
    ("vectors", "row", "vector, hash"),
    ("ledger", "rowid", "path, record, outcome, reason, article, at"),
)
_META = ("generation", "embedder_name", "embedder_dim", "embedder_sha256")
_MOST_ROWS = 100_000_000  # looked for where the file no longer says how many there were
_AT_ONCE = 1024


def salvage(folder: Path) -> Path:
    """Put a file of all readable rows in the place of the archive's damaged one; where the damaged one is kept.

    Rows are copied as they are, damaged ones too: their hashes tell. The lexical index is left empty. Raises
    ArchiveError when not even the list of tables can be read, or when somebody has the archive open.
    """
    damaged = open_database(folder, writable=False, create=False)
    scratch = folder / ".salvage.tmp"
    try:
        _empty(scratch)
        fresh = open_database(scratch, writable=True, create=True)
        try:
            _copy(damaged, fresh)
            fresh.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            fresh.rows("PRAGMA journal_mode = DELETE")  # one file, whole
        finally:
            fresh.close()
    finally:
        damaged.close()
    kept = _take_place(folder, scratch / FILE_NAME)
    _empty(scratch)
    scratch.rmdir()
    return kept


def _empty(scratch: Path) -> None:
    if scratch.is_dir():
        for left in scratch.iterdir():
            left.unlink()


def _take_place(folder: Path, fresh: Path) -> Path:
    path = folder / FILE_NAME
    wal = path.with_name(f"{FILE_NAME}-wal")
    _fold_in(folder)
    if wal.exists() and wal.stat().st_size:  # put beside the new file it would be replayed into it
        raise ArchiveError(f"The archive {folder} is open elsewhere; close what reads it, then run: attest repair")
    number = next(at for at in range(1, 10_000) if not (folder / f"{FILE_NAME}.damaged-{at}").exists())
    kept = folder / f"{FILE_NAME}.damaged-{number}"
    os.link(path, kept)
    fresh.replace(path)
    for left in (wal, path.with_name(f"{FILE_NAME}-shm")):
        left.unlink(missing_ok=True)
    sync_folder(folder)
    return kept


def _fold_in(folder: Path) -> None:
    """Let SQLite write its log into the damaged file, so that the copy kept of it is all there was."""
    try:
        database = open_database(folder, writable=True, create=False)
    except ArchiveError:
        return
    try:
        database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    except ArchiveError:
        return
    finally:
        database.close()


def _copy(damaged: Database, fresh: Database) -> None:
    with fresh.transaction():
        _copy_meta(damaged, fresh)
        fresh.run("PRAGMA defer_foreign_keys = ON")
        for table, key, columns in _TABLES:
            marks = ", ".join("?" * (columns.count(",") + 2))
            sql = f"INSERT OR IGNORE INTO {table} ({key}, {columns}) VALUES ({marks})"
            for row in _readable(damaged, table, key, columns):
                if table == "articles":
                    row = (*row[:10], *_as_blobs(row[10:11]), *row[11:])
                fresh.run(sql, row)
        _copy_places(damaged, fresh)
        fresh.run("DELETE FROM vectors WHERE row NOT IN (SELECT row FROM passages)")
        fresh.run("DELETE FROM passages WHERE article NOT IN (SELECT number FROM articles)")


def _copy_places(damaged: Database, fresh: Database) -> None:
    """Where files lie, as far as that can be read: without it relative paths are those of the working directory."""
    skipping.prepare(fresh)
    with suppress(ArchiveError):  # damaged, or from before they were kept
        for row in damaged.rows("SELECT path, place FROM places"):
            fresh.run("INSERT OR IGNORE INTO places VALUES (?, ?)", row)


def _as_blobs(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value for value in values)


def _copy_meta(damaged: Database, fresh: Database) -> None:
    manifest = Manifest.read(damaged.folder)
    known: dict[str, str] = {}
    for name in _META:
        try:
            value = damaged.meta(name)
        except ArchiveError:
            continue
        if value is not None:
            known[name] = value
    if manifest and not all(name in known for name in _META):  # the vector file's manifest says the same
        said = manifest.embedder
        known |= {"embedder_name": said.name, "embedder_dim": str(said.dim), "embedder_sha256": said.sha256}
    for name, value in known.items():
        fresh.set_meta(name, value)
    if manifest and get_generation(fresh) < manifest.generation:
        fresh.set_meta("generation", str(manifest.generation))


def _readable(database: Database, table: str, key: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """All rows that can be read, in order of their key."""
    sql = f"SELECT {key}, {columns} FROM {table} WHERE {key} > ? AND {key} <= ? ORDER BY {key}"
    low, high = 0, _last(database, table, key)
    while low < high:
        upto = min(low + _AT_ONCE, high)
        yield from _between(database, sql, low, upto)
        low = upto


def _last(database: Database, table: str, key: str) -> int:
    for sql, values in (
        (f"SELECT max({key}) FROM {table}", ()),
        ("SELECT seq FROM sqlite_sequence WHERE name = ?", (table if table != "vectors" else "passages",)),
    ):
        try:
            found = database.one(sql, values)
        except ArchiveError:
            continue
        if found and isinstance(found[0], int) and found[0] < _MOST_ROWS:
            return found[0]
    return 0 if database.meta("generation") == "0" else 1_000_000


def _between(database: Database, sql: str, low: int, high: int) -> Iterator[tuple[Any, ...]]:
    try:
        yield from database.rows(sql, (low, high))
    except ArchiveError:
        if high - low > 1:
            middle = (low + high) // 2
            yield from _between(database, sql, low, middle)
            yield from _between(database, sql, middle, high)
