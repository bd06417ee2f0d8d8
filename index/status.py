"""What an archive can say about itself: its numbers, as `attest status` gives them, and what it covers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from index import copies, ledger, storing
from index.database import Database
from index.digest import content_digest
from index.embedding import EmbedderIdentity
from index.places import Places


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
    digest: str  # of articles and passages, see `index/digest.py`
    copy_groups: int | None = None  # None in an archive from before copies were kept
    copied: int | None = None  # articles that are in a group
    gone: frozenset[str] = frozenset()  # paths among the failed and skipped whose files are no longer there

    def present(self, entries: Iterable[ledger.Entry]) -> list[ledger.Entry]:
        """Those of `entries` whose files are still there, or may be."""
        return [entry for entry in entries if entry.path not in self.gone]

    def to_json(self) -> dict[str, object]:
        """The contract's `status` object, with `versions`, `copies`, `digest` and of each record `gone` added."""
        return {
            "articles": self.articles,
            "versions": self.versions,
            "passages": self.passages,
            "failed": [self._line(entry) for entry in self.failed],
            "skipped": [self._line(entry) for entry in self.skipped],
            "generation": self.generation,
            "embedder": self.embedder and self.embedder.to_json(),
            "bytes": self.size_bytes,
            "copies": {"groups": self.copy_groups, "articles": self.copied},
            "digest": self.digest,
        }

    def _line(self, entry: ledger.Entry) -> dict[str, object]:
        return {**entry.to_json(), "gone": entry.path in self.gone}


def read_status(database: Database) -> ArchiveStatus:
    """The status of the archive behind `database`, all of one moment."""
    with database.snapshot():
        versions, articles = database.one("SELECT count(*), coalesce(sum(current), 0) FROM articles")
        groups, copied = copies.count_groups(database) or (None, None)
        found = ArchiveStatus(
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
            digest=content_digest(database),
        )
    paths = {entry.path for entry in (*found.failed, *found.skipped)}  # looked at when a writer need not wait for it
    return replace(found, gone=frozenset(filter(Places(database).is_gone, paths)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an archive could answer about: its articles, their days (None when none has a date) and outlets."""

    articles: int
    first: str | None
    last: str | None
    outlets: tuple[str, ...]  # most articles first


def read_coverage(database: Database) -> Coverage:
    """What the archive behind `database` covers."""
    count, first, last = database.one(
        "SELECT count(*), min(nullif(day, '')), max(nullif(day, '')) FROM articles WHERE current"
    )
    outlets = database.rows(
        "SELECT json_extract(max(metadata), '$.source'), count(*) AS held FROM articles "
        "WHERE current AND outlet <> '' GROUP BY outlet ORDER BY held DESC, outlet"
    )
    return Coverage(count, first, last, tuple(source for source, _ in outlets))


def _size_bytes(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:  # a writer has just renamed or deleted it
        return 0
