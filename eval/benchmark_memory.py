"""Whether an ingest takes more memory the longer it runs: what is resident in each tenth of it.

    python -m eval.benchmark_memory ARTICLES [--articles 2000] [--jobs 1]        (on Linux, which tells it in /proc)

The process is looked at twenty times a second, from the first batch that was stored on. Prints for each tenth of the
passages the mean and the largest resident memory in megabytes, and the growth of both from the first tenth to the last
as a share. The parsers' own processes are not counted. The archive is thrown away.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any

from eval.screen import say_at_once
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from index.ingest import IngestProgress, ingest
from index.readers import read_paths
from index.records import Given, RawRecord

EVERY_S = 0.05
TENTHS = 10

Sample = tuple[int, int]  # passages stored by then, resident bytes


class Watch:
    """Samples the resident memory of this process beside its work, once `stored` is above 0."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.stored = 0  # passages; the one at work says so

    @contextmanager
    def running(self) -> Iterator[None]:
        over = threading.Event()

        def sample() -> None:
            while not over.wait(EVERY_S):
                if self.stored:
                    self.samples.append((self.stored, resident_bytes()))

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def resident_bytes() -> int:
    """Of this process, files mapped into it included."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def in_tenths(samples: Sequence[Sample], passages: int) -> dict[str, Any]:
    """Mean and largest resident memory of each tenth of `passages`, and the growth of both as a share.

    Raises ValueError where the first or the last tenth has no sample.
    """
    parts: list[list[int]] = [[] for _ in range(TENTHS)]
    for stored, resident in samples:
        parts[min(stored * TENTHS // passages, TENTHS - 1)].append(resident)
    if not parts[0] or not parts[-1]:
        raise ValueError(f"{len(samples)} samples of {passages} passages, expected some in the first and last tenth")
    means = [round(mean(part) / 1e6, 1) if part else None for part in parts]
    return {
        "mean_mb": means,
        "largest_mb": [round(max(part) / 1e6, 1) if part else None for part in parts],
        "growth_of_mean": round(mean(parts[-1]) / mean(parts[0]) - 1, 3),
        "growth_of_largest": round(max(parts[-1]) / max(parts[0]) - 1, 3),
    }


def first(items: Iterable[Given], records: int) -> Iterator[Given]:
    """The items up to so many records; as they are read, so that no pile of them is in the memory measured."""
    for item in items:
        yield item
        records -= isinstance(item, RawRecord)
        if not records:
            return


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=1, help="processes that clean")
    options = parser.parse_args(arguments)
    embedder = MiniLmEmbedder.load(quickly=True)
    watch = Watch()

    def progress(state: IngestProgress) -> None:
        watch.stored = state.passages

    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        watch.running(),
        Archive.open(Path(folder) / "a", embedder=embedder.identity, writable=True, create=True) as archive,
    ):
        given = first(read_paths([options.path], children=options.jobs), options.articles)
        report = ingest(archive, given, embedder, progress=progress, jobs=options.jobs)
    document = {
        "articles": report.records,
        "passages": report.passages,
        "seconds": round(time.perf_counter() - began, 1),
        **in_tenths(watch.samples, report.passages),
    }
    say_at_once(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
