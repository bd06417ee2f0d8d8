"""Is the archive still what was stored? Every row hash, SQLite's own check, the lexical index, the vector file."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.article import Article
from index.building import get_wish
from index.counted import counted
from index.database import FILE_NAME, Database, open_database
from index.embedding import EmbedderIdentity
from index.errors import ArchiveError
from index.lock import LOCK_NAME, WriterLock
from index.lookup import read_vectors
from index.schema import (
    FULL_TEXT,
    article_hash,
    decode_article,
    decode_text,
    outlet_key,
    passage_hash,
    plain,
    text_hash,
    vector_hash,
)
from index.storing import all_full_text_entries, get_embedder, get_generation, is_intact
from index.vectors import VectorIndex, load_index

REPAIR = "mend with: attest repair"
PROBES = 50  # stored vectors that a full check looks up in the vector index: some 50 ms on 30,000 passages
LEAST_SIMILARITY = 0.98  # of a stored vector to what the index finds for it; half precision costs less than .001
NORM_TOLERANCE = 0.01  # of a stored vector; half precision costs up to .0005


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and a sentence for each breach with the command that mends it; none when all is well."""

    articles: int  # all versions
    passages: int
    full: bool
    breaches: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """What `attest verify --json` prints."""
        return {
            "ok": not self.breaches,
            "full": self.full,
            "articles": self.articles,
            "passages": self.passages,
            "breaches": list(self.breaches),
        }


def verify(folder: Path, *, full: bool) -> Verification:
    """Look through the archive in `folder` without mending anything; no writer may change it meanwhile.

    Without `full`, the words of the lexical index are not compared one by one, nor is the vector index asked. Raises
    ArchiveError when there is no archive, when its file cannot be read at all, or when another process writes it.
    """
    database = open_database(folder, writable=False, create=False)
    try:
        with WriterLock(folder / LOCK_NAME) if os.access(folder, os.W_OK) else nullcontext():
            found = breaches(database, full=full)
            return Verification(_count(database, "articles"), _count(database, "passages"), full, tuple(found))
    finally:
        database.close()


def _count(database: Database, table: str) -> int:
    try:
        return int(database.one(f"SELECT count(*) FROM {table}")[0])
    except ArchiveError:  # said already by the checks
        return 0


def breaches(database: Database, *, full: bool = True) -> list[str]:
    """One sentence for each thing that is not as it was stored, with what mends it; empty when all is well."""
    checks: list[Callable[[Database], Iterator[str]]] = [_sqlite, _articles, _passages, _vectors, _ledger, _rows]
    checks += [_words, _vector_index] if full else [_vector_file]
    found: list[str] = []
    for check in checks:
        try:
            found.extend(check(database))
        except ArchiveError as error:  # SQLite gave up on a page; the other checks may still name the rows
            if str(error) not in found:
                found.append(str(error))
    return found


def _sqlite(database: Database) -> Iterator[str]:
    for (said,) in database.rows("PRAGMA integrity_check"):
        if said != "ok":
            yield f"SQLite finds {database.folder / FILE_NAME} damaged ({' '.join(said.split())}); {REPAIR}"
    for table, row, parent, _ in database.rows("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} belongs to no row of {parent}; {REPAIR}"


def _articles(database: Database) -> Iterator[str]:
    columns = "id, current, added_at, metadata, text, hash, key, source_id, outlet, day, text_hash"
    for row in database.stream(f"SELECT {columns} FROM articles ORDER BY number", size=16):
        article_id, metadata, text = row[0], row[3], row[4]
        if article_hash(*row[:5]) != row[5]:
            yield _mend_article(article_id, "text or metadata are not what was stored")
            continue
        article = decode_article(metadata, text)
        if article.id != article_id or found_by(article, text) != row[6:]:
            yield _mend_article(article_id, "the columns it is found by do not agree with its metadata")


def found_by(article: Article, text: bytes) -> tuple[str, str, str, str, bytes]:
    """An article's columns key, source_id, outlet, day and text_hash, as its metadata and stored text have them."""
    key, source_id = plain(article.key), plain(article.source_id)
    return key, source_id, outlet_key(article.source), plain(article.published_at or "")[:10], text_hash(text)


def _mend_article(article_id: str, what: str) -> str:
    return f"article {article_id}: its {what}; {REPAIR}"


def _passages(database: Database) -> Iterator[str]:
    sql = """SELECT passages.row, article, start, "end", kind, sentences, passages.hash, articles.id, articles.current,
             vectors.row FROM passages LEFT JOIN articles ON articles.number = article
             LEFT JOIN vectors ON vectors.row = passages.row ORDER BY article, passages.row"""
    shown, length = None, 0
    for row in database.stream(sql):
        number, owner, article_id, current, vector = row[0], row[1], row[7], row[8], row[9]
        if article_id is None:
            yield f"passage {number} belongs to no article; {REPAIR}"
            continue
        if owner != shown:
            shown, length = owner, _length(database, owner)
        if passage_hash(*row[:6]) != row[6]:
            yield _mend_article(article_id, f"passage {number} is not what was stored")
        elif not is_slice(row[2], row[3], row[5], length):
            yield _mend_article(article_id, f"passage {number} is no slice of its text")
        elif not current:
            yield _mend_article(article_id, f"passage {number} answers for a version that is no longer current")
        elif vector is None:
            yield f"passage {number} of article {article_id} has no vector; {REPAIR}"


def _length(database: Database, number: int) -> int:
    """Code points of the article's text; enough for any passage where it cannot be decoded: that is said already."""
    try:
        return len(decode_text(database.one("SELECT text FROM articles WHERE number = ?", (number,))[0]))
    except UnicodeDecodeError:
        return 1 << 60


def is_slice(start: int, end: int, sentences: str, length: int) -> bool:
    """Whether the span lies in a text of that length, with its sentences inside and in order."""
    at = start
    for first, last in json.loads(sentences):
        if not at <= first < last <= end:
            return False
        at = last
    return 0 <= start < end <= length


def _vectors(database: Database) -> Iterator[str]:
    embedder = get_embedder(database)
    for row, vector, stored in database.stream("SELECT row, vector, hash FROM vectors ORDER BY row"):
        if vector_hash(row, vector) != stored or embedder is None or not is_unit(vector, embedder.dim):
            yield f"the vector of passage {row} is not what was stored; {REPAIR}"


def is_unit(vector: bytes, dim: int) -> bool:
    """Whether the stored bytes are a finite vector of that size and of length 1."""
    if len(vector) != 2 * dim:
        return False
    values = np.frombuffer(vector, dtype="<f2").astype(np.float32)
    norm = float(np.linalg.norm(values)) if np.isfinite(values).all() else 0.0
    return abs(norm - 1) < NORM_TOLERANCE


def _ledger(database: Database) -> Iterator[str]:
    """Every record that was read is accounted for: its article is there, or there is a reason why not."""
    for path, record, outcome, _ in database.rows(UNACCOUNTED):
        place = path if record is None else f"{path}, record {record}"
        what = "its reason is lost" if outcome in ("failed", "skipped") else "its article is gone"
        yield f"{place} is said to be {outcome} and {what}; {REPAIR}, then attest ingest that file again"


# Of each word and column: how often, and sums that another passage or another place in one would change.
_OCCURRENCES = "SELECT term, col, count(*), sum(doc), sum(doc * (offset + 1)) FROM temp.{}_words GROUP BY term, col"

# Ledger lines with neither article nor reason: path, record, outcome, rowid.
UNACCOUNTED = """
SELECT path, record, outcome, ledger.rowid FROM ledger LEFT JOIN articles ON articles.id = ledger.article
WHERE CASE WHEN outcome IN ('failed', 'skipped') THEN coalesce(reason, '') = '' ELSE articles.id IS NULL END
ORDER BY path, record
"""


def _rows(database: Database) -> Iterator[str]:
    """The lexical index keeps a list of its passages: a witness for passages that are gone without a trace."""
    lost, extra = unmatched_rows(database)
    if lost:
        gone = counted(lost, "passage is", "passages are")
        yield f"{gone} in the lexical index and no longer in the archive; {REPAIR}"
    if extra:
        yield f"{counted(extra, 'passage is', 'passages are')} not in the lexical index; {REPAIR}"


def unmatched_rows(database: Database) -> tuple[int, int]:
    """How many rows only the lexical index has, and how many it lacks."""
    sql = "SELECT count(*) FROM (SELECT {0} FROM {1} EXCEPT SELECT {2} FROM {3})"
    indexed, stored = ("id", "full_text_docsize"), ("row", "passages")
    counts = [database.one(sql.format(*one, *other))[0] for one, other in ((indexed, stored), (stored, indexed))]
    return counts[0], counts[1]


def _words(database: Database) -> Iterator[str]:
    """Compares the lexical index with one made afresh: where each word occurs, and how long each passage is.

    Says nothing while an article is damaged: its words cannot be known, and the breach is reported already.
    """
    if not all(is_intact(database, number) for (number,) in database.rows("SELECT number FROM articles")):
        return
    scratch = sqlite3.connect("file:?mode=memory", uri=True, isolation_level=None)  # an empty name would be a disk file
    try:
        scratch.execute(FULL_TEXT.format(name="fresh"))
        scratch.execute("BEGIN")
        scratch.executemany(
            "INSERT INTO fresh (rowid, heading, text) VALUES (?, ?, ?)", all_full_text_entries(database)
        )
        scratch.execute("COMMIT")
        scratch.execute("ATTACH ? AS archive", (database.uri.replace("mode=rwc", "mode=ro"),))
        wrong: set[str] = set()
        for name, schema in (("fresh", "main"), ("full_text", "archive")):
            scratch.execute(f"CREATE VIRTUAL TABLE temp.{name}_words USING fts5vocab({schema}, {name}, instance)")
            scratch.execute(f"CREATE TABLE temp.{name}_said AS {_OCCURRENCES.format(name)}")
        for one, other in (("fresh", "full_text"), ("full_text", "fresh")):
            found = scratch.execute(f"SELECT * FROM temp.{one}_said EXCEPT SELECT * FROM temp.{other}_said")
            wrong |= {str(row[0]) for row in found}
        lengths = "SELECT id, sz FROM {} EXCEPT SELECT id, sz FROM {}"  # what a passage's rank is reckoned with
        sizes = scratch.execute(lengths.format("fresh_docsize", "archive.full_text_docsize")).fetchone()
        totals = "SELECT block FROM {} WHERE id = 1"
        means = [scratch.execute(totals.format(name)).fetchone() for name in ("fresh_data", "archive.full_text_data")]
    except sqlite3.DatabaseError as error:
        yield f"the lexical index cannot be read ({error}); {REPAIR}"
        return
    finally:
        scratch.close()
    if sizes or (means[0] != means[1] and database.one("SELECT 1 FROM passages LIMIT 1")):  # of none, it writes nothing
        yield f"the lexical index disagrees with the articles on the length of passages; {REPAIR}"
    if wrong:
        yield (
            f"the lexical index disagrees with the articles on {counted(len(wrong), 'word')}, "
            f"{json.dumps(min(wrong))} first; {REPAIR}"
        )


def _vector_file(database: Database) -> Iterator[str]:
    _, wrong = _load(database)
    if wrong:
        yield f"the vector index {wrong}; {REPAIR}"


def _load(database: Database) -> tuple[VectorIndex | None, str]:
    embedder, generation = get_embedder(database), get_generation(database)
    if embedder is None or generation == 0:
        return None, ""
    return load_index(database.folder, generation, embedder, get_wish(database))


def _vector_index(database: Database) -> Iterator[str]:
    """The file is as written, knows every passage and no other, and finds stored vectors."""
    yield from _vector_file(database)
    index, _ = _load(database)
    embedder = get_embedder(database)
    if index is None or embedder is None:
        return
    stored = {row for (row,) in database.rows("SELECT row FROM vectors")}
    if stored != set(index.rows.tolist()):
        yield f"the vector index does not hold the passages of the archive; {REPAIR}"
    elif missed := _not_found(database, index, embedder, sorted(stored)):
        yield f"the vector index does not find {missed} of {PROBES} stored vectors; {REPAIR}"


def _not_found(database: Database, index: VectorIndex, embedder: EmbedderIdentity, stored: list[int]) -> int:
    probes = stored[:: max(1, len(stored) // PROBES)]
    vectors = read_vectors(database, probes, embedder.dim)
    best = [index.search(vector, 1)[0][1] for vector in vectors if vector.any()]
    return sum(score < LEAST_SIMILARITY for score in best)
