"""Reading articles into the archive: cut, embed, store, with a ledger of what became of every record.

A batch of passages is embedded and then stored with its ledger lines in one transaction. What `progress` has reported
is on the disk; being killed at any moment loses at most the batch that was being embedded.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from index.archive import Archive
from index.article import Article, Passage
from index.embedding import Embedder, Vectors, passage_input
from index.ledger import Entry
from index.memory import release_freed
from index.preparing import Cleaned, clean_all
from index.records import FileRead, Given, KnownFile, RawRecord, ReadFailure
from index.reembedding import ReembedProgress, reembed
from index.schema import encode_text, text_hash
from index.skipping import moved
from index.storing import Prepared, Standing

__all__ = ["IngestProgress", "IngestReport", "ReembedProgress", "ingest", "reembed"]

BATCH_PASSAGES = 256  # about 3 s of embedding: what a kill may cost, against a transaction's fsync of some 10 ms
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
    embedding_seconds: float = 0.0

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
    jobs: int = 1,
) -> IngestReport:
    """Store every article of `sources`; what became of each record, in counts and reasons.

    `archive` must be open for writing. A record that gives no article fails by itself. When interrupted (Ctrl-C), the
    vector index is saved for the batches that are in, and the interrupt goes on. Raises ArchiveError when the archive
    was built with another embedder, before anything is read. With more than one of `jobs`, so many processes clean the
    records while others are embedded; the archive is the same.
    """
    run = _Run(archive, embedder, progress)
    try:
        with closing(clean_all(sources, jobs)) as items:
            for item, cleaned in items:
                run.take(item, cleaned)
        run.flush()
        archive.complete_copies()
    finally:
        archive.save_index()
    run.report.seconds = time.perf_counter() - run.began
    return run.report


class _Run:
    """One ingest: the batch being collected, and the report."""

    def __init__(self, archive: Archive, embedder: Embedder, progress: Callable[[IngestProgress], None] | None) -> None:
        archive.check_embedder(embedder.identity)
        self.report = IngestReport()
        self.began = time.perf_counter()
        self._archive = archive
        self._embedder = embedder
        self._progress = progress
        self._pending: list[tuple[Article, list[Passage]]] = []
        self._embedded: dict[str, Vectors] = {}  # what is embedded for a passage -> its vector, of earlier versions
        self._entries: list[Entry] = []
        self._files: list[FileRead] = []  # whose last record is in this batch or was in an earlier one
        self._keys: set[str] = set()
        self._texts: dict[bytes, str] = {}  # of the batch: hash of the text -> article id
        self._passages = 0

    def take(self, item: Given, cleaned: Cleaned | None) -> None:
        """Put one record into the batch, and store the batch when it is full."""
        if isinstance(item, ReadFailure):
            self._entries.append(Entry(item.path, item.record, "skipped" if item.skipped else "failed", item.reason))
        elif isinstance(item, FileRead):
            self._files.append(item)
        elif isinstance(item, KnownFile):
            self._take_known(item)
        else:
            assert cleaned is not None  # it is of every record
            self._take_record(item, cleaned)
        if self._passages >= BATCH_PASSAGES or len(self._entries) >= BATCH_RECORDS:
            self.flush()

    def _take_known(self, file: KnownFile) -> None:
        if file.before is not None or file.misplaced:
            self._entries += moved(file)
            self._files.append(FileRead(file.path, file.content, file.reading))
            return
        for entry in file.entries:  # the ledger says it already
            if entry.outcome == "skipped":
                self.report.count(entry)
            else:
                self.report.unchanged += 1

    def _take_record(self, record: RawRecord, cleaned: Cleaned) -> None:
        if isinstance(cleaned, str):
            self._entries.append(Entry(record.path, record.record, "failed", cleaned))
            return
        article, passages = cleaned
        own_key = article.key
        if own_key in self._keys:  # two versions in one batch: the second is judged by an archive with the first
            self.flush()
        article = self._archive.settled(article, record.path, record.record)
        if article.key != own_key:
            passages = [replace(passage, article_id=article.id) for passage in passages]
        standing = self._standing(article, record)
        remark = standing.reason or record.note
        if standing.outcome == "added" and article.key != own_key:
            remark = remark or "kept beside another article with the same name or id"
        self._entries.append(
            Entry(record.path, record.record, standing.outcome, remark, standing.held_as or article.id)
        )
        if standing.wanted:
            self._pending.append((article, passages))
            if standing.outcome == "updated":
                self._embedded |= self._archive.embedded(article.key)
            self._keys.add(own_key)
            self._passages += len(passages)

    def _standing(self, article: Article, record: RawRecord) -> Standing:
        standing = self._archive.standing(article, record.path, record.record)
        first = self._texts.setdefault(text_hash(encode_text(article.text)), article.id)
        if standing.outcome == "added" and first != article.id:
            return Standing("duplicate", f"same text as article {first}")
        return standing

    def flush(self) -> None:
        """Embed and store the batch, then report it."""
        if not self._entries and not self._files:
            return
        texts = [passage_input(article, passage) for article, passages in self._pending for passage in passages]
        vectors = self._vectors(texts)
        self._archive.write(list(self._prepared(vectors)), self._entries, self._embedder.identity, self._files)
        for entry in self._entries:
            self.report.count(entry)
        self.report.passages += len(texts)
        last = self._entries[-1].path if self._entries else self._files[-1].path
        self._files, self._embedded = [], {}
        self._pending, self._entries, self._keys, self._texts, self._passages = [], [], set(), {}, 0
        del texts, vectors
        release_freed()
        if self._progress:
            seconds = time.perf_counter() - self.began
            self._progress(IngestProgress(self.report.records, self.report.stored, self.report.passages, seconds, last))

    def _vectors(self, texts: list[str]) -> Vectors:
        """A vector for each text; a passage that an article keeps when it is changed is not embedded again."""
        vectors = np.empty((len(texts), self._embedder.dim), np.float32)
        fresh = [at for at, text in enumerate(texts) if text not in self._embedded]
        for at in set(range(len(texts))).difference(fresh):
            vectors[at] = self._embedded[texts[at]]
        began = time.perf_counter()
        if fresh:
            vectors[fresh] = self._embedder.embed_passages([texts[at] for at in fresh])
        self.report.embedding_seconds += time.perf_counter() - began
        return vectors

    def _prepared(self, vectors: Vectors) -> Iterator[Prepared]:
        start = 0
        for article, passages in self._pending:
            yield Prepared(article, passages, vectors[start : start + len(passages)])
            start += len(passages)
