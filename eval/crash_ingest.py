"""Kills an ingest, over and over, on one archive that keeps growing, and compares it with one that was left in peace.

    python -m eval.crash_ingest ARTICLES [--kills 200] [--steps 3] [--only STEP] [--articles 4] [--jobs 1] [--seed 1]

Each round gives both archives new articles, a changed and a moved one. One ingest is killed (SIGKILL), at a random
moment or a named step: what it had reported must be there and nothing half there. It runs again, and every invariant
and the digest must be the undisturbed one's. With --jobs, other processes parse, and none may outlive the killed one.
"""

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from eval.crash_steps import Steps
from eval.screen import say_at_once
from eval.supply import load_embedder, texts
from index import ingest as ingesting
from index.archive import Archive
from index.checking import verify
from index.embedding import Embedder
from index.ingest import IngestProgress, ingest
from index.readers import find_sources, read_unknown

BATCH_PASSAGES = 8  # small batches: many transactions to be killed in
LINGER_S = 30.0  # for a process to notice that its parent is gone: a second on an idle machine
LOOK_S = 0.05
DERIVED = "the vector index "  # what a kill may leave behind: the next opening makes it again


@dataclass(slots=True)
class Crashes:
    """What the kills did. `breaches` should be empty."""

    kills: int = 0  # that hit the process before it was done
    rounds: int = 0
    steps: set[str] = field(default_factory=set)
    breaches: list[str] = field(default_factory=list)
    articles: int = 0


def _child(
    archive: Path, source: Path, embedder: Embedder, target: tuple[str, int] | None, jobs: int, out: Connection
) -> None:
    """One ingest; tells after each batch how many articles it has reported as stored, and at the end its steps."""
    import faiss

    os.setsid()  # the processes that it starts are then known by their group
    faiss.omp_set_num_threads(1)
    ingesting.BATCH_PASSAGES = BATCH_PASSAGES
    steps = Steps(target)

    def reported(state: IngestProgress) -> None:
        out.send(state.articles)

    with Archive.open(archive, embedder=embedder.identity, writable=True, create=True) as opened:
        items = read_unknown(find_sources([source]), opened.known_files(), children=jobs)  # as `attest ingest` does
        ingest(opened, items, embedder, progress=reported, jobs=jobs)
    out.send(dict(steps.counts))


def _run(
    archive: Path,
    source: Path,
    embedder: Embedder,
    *,
    target: tuple[str, int] | None = None,
    kill_after_s: float | None = None,
    jobs: int = 1,
) -> tuple[int, dict[str, int] | None]:
    """How many articles were reported as stored; and the steps taken, or None when it was killed before its end.

    Raises RuntimeError when a process that it started outlives it.
    """
    context = multiprocessing.get_context("fork")  # the model is loaded once, by the parent
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(archive, source, embedder, target, jobs, theirs))
    process.start()
    theirs.close()
    if kill_after_s is not None:
        process.join(kill_after_s)
        process.kill()
    stored, steps = 0, None
    try:
        while True:
            said = ours.recv()
            if isinstance(said, int):
                stored = said
            else:
                steps = said
    except EOFError:
        process.join()
    _await_end(process.pid or 0)
    return stored, steps


def _await_end(group: int) -> None:
    for _ in range(round(LINGER_S / LOOK_S)):  # by looks and not by the clock: a paused machine is no breach
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(LOOK_S)
    raise RuntimeError(f"a process of group {group} is still there {LINGER_S:.0f} s after its parent")


def crash(
    given: Iterator[str],
    folder: Path,
    embedder: Embedder,
    *,
    kills: int,
    per_step: int,
    only: Sequence[str] = (),
    articles: int,
    jobs: int = 1,
    seed: int,
    say: Callable[[str], None] = print,
) -> Crashes:
    """`kills` at random moments and `per_step` at each named step (or those of `only`), in archives under `folder`."""
    chance, result, counts = random.Random(seed), Crashes(), dict[str, int]()
    source, calm, killed = folder / "articles", folder / "calm", folder / "killed"
    source.mkdir()
    for _ in range(2):  # the second has a changed article, whose old passages go
        _give(source, given, articles, result, chance)
        began = time.perf_counter()
        counts |= _run(calm, source, embedder, jobs=jobs)[1] or {}
        least_s = time.perf_counter() - began if jobs > 1 else 0.0  # more processes take longer to begin
        _run(killed, source, embedder, jobs=jobs)
    plans: list[tuple[str, int] | None] = [None] * kills
    for step, count in sorted(counts.items()):
        if not only or step in only:
            places = {1, count, *(chance.randint(1, count) for _ in range(per_step))}
            plans += [(step, place) for place in sorted(places)[:per_step]]
    chance.shuffle(plans)
    for number, target in enumerate(plans):
        _give(source, given, articles, result, chance)
        _round(result, source, calm, killed, embedder, target, chance.random(), least_s, jobs)
        if (number + 1) % 20 == 0:  # on the screen at once: a long run may be ended by the clock
            say(f"{number + 1} of {len(plans)} rounds, {result.kills} kills, {len(result.breaches)} breaches")
    return result


def _give(source: Path, given: Iterator[str], count: int, result: Crashes, chance: random.Random) -> None:
    """New articles; of those there before one is moved, and one changed that never was and one that was moved before.

    Each is a version of its article: one under the name of its file, one under a name that no file has any more.
    """
    present = sorted(source.iterdir())
    groups = [[path for path in present if ("-" in path.stem) is was_moved] for was_moved in (False, True)]
    changed = [chance.choice(group) for group in groups if group]
    for path in changed:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n\nCorrected, time {result.rounds}.\n")
    if rest := [path for path in present if path not in changed]:
        moved = chance.choice(rest)
        moved.rename(moved.with_name(f"{moved.stem.partition('-')[0]}-{result.rounds}.txt"))
    for text in islice(given, count):
        (source / f"{result.articles:05d}.txt").write_text(text, encoding="utf-8")
        result.articles += 1
    result.rounds += 1


def _round(
    result: Crashes,
    source: Path,
    calm: Path,
    killed: Path,
    embedder: Embedder,
    target: tuple[str, int] | None,
    moment: float,
    least_s: float,
    jobs: int,
) -> None:
    where = f"round {result.rounds}, {'at random' if target is None else f'{target[0]}, time {target[1]}'}"
    began = time.perf_counter()
    _run(calm, source, embedder)
    after_s = None if target else moment * max(least_s, time.perf_counter() - began)
    before, _ = state(killed)
    stored, steps = _run(killed, source, embedder, target=target, kill_after_s=after_s, jobs=jobs)
    if steps is None:
        result.kills += 1
        result.steps |= {target[0]} if target else set()
    after, _ = state(killed)
    if after < before + stored:
        result.breaches.append(f"{where}: {before + stored - after} articles that were reported are not there")
    half = [breach for breach in verify(killed, full=False).breaches if not breach.startswith(DERIVED)]
    result.breaches += [f"{where}, after the kill: {breach}" for breach in half]
    _run(killed, source, embedder, jobs=jobs)
    result.breaches += [f"{where}, run again: {breach}" for breach in verify(killed, full=True).breaches]
    if state(killed) != state(calm):
        result.breaches.append(f"{where}: run again, the archive is not that of an undisturbed run")
    if left := [path.name for path in killed.glob(".*.tmp")]:
        result.breaches.append(f"{where}: {', '.join(left)} left behind")


def state(archive: Path) -> tuple[int, str]:
    """How many articles it holds, earlier versions included, and its digest."""
    with Archive.open(archive) as opened:
        status = opened.status()
        return status.versions, status.digest


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = say_at_once) -> int:
    """Print one JSON document; 0 when there was no breach, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="articles, used over again when there are too few")
    parser.add_argument("--kills", type=int, default=200, help="at random moments")
    parser.add_argument("--steps", type=int, default=3, help="kills at each named step")
    parser.add_argument("--only", nargs="+", default=[], metavar="STEP", help='such as "before commit"')
    parser.add_argument("--articles", type=int, default=4, help="new ones in each round")
    parser.add_argument("--jobs", type=int, default=1, help="processes that clean, in the ingests that are killed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    embedder = load_embedder(options.path)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        result = crash(
            texts(options.path),
            Path(folder),
            embedder,
            kills=options.kills,
            per_step=options.steps,
            only=options.only,
            articles=options.articles,
            jobs=options.jobs,
            seed=options.seed,
            say=say,
        )
    document = {
        "kills": result.kills,
        "rounds": result.rounds,
        "named_steps": sorted(result.steps),
        "articles": result.articles,
        "seconds": round(time.perf_counter() - began, 1),
        "breaches": result.breaches,
    }
    say(json.dumps(document, indent=2))
    return 1 if result.breaches else 0


if __name__ == "__main__":
    raise SystemExit(main())
