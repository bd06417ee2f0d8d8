"""One number for what an archive holds: equal archives have equal digests, however and in whatever order they grew."""

import hashlib

from index.database import Database

# Row numbers, times of storing and past failures are of the run, not of the content. A vector is left out as well: the
# encoder's last bits depend on which passages shared its batch. That each passage has its vector, `verify` checks.
_ARTICLES = """
SELECT articles.id, current, text_hash, metadata, group_concat(span, ' ') FROM articles LEFT JOIN (
    SELECT article, start || '-' || "end" || ':' || kind || sentences AS span FROM passages
    ORDER BY article, start, "end"
) ON article = articles.number GROUP BY articles.number ORDER BY articles.id
"""


def content_digest(database: Database) -> str:
    """SHA-256 in hex over every version's id, text, metadata and whether it answers, and over its passages."""
    digest = hashlib.sha256()
    for article_id, current, text, metadata, spans in database.stream(_ARTICLES):
        digest.update(f"{article_id} {current} {text.hex()} {metadata}\n{spans or ''}\n".encode("utf-8", "replace"))
    return digest.hexdigest()
