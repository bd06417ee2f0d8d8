"""How much of an ingest is the encoder's own time: the same passages, embedded and ingested, by turns in one run.

    python -m eval.benchmark_ingest ARTICLES [--articles 300] [--rounds 3]

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
from collections.abc import Callable, Sequence
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


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    embedder = MiniLmEmbedder.load(quickly=True)
    plain = unpacked(embedder)
    items = read_paths([options.path])
    records = list(itertools.islice((item for item in items if isinstance(item, RawRecord)), options.articles))
    articles = [build_article(record) for record in records]
    inputs = [passage_input(article, passage) for article in articles for passage in cut_passages(article)]

    def embed(with_: Embedder) -> int:
        for at in range(0, len(inputs), BATCH_PASSAGES):
            with_.embed_passages(inputs[at : at + BATCH_PASSAGES])
        return len(inputs)

    def ingest_all() -> int:
        with (
            tempfile.TemporaryDirectory() as folder,
            Archive.open(Path(folder) / "a", embedder=embedder.identity, writable=True, create=True) as archive,
        ):
            return ingest(archive, records, embedder).passages

    ways = {"plain": lambda: embed(plain), "bare": lambda: embed(embedder), "ingest": ingest_all}
    embedder.embed_passages(inputs[:64])  # what a first call pays once
    plain.embed_passages(inputs[:64])
    rates: dict[str, list[Rate]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            rates[name].append(rate(way))
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


def rate(way: Callable[[], int]) -> Rate:
    """Passages a second of `way`, which says how many it took."""
    begun, processor = time.perf_counter(), time.process_time()
    passages = way()
    return passages / (time.perf_counter() - begun), passages / (time.process_time() - processor)


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
