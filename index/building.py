"""Making the vector index from the stored vectors, in the kind that the archive's size or its owner asks for."""

from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np

from index import lists
from index.database import Database
from index.embedding import EmbedderIdentity, Vectors
from index.lookup import read_vectors
from index.schema import decode_vectors, vector_hash
from index.vectors import Rows, VectorIndex, Wish, kind_for, load_earlier

_META = "index_kind"
_BATCH = 4096
PROBES = 50  # rows of an earlier index that are compared with the stored vectors
LEAST_SIMILARITY = 0.98  # of a stored vector to itself in 8 bits a value: .999 and more


def get_wish(database: Database) -> Wish:
    """The kind of vector index that was asked for; "auto" where none was."""
    said = database.meta(_META)
    return next((wish for wish in get_args(Wish) if wish == said), "auto")


def set_wish(database: Database, wish: Wish) -> None:
    """Note which kind of vector index is asked for."""
    database.set_meta(_META, wish)


def build_index(database: Database, dim: int) -> tuple[VectorIndex, int]:
    """The vector index made from the stored vectors alone; and how many of them were damaged and left out."""
    rows = _rows(database)
    reading = _Reading(database, dim)
    if kind_for(get_wish(database), len(rows)) == "exact":
        return VectorIndex.build(dim, reading.all()), reading.damaged
    sample = read_vectors(database, lists.choose(rows), dim)
    return VectorIndex(lists.build(sample[sample.any(axis=1)], len(rows), reading.all())), reading.damaged


def update_index(database: Database, embedder: EmbedderIdentity) -> tuple[VectorIndex, int]:
    """Like `build_index`, from the saved index of an earlier state where that spares most of the work.

    Only an index of lists takes so long to make that this pays.
    """
    rows = _rows(database)
    if kind_for(get_wish(database), len(rows)) == "exact":
        return build_index(database, embedder.dim)
    earlier = load_earlier(database.folder, embedder)
    if earlier is None or earlier.kind != "ivf" or not lists.fits(earlier.index, len(rows)):
        return build_index(database, embedder.dim)
    kept = np.intersect1d(rows, earlier.rows, assume_unique=True)
    if not _agree(database, earlier, kept[-PROBES:]):
        return build_index(database, embedder.dim)
    reading = _Reading(database, embedder.dim)
    fresh = reading.some(np.setdiff1d(rows, kept, assume_unique=True))
    lists.update(earlier.index, np.setdiff1d(earlier.rows, kept, assume_unique=True), fresh)
    return VectorIndex(earlier.index), reading.damaged


def _agree(database: Database, earlier: VectorIndex, rows: Rows) -> bool:
    """Whether the last rows that both have are the same passages.

    Rows are never used twice, but an older copy of the database may have been put back and have grown otherwise since:
    then all rows from that point on are others.
    """
    vectors = read_vectors(database, rows.tolist(), earlier.index.d)
    found = [earlier.search(vector, 1, earlier.rows == row)[0][1] for row, vector in zip(rows, vectors, strict=True)]
    return min(found, default=1.0) >= LEAST_SIMILARITY


class _Reading:
    """Stored vectors in batches; counts those that are damaged and leaves them out."""

    def __init__(self, database: Database, dim: int) -> None:
        self.damaged = 0
        self._database = database
        self._dim = dim

    def all(self) -> Iterator[tuple[Rows, Vectors]]:
        """Every vector, in the order of the rows."""
        kept: list[tuple[int, bytes]] = []
        sql = "SELECT row, vector, hash FROM vectors ORDER BY row"
        for row, blob, hashed in self._database.stream(sql, size=2048):
            if vector_hash(row, blob) != hashed or len(blob) != 2 * self._dim:
                self.damaged += 1
                continue
            kept.append((row, blob))
            if len(kept) == _BATCH:
                yield _batch(kept, self._dim)
                kept = []
        if kept:
            yield _batch(kept, self._dim)

    def some(self, rows: Rows) -> Iterator[tuple[Rows, Vectors]]:
        """The vectors of `rows`."""
        for at in range(0, len(rows), _BATCH):
            part = rows[at : at + _BATCH]
            vectors = read_vectors(self._database, part.tolist(), self._dim)
            whole = vectors.any(axis=1)
            self.damaged += int(np.count_nonzero(~whole))
            yield part[whole], vectors[whole]


def _batch(kept: Sequence[tuple[int, bytes]], dim: int) -> tuple[Rows, Vectors]:
    rows = np.array([row for row, _ in kept], dtype=np.int64)
    return rows, decode_vectors([blob for _, blob in kept], dim)


def _rows(database: Database) -> Rows:
    """The rows of all passages, ascending: what has a vector, without reading through the vectors."""
    return np.array([row for (row,) in database.stream("SELECT row FROM passages ORDER BY row")], dtype=np.int64)
