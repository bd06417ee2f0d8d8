"""Mending an archive: what is derived is made again from the articles, and an article that is damaged is set aside.

Nothing that is as it was stored is lost. What was set aside is a failed record of its file from then on, which
`attest status` lists and `attest ingest` of that file brings back.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from index import building, checking, ledger, lookup, setting_aside, storing
from index.atomic import remove_leftovers
from index.counted import counted
from index.database import Database, open_database
from index.embedding import Embedder
from index.errors import ArchiveError
from index.lock import LOCK_NAME, WriterLock
from index.passages import cut_passages
from index.reembedding import ReembedProgress, embed_missing
from index.salvaging import salvage
from index.schema import article_hash, decode_article, passage_hash, plain, vector_hash
from index.setting_aside import SetAside


@dataclass(slots=True)
class RepairReport:
    """What was mended, in sentences; the articles set aside; and what is still wrong, which should be nothing."""

    done: list[str] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """What `attest repair --json` prints."""
        aside = [article.to_json() for article in self.set_aside]
        return {"done": self.done, "set_aside": aside, "breaches": self.breaches}


def repair(
    folder: Path, load: Callable[[], Embedder], progress: Callable[[ReembedProgress], None] | None = None
) -> RepairReport:
    """Mend the archive in `folder`. `load` gives the embedder and is called only when vectors are missing.

    Raises ArchiveError when there is no archive, when another process writes it, when nothing of it can be read, or
    when missing vectors are of another embedder than the loaded one.
    """
    report = RepairReport()
    open_database(folder, writable=False, create=False).close()  # no lock file in a folder that is no archive
    with WriterLock(folder / LOCK_NAME):
        salvaged = not _is_sound(folder)
        if salvaged:
            kept = salvage(folder)
            report.done.append(f"what could be read of the damaged file is in a new one; the old one is {kept}")
        remove_leftovers(folder)
        database = open_database(folder, writable=True, create=False)
        try:
            _Repair(database, report).run(load, progress, salvaged=salvaged)
            report.breaches = checking.breaches(database)
        finally:
            database.close()
    return report


def _is_sound(folder: Path) -> bool:
    database = open_database(folder, writable=False, create=False)
    try:
        return all(said == "ok" for (said,) in database.rows("PRAGMA integrity_check"))
    except ArchiveError:
        return False
    finally:
        database.close()


class _Repair:
    """One repair of an archive whose SQLite file is sound."""

    def __init__(self, database: Database, report: RepairReport) -> None:
        self._database = database
        self._report = report

    def run(
        self, load: Callable[[], Embedder], progress: Callable[[ReembedProgress], None] | None, *, salvaged: bool
    ) -> None:
        lost, _ = checking.unmatched_rows(self._database)  # an emptied lexical index is no witness
        with self._database.transaction():
            self._articles()
            self._passages(all_articles=salvaged or lost > 0)
            self._vectors()
            self._ledger()
            storing.rebuild_full_text(self._database)
            storing.next_generation(self._database)
        self._embed(load, progress)
        self._save_index()

    def _articles(self) -> None:
        sql = "SELECT number, id, current, added_at, metadata, text, hash, key, source_id, outlet, day, text_hash"
        for (number,) in self._database.rows("SELECT number FROM articles ORDER BY number"):
            row = self._database.one(f"{sql} FROM articles WHERE number = ?", (number,))
            if article_hash(*row[1:6]) != row[6]:
                self._set_aside(row)
                continue
            article = decode_article(row[4], row[5])
            found_by = checking.found_by(article, row[5])
            if article.id != row[1]:
                self._set_aside(row)
            elif found_by != row[7:]:
                self._database.run(
                    "UPDATE articles SET key = ?, source_id = ?, outlet = ?, day = ?, text_hash = ? WHERE number = ?",
                    (*found_by, number),
                )
                self._report.done.append(f"article {row[1]} is found by its own metadata again")

    def _set_aside(self, row: tuple[object, ...]) -> None:
        number, article_id, metadata, text = row[0], str(row[1]), str(row[4]), row[5]
        lines = self._database.rows("SELECT DISTINCT path FROM ledger WHERE article = ?", (article_id,))
        paths = [path for (path,) in lines] or _path_in(metadata)
        reason = "its text or metadata are not what was stored"
        article = SetAside(article_id, str(row[7]), tuple(paths), reason)
        raw = text if isinstance(text, bytes) else str(text).encode("utf-8", "replace")
        kept = setting_aside.keep(self._database.folder, article, metadata, raw)
        self._database.run("DELETE FROM articles WHERE number = ?", (number,))  # passages and vectors go with it
        self._database.run(
            "UPDATE ledger SET outcome = 'failed', reason = ?, article = NULL, at = ? WHERE article = ?",
            (f"article {article_id} was damaged on disk and set aside as {kept}", ledger.now(), article_id),
        )
        if not lines:
            for path in paths:
                entry = ledger.Entry(path, None, "failed", f"article {article_id} was damaged on disk and set aside")
                ledger.record(self._database, [entry])
        self._report.set_aside.append(article)

    def _passages(self, *, all_articles: bool) -> None:
        """Cuts again the articles whose passages are damaged, belong to a past version, or may be missing."""
        self._database.run("DELETE FROM passages WHERE article NOT IN (SELECT number FROM articles WHERE current = 1)")
        again = 0
        for (number,) in self._database.rows("SELECT number FROM articles WHERE current = 1 ORDER BY number"):
            columns = 'row, article, start, "end", kind, sentences, hash'
            stored = self._database.rows(f"SELECT {columns} FROM passages WHERE article = ? ORDER BY row", (number,))
            damaged = any(passage_hash(*row[:6]) != row[6] for row in stored)
            if not damaged and not all_articles:
                continue
            passages = cut_passages(lookup.read_article(self._database, number))
            if damaged or [(passage.start, passage.end) for passage in passages] != [row[2:4] for row in stored]:
                self._database.run("DELETE FROM passages WHERE article = ?", (number,))
                for passage in passages:
                    storing.insert_passage(self._database, number, passage)
                again += 1
        if again:
            self._report.done.append(f"{counted(again, 'article was', 'articles were')} cut into passages again")

    def _vectors(self) -> None:
        embedder = storing.get_embedder(self._database)
        dim = embedder.dim if embedder else 0
        stored = self._database.stream("SELECT row, vector, hash FROM vectors")
        bad = [row for row, vector, hashed in stored if not _is_stored_vector(row, vector, hashed, dim)]
        self._database.run_many("DELETE FROM vectors WHERE row = ?", [(row,) for row in bad])
        self._database.run("DELETE FROM vectors WHERE row NOT IN (SELECT row FROM passages)")

    def _ledger(self) -> None:
        lost = self._database.rows(checking.UNACCOUNTED)
        reason = "its article was lost to damage on disk"
        for _, _, _, line in lost:
            self._database.run(
                "UPDATE ledger SET outcome = 'failed', reason = ?, article = NULL WHERE rowid = ?", (reason, line)
            )
        if lost:
            paths = ", ".join(dict.fromkeys(path for path, _, _, _ in lost))
            what = counted(len(lost), "record has lost its", "records have lost their")
            self._report.done.append(f"{what} article; attest ingest {paths}")

    def _embed(self, load: Callable[[], Embedder], progress: Callable[[ReembedProgress], None] | None) -> None:
        missing = "SELECT 1 FROM passages WHERE row NOT IN (SELECT row FROM vectors) LIMIT 1"
        if not self._database.one(missing):
            return
        embedder, own = load(), storing.get_embedder(self._database)
        if own is not None and own != embedder.identity:
            raise ArchiveError(
                f"The archive {self._database.folder} was built with {own.name} and lacks vectors, and "
                f"{embedder.name} is loaded; embed all of it with: attest ingest --reembed"
            )
        if own is None:
            storing.set_embedder(self._database, embedder.identity)
        count = embed_missing(self._database, embedder, "vectors", progress)
        with self._database.transaction():
            storing.next_generation(self._database)
        self._report.done.append(f"{counted(count, 'passage was', 'passages were')} embedded again")

    def _save_index(self) -> None:
        embedder = storing.get_embedder(self._database)
        if embedder is None:
            return
        index, _ = building.build_index(self._database, embedder.dim)
        try:
            index.save(self._database.folder, storing.get_generation(self._database), embedder)
        except (OSError, RuntimeError) as error:  # FAISS raises the latter when the disk is full
            raise ArchiveError(
                f"The vector index of {self._database.folder} could not be saved ({error}); free some disk space, then "
                "run: attest repair"
            ) from error
        self._report.done.append(f"the indexes of {counted(index.count, 'passage')} were made again")


def _is_stored_vector(row: int, vector: bytes, hashed: bytes, dim: int) -> bool:
    return vector_hash(row, vector) == hashed and checking.is_unit(vector, dim)


def _path_in(metadata: str) -> list[str]:
    try:
        path = json.loads(metadata)["path"]
    except (ValueError, KeyError, TypeError):
        return []
    return [plain(path)] if isinstance(path, str) else []
