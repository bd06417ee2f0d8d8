"""Search by vectors in an open archive: the index follows the articles, and is made again where its file is wrong."""

from collections.abc import Callable

from index import lookup, storing
from index.database import Database
from index.embedding import EmbedderIdentity, Vectors
from index.errors import ArchiveError
from index.filtering import Filters, PassageTable
from index.lock import LOCK_NAME, WriterLock
from index.vectors import VectorIndex, load_index


class VectorSearch:
    """The vector index of one open archive, with the table that its filters need. `lock` is the writer's, if it is one.

    What the user should be told is handed to `notice` in sentences.
    """

    def __init__(self, database: Database, lock: WriterLock | None, notice: Callable[[str], None]) -> None:
        self._database = database
        self._lock = lock
        self._notice = notice
        self._index: VectorIndex | None = None
        self._table: PassageTable | None = None
        self._index_generation = -1
        self._table_generation = -1

    def search(self, query: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        """The `k` rows most similar to the unit vector `query`, shape (dim,), with their cosine, best first."""
        with self._database.snapshot():
            self.refresh()
            index, table = self._index, self._passage_table()
        if index is None or not index.count:
            return []
        embedder = storing.get_embedder(self._database)
        if embedder is None or query.shape != (embedder.dim,):
            raise ValueError(f"a query of shape {query.shape}; expected ({embedder and embedder.dim},)")
        allowed = table.allowed(filters, index.rows)
        return index.search(query, k, allowed)

    def refresh(self, *, said: bool = True) -> None:
        """Bring the index up to date with the articles; with a notice (`said`) where it had to be made again."""
        with self._database.snapshot():
            generation, embedder = storing.get_generation(self._database), storing.get_embedder(self._database)
            if generation != self._index_generation and embedder is not None:
                self._load_or_build(generation, embedder, said=said)

    def close(self) -> None:
        """Let go of the file and of the table."""
        self._index = self._table = None

    def _passage_table(self) -> PassageTable:
        generation = storing.get_generation(self._database)
        if self._table is None or self._table_generation != generation:
            self._table, self._table_generation = PassageTable(self._database), generation
        return self._table

    def _load_or_build(self, generation: int, embedder: EmbedderIdentity, *, said: bool) -> None:
        index, wrong = load_index(self._database.folder, generation, embedder)
        if index is None:
            index, damaged = lookup.build_index(self._database, embedder.dim)
            saved = self._try_to_save(index, generation, embedder)
            if said and self._index_generation < 0:  # later it is merely a writer elsewhere that goes on writing
                self._notice(
                    f"The vector index {wrong} and has been rebuilt{'' if saved else ' in memory'} from the articles."
                )
            if damaged:
                self._notice(f"{damaged} damaged vectors were left out of the search; see: attest doctor")
        self._index, self._index_generation = index, generation

    def _try_to_save(self, index: VectorIndex, generation: int, embedder: EmbedderIdentity) -> bool:
        try:
            lock = self._lock or WriterLock(self._database.folder / LOCK_NAME, wait_s=0)
        except ArchiveError:  # a reader beside a writer, or without write permission
            return False
        try:
            index.save(self._database.folder, generation, embedder)
        except (OSError, RuntimeError) as error:  # FAISS raises the latter when the disk is full
            self._notice(f"The vector index could not be saved ({error}); it is rebuilt at each start until it can.")
            return False
        finally:
            if lock is not self._lock:
                lock.release()
        return True
