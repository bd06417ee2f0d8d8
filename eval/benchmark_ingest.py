"""How much of an ingest is the encoder's own time: the same passages, embedded and ingested, by turns in one run.

    python -m eval.benchmark_ingest ARTICLES [--articles 240] [--rounds 5]

Half of the passages are embedded before each ingest and half after it: a machine that slows down or speeds up over a
round, as borrowed ones do, does so for both.

*plain*: MiniLM as torch runs it, with padding, in bfloat16 where this processor has it, else in float32; *bare*: the
embedder alone, as the ingest calls it. Prints passages a second of all three, by the clock and of processor time (which
counts on a busy machine), the ratios (medians of the rounds) and the peak memory. The archive is thrown away.
"""

import argparse
import itertools
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from index.archive import Archive
from index.arithmetic import fastest
from index.documents import build_article
from index.embedding import Embedder, MiniLmEmbedder, bundled_folder, passage_input
from index.ingest import BATCH_PASSAGES, ingest
from index.minilm import BareMiniLm
from index.passages import cut_passages
from index.readers import read_paths
from index.records import RawRecord

Rate = tuple[float, float]  # passages a second by the clock, and of processor time
Spent = tuple[int, float, float]  # passages, seconds by the clock, seconds of processor time


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--articles", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    embedder = MiniLmEmbedder.load(quickly=True)
    plain = unpacked(embedder)
    items = read_paths([options.path])
    records = list(itertools.islice((item for item in items if isinstance(item, RawRecord)), options.articles))
    articles = [build_article(record) for record in records]
    inputs = [passage_input(article, passage) for article in articles for passage in cut_passages(article)]

    batches = list(in_batches(inputs))
    halves = batches[: (len(batches) + 1) // 2], batches[(len(batches) + 1) // 2 :]

    def embed(with_: Embedder, half: int) -> int:
        for batch in halves[half]:
            with_.embed_passages(batch)
        return sum(map(len, halves[half]))

    def ingest_all() -> int:
        with (
            tempfile.TemporaryDirectory() as folder,
            Archive.open(Path(folder) / "a", embedder=embedder.identity, writable=True, create=True) as archive,
        ):
            return ingest(archive, records, embedder).passages

    embedder.embed_passages(inputs[:64])  # what a first call pays once
    plain.embed_passages(inputs[:64])
    alone = {"plain": plain, "bare": embedder}
    rates: dict[str, list[Rate]] = {name: [] for name in (*alone, "ingest")}
    for _ in range(options.rounds):
        before = {name: timed(partial(embed, with_, 0)) for name, with_ in alone.items()}
        rates["ingest"].append(rate(timed(ingest_all)))
        for name, with_ in reversed(alone.items()):
            rates[name].append(rate(before[name], timed(partial(embed, with_, 1))))
    document = {
        "arithmetic": fastest(),
        "articles": len(records),
        "passages": len(inputs),
        **summary(rates),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }
    say(json.dumps(document, indent=2))


def unpacked(embedder: MiniLmEmbedder) -> MiniLmEmbedder:
    """The bundled model with torch's own operations: what packing is compared with."""
    model = BareMiniLm.load(bundled_folder())
    model.made_fast = model.unpacked  # type: ignore[method-assign]
    return MiniLmEmbedder(model, embedder.identity)


def in_batches(inputs: Sequence[str]) -> Iterator[Sequence[str]]:
    """The passages as an ingest hands them to the encoder."""
    for at in range(0, len(inputs), BATCH_PASSAGES):
        yield inputs[at : at + BATCH_PASSAGES]


def timed(way: Callable[[], int]) -> Spent:
    """How many passages `way` says that it took, and what they cost."""
    begun, processor = time.perf_counter(), time.process_time()
    passages = way()
    return passages, time.perf_counter() - begun, time.process_time() - processor


def rate(*parts: Spent) -> Rate:
    """Passages a second over all the parts."""
    passages, clock, processor = (sum(column) for column in zip(*parts, strict=True))
    return passages / clock, passages / processor


def summary(rates: dict[str, list[Rate]]) -> dict[str, object]:
    """Medians of the rounds, and the ratios of ways in the same round."""
    told: dict[str, object] = {}
    for at, unit in enumerate(("passages_per_second", "passages_per_processor_second")):
        told[unit] = {name: round(statistics.median(each[at] for each in rounds), 1) for name, rounds in rates.items()}
        for above, below in (("ingest", "bare"), ("bare", "plain"), ("ingest", "plain")):
            ratios = [one[at] / other[at] for one, other in zip(rates[above], rates[below], strict=True)]
            told[f"{above}_to_{below}{'_processor' if at else ''}"] = {
                "median": round(statistics.median(ratios), 3),
                "rounds": [round(ratio, 3) for ratio in ratios],
            }
    return told


if __name__ == "__main__":
    main()
