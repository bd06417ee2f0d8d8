"""How much of an ingest is the encoder's own time: the same passages, embedded bare and ingested, by turns in one run.

    python -m eval.benchmark_ingest ARTICLES [--articles 300] [--rounds 3]

Prints passages a second of both, their ratio (median of the rounds) and the peak memory. The archive is thrown away.
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
from index.documents import build_article
from index.embedding import MiniLmEmbedder, passage_input
from index.ingest import ingest
from index.passages import cut_passages
from index.readers import read_paths
from index.records import RawRecord

BATCH = 512  # passages that an ingest embeds at a time, about


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    embedder = MiniLmEmbedder.load(quickly=True)
    items = read_paths([options.path])
    records = list(itertools.islice((item for item in items if isinstance(item, RawRecord)), options.articles))
    articles = [build_article(record) for record in records]
    inputs = [passage_input(article, passage) for article in articles for passage in cut_passages(article)]
    embedder.embed_passages(inputs[:64])  # what a first call pays once
    bare, whole = [], []
    for _ in range(options.rounds):
        begun = time.perf_counter()
        for at in range(0, len(inputs), BATCH):
            embedder.embed_passages(inputs[at : at + BATCH])
        bare.append(len(inputs) / (time.perf_counter() - begun))
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            with Archive.open(Path(folder) / "a", embedder=embedder.identity, writable=True, create=True) as archive:
                report = ingest(archive, records, embedder)
            whole.append(report.passages / (time.perf_counter() - begun))
    ratios = [ingested / encoded for ingested, encoded in zip(whole, bare, strict=True)]
    document = {
        "articles": len(records),
        "passages": len(inputs),
        "bare_passages_per_second": round(statistics.median(bare), 1),
        "ingest_passages_per_second": round(statistics.median(whole), 1),
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }
    say(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
