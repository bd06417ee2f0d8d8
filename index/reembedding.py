"""Embedding an archive anew: with another model, or to mend damaged vectors and words."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index import building, lookup, storing
from index.article import Article, Passage
from index.database import Database, open_database
from index.embedding import Embedder, passage_input
from index.errors import ArchiveError
from index.lock import LOCK_NAME, WriterLock
from index.schema import NEXT_VECTORS, encode_vector, vector_hash
from index.vectors import VectorIndex

BATCH_PASSAGES = 256


@dataclass(frozen=True, slots=True)
class ReembedProgress:
    """Passages that are embedded and on the disk, of all that have to be."""

    passages: int
    total: int
    seconds: float


def reembed(archive: Path, embedder: Embedder, progress: Callable[[ReembedProgress], None] | None = None) -> int:
    """Embed every passage of the archive in folder `archive` with `embedder`; how many there are.

    Readers see the old vectors until all new ones are there. An interrupted run is taken up where it stopped. The
    lexical index is made again as well. Raises ArchiveError as `Archive.open` does, and for an article that is damaged.
    """
    database = open_database(archive, writable=False, create=False)  # no lock file in a folder that is no archive
    database.close()
    with WriterLock(archive / LOCK_NAME):
        database = open_database(archive, writable=True, create=False)
        try:
            _prepare(database, embedder)
            embed_missing(database, embedder, "next_vectors", progress)
            _take_over(database, embedder)
            index, _ = building.build_index(database, embedder.dim)
            _save(index, archive, storing.get_generation(database), embedder)
            return index.count
        finally:
            database.close()


def _save(index: VectorIndex, archive: Path, generation: int, embedder: Embedder) -> None:
    try:
        index.save(archive, generation, embedder.identity)
    except (OSError, RuntimeError) as error:  # FAISS raises the latter when the disk is full
        raise ArchiveError(
            f"All passages of {archive} are embedded, but the vector index could not be saved ({error}); free some "
            f"disk space, then have it made with: attest status --archive {archive}"
        ) from error


def _prepare(database: Database, embedder: Embedder) -> None:
    wanted = f"{embedder.name} {embedder.dim} {embedder.sha256}"
    with database.transaction():
        database.run(NEXT_VECTORS)
        if database.meta("next_embedder") != wanted:  # left by a run with yet another model
            database.run("DELETE FROM next_vectors")
            database.set_meta("next_embedder", wanted)


def embed_missing(
    database: Database,
    embedder: Embedder,
    table: str,
    progress: Callable[[ReembedProgress], None] | None = None,
) -> int:
    """Embed the passages that have no vector in `table`, a batch a transaction; how many they were."""
    began = time.perf_counter()
    total = int(database.one("SELECT count(*) FROM passages")[0])
    before = done = int(database.one(f"SELECT count(*) FROM {table}")[0])
    for rows, texts in _batches(database, table):
        blobs = [encode_vector(vector) for vector in embedder.embed_passages(texts)]
        with database.transaction():
            database.run_many(
                f"INSERT INTO {table} VALUES (?, ?, ?)",
                [(row, blob, vector_hash(row, blob)) for row, blob in zip(rows, blobs, strict=True)],
            )
        done += len(rows)
        if progress:
            progress(ReembedProgress(done, total, time.perf_counter() - began))
    return done - before


def _batches(database: Database, table: str) -> Iterator[tuple[list[int], list[str]]]:
    rows: list[int] = []
    texts: list[str] = []
    numbers = database.rows(
        f"SELECT DISTINCT article FROM passages LEFT JOIN {table} USING (row) WHERE {table}.vector IS NULL "
        "ORDER BY article"
    )
    for (number,) in numbers:
        article = lookup.read_article(database, number)
        for row, passage in _missing(database, table, number, article):
            rows.append(row)
            texts.append(passage_input(article, passage))
            if len(rows) == BATCH_PASSAGES:
                yield rows, texts
                rows, texts = [], []
    if rows:
        yield rows, texts


def _missing(database: Database, table: str, number: int, article: Article) -> Iterator[tuple[int, Passage]]:
    found = database.rows(
        f'SELECT passages.row, start, "end" FROM passages LEFT JOIN {table} ON {table}.row = passages.row '
        f"WHERE article = ? AND {table}.row IS NULL ORDER BY passages.row",
        (number,),
    )
    for row, start, end in found:
        yield row, Passage(article_id=article.id, start=start, end=end, text=article.text[start:end])


def _take_over(database: Database, embedder: Embedder) -> None:
    with database.transaction():
        database.run("DELETE FROM vectors")
        database.run("INSERT INTO vectors SELECT row, vector, hash FROM next_vectors")
        database.run("DROP TABLE next_vectors")
        database.run("DELETE FROM meta WHERE name = 'next_embedder'")
        storing.rebuild_full_text(database)
        storing.set_embedder(database, embedder.identity)
        storing.next_generation(database)
