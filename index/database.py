"""The archive's SQLite file: opened as ours or refused, with SQLite's errors as sentences."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import ArchiveError
from index.schema import APPLICATION_ID, FULL_TEXT, SCHEMA_VERSION, TABLES

FILE_NAME = "archive.sqlite"
BUSY_TIMEOUT_S = 10.0


class Database:
    """One connection. Every SQLite error leaves here as an ArchiveError that names the archive."""

    def __init__(self, folder: Path, uri: str, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.uri = uri  # with how it was opened
        self._connection = connection
        self._one_at_a_time = threading.RLock()  # transactions belong to the connection, which threads share
        # A damaged byte must not hide which row it is in: the row comes back, and its hash tells.
        connection.text_factory = lambda value: value.decode("utf-8", "replace")

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """All result rows, as tuples."""
        with self._explained():
            return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, values: Sequence[object] = (), *, size: int = 256) -> Iterator[Any]:
        """Result rows one by one, never more than `size` in memory."""
        with self._explained():
            cursor = self._connection.execute(sql, values)
        while True:
            with self._explained():
                rows = cursor.fetchmany(size)
            if not rows:
                return
            yield from rows

    def one(self, sql: str, values: Sequence[object] = ()) -> Any:
        """The first result row, or None."""
        with self._explained():
            return self._connection.execute(sql, values).fetchone()

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Execute a statement; the row id of what it inserted, if it did."""
        with self._explained():
            return self._connection.execute(sql, values).lastrowid or 0

    def run_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        with self._explained():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is in the archive afterwards, or, when something raises, nothing is."""
        with self._one_at_a_time:
            self.run("BEGIN IMMEDIATE")
            try:
                yield
                self.run("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.rollback()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is one state of the archive, whatever a writer does meanwhile."""
        with self._one_at_a_time:
            if self._connection.in_transaction:
                yield
                return
            self.run("BEGIN")
            try:
                yield
            finally:
                self.run("COMMIT")  # nothing was written

    def meta(self, name: str) -> str | None:
        row = self.one("SELECT value FROM meta WHERE name = ?", (name,))
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        self.run(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise explain(self.folder, error) from error


def explain(folder: Path, error: sqlite3.DatabaseError) -> ArchiveError:
    """The sentence for what SQLite said about the archive in `folder`."""
    said = str(error)
    if _no_room(said):
        return ArchiveError(
            f"The archive {folder} could not be written ({said}); nothing that was in is lost. Free some disk "
            "space and run the command again"
        )
    if "locked" in said or "busy" in said:
        return ArchiveError(f"The archive {folder} is busy ({said}); wait for its writer, then run the command again")
    if _no_permission(said):
        return ArchiveError(
            f"The archive {folder} cannot be opened ({said}); check its permissions, or see: attest doctor"
        )
    return ArchiveError(
        f"The archive {folder} is damaged ({said}); put back a copy of it, or build it again with: "
        "attest ingest PATH... --archive NEWDIR"
    )


def _no_room(said: str) -> bool:
    return "is full" in said or "disk I/O" in said  # not "full" alone: a damaged table is called full_text


def _no_permission(said: str) -> bool:
    return "readonly" in said or "unable to open" in said


def open_database(folder: Path, *, writable: bool, create: bool) -> Database:
    """The archive's database in `folder`; raises ArchiveError when there is none, or it is not one that we can read."""
    path = folder / FILE_NAME
    ensure_folder(folder, create=create)
    if not create and not (path.is_file() and path.stat().st_size):
        raise _missing(folder)
    database = _connect(folder, path, writable=writable)
    try:
        if _is_blank(database):  # new, or its maker was killed before the tables were in
            if not create:
                raise _missing(folder)
            _create_tables(database)
        _check(database)
    except BaseException:
        database.close()
        raise
    return database


def _missing(folder: Path) -> ArchiveError:
    return ArchiveError(f"No archive at {folder}; make one with: attest ingest PATH... --archive {folder}")


def ensure_folder(folder: Path, *, create: bool) -> None:
    """Make the archive's folder if `create`; raises ArchiveError when it is not there or cannot be made."""
    if not create:
        if not folder.is_dir():
            raise _missing(folder)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"No archive can be made at {folder} ({error.strerror}); choose another folder with: --archive DIR"
        ) from error


def _is_blank(database: Database) -> bool:
    return not database.rows("PRAGMA application_id")[0][0] and not database.rows("SELECT 1 FROM sqlite_master LIMIT 1")


def _create_tables(database: Database) -> None:
    with database.transaction():
        for statement in _statements(TABLES + FULL_TEXT.format(name="full_text")):
            database.run(statement)
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
        database.run(f"PRAGMA user_version = {SCHEMA_VERSION}")
        database.set_meta("generation", "0")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would commit the transaction around it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _connect(folder: Path, path: Path, *, writable: bool) -> Database:
    uri = path.resolve().as_uri()
    if writable:
        return _connect_as(folder, f"{uri}?mode=rwc", writable=True)
    try:
        return _connect_as(folder, f"{uri}?mode=ro", writable=False)
    except ArchiveError as error:
        # Without write permission, or room for 32 KB, there is no shared-memory file, which WAL needs; with no WAL file
        # lying there nobody is writing, and SQLite may be told so.
        wal = path.with_name(f"{path.name}-wal")
        said = str(error.__cause__)
        if not (_no_permission(said) or _no_room(said)):
            raise
        if wal.exists() and wal.stat().st_size:
            if not _no_room(said):
                raise
            raise ArchiveError(
                f"The archive {folder} cannot be read ({said}): what its writer left in the log beside it takes 32 KB "
                "of room to read, and nothing is lost. Free some disk space and run the command again"
            ) from error
    return _connect_as(folder, f"{uri}?mode=ro&immutable=1", writable=False)


def _connect_as(folder: Path, uri: str, *, writable: bool) -> Database:
    try:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,  # SQLite is built serialized; a web server asks from many threads
        )
    except sqlite3.DatabaseError as error:
        raise explain(folder, error) from error
    database = Database(folder, uri, connection)
    try:
        _configure(database, writable=writable)
    except BaseException:
        database.close()
        raise
    return database


def _configure(database: Database, *, writable: bool) -> None:
    database.rows("SELECT count(*) FROM sqlite_master")  # the first read is what notices a file that is no database
    database.run("PRAGMA foreign_keys = ON")
    database.run("PRAGMA cache_size = -16000")
    if writable:
        database.rows("PRAGMA journal_mode = WAL")
        database.run("PRAGMA synchronous = FULL")
        database.run("PRAGMA secure_delete = ON")
    else:
        database.run("PRAGMA query_only = ON")


def _check(database: Database) -> None:
    if database.rows("PRAGMA application_id")[0][0] != APPLICATION_ID:
        raise ArchiveError(
            f"{database.folder / FILE_NAME} is not an Attest archive; choose another folder with: --archive DIR"
        )
    version = database.rows("PRAGMA user_version")[0][0]
    if version != SCHEMA_VERSION:
        raise ArchiveError(
            f"The archive {database.folder} has schema version {version} and this Attest reads version "
            f"{SCHEMA_VERSION}; install the Attest that wrote it: pip install --upgrade attest"
        )
