"""Searches an archive of a million vectors by each kind of vector index: how fast, how exact, and in how much memory.

    python -m eval.benchmark_scale ARCHIVE QUESTIONS.jsonl [--vectors 1000000] [--kinds exact ivf] [--hnsw 0]

The vectors are those of ARCHIVE, repeated with noise: a copy is as like its original as a real passage is to its
nearest neighbour in ARCHIVE. They go into the SQLite file of an archive of its own, which is then opened, indexed and
searched as any other. Words and articles are not in it: what is measured is the search by meaning. A tenth of the
passages are readers' comments, so that every search is a filtered one. Queries are the questions of the file, which no
index was trained or tuned on. `--hnsw N` also builds FAISS's HNSW over N of the vectors, which Attest does not use.
"""

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from index.archive import Archive, Filters
from index.building import set_wish
from index.database import Database, open_database
from index.embedding import MiniLmEmbedder, Vectors
from index.lists import NEIGHBOURS, Nearest
from index.schema import KINDS, decode_vectors, encode_vector, vector_hash
from index.storing import get_embedder, set_embedder
from index.vectors import Rows, Wish
from rag.retrieval import POOL

QUERIES = 400
COMMENTS_EVERY = 10
BLOCK = 4096
PASSAGES = """
WITH RECURSIVE rows (row) AS (SELECT 1 UNION ALL SELECT row + 1 FROM rows WHERE row < ?)
INSERT INTO passages SELECT row, 1, 0, 1, iif(row % ?, 0, ?), '[]', x'' FROM rows
"""
ARTICLE = "INSERT INTO articles VALUES (1, 'a', 'a', 'a', '', '', 1, '', x'', '{}', x'', x'')"


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("questions", type=Path, help='JSON lines, each with a "question"')
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--kinds", nargs="+", choices=("exact", "ivf"), default=["exact", "ivf"])
    parser.add_argument("--hnsw", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    questions = list(islice(_questions(options.questions), QUERIES))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        alike = _apart(_fill, place, options.archive, options.vectors)
        np.save(place / "queries.npy", _apart(_embed, questions))
        document: dict[str, Any] = {"vectors": options.vectors, "queries": len(questions), "copies_alike": alike}
        truth = _apart(_truth, place)
        for kind in options.kinds:
            document[kind] = {**_apart(_index, place, kind), **_apart(_search, place, truth)}
        if options.hnsw:
            document["hnsw"] = _apart(_hnsw, place, options.hnsw)
    document["load_average"] = [round(load, 1) for load in os.getloadavg()]
    say(json.dumps(document, indent=2))


def _questions(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if question := json.loads(line).get("question"):
                yield str(question)


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function` returns, from a process of its own: its memory is nobody else's."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def _embed(questions: list[str]) -> Vectors:
    return MiniLmEmbedder.load(quickly=True).embed_queries(questions)


def _fill(place: Path, archive: Path, count: int) -> float:
    """Make the archive of so many vectors; how like a copy is to its original."""
    source = open_database(archive, writable=False, create=False)
    embedder = get_embedder(source)
    if embedder is None:
        raise SystemExit(f"{archive} holds no passages")
    originals = np.concatenate([vectors for _, vectors in _stored(source, embedder.dim)])
    source.close()
    alike = _nearest(originals)
    database = open_database(place, writable=True, create=True)
    with database.transaction():
        set_embedder(database, embedder)
        database.set_meta("generation", "1")
        set_wish(database, "exact")  # or it would be indexed twice when it is opened to be indexed
        database.run(ARTICLE)
        database.run(PASSAGES, (count, COMMENTS_EVERY, KINDS.index("comment")))
        database.run_many("INSERT INTO vectors VALUES (?, ?, ?)", _noisy(originals, count, alike))
    database.close()
    return round(alike, 3)


def _nearest(vectors: Vectors, probes: int = 500) -> float:
    """The median similarity of a vector to its nearest neighbour."""
    sample = vectors[:: max(1, len(vectors) // probes)]
    second = np.sort(sample @ vectors.T, axis=1)[:, -2]
    return float(np.median(second))


def _noisy(originals: Vectors, count: int, alike: float) -> Iterator[tuple[int, bytes, bytes]]:
    chance = np.random.default_rng(1)
    spread = np.sqrt((1 / alike**2 - 1) / originals.shape[1])  # of each value, so that the mean cosine is `alike`
    for start in range(0, count, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, count))
        vectors = originals[numbers % len(originals)]
        noise = chance.standard_normal(vectors.shape, dtype=np.float32) * spread
        vectors = vectors + noise * (numbers >= len(originals))[:, None]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        for number, vector in zip(numbers.tolist(), vectors, strict=True):
            blob = encode_vector(vector)
            yield number + 1, blob, vector_hash(number + 1, blob)


def _stored(database: Database, dim: int) -> Iterator[tuple[Rows, Vectors]]:
    """Rows and vectors in blocks, without a look at their hashes."""
    found = database.stream("SELECT row, vector FROM vectors ORDER BY row", size=BLOCK)
    while block := list(islice(found, BLOCK)):
        rows = np.array([row for row, _ in block], dtype=np.int64)
        yield rows, decode_vectors([blob for _, blob in block], dim)


def _truth(place: Path) -> Rows:
    """The nearest passages of each query that are no comments, by looking at every vector with NumPy."""
    queries = np.load(place / "queries.npy")
    truth = Nearest(queries)
    database = open_database(place, writable=False, create=False)
    for rows, vectors in _stored(database, queries.shape[1]):
        wanted = rows % COMMENTS_EVERY != 0
        truth.take(rows[wanted], vectors[wanted])
    database.close()
    return truth.rows


def _index(place: Path, kind: Wish) -> dict[str, object]:
    with Archive.open(place, writable=True) as archive:
        opened, opened_work = time.perf_counter(), time.process_time()
        made = archive.reindex(kind)
        seconds, work = time.perf_counter() - opened, time.process_time() - opened_work
    [file] = place.glob("vectors.*.faiss")
    return {
        "reindex_s": round(seconds, 1),
        "reindex_processor_s": round(work, 1),
        "file_mb": round(file.stat().st_size / 1e6),
        "lists": getattr(made.index, "nlist", None),
        "looked_at": getattr(made.index, "nprobe", None),
        "reindex_peak_memory_gb": _peak_memory_gb(),
    }


def _search(place: Path, truth: Rows) -> dict[str, object]:
    """Open the archive as a question does, and ask; every filter passes nine tenths of the passages."""
    import faiss

    queries = np.load(place / "queries.npy")
    began = time.perf_counter()
    with Archive.open(place) as archive:
        assert not archive.notices, archive.notices
        opened = time.perf_counter()
        archive.dense(queries[0], NEIGHBOURS, Filters())
        ready = time.perf_counter()
        few, found = _timed(archive, queries, NEIGHBOURS)
        many, _ = _timed(archive, queries, POOL)
        comments, _ = _timed(archive, queries, NEIGHBOURS, Filters(kinds=("comment",)))
    hits = sum(len(np.intersect1d(one, other)) for one, other in zip(truth, found, strict=True))
    return {
        "open_s": round(opened - began, 2),
        "first_search_s": round(ready - opened, 2),
        "recall_at_10": round(hits / truth.size, 4),
        "top_10": few,
        f"top_{POOL}": many,
        "top_10_of_a_tenth": comments,
        "threads": faiss.omp_get_max_threads(),
        "peak_memory_gb": _peak_memory_gb(),
    }


def _timed(
    archive: Archive, queries: Vectors, k: int, filters: Filters | None = None
) -> tuple[dict[str, float], list[list[int]]]:
    taken, worked, found = [], [], []
    for query in queries:
        began, work = time.perf_counter(), time.process_time()
        found.append([hit.row for hit in archive.dense(query, k, filters or Filters())])
        taken.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - work))
    p50, p95 = (round(float(np.percentile(taken, share)), 2) for share in (50, 95))
    return {"p50_ms": p50, "p95_ms": p95, "p50_processor_ms": round(float(np.median(worked)), 2)}, found


def _hnsw(place: Path, count: int) -> dict[str, object]:
    """What it takes to build a graph over so many of the vectors, and to search it."""
    import faiss

    queries = np.load(place / "queries.npy")
    database = open_database(place, writable=False, create=False)
    blocks = islice(_stored(database, queries.shape[1]), -(-count // BLOCK))
    vectors = np.concatenate([block for _, block in blocks])[:count]
    database.close()
    exact = faiss.IndexFlatIP(queries.shape[1])
    exact.add(vectors)
    _, truth = exact.search(queries, NEIGHBOURS)
    graph: Any = faiss.index_factory(queries.shape[1], "HNSW16_SQfp16", faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 80, 128
    began = time.process_time()
    graph.train(vectors[:BLOCK])
    graph.add(vectors)
    built, taken = time.process_time() - began, []
    hits = 0
    for query, wanted in zip(queries, truth, strict=True):
        begun = time.process_time()
        _, found = graph.search(query[None], NEIGHBOURS)
        taken.append(1000 * (time.process_time() - begun))
        hits += len(np.intersect1d(found[0], wanted))
    return {
        "vectors": count,
        "build_processor_s": round(built, 1),
        "p50_processor_ms": round(float(np.median(taken)), 2),
        "recall_at_10": round(hits / truth.size, 4),
    }


def _peak_memory_gb() -> float:
    """Of this process, mapped files included. Not `ru_maxrss`, which begins with that of the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kilobytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return round(int(kilobytes) / 1e6, 2)


if __name__ == "__main__":
    main()
