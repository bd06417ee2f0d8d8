"""What `attest status` says about an archive."""

from dataclasses import dataclass
from pathlib import Path

from index import copies, ledger, storing
from index.database import Database
from index.embedding import EmbedderIdentity


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """The archive in numbers. Failed and skipped are the records whose last reading gave no article."""

    articles: int
    versions: int  # earlier versions included
    passages: int
    failed: tuple[ledger.Entry, ...]
    skipped: tuple[ledger.Entry, ...]
    generation: int
    embedder: EmbedderIdentity | None
    size_bytes: int
    copy_groups: int | None = None  # None in an archive from before copies were kept
    copied: int | None = None  # articles that are in a group

    def to_json(self) -> dict[str, object]:
        """The contract's `status` object, with `versions` added."""
        return {
            "articles": self.articles,
            "versions": self.versions,
            "passages": self.passages,
            "failed": [entry.to_json() for entry in self.failed],
            "skipped": [entry.to_json() for entry in self.skipped],
            "generation": self.generation,
            "embedder": self.embedder and self.embedder.to_json(),
            "bytes": self.size_bytes,
            "copies": {"groups": self.copy_groups, "articles": self.copied},
        }


def read_status(database: Database) -> ArchiveStatus:
    """The status of the archive behind `database`, all of one moment."""
    with database.snapshot():
        versions, articles = database.one("SELECT count(*), coalesce(sum(current), 0) FROM articles")
        groups, copied = copies.count_groups(database) or (None, None)
        return ArchiveStatus(
            articles=articles,
            versions=versions,
            passages=int(database.one("SELECT count(*) FROM passages")[0]),
            failed=tuple(ledger.with_outcome(database, "failed")),
            skipped=tuple(ledger.with_outcome(database, "skipped")),
            generation=storing.get_generation(database),
            embedder=storing.get_embedder(database),
            size_bytes=sum(_size_bytes(file) for file in database.folder.iterdir()),
            copy_groups=groups,
            copied=copied,
        )


def _size_bytes(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:  # a writer has just renamed or deleted it
        return 0
