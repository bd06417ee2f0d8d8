"""Keeping an archive up to date with a folder: which files are new, changed, moved or gone since the last look."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.archive import Archive
from index.paths import Source, file_sha256, sources

Stamp = tuple[int, int]  # size in bytes, time of the last change in nanoseconds


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one file, and what it was when that was seen. `before` is where a moved file was."""

    kind: Literal["new", "changed", "moved", "gone"]
    path: str
    source: Source | None = None
    seen: tuple[Stamp, bytes] | None = None
    before: str | None = None


class Watcher:
    """Looks at a folder again and again; `look` says what to do, `took` notes what was done."""

    def __init__(self, folder: Path, every_s: float) -> None:
        self._folder = folder
        self._every_s = every_s
        self._last: dict[str, Stamp] = {}  # as they were at the last look
        self._known: dict[str, tuple[Stamp, bytes]] = {}  # as they were when they were read

    def look(self) -> list[Change]:
        """The changes since the last look, of files that have been quiet since then.

        A file is quiet when size and time are those of the last look, or older than the time between two looks. One
        that was merely touched is no change: its content decides. Raises UsageError when the folder is gone.
        """
        found = {item.path: item for item in sources(str(self._folder)) if isinstance(item, Source)}
        stamps = {path: stamp for path in found if (stamp := _stamp(path)) is not None}
        ready = [path for path, stamp in stamps.items() if self._is_quiet(path, stamp)]
        self._last = stamps
        gone = [path for path in self._known if path not in stamps]
        by_content = {self._known[path][1]: path for path in gone}
        changes: list[Change] = []
        for path in ready:
            known = self._known.get(path)
            if known and known[0] == stamps[path]:
                continue
            content = file_sha256(Path(path))
            if content is None:
                continue
            if known and known[1] == content:
                self._known[path] = (stamps[path], content)
            elif not known and content in by_content:
                before = by_content.pop(content)
                gone.remove(before)
                changes.append(Change("moved", path, found[path], (stamps[path], content), before))
            else:
                kind: Literal["new", "changed"] = "changed" if known else "new"
                changes.append(Change(kind, path, found[path], (stamps[path], content)))
        return changes + [Change("gone", path) for path in gone]

    def took(self, change: Change) -> None:
        """Note that a change is dealt with; until then every look reports it."""
        for path in filter(None, (change.before, change.path if change.kind == "gone" else None)):
            self._known.pop(path, None)
        if change.seen:  # what was written to it since, the next look finds
            self._known[change.path] = change.seen

    def _is_quiet(self, path: str, stamp: Stamp) -> bool:
        return self._last.get(path) == stamp or time.time() - stamp[1] / 1e9 > self._every_s


def gone_before(archive: Archive, folder: Path) -> Iterator[str]:
    """Files under `folder` that the archive was read from and that are no longer there."""
    for path in archive.places.under(folder):
        if not archive.places.is_there(path) and articles_only_in(archive, path):
            yield path


def articles_only_in(archive: Archive, path: str) -> list[str]:
    """The ids of the articles that were read from the file at `path` and are in no other file that is still there."""
    ids = dict.fromkeys(entry.article_id for entry in archive.read_from(path) if entry.article_id)
    own, places = archive.places.on_disk(path), archive.places
    return [
        article_id
        for article_id in ids
        if not any(
            places.on_disk(other) != own and places.may_be_there(other) for other in archive.sources_of(article_id)
        )
    ]


def _stamp(path: str) -> Stamp | None:
    try:
        said = Path(path).stat()
    except OSError:  # deleted since it was listed
        return None
    return said.st_size, said.st_mtime_ns
