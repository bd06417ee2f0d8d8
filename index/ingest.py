"""Reading articles into the archive: cut, embed, store, with a ledger of what became of every record.

A batch of passages is embedded and then stored with its ledger lines in one transaction. While it is embedded, the
batch before it is written and the next one is read, cleaned and cut, so that no core waits for that. What `progress`
has reported is on the disk; being killed at any moment loses at most these three.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace

from index.archive import Archive
from index.article import Article
from index.batch import Batch
from index.embedding import Embedder, Vectors
from index.ledger import Entry, Outcome
from index.memory import release_freed
from index.preparing import Cleaned, clean_all
from index.records import FileRead, Given, KnownFile, RawRecord, ReadFailure
from index.reembedding import ReembedProgress, reembed
from index.schema import encode_text, text_hash
from index.skipping import moved
from index.storing import Standing
from index.turns import quick_turns

__all__ = ["IngestProgress", "IngestReport", "ReembedProgress", "ingest", "reembed"]

BATCH_PASSAGES = 256  # about 3 s of embedding: what waits for a kill, against a transaction's fsync of some 10 ms
FIRST_PASSAGES = (
    64  # the first batch, each next one twice as many: the encoder starts early, and there is something to see
)
BATCH_RECORDS = 1000  # records that need no embedding (unchanged, failed) are written this often


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """What is in so far, safely on the disk."""

    records: int  # read, whatever became of them
    articles: int  # added, updated or duplicate
    passages: int  # stored
    seconds: float
    path: str  # of the last record


@dataclass(slots=True)
class IngestReport:
    """What became of every record. The six counts and lists are disjoint and cover all of them."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0  # kept as articles of their own: who copied whom is worth knowing
    skipped: list[tuple[str, int | None, str]] = field(default_factory=list)  # path, record, reason
    failed: list[tuple[str, int | None, str]] = field(default_factory=list)
    passages: int = 0
    seconds: float = 0.0

    @property
    def records(self) -> int:
        return self.stored + self.unchanged + len(self.skipped) + len(self.failed)

    @property
    def stored(self) -> int:
        return self.added + self.updated + self.duplicates

    @property
    def passages_per_second(self) -> float:
        return self.passages / self.seconds if self.seconds else 0.0

    def count(self, entry: Entry) -> None:
        """Take one ledger line into account."""
        if entry.outcome == "added":
            self.added += 1
        elif entry.outcome == "updated":
            self.updated += 1
        elif entry.outcome == "unchanged":
            self.unchanged += 1
        elif entry.outcome == "duplicate":
            self.duplicates += 1
        elif entry.outcome == "skipped":
            self.skipped.append((entry.path, entry.record, entry.reason or ""))
        else:
            self.failed.append((entry.path, entry.record, entry.reason or ""))

    def to_json(self) -> dict[str, object]:
        """What `attest ingest --json` prints."""
        names = ("path", "record", "reason")
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "duplicates": self.duplicates,
            "skipped": [dict(zip(names, line, strict=True)) for line in self.skipped],
            "failed": [dict(zip(names, line, strict=True)) for line in self.failed],
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
            "passages_per_second": round(self.passages_per_second, 1),
        }


def ingest(
    archive: Archive,
    sources: Iterable[Given],
    embedder: Embedder,
    *,
    progress: Callable[[IngestProgress], None] | None = None,
    stopping: Callable[[], None] | None = None,
    jobs: int = 1,
) -> IngestReport:
    """Store every article of `sources`; what became of each record, in counts and reasons.

    `archive` must be open for writing. A record that gives no article fails by itself. When interrupted (Ctrl-C), the
    batch that is being embedded is stored, which `stopping` is told before, the vector index saved, and the interrupt
    goes on. Raises ArchiveError when
    the archive was built with another embedder, before anything is read. With more than one of `jobs`, so many
    processes clean the records while others are embedded; the archive is the same.
    """
    run = _Run(archive, embedder, progress)
    try:
        with quick_turns(), closing(clean_all(sources, jobs)) as items:
            for item, cleaned in items:
                run.take(item, cleaned)
        run.flush()
    except KeyboardInterrupt:
        if stopping and run.embeds:
            stopping()
        raise
    finally:
        try:
            run.finish()
        finally:
            run.close()
            archive.save_index()
    archive.complete_copies()
    run.report.seconds = time.perf_counter() - run.began
    return run.report


class _Run:
    """One ingest: the batch being collected, the one being embedded, and the report.

    A record is judged by what the archive holds, so none may be of an article in a batch that is not stored yet: these
    are stored first then.
    """

    def __init__(self, archive: Archive, embedder: Embedder, progress: Callable[[IngestProgress], None] | None) -> None:
        archive.check_embedder(embedder.identity)
        self.report = IngestReport()
        self.began = time.perf_counter()
        self._archive = archive
        self._embedder = embedder
        self._progress = progress
        self._batch = Batch()
        self._full = min(FIRST_PASSAGES, BATCH_PASSAGES)
        self._embedding: tuple[Batch, Future[Vectors]] | None = None
        self._thread = ThreadPoolExecutor(1, "embedding")
        self._torn = False  # a batch was taken to be stored and is not: those after it may rest on it

    def take(self, item: Given, cleaned: Cleaned | None) -> None:
        """Put one record into the batch, and have the batch embedded when it is full."""
        if isinstance(item, ReadFailure):
            outcome: Outcome = "skipped" if item.skipped else "failed"
            self._batch.entries.append(Entry(item.path, item.record, outcome, item.reason))
        elif isinstance(item, FileRead):
            self._batch.files.append(item)
        elif isinstance(item, KnownFile):
            self._take_known(item)
        else:
            assert cleaned is not None  # it is of every record
            self._take_record(item, cleaned)
        if self._batch.passages >= self._full or len(self._batch.entries) >= BATCH_RECORDS:
            self.flush()

    def _take_known(self, file: KnownFile) -> None:
        if file.before is not None or file.misplaced:
            self._batch.entries += moved(file)
            self._batch.files.append(FileRead(file.path, file.content, file.reading))
            return
        for entry in file.entries:  # the ledger says it already
            if entry.outcome == "skipped":
                self.report.count(entry)
            else:
                self.report.unchanged += 1

    def _take_record(self, record: RawRecord, cleaned: Cleaned) -> None:
        if isinstance(cleaned, str):
            self._batch.entries.append(Entry(record.path, record.record, "failed", cleaned))
            return
        article, passages = cleaned
        own_key = article.key
        if any(own_key in batch.keys for batch in self._unstored):
            self._store_all()
        own, article = article, self._archive.settled(article, record.path, record.record)
        if any(article.key in batch.keys for batch in self._unstored):
            self._store_all()
            article = self._archive.settled(own, record.path, record.record)
        if article.key != own_key:
            passages = [replace(passage, article_id=article.id) for passage in passages]
        standing = self._standing(article, record)
        if standing.outcome in ("duplicate", "unchanged") and any(batch.updates for batch in self._unstored):
            self._store_all()  # what it is like may be the version before one that waits to be stored
            standing = self._standing(article, record)
        remark = standing.reason or record.note
        if standing.outcome == "added" and article.key != own_key:
            remark = remark or "kept beside another article with the same name or id"
        batch = self._batch
        batch.entries.append(
            Entry(record.path, record.record, standing.outcome, remark, standing.held_as or article.id)
        )
        if standing.wanted:
            batch.articles.append((article, passages))
            if standing.outcome == "updated":
                batch.updates = True
                batch.known |= self._archive.embedded(article.key)
            batch.keys |= {own_key, article.key}
            batch.texts.setdefault(text_hash(encode_text(article.text)), article.id)
            batch.passages += len(passages)

    def _standing(self, article: Article, record: RawRecord) -> Standing:
        standing = self._archive.standing(article, record.path, record.record)
        text = text_hash(encode_text(article.text))
        alike = [batch.texts[text] for batch in self._unstored if text in batch.texts]
        if standing.outcome == "added" and alike:
            return Standing("duplicate", f"same text as article {alike[0]}")
        return standing

    @property
    def _unstored(self) -> list[Batch]:
        return [*([self._embedding[0]] if self._embedding else []), self._batch]

    @property
    def embeds(self) -> bool:
        """Whether a batch is being embedded, or waits to be stored."""
        return self._embedding is not None

    def _store_all(self) -> None:
        self.flush()
        self.finish()

    def flush(self) -> None:
        """Have the batch embedded; meanwhile store the one before it."""
        if self._batch.is_empty:
            return
        before = self._embedded()
        self._embedding = self._batch, self._thread.submit(self._batch.vectors, self._embedder)
        self._batch = Batch()
        self._full = min(2 * self._full, BATCH_PASSAGES)
        if before:
            self._store(*before)

    def finish(self) -> None:
        """Store the batch that is being embedded, unless one before it could not be stored."""
        if not self._torn and (before := self._embedded()):
            self._store(*before)

    def close(self) -> None:
        """End the thread that embeds."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _embedded(self) -> tuple[Batch, Vectors] | None:
        if self._embedding is None:
            return None
        batch, future = self._embedding
        try:
            vectors = future.result()
        except BaseException:
            self._torn = future.done()  # else the wait was interrupted
            raise
        self._embedding, self._torn = None, True
        return batch, vectors

    def _store(self, batch: Batch, vectors: Vectors) -> None:
        self._archive.write(list(batch.prepared(vectors)), batch.entries, self._embedder.identity, batch.files)
        self._torn = False
        for entry in batch.entries:
            self.report.count(entry)
        self.report.passages += len(vectors)
        last = batch.entries[-1].path if batch.entries else batch.files[-1].path
        del batch, vectors
        release_freed()
        if self._progress:
            seconds = time.perf_counter() - self.began
            self._progress(IngestProgress(self.report.records, self.report.stored, self.report.passages, seconds, last))
