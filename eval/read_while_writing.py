"""Searches an archive from several threads and processes while it is written: is every result right all the time.

    python -m eval.read_while_writing ARTICLES [--readers 8] [--seconds 120] [--seed 1]

A writer adds, changes and removes articles without a pause. Half of the readers are threads of one process that
share an open archive, as the page's users do, and half are processes. Each looks for a vector and for words of a
passage. A result is wrong when its text is not the slice of its article, or when that article is not what was stored.
Anything that a reader or the writer raises is a breach as well.
"""

import argparse
import json
import multiprocessing
import random
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from eval.in_child import begin
from eval.supply import load_embedder, texts
from index.archive import Archive, Filters
from index.checking import verify
from index.embedding import Embedder
from index.errors import UsageError
from index.ingest import ingest
from index.readers import read_paths

RESULTS = 10
ADDED, KEPT = 3, 40  # articles added in each round; those beyond so many are removed


class Reader:
    """Searches one open archive until told to stop, and checks every result."""

    def __init__(self, archive: Archive, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.breaches: list[str] = []
        self.taken_s: list[float] = []
        self._archive = archive
        self._chance = random.Random(seed)

    def run(self, until: float) -> None:
        """Search until the monotonic clock says `until`."""
        while time.monotonic() < until:
            try:
                self._search()
            except Exception:
                self.breaches.append(traceback.format_exc())
                return

    def _search(self) -> None:
        archive, chance = self._archive, self._chance
        query = np.random.default_rng(chance.randrange(1 << 30)).standard_normal(archive.embedder.dim)  # type: ignore[union-attr]
        unit = (query / np.linalg.norm(query)).astype(np.float32)
        began = time.perf_counter()
        hits = archive.dense(unit, RESULTS, Filters())
        found = archive.passages([hit.row for hit in hits])
        words = chance.choice(found).passage.text.split() if found else ["the"]
        more = archive.lexical(chance.sample(words, min(3, len(words))), RESULTS, Filters())
        found += archive.passages([hit.row for hit in more])
        self.taken_s.append(time.perf_counter() - began)
        self.counts["searches"] += 1
        for item in found:
            try:
                article = archive.article(item.article.id)  # raises when its hash is not that of its content
            except UsageError:
                self.counts["removed meanwhile"] += 1
                continue
            self.counts["results"] += 1
            if article.text[item.passage.start : item.passage.end] != item.passage.text:
                self.breaches.append(f"passage {item.passage.id} is not the slice of its article")


def _read(folder: Path, threads: int, until: float, seed: int) -> tuple[Counter[str], list[str], list[float]]:
    """So many threads that share one open archive."""
    with Archive.open(folder) as archive:
        readers = [Reader(archive, seed + number) for number in range(threads)]
        running = [threading.Thread(target=reader.run, args=(until,)) for reader in readers]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        breaches = [notice for notice in archive.notices if "damaged on disk" in notice]
    counts: Counter[str] = Counter()
    for reader in readers:
        counts += reader.counts
    return counts, [*breaches, *(said for one in readers for said in one.breaches)], _all(r.taken_s for r in readers)


def _all(lists: Any) -> list[float]:
    return [value for each in lists for value in each]


def _write(folder: Path, path: str, embedder: Embedder, until: float, seed: int) -> Counter[str]:
    """Add, change and remove articles; opens and closes the archive each time, as commands do."""
    chance, given, counts = random.Random(seed), texts(path), Counter[str]()
    source = folder.with_name("articles")
    while time.monotonic() < until:
        present = sorted(source.iterdir())
        changed = chance.choice(present)
        changed.write_text(
            f"{changed.read_text(encoding='utf-8')}\n\nCorrected {counts['rounds']}.\n", encoding="utf-8"
        )
        for number, text in enumerate(islice(given, ADDED)):
            (source / f"{counts['rounds']:05d}-{number}.txt").write_text(text, encoding="utf-8")
        gone = chance.sample(present, max(0, len(present) - KEPT))
        with Archive.open(folder, embedder=embedder.identity, writable=True) as archive:
            report = ingest(archive, read_paths([source]), embedder)
            removed = [entry.article_id for file in gone for entry in archive.read_from(str(file)) if entry.article_id]
            if removed:
                archive.remove(list(dict.fromkeys(removed)))
        for file in gone:
            file.unlink()
        counts.update(rounds=1, stored=report.stored, removed=len(removed))
    return counts


def crowd(path: str, place: Path, embedder: Embedder, *, readers: int, seconds: float, seed: int) -> dict[str, object]:
    """The document that is printed; its "breaches" should be empty."""
    source, folder = place / "articles", place / "archive"
    source.mkdir()
    for number, text in enumerate(islice(texts(path), KEPT // 2)):
        (source / f"first-{number:03d}.txt").write_text(text, encoding="utf-8")
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, read_paths([source]), embedder)
    until = time.monotonic() + seconds
    waiting = [begin(_read, folder, readers - readers // 2, until, seed)]
    waiting += [begin(_read, folder, 1, until, seed + 100 + number) for number in range(readers // 2)]
    written = begin(_write, folder, path, embedder, until, seed)()
    counts, breaches, taken = Counter[str](), [], []
    for outcome in (wait() for wait in waiting):
        if outcome.value is None:
            breaches.append(outcome.trace or outcome.sentence or "")
            continue
        counts += outcome.value[0]
        breaches += outcome.value[1]
        taken += outcome.value[2]
    if written.value is None:
        breaches.append(written.trace or written.sentence or "")
    breaches += verify(folder, full=True).breaches
    return {
        "readers": readers,
        "seconds": seconds,
        **{name.replace(" ", "_"): count for name, count in sorted(counts.items())},
        "writer": dict(written.value or {}),
        "search_ms": [round(1000 * float(np.percentile(taken, share)), 1) for share in (50, 95)] if taken else None,
        "breaches": breaches,
    }


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> int:
    """Print one JSON document; 0 when there was no breach, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="articles, used over again when there are too few")
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    embedder = load_embedder(options.path)
    multiprocessing.set_start_method("fork", force=True)
    with tempfile.TemporaryDirectory() as folder:
        document = crowd(
            options.path,
            Path(folder),
            embedder,
            readers=options.readers,
            seconds=options.seconds,
            seed=options.seed,
        )
    say(json.dumps(document, indent=2))
    return 1 if document["breaches"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
