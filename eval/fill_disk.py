"""Ingests into an archive on a disk that is too small, at many sizes, and into a folder that may only be read.

    python -m eval.fill_disk ARTICLES [--levels 20] [--articles 24]        (as root, on Linux: it mounts a tmpfs)

At each level an archive lies on a file system that leaves a part of the room which the ingest of more articles takes.
The ingest must end in one sentence; what had been reported must be there and nothing half there; a search must work
while there is no room. Then room is made and the same ingest runs again: every invariant must hold and the digest must
be that of an undisturbed run. After the levels the same is done with the file system mounted for reading only, and with
no room at all after a writer was killed: what it reported then lies in SQLite's write-ahead log alone. Reading may then
be refused with a sentence, and may not show the archive without what is in the log.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from eval import crash_ingest
from eval.in_child import Outcome, in_child
from eval.screen import say_at_once
from eval.supply import load_embedder, texts
from index import ingest as ingesting
from index.archive import Archive, Filters
from index.backing_up import back_up
from index.checking import Verification, verify
from index.database import FILE_NAME
from index.embedding import Embedder
from index.errors import AttestError
from index.ingest import IngestProgress, ingest
from index.readers import read_paths

ROOMY_BYTES = 1 << 30
AT_ONCE_S = 2.0  # within which a folder that cannot be written is refused


@dataclass(slots=True)
class Filled:
    """What the levels came to. `breaches` should be empty."""

    levels: int = 0
    full: int = 0  # levels at which the ingest did run out of room
    sentences: set[str] = field(default_factory=set)
    log_bytes: list[int] = field(default_factory=list)  # of the write-ahead log that a killed writer left
    log_read: list[bool] = field(default_factory=list)  # whether a search beside it worked without room
    breaches: list[str] = field(default_factory=list)


@contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOMY_BYTES}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def _remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def _used(folder: Path) -> int:
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _ingest(archive: Path, source: Path, embedder: Embedder) -> tuple[int, str | None]:
    """How many articles were reported as stored, and the sentence with which it ended, if with one."""
    stored = 0

    def reported(state: IngestProgress) -> None:
        nonlocal stored
        stored = state.articles

    ingesting.BATCH_PASSAGES = crash_ingest.BATCH_PASSAGES  # many transactions to run out of room in
    try:
        with Archive.open(archive, embedder=embedder.identity, writable=True, create=True) as opened:
            ingest(opened, read_paths([source]), embedder, progress=reported)
    except AttestError as error:
        return stored, str(error)
    return stored, None


def _ingest_and_die(archive: Path, source: Path, embedder: Embedder, told: Path) -> None:
    """End as by SIGKILL once something was reported, and leave the number of articles reported in `told`."""

    def reported(state: IngestProgress) -> None:
        told.write_text(str(state.articles), encoding="ascii")
        if state.articles > 1:
            os._exit(137)

    ingesting.BATCH_PASSAGES = crash_ingest.BATCH_PASSAGES
    with Archive.open(archive, embedder=embedder.identity, writable=True, create=True) as opened:
        ingest(opened, read_paths([source]), embedder, progress=reported)


def _ask(archive: Path, embedder: Embedder) -> int:
    """Search while there is no room; how many passages were found, each the slice of its article."""
    query = embedder.embed_queries(["Who said so, and when?"])[0]
    with Archive.open(archive, embedder=embedder.identity) as opened:
        hits = opened.dense(query, 20, Filters()) + opened.lexical(["the", "said"], 20, Filters())
        found = opened.passages([hit.row for hit in hits])
        for item in found:
            text = opened.article(item.article.id).text
            assert text[item.passage.start : item.passage.end] == item.passage.text
        return len(found)


def _verify(archive: Path) -> Verification:
    return verify(archive, full=False)


class Disk:
    """A file system of changing size with an archive on it, and what the archive should come to."""

    def __init__(self, place: Path, path: str, embedder: Embedder, articles: int) -> None:
        self.mount, self._embedder = place / "disk", embedder
        self._archive, self._start, self._calm = self.mount / "archive", place / "start", place / "calm"
        self._source = place / "articles"
        self._source.mkdir()
        given = texts(path)
        self._give(given, articles // 2)
        in_child(_ingest, self._start, self._source, embedder)
        self._give(given, articles - articles // 2)
        in_child(_ingest, self._calm, self._source, embedder)
        self._before, self._after = crash_ingest.state(self._start), crash_ingest.state(self._calm)

    def _give(self, given: Iterator[str], count: int) -> None:
        there = len(list(self._source.iterdir()))
        for number, text in enumerate(islice(given, count), there):
            (self._source / f"{number:04d}.txt").write_text(text, encoding="utf-8")

    def room_wanted(self) -> int:
        """Bytes that the ingest takes at its peak, beside what is there: found by doubling what it is given."""
        room = 1 << 18
        while True:
            with self._laid(room):
                if in_child(_ingest, self._archive, self._source, self._embedder).value[1] is None:
                    return room
            room = room * 5 // 4

    @contextmanager
    def _laid(self, room: int) -> Iterator[None]:
        with _mounted(self.mount):
            back_up(self._start, self._archive)
            _remount(self.mount, f"size={_used(self.mount) + room}")
            yield

    def level(self, room: int, result: Filled) -> None:
        """One level: ingest with so many bytes of room, look, make room, ingest again."""
        result.levels += 1
        with self._laid(room):
            first = in_child(_ingest, self._archive, self._source, self._embedder)
            result.full += bool(first.value and first.value[1])
            self._look(f"with {room:,} bytes", first, result)
            _remount(self.mount, f"size={ROOMY_BYTES}")
            self._again(f"with {room:,} bytes", result)

    def read_only(self, result: Filled) -> None:
        """The same on a file system that may only be read; refused at once."""
        with self._laid(ROOMY_BYTES // 2):
            _remount(self.mount, "ro")
            began = time.perf_counter()
            first = in_child(_ingest, self._archive, self._source, self._embedder)
            if time.perf_counter() - began > AT_ONCE_S:
                result.breaches.append(f"read only: refused after {time.perf_counter() - began:.1f} s")
            if first.value is not None and first.value[1] is None:
                result.breaches.append("read only: it was written")
            self._look("read only", first, result)
            _remount(self.mount, "rw")
            self._again("read only", result)

    def killed_writer(self, result: Filled, *, shared: bool) -> None:
        """No room, and a log beside the database; without its shared-memory file too, as after a copy of the folder."""
        where = f"no room and a log {'with' if shared else 'without'} shared memory"
        told = self.mount.parent / "told"
        with self._laid(ROOMY_BYTES // 2):
            in_child(_ingest_and_die, self._archive, self._source, self._embedder, told)
            stored = int(told.read_text(encoding="ascii"))
            if not shared:
                (self._archive / f"{FILE_NAME}-shm").unlink()
            result.log_bytes.append((self._archive / f"{FILE_NAME}-wal").stat().st_size)
            _remount(self.mount, f"size={_used(self.mount)}")
            asked = in_child(_ask, self._archive, self._embedder)
            result.log_read.append(asked.value is not None)
            seen = in_child(crash_ingest.state, self._archive)
            checked = in_child(_verify, self._archive)
            first = in_child(_ingest, self._archive, self._source, self._embedder)
            for said in (asked, seen, checked, first):
                if said.wrong:
                    result.breaches.append(f"{where}: {said.wrong}")
                if said.sentence:
                    result.sentences.add(said.sentence.replace(str(self._archive), "ARCHIVE"))
            _remount(self.mount, f"size={ROOMY_BYTES}")
            then = in_child(crash_ingest.state, self._archive)
            for now in (seen, then):
                if (now is then and now.value is None) or (now.value and now.value[0] < self._before[0] + stored):
                    result.breaches.append(f"{where}: {stored} articles were reported, and then there is {now}")
            self._again(where, result)

    def _look(self, where: str, first: Outcome, result: Filled) -> None:
        if first.wrong or first.value is None:
            result.breaches.append(f"{where}: {first.wrong}")
            return
        stored, sentence = first.value
        if sentence:
            result.sentences.add(sentence.replace(str(self._archive), "ARCHIVE"))
        asked = in_child(_ask, self._archive, self._embedder)
        if asked.value is None:
            result.breaches.append(f"{where}, searched: {asked.trace or asked.sentence}")
        now = in_child(crash_ingest.state, self._archive)
        if now.value is None:
            result.breaches.append(f"{where}, looked at: {now.trace or now.sentence}")
        elif now.value[0] < self._before[0] + stored:
            result.breaches.append(f"{where}: {self._before[0] + stored - now.value[0]} reported articles are lost")
        half = in_child(_verify, self._archive)
        if half.value is None:
            result.breaches.append(f"{where}, verified: {half.trace or half.sentence}")
        else:
            said = (said for said in half.value.breaches if not said.startswith(crash_ingest.DERIVED))
            result.breaches += [f"{where}: {breach}" for breach in said]

    def _again(self, where: str, result: Filled) -> None:
        again = in_child(_ingest, self._archive, self._source, self._embedder)
        if again.value is None or again.value[1] is not None:
            result.breaches.append(f"{where}, run again: {again.trace or again.sentence or again.value[1]}")
            return
        result.breaches += [f"{where}, run again: {breach}" for breach in verify(self._archive, full=True).breaches]
        if crash_ingest.state(self._archive) != self._after:
            result.breaches.append(f"{where}: run again, the archive is not that of an undisturbed run")
        if left := [file.name for file in self._archive.glob(".*.tmp")]:
            result.breaches.append(f"{where}: {', '.join(left)} left behind")


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = say_at_once) -> int:
    """Print one JSON document; 0 when there was no breach, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="articles, used over again when there are too few")
    parser.add_argument("--levels", type=int, default=20)
    parser.add_argument("--articles", type=int, default=24, help="half of them are in the archive beforehand")
    options = parser.parse_args(arguments)
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise SystemExit("a file system is mounted, which only root may; run it with: sudo")
    embedder = load_embedder(options.path)
    result = Filled()
    with tempfile.TemporaryDirectory() as folder:
        disk = Disk(Path(folder), options.path, embedder, options.articles)
        wanted = disk.room_wanted()
        for level in range(options.levels):
            disk.level(wanted * level // options.levels, result)
            say(f"{level + 1} of {options.levels} levels, {result.full} full, {len(result.breaches)} breaches")
        disk.read_only(result)
        for shared in (True, False):
            disk.killed_writer(result, shared=shared)
    document = {
        "levels": result.levels,
        "full": result.full,
        "room_wanted_bytes": wanted,
        "sentences": sorted(result.sentences),
        "log_bytes": result.log_bytes,
        "log_read": result.log_read,
        "breaches": result.breaches,
    }
    say(json.dumps(document, indent=2))
    return 1 if result.breaches else 0


if __name__ == "__main__":
    raise SystemExit(main())
