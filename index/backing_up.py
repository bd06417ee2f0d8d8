"""A copy of an archive, whole and of one moment, while a writer may be at work on it."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index import building, checking, storing
from index.atomic import sync_folder
from index.database import FILE_NAME, explain, open_database
from index.errors import ArchiveError, UsageError

STEP_PAGES = 2048  # 8 MB between two looks at the clock; a writer waits for none of them


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished copy, verified: every row has the hash it was stored with."""

    path: Path
    articles: int  # all versions
    passages: int
    size_bytes: int

    def to_json(self) -> dict[str, object]:
        """What `attest backup --json` prints."""
        said = {"path": str(self.path), "articles": self.articles, "passages": self.passages}
        return {**said, "bytes": self.size_bytes}


def back_up(folder: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> Backup:
    """Copy the archive in `folder` to the new folder `target`, its vector index made from the copy.

    Filled under a temporary name beside `target`, verified, flushed to the disk and then renamed: `target` is whole or
    not there. `progress` hears of pages copied and of all. Raises UsageError when `target` exists, ArchiveError when
    the archive cannot be read, the copy cannot be written, or the copy does not pass `attest verify`.
    """
    if target.exists():
        raise UsageError(f"{target} is there already, and a backup goes into a new folder; name another one")
    open_database(folder, writable=False, create=False).close()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir(parents=True)
        _copy(folder, temporary, progress)
        _make_index(temporary)
        copied = _checked(folder, temporary)
        for file in temporary.iterdir():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())
        sync_folder(temporary)
        size = sum(file.stat().st_size for file in temporary.iterdir())
        temporary.rename(target)
        sync_folder(target.parent)
    except (OSError, RuntimeError) as error:  # FAISS raises the latter when the disk is full
        raise ArchiveError(
            f"The backup {target} could not be written ({error}), and the archive is as it was; free some space or "
            "name another place, then run the command again"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Backup(target, copied.articles, copied.passages, size)


def _copy(folder: Path, temporary: Path, progress: Callable[[int, int], None] | None) -> None:
    """SQLite's online backup inside one read transaction: a writer goes on, and the copy is of the moment it began."""

    def copied(_status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    database = open_database(folder, writable=False, create=False)
    try:
        source = closing(sqlite3.connect(database.uri, uri=True, isolation_level=None))
        with source as read, closing(sqlite3.connect(temporary / FILE_NAME)) as written:
            read.execute("BEGIN")
            read.execute("SELECT count(*) FROM meta").fetchone()  # from here on, one state
            read.backup(written, pages=STEP_PAGES, progress=copied)
            written.execute("PRAGMA journal_mode = DELETE")  # one file, whole
    except sqlite3.DatabaseError as error:
        raise explain(folder, error) from error
    finally:
        database.close()


def _make_index(folder: Path) -> None:
    database = open_database(folder, writable=False, create=False)
    try:
        embedder = storing.get_embedder(database)
        if embedder is not None:
            index, _ = building.build_index(database, embedder.dim)
            index.save(folder, storing.get_generation(database), embedder)
    finally:
        database.close()


def _checked(folder: Path, temporary: Path) -> checking.Verification:
    found = checking.verify(temporary, full=False)
    if found.breaches:
        raise ArchiveError(
            f"The archive {folder} is not as it was stored ({found.breaches[0].partition(';')[0]}), so no backup was "
            "made of it; mend it first with: attest repair"
        )
    return found
