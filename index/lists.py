"""A vector index of lists (IVF) for archives too large to look at every vector: trained on the data, tuned by recall.

Vectors lie in lists around the centres of a clustering, with 8 bits a value; a query looks at the lists whose centres
are nearest. How many these must be is measured when the index is made, on queries that it was not trained on. HNSW was
tried and left out: docs/reliability.md has the figures.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from index.embedding import Vectors
from index.vectors import Rows

PER_LIST = 64  # vectors of the sample for each list; FAISS asks for 39 at least
MARGIN = 0.1  # of the range that values had in the sample, added at both ends: what lies outside is cut off
ROUNDS = 10  # of the clustering
QUERIES = 200  # held out of the training, to choose the number of lists to look at
NEIGHBOURS = 10  # of each query, compared with those of an exact search
CANDIDATES = 2  # as many times k are found by 8 bits a value, then ranked as stored; at 1.5 all were there (100,000)
TARGET_RECALL = 0.99  # of the held-out queries: .02 above what is asked for, since questions are harder than passages
SEED = 7


def list_count(count: int) -> int:
    """Lists for so many vectors: their square root, so that finding lists and looking into one cost alike."""
    return max(1, round(math.sqrt(count)))


def choose(rows: Rows) -> list[int]:
    """The rows to train and tune on, spread over all of them."""
    wanted = min(len(rows), PER_LIST * list_count(len(rows)) + 2 * QUERIES)
    picked = np.random.default_rng(SEED).choice(rows, wanted, replace=False)
    return [int(row) for row in picked]


def build(sample: Vectors, count: int, batches: Iterable[tuple[Rows, Vectors]]) -> Any:
    """The faiss.IndexIVFScalarQuantizer over all `batches`, about `count` vectors; `sample` are some of them, mixed.

    Its `nprobe` is the least, in steps of a fifth, that finds TARGET_RECALL of the held-out queries' neighbours.
    """
    index = _empty(sample.shape[1], list_count(count))
    index.train(np.ascontiguousarray(sample[2 * QUERIES :]))
    truth = Nearest(_queries(sample[: 2 * QUERIES]))
    for rows, vectors in batches:
        index.add_with_ids(np.ascontiguousarray(vectors), rows)
        truth.take(rows, vectors)
    index.nprobe = _probes(index, truth)
    return index


def _empty(dim: int, count: int) -> Any:
    import faiss

    centres = faiss.IndexFlatIP(dim)
    kind = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(centres, dim, count, kind, faiss.METRIC_INNER_PRODUCT, False)
    index.sq.rangestat_arg = MARGIN
    index.cp.spherical = True
    index.cp.niter = ROUNDS
    index.cp.max_points_per_centroid = PER_LIST
    index.cp.seed = SEED
    return index


def _queries(held_out: Vectors) -> Vectors:
    """Held-out vectors by pairs, the middle of each: like a question, near to several passages and equal to none."""
    half = len(held_out) // 2
    queries: Vectors = held_out[:half] + held_out[half : 2 * half]
    queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-6)
    return queries


class Nearest:
    """The nearest neighbours of some queries among all vectors, which pass by in batches."""

    def __init__(self, queries: Vectors) -> None:
        self.queries = queries
        self.rows = np.full((len(queries), NEIGHBOURS), -1, dtype=np.int64)
        self._scores = np.full((len(queries), NEIGHBOURS), -2.0, dtype=np.float32)

    def take(self, rows: Rows, vectors: Vectors) -> None:
        """Look at one batch."""
        scores = np.hstack([self._scores, self.queries @ vectors.T])
        known = np.hstack([self.rows, np.broadcast_to(rows, (len(self.queries), len(rows)))])
        best = np.argpartition(-scores, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
        self.rows = np.take_along_axis(known, best, axis=1)
        self._scores = np.take_along_axis(scores, best, axis=1)

    def recall(self, found: Rows) -> float:
        """The share of the neighbours that are among `found`, shape (queries, any)."""
        hits = sum(len(np.intersect1d(one, other)) for one, other in zip(self.rows, found, strict=True))
        return hits / self.rows.size


def _probes(index: Any, truth: Nearest) -> int:
    import faiss

    probes = 1
    while probes < index.nlist:
        parameters = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]  # the stubs know only C++
        _, found = index.search(truth.queries, CANDIDATES * NEIGHBOURS, params=parameters)
        if truth.recall(found) >= TARGET_RECALL:
            return probes
        probes += 1 + probes // 5
    return int(index.nlist)


def fits(index: Any, count: int) -> bool:
    """Whether the index has about the lists that so many vectors want, and need not be trained again."""
    return 0.8 <= int(index.nlist) / list_count(count) <= 1.25  # the archive is between .64 and 1.56 of its size then


def update(index: Any, gone: Rows, batches: Iterable[tuple[Rows, Vectors]]) -> None:
    """Take the rows `gone` out of the index, and put the vectors of `batches` in."""
    if len(gone):
        index.remove_ids(gone)
    for rows, vectors in batches:
        index.add_with_ids(np.ascontiguousarray(vectors), rows)
