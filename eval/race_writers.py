"""Starts two writers at once on one archive, over and over: one may write, the other is told who does.

    python -m eval.race_writers ARTICLES [--races 100] [--seed 1]

Both ingest an article of their own as soon as a barrier lets them. The one that gets in keeps the archive until the
other has been refused, and is then let go or, every second time, killed (SIGKILL): the next race shows that a dead
holder holds nothing. A breach is anything but one writer, one sentence with its process id, and an archive that `attest
verify` has nothing to say about.
"""

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from eval.screen import say_at_once
from eval.supply import load_embedder, texts
from index.archive import Archive
from index.checking import verify
from index.embedding import Embedder
from index.errors import ArchiveBusyError, AttestError
from index.ingest import ingest
from index.readers import read_paths

PATIENCE_S = 60.0


@dataclass(slots=True)
class Races:
    """What the races came to. `breaches` should be empty."""

    races: int = 0
    killed: int = 0
    slowest_refusal_s: float = 0.0
    breaches: list[str] = field(default_factory=list)


def _writer(archive: Path, source: Path, embedder: Embedder, barrier: Any, link: Connection) -> None:
    """Says "in" and waits for leave, or says why not; then how many articles it stored."""
    import faiss

    faiss.omp_set_num_threads(1)
    barrier.wait(PATIENCE_S)
    began = time.perf_counter()
    try:
        with Archive.open(archive, embedder=embedder.identity, writable=True, create=True) as opened:
            link.send(("in", os.getpid(), 0.0))
            stored = ingest(opened, read_paths([source]), embedder).stored
            link.recv()
        link.send(("stored", stored, 0.0))
    except ArchiveBusyError as error:
        link.send(("refused", str(error), time.perf_counter() - began))
    except AttestError as error:
        link.send(("failed", str(error), 0.0))


def race(
    archive: Path, sources: Sequence[Path], embedder: Embedder, result: Races, *, kill: bool, chance: random.Random
) -> None:
    """One race of two writers for `archive`, each with its own of `sources`."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    links, processes = [], []
    for source in chance.sample(list(sources), 2):
        ours, theirs = context.Pipe()
        processes.append(context.Process(target=_writer, args=(archive, source, embedder, barrier, theirs)))
        processes[-1].start()
        theirs.close()
        links.append(ours)
    result.races += 1
    where = f"race {result.races}"
    said: dict[Connection, tuple[str, Any, float]] = {}
    deadline = time.monotonic() + PATIENCE_S
    while len(said) < 2 and time.monotonic() < deadline:
        said |= {link: _hear(link) for link in links if link not in said and link.poll(0.2)}
    words = sorted(word for word, _, _ in said.values())
    if words != ["in", "refused"]:
        result.breaches.append(f"{where}: expected one in and one refused, found {list(said.values())}")
    held = next((link for link, heard in said.items() if heard[0] == "in"), None)
    for word, sentence, seconds in said.values():
        if word == "refused" and held is not None:
            result.slowest_refusal_s = max(result.slowest_refusal_s, seconds)
            if f"process {said[held][1]} " not in str(sentence):
                result.breaches.append(f"{where}: the sentence does not name process {said[held][1]}: {sentence}")
    if held is not None and kill:
        processes[links.index(held)].kill()
        result.killed += 1
    elif held is not None:
        held.send("go")
        if _hear(held)[:2] != ("stored", 1):
            result.breaches.append(f"{where}: the writer did not store its article")
    for process in processes:
        process.join(PATIENCE_S)
    result.breaches += [f"{where}: {breach}" for breach in verify(archive, full=False).breaches if not kill]


def _hear(link: Connection) -> tuple[str, Any, float]:
    try:
        heard: tuple[str, Any, float] = link.recv()
        return heard
    except EOFError:
        return "died", None, 0.0


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = say_at_once) -> int:
    """Print one JSON document; 0 when there was no breach, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="articles, used over again when there are too few")
    parser.add_argument("--races", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    embedder = load_embedder(options.path)
    chance, result = random.Random(options.seed), Races()
    found = texts(options.path)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.races):
            sources = []
            for name, text in zip("ab", islice(found, 2), strict=True):
                sources.append(Path(folder) / f"{number}{name}.txt")
                sources[-1].write_text(text, encoding="utf-8")
            race(Path(folder) / "archive", sources, embedder, result, kill=number % 2 == 1, chance=chance)
            if (number + 1) % 20 == 0:
                say(f"{number + 1} races, {len(result.breaches)} breaches")
        result.breaches += verify(Path(folder) / "archive", full=True).breaches if options.races % 2 else ()
    document = {
        "races": result.races,
        "holders_killed": result.killed,
        "slowest_refusal_s": round(result.slowest_refusal_s, 2),
        "breaches": result.breaches,
    }
    say(json.dumps(document, indent=2))
    return 1 if result.breaches else 0


if __name__ == "__main__":
    raise SystemExit(main())
