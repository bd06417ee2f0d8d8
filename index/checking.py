"""Is the archive still what was stored? Every row hash, SQLite's own check, the lexical index, the vector file."""

import json
import sqlite3
from collections.abc import Callable, Iterator

from index.database import FILE_NAME, Database
from index.errors import ArchiveError
from index.schema import (
    FULL_TEXT,
    article_hash,
    decode_article,
    outlet_key,
    passage_hash,
    plain,
    text_hash,
    vector_hash,
)
from index.storing import all_full_text_entries, get_embedder, get_generation, is_intact
from index.vectors import load_index


def breaches(database: Database) -> list[str]:
    """One sentence for each thing that is not as it was stored, with what mends it; empty when all is well."""
    checks: list[Callable[[Database], Iterator[str]]] = [_sqlite, _articles, _passages, _vectors, _words, _vector_file]
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
            yield f"SQLite finds {database.folder / FILE_NAME} damaged: {said}"
    for table, row, parent, _ in database.rows("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} belongs to no row of {parent}"


def _articles(database: Database) -> Iterator[str]:
    columns = "id, current, added_at, metadata, text, hash, key, source_id, outlet, day, text_hash"
    for row in database.stream(f"SELECT {columns} FROM articles ORDER BY number", size=16):
        article_id, metadata, text = row[0], row[3], row[4]
        if article_hash(*row[:5]) != row[5]:
            yield _mend_article(article_id, "text or metadata are not what was stored")
            continue
        article = decode_article(metadata, text)
        derived = (
            article.id,
            plain(article.key),
            plain(article.source_id),
            outlet_key(article.source),
            plain(article.published_at or "")[:10],
            text_hash(text),
        )
        if derived != (article_id, *row[6:]):
            yield _mend_article(article_id, "the columns it is found by do not agree with its metadata")


def _mend_article(article_id: str, what: str) -> str:
    return f"article {article_id}: its {what}; mend with: attest remove {article_id}, then attest ingest its file again"


def _passages(database: Database) -> Iterator[str]:
    sql = """SELECT passages.row, article, start, "end", kind, sentences, passages.hash, articles.id, articles.current,
             vectors.row FROM passages LEFT JOIN articles ON articles.number = article
             LEFT JOIN vectors ON vectors.row = passages.row ORDER BY passages.row"""
    for row in database.stream(sql):
        number, article_id, current, vector = row[0], row[7], row[8], row[9]
        if passage_hash(*row[:6]) != row[6]:
            yield _mend_article(str(article_id), f"passage {number} is not what was stored")
        elif not current:
            yield _mend_article(str(article_id), f"passage {number} answers for a version that is no longer current")
        elif vector is None:
            yield f"passage {number} of article {article_id} has no vector; mend with: attest ingest --reembed"


def _vectors(database: Database) -> Iterator[str]:
    embedder = get_embedder(database)
    for row, vector, stored in database.stream("SELECT row, vector, hash FROM vectors ORDER BY row"):
        if vector_hash(row, vector) != stored or embedder is None or len(vector) != 2 * embedder.dim:
            yield f"the vector of passage {row} is not what was stored; mend with: attest ingest --reembed"


def _words(database: Database) -> Iterator[str]:
    """Compares the lexical index with one made afresh: each word's number of passages and of occurrences.

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
        scratch.execute("CREATE VIRTUAL TABLE temp.fresh_words USING fts5vocab(main, fresh, col)")
        scratch.execute("CREATE VIRTUAL TABLE temp.stored_words USING fts5vocab(archive, full_text, col)")
        both = "SELECT * FROM {} EXCEPT SELECT * FROM {}"
        wrong = {
            str(row[0])
            for one, other in (("fresh_words", "stored_words"), ("stored_words", "fresh_words"))
            for row in scratch.execute(both.format(one, other))
        }
    except sqlite3.DatabaseError as error:
        yield f"the lexical index cannot be read ({error}); mend with: attest ingest --reembed"
        return
    finally:
        scratch.close()
    if wrong:
        yield (
            f"the lexical index disagrees with the articles on {len(wrong)} words, {json.dumps(min(wrong))} first; "
            "mend with: attest ingest --reembed"
        )


def _vector_file(database: Database) -> Iterator[str]:
    embedder, generation = get_embedder(database), get_generation(database)
    if embedder is None or generation == 0:
        return
    index, wrong = load_index(database.folder, generation, embedder)
    if index is None:
        yield f"the vector index {wrong}; the next command that opens the archive makes it again"
