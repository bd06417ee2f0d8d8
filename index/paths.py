"""The files that paths, folders and globs stand for, each with the name that it has inside what was given."""

import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from index.errors import UsageError
from index.records import ReadFailure, storable


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, on the disk or in an archive. `name` identifies it wherever the whole lies."""

    path: str  # as shown and kept in the ledger
    name: str
    open: Callable[[], BinaryIO]
    file: Path | None = None  # where it lies, if it is a file on the disk


def sources(path: str) -> Iterator[Source | ReadFailure]:
    """What one argument stands for; raises UsageError where it stands for nothing."""
    if _exists(path):
        # Two folders, or two files named one by one, may hold the same file name and are still two articles.
        if Path(path).is_dir():
            folder = Path(path).resolve().name
            return _walk(Path(path), lambda inner: f"{folder}/{inner}")
        return iter([_source(Path(path), PurePath(os.path.normpath(path)).as_posix())])
    if matches := sorted(glob.glob(path, recursive=True)):  # noqa: PTH207  Path.glob takes no absolute pattern
        base = Path(re.split(r"[*?[]", path, maxsplit=1)[0] + "x").parent
        return (found for match in matches for found in _matched(Path(match), base))
    raise UsageError(f"There is no file or folder {path!r}; expected articles there. Check the path with: ls")


def _source(path: Path, name: str) -> Source:
    return Source(storable(str(path)), storable(name), lambda: path.open("rb"), path)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a name that is too long or holds a NUL, or a folder that may not be entered
        return False


def _matched(path: Path, base: Path) -> Iterator[Source | ReadFailure]:
    if not _may_be_file(path) and path.is_dir():
        outer = path.relative_to(base)
        yield from _walk(path, lambda inner: outer.joinpath(inner).as_posix())
    else:
        yield _source(path, path.relative_to(base).as_posix())


def _walk(folder: Path, name_of: Callable[[str], str]) -> Iterator[Source | ReadFailure]:
    """The files under `folder` in a fixed order. Hidden folders are not entered, links to folders not followed."""
    unreadable: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root) / name
            if name.startswith("."):
                yield ReadFailure(storable(str(path)), None, "hidden file", skipped=True)
            elif not _may_be_file(path):
                yield ReadFailure(storable(str(path)), None, "not a regular file", skipped=True)
            else:
                yield _source(path, name_of(path.relative_to(folder).as_posix()))
    for error in unreadable:
        yield ReadFailure(storable(str(error.filename)), None, f"folder cannot be read: {error.strerror}")


def _may_be_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a folder that may be listed but not entered: opening the file says so
        return True


def file_sha256(path: Path) -> bytes | None:
    """SHA-256 of the file's bytes; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
