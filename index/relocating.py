"""The path that an article shows: that of its file, also after the file was moved.

The path is no part of an article's id, and neither passages nor words nor vectors know it: what changes is the metadata
of the row, and the hash over it.
"""

from collections.abc import Iterable

from index import ledger
from index.database import Database
from index.places import Places
from index.schema import article_hash, path_of, with_path

_VERSIONS = """SELECT number, id, current, added_at, metadata, text, hash FROM articles
    WHERE key = (SELECT key FROM articles WHERE id = ?)"""


def is_misplaced(database: Database, entry: ledger.Entry) -> bool:
    """Whether the article of a ledger line shows a path at which there is nothing, and the line's file is there."""
    return _gone_path(database, entry) is not None


def relocate(database: Database, entries: Iterable[ledger.Entry]) -> None:
    """Let each article that is misplaced show the path of its ledger line, its versions of that file with it.

    Inside the transaction that writes those lines. A damaged row stays as it is, and stays known as damaged.
    """
    for entry in entries:
        if (before := _gone_path(database, entry)) is None:
            continue
        for number, *row, hashed in database.rows(_VERSIONS, (entry.article_id,)):
            article_id, current, added_at, metadata, text = row
            if article_hash(article_id, current, added_at, metadata, text) == hashed and path_of(metadata) == before:
                metadata = with_path(metadata, entry.path)
                hashed = article_hash(article_id, current, added_at, metadata, text)
                database.run("UPDATE articles SET metadata = ?, hash = ? WHERE number = ?", (metadata, hashed, number))


def _gone_path(database: Database, entry: ledger.Entry) -> str | None:
    row = database.one("SELECT metadata FROM articles WHERE id = ?", (entry.article_id,)) if entry.article_id else None
    before = path_of(row[0]) if row else None
    places = Places(database)
    if before is None or before == entry.path or places.is_there(before) or not places.is_there(entry.path):
        return None
    return before
