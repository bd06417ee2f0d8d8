"""Archives made of records, and what is found in them."""

from collections.abc import Sequence
from pathlib import Path

from index.archive import Archive, Filters
from index.embedding import Embedder
from index.ingest import IngestReport, ingest
from index.records import RawRecord, ReadFailure
from tests.index.fakes import HashEmbedder

EMBEDDER = HashEmbedder()


def run(folder: Path, records: Sequence[RawRecord | ReadFailure], embedder: Embedder = EMBEDDER) -> IngestReport:
    """What an ingest of `records` into the archive in `folder` reports."""
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
        return ingest(archive, records, embedder)


def make(folder: Path, records: Sequence[RawRecord]) -> Path:
    """The folder, with an archive in it that holds `records` (beside what was there)."""
    run(folder, records)
    return folder


def everything(archive: Archive, filters: Filters | None = None) -> set[str]:
    """Source ids of what a dense search for anything finds."""
    hits = archive.dense(EMBEDDER.embed_queries(["?"])[0], 1000, filters or Filters())
    return {item.article.source_id for item in archive.passages([hit.row for hit in hits])}
