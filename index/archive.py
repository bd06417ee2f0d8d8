"""The archive: articles, passages, vectors and words in one folder, opened by one writer and many readers.

SQLite (`archive.sqlite`) is the only truth. The vector index beside it is derived: whenever it is missing, out of date
or damaged it is made again and `Archive.notices` says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from index import checking, copies, full_text, identity, ledger, lookup, relocating, setting_aside, skipping, storing
from index.article import Article, ArticleMeta, Passage
from index.atomic import remove_leftovers
from index.database import Database, ensure_folder, open_database
from index.embedding import EmbedderIdentity, Vectors
from index.errors import ArchiveError
from index.filtering import Filters
from index.lock import LOCK_NAME, WriterLock
from index.lookup import StoredPassage
from index.places import Places
from index.records import FileRead
from index.status import ArchiveStatus, Coverage, read_coverage, read_status
from index.term_counts import TermCounts
from index.vector_search import VectorSearch
from index.vectors import VectorIndex, Wish

__all__ = ["Archive", "ArchiveStatus", "Article", "ArticleMeta", "Filters", "Hit", "Passage", "StoredPassage"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One found passage. `score`, higher is better: cosine similarity (dense) or -bm25 (lexical)."""

    row: int
    score: float


class Archive:
    """One open archive. A context manager; `open` is the way in."""

    def __init__(self, path: Path, database: Database, lock: WriterLock | None) -> None:
        self.path = path
        self.notices: list[str] = []  # what the user should be told about the opening, in sentences
        self.places = Places(database)
        self._database = database
        self._lock = lock
        self._vectors = VectorSearch(database, lock, self._notice)
        self._terms = TermCounts(database)

    @classmethod
    def open(
        cls, path: Path, *, embedder: EmbedderIdentity | None = None, writable: bool = False, create: bool = False
    ) -> "Archive":
        """The archive in folder `path`, with its vector index checked.

        Raises ArchiveError when there is none (unless `writable` and `create`), when it is damaged, when another
        process writes it, or when its vectors are not from `embedder`.
        """
        try:
            is_file = path.exists() and not path.is_dir()
        except OSError as error:  # a folder above it may not be entered, or the name is too long
            raise ArchiveError(
                f"The archive {path} cannot be opened ({error.strerror}); check its permissions, or choose another "
                "folder with: --archive DIR"
            ) from error
        if is_file:
            raise ArchiveError(f"{path} is a file and an archive is a folder; choose another with: --archive DIR")
        lock = None
        if writable:
            ensure_folder(path, create=create)
            lock = WriterLock(path / LOCK_NAME)
        try:
            database = open_database(path, writable=writable, create=create)
            if lock:
                remove_leftovers(path)
            archive = cls(path, database, lock)
        except BaseException:
            if lock:
                lock.release()
            raise
        try:
            if writable:
                with database.transaction():
                    copies.prepare(database)
                    skipping.prepare(database)
            if embedder is not None:
                archive.check_embedder(embedder)
            archive._vectors.refresh()
        except BaseException:
            archive.close()
            raise
        return archive

    def close(self) -> None:
        self._vectors.close()
        self._database.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What is in it

    @property
    def embedder(self) -> EmbedderIdentity | None:
        """The model whose vectors the archive holds; None while it holds none."""
        return storing.get_embedder(self._database)

    @property
    def generation(self) -> int:
        """Grows with every change of what can be found."""
        return storing.get_generation(self._database)

    @property
    def passage_count(self) -> int:
        """Passages that can be found, comments included; remembered until the archive changes."""
        return self._terms.passages

    def article(self, ref: str) -> Article:
        """The article by its id, its source_id (the current version) or at least 6 first digits of its id.

        Raises UsageError when nothing, or more than one article, goes by `ref`; ArchiveError when it is damaged.
        """
        return lookup.read_article(self._database, lookup.resolve(self._database, ref))

    def articles(self, filters: Filters | None = None) -> Iterator[Article]:
        """The articles that answer (current versions), in the order they came; one in memory at a time."""
        yield from lookup.read_articles(self._database, filters or Filters())

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """The passages of `rows`, in that order; rows that are no longer there are left out.

        A passage whose article is damaged on disk is left out as well, and `notices` names the article: what is
        shown as a quotation is what was stored, or it is not shown.
        """
        found, damaged = lookup.read_passages(self._database, rows)
        for article_id in damaged:
            self._notice(f"Article {article_id} is damaged on disk and was left out; see: attest doctor")
        return found

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The passages' unit vectors, shape (len(rows), dim); zeros for a row that is no longer there."""
        embedder = self.embedder
        return lookup.read_vectors(self._database, rows, embedder.dim if embedder else 0)

    # Searching

    def dense(self, query: Vectors, k: int, filters: Filters) -> list[Hit]:
        """The `k` passages most similar to the unit vector `query`, shape (dim,), best first."""
        return [Hit(row, score) for row, score in self._vectors.search(query, k, filters)]

    def lexical(self, terms: Sequence[str], k: int, filters: Filters) -> list[Hit]:
        """The `k` passages that hold any of `terms` in heading or text, by bm25, best first. Terms are stemmed here.

        Any string is a term: quotes and operators mean nothing. Of more than 64 terms the rarest count.
        """
        rarest = self._terms.rarest(terms, full_text.MAX_TERMS)
        return [Hit(row, score) for row, score in full_text.search(self._database, rarest, k, filters)]

    def document_frequency(self, term: str) -> int:
        """How many passages hold `term` (stemmed here) in heading or text; remembered until the archive changes."""
        return self._terms.holding(term)

    # Its state

    def status(self) -> ArchiveStatus:
        """Counts, failures with their reasons, and the size on disk."""
        return read_status(self._database)

    def coverage(self) -> Coverage:
        """The current articles: how many, from which days, of which outlets."""
        return read_coverage(self._database)

    def copy_links(self, article_id: str) -> list[copies.Link] | None:
        """The verified copies of the article, most alike first; None where an older Attest stored it and kept none.

        Raises UsageError when there is no such article.
        """
        number = lookup.resolve(self._database, article_id)
        return copies.links(self._database, number) if copies.is_known(self._database, number) else None

    def verify(self) -> list[str]:
        """One sentence for each row or file that is not what was stored; empty when all is well. Reads everything."""
        return checking.breaches(self._database)

    def check_embedder(self, embedder: EmbedderIdentity) -> None:
        """Raises ArchiveError when the archive's vectors are from another model, naming what embeds them again."""
        own = self.embedder
        if own is not None and own != embedder:
            raise ArchiveError(
                f"The archive {self.path} was built with {_named(own)}, and {_named(embedder)} is loaded; embed it "
                f"again with: attest ingest --reembed --archive {self.path}"
            )

    # Changing it; `index/ingest.py` is the caller of the first three

    def read_from(self, path: str) -> list[ledger.Entry]:
        """What became of each record of the file at `path`, of files in it, or of all files in that folder."""
        return ledger.under(self._database, path)

    def sources_of(self, article_id: str) -> list[str]:
        """The paths of the files that hold the article, whether or not they are still there."""
        return ledger.elsewhere(self._database, article_id)

    def known_files(self, field_map: Mapping[str, str] | None = None) -> skipping.KnownFiles:
        """The files that an ingest with `field_map` need not read again; the archive must be open for writing."""
        return skipping.KnownFiles(self._database, field_map)

    def embedded(self, key: str) -> dict[str, Vectors]:
        """The vectors of the current version under `key`, by the text that was embedded; none of a damaged article."""
        embedder = self.embedder
        return storing.embedded(self._database, key, embedder.dim) if embedder else {}

    def settled(self, article: Article, path: str, record: int | None) -> Article:
        """The article, with another key where its own belongs to an article that only has the same name or number."""
        return identity.settled(self._database, article, path, record)

    def standing(self, article: Article, path: str, record: int | None) -> storing.Standing:
        """What storing `article`, just read from there, would be: added, updated, unchanged or a duplicate."""
        return storing.standing(self._database, article, path, record)

    def write(
        self,
        items: Sequence[storing.Prepared],
        entries: Sequence[ledger.Entry],
        embedder: EmbedderIdentity,
        files: Sequence[FileRead] = (),
    ) -> None:
        """Store `items` and their ledger lines in one transaction: on the disk, all of it, when this returns."""
        self.check_embedder(embedder)
        with self._database.transaction():
            if self.embedder is None:
                storing.set_embedder(self._database, embedder)
            for item in items:
                storing.store(self._database, item)
            ledger.record(self._database, entries)
            self.places.note([*(entry.path for entry in entries), *(file.path for file in files)])
            relocating.relocate(self._database, entries)
            skipping.note(self._database, entries, files)
            if items:
                storing.next_generation(self._database)
        setting_aside.forget(self.path, {item.article.id for item in items}, set())

    def complete_copies(self) -> int:
        """Compare the articles that an older Attest stored, some at a time; how many there were."""
        return copies.complete_all(self._database)

    def save_index(self) -> None:
        """Bring the vector file up to date with the articles, without a notice."""
        self._vectors.refresh(said=False)

    def reindex(self, wish: Wish) -> VectorIndex:
        """Make the vector index anew in the kind wished for, and keep to that kind from now on.

        Raises ArchiveError when there is nothing to search yet, or when the index cannot be saved.
        """
        index = self._vectors.remake(wish)
        if index is None:
            raise ArchiveError(f"{self.notices[-1]} Free some disk space and run: attest reindex --archive {self.path}")
        return index

    def remove(self, refs: Sequence[str]) -> list[str]:
        """Delete the articles with all their versions, vectors and words; the ids that are gone.

        Raises UsageError, with nothing deleted, when one of `refs` is unknown. What was deleted is overwritten on disk.
        """
        aside = setting_aside.ids(self.path) & set(refs)
        with self._database.transaction():
            numbers = [lookup.resolve(self._database, ref) for ref in refs if ref not in aside]
            keys = list(dict.fromkeys(lookup.key_of(self._database, number) for number in numbers))
            gone = storing.delete_articles(self._database, keys)
            storing.next_generation(self._database)
        setting_aside.forget(self.path, {*gone, *aside}, set(keys))
        gone += sorted(aside)
        busy = self._database.one("PRAGMA wal_checkpoint(TRUNCATE)")[0]  # until then old pages stay in both files
        if busy:
            self._notice(
                "Another process is reading the archive, so what was removed answers no more but is not yet "
                f"overwritten on disk; close that process, then run: attest ingest PATH --archive {self.path}"
            )
        self.save_index()
        return gone

    def _notice(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)


def _named(embedder: EmbedderIdentity) -> str:
    return f"{embedder.name} ({embedder.sha256[:8]})"
