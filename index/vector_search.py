"""Search by vectors in an open archive: the index follows the articles, and is made again where its file is wrong."""

from collections.abc import Callable

from index import building, lists, lookup, storing
from index.counted import counted
from index.database import Database
from index.embedding import EmbedderIdentity, Vectors
from index.errors import ArchiveError
from index.filtering import Filters, PassageTable
from index.lock import LOCK_NAME, WriterLock
from index.vectors import VectorIndex, Wish, load_index


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
            index = self._index
            if index is None or not index.count:
                return []
            allowed = self._passage_table().allowed(filters, index.rows)
        embedder = storing.get_embedder(self._database)
        if embedder is None or query.shape != (embedder.dim,):
            raise ValueError(f"a query of shape {query.shape}; expected ({embedder and embedder.dim},)")
        if index.kind == "exact":
            return index.search(query, k, allowed)
        near = [row for row, _ in index.search(query, k * lists.CANDIDATES, allowed)]
        return lookup.rescore(self._database, near, query, k)

    def refresh(self, *, said: bool = True) -> None:
        """Bring the index up to date with the articles; with a notice (`said`) where it had to be made again."""
        with self._database.snapshot():
            generation, embedder = storing.get_generation(self._database), storing.get_embedder(self._database)
            if generation != self._index_generation and embedder is not None:
                self._load_or_build(generation, embedder, said=said)

    def remake(self, wish: Wish) -> VectorIndex | None:
        """The index made anew in the kind wished for, which it keeps to from now on; None, with a notice, if not saved.

        Raises ArchiveError when there is nothing to search yet.
        """
        with self._database.transaction():
            building.set_wish(self._database, wish)
            storing.next_generation(self._database)  # readers then take the new file, and a kill leaves it out of date
        embedder, generation = storing.get_embedder(self._database), storing.get_generation(self._database)
        if embedder is None:
            raise ArchiveError(
                f"The archive {self._database.folder} holds no passages yet; add some with: attest ingest PATH"
            )
        index, _ = building.build_index(self._database, embedder.dim)
        if not self._try_to_save(index, generation, embedder):
            return None
        self._index, self._index_generation = index, generation
        return index

    def close(self) -> None:
        """Let go of the file and of the table."""
        self._index = self._table = None

    def _passage_table(self) -> PassageTable:
        generation = storing.get_generation(self._database)
        if self._table is None or self._table_generation != generation:
            self._table, self._table_generation = PassageTable(self._database), generation
        return self._table

    def _load_or_build(self, generation: int, embedder: EmbedderIdentity, *, said: bool) -> None:
        index, wrong = load_index(self._database.folder, generation, embedder, building.get_wish(self._database))
        if index is None:
            index, damaged = building.update_index(self._database, embedder)
            saved = self._try_to_save(index, generation, embedder)
            if said and self._index_generation < 0:  # later it is merely a writer elsewhere that goes on writing
                self._notice(
                    f"The vector index {wrong} and has been rebuilt{'' if saved else ' in memory'} from the articles."
                )
            if damaged:
                left_out = counted(damaged, "damaged vector was", "damaged vectors were")
                self._notice(f"{left_out} left out of the search; see: attest doctor")
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
