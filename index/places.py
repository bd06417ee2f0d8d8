"""Where the files lie that the ledger names by relative paths.

In another working directory a relative path is another file. Where it lay when it was read is kept beside its name, so
that the `articles/001.html` of two desks stay two articles, and what became of a file is asked of the right one.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TypeVar

from index import ledger
from index.database import Database
from index.paths import Source, file_sha256
from index.records import ReadFailure, storable
from index.schema import plain

Found = TypeVar("Found", Source, ReadFailure, Source | ReadFailure)
_UNSTORED = "\ufffd"  # in a name that is no UTF-8: where its file lies cannot be kept


class Places:
    """The places of an archive's files.

    A relative path whose place is not known, as in an archive from before places were kept, is one of this working
    directory as far as anybody can tell.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_disk(self, path: str) -> Path:
        """The file that a ledger line is about: the archive file itself for `archive.zip!/member`."""
        name = _outer(path)
        return Path(self._place(name) or name)

    def is_there(self, path: str) -> bool:
        """Whether there is something at the path of a ledger line, or where it would be may not be looked at."""
        return path == "-" or _is_there(self.on_disk(path))

    def may_be_there(self, path: str) -> bool:
        """The same, or there is something at that path from here: of a folder that was moved, perhaps the file."""
        return self.is_there(path) or _is_there(Path(_outer(path)))

    def is_gone(self, path: str) -> bool:
        """Whether the file of a ledger line is no longer there; False where that cannot be told from here.

        Of a relative path the folder has to be there: the archive may have come from another machine, or the path,
        where its place is not known, from another working directory.
        """
        file = self.on_disk(path)
        return not self.is_there(path) and (
            Path(_outer(path)).is_absolute() or (len(file.parts) > 1 and file.parent.is_dir())
        )

    def lies_at(self, path: str, file: Path) -> bool:
        """Whether the place of `path`, if one is kept, is that of `file`."""
        return self._place(path) in (None, _here(str(file)))

    def name_of(self, path: str) -> str:
        """What the ledger calls the file that is at `path` from here, by whichever path it was read first.

        A file that it does not know goes by `path`, or by its absolute path where that is another file's name: one that
        is still there, or that had other bytes. Of a folder that was moved as a whole the names stay.
        """
        name = _outer(path)
        here = _here(name)
        if here is None or not self._are_kept():
            return path
        place = self._place(name)
        if place == here:
            return path
        known = self._database.one("SELECT path FROM places WHERE place = ?", (plain(here),))
        if known:
            return str(known[0]) + path[len(name) :]
        if (place is not None and self._is_anothers(name, place, here)) or ledger.of_file(self._database, here):
            return storable(here) + path[len(name) :]
        return path

    def named(self, found: Found) -> Found:
        """The source, or the failure, under the name that the ledger has for its file."""
        name = self.name_of(found.path)
        return found if name == found.path else replace(found, path=name)

    def note(self, paths: Iterable[str]) -> None:
        """Keep where the files of ledger lines written just now lie. Inside the same transaction."""
        for name in {_outer(path) for path in paths}:
            here = None if Path(name).is_absolute() else _here(name)
            if here is None or here != plain(here):
                continue
            before = self._place(name)
            if before is None or (before != here and not _is_there(Path(before))):
                self._database.run("INSERT OR REPLACE INTO places VALUES (?, ?)", (plain(name), here))

    def under(self, folder: Path) -> list[str]:
        """The ledger's names of files that lie, or lay, in the folder; none whose place is not known."""
        here = _here(f"{folder}/x")
        if here is None:
            return []
        top = plain(here[: -len("x")])
        found = (
            [
                str(path)
                for (path,) in self._database.rows(
                    "SELECT path FROM places WHERE place >= ? AND place < ? ORDER BY path", (top, top[:-1] + "0")
                )
            ]
            if self._are_kept()
            else []
        )
        return list(dict.fromkeys([*found, *(_outer(entry.path) for entry in ledger.under(self._database, top[:-1]))]))

    def _is_anothers(self, name: str, place: str, here: str) -> bool:
        """Whether the file that has the name is not the one that is here."""
        if _is_there(Path(place)):
            return not _is_same(place, here)
        known = self._database.one("SELECT content FROM files WHERE path = ?", (plain(name),))
        return known is None or known[0] != file_sha256(Path(here))

    def _are_kept(self) -> bool:
        return self._database.one("SELECT 1 FROM sqlite_master WHERE name = 'places'") is not None

    def _place(self, name: str) -> str | None:
        if Path(name).is_absolute() or not self._are_kept():
            return None
        row = self._database.one("SELECT place FROM places WHERE path = ?", (plain(name),))
        return row[0] if row else None


def _outer(path: str) -> str:
    """The file on the disk; a folder's name may end in "!", so the first part that is a file from here, if one is."""
    parts = path.split("!/")
    fronts = ["!/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return next((front for front in fronts if len(fronts) > 1 and front and Path(front).is_file()), fronts[0] or path)


def _here(name: str) -> str | None:
    """Where a file of that name lies, seen from here; None where that cannot be told or kept."""
    if name == "-" or _UNSTORED in name:
        return None
    try:
        # Behind a link ".." is not the folder before it; else links stay, since what they point to may change.
        folder, last = os.path.split(name)
        return os.path.join(os.path.realpath(folder), last) if ".." in PurePath(name).parts else os.path.abspath(name)  # noqa: PTH100, PTH118
    except OSError:  # the working directory was deleted
        return None


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except (OSError, ValueError):
        return True


def _is_same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:  # gone meanwhile, or not to be looked at
        return False
