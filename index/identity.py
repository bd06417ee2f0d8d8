"""Which article a record is, when another one already has the name or the number that it goes by.

Exports number their articles from 1, and folders name them 001.txt: the second of two such piles says nothing new
about the articles of the first. An article that only shares a name with another is kept beside it, under the same key
with a number after it; nothing that was read is put out of sight by something else.
"""

import re
from dataclasses import replace
from itertools import count

from index import ledger
from index.article import Article
from index.database import Database
from index.places import Places
from index.schema import decode_article, encode_text, plain, text_hash
from index.shingles import overlap, read_shingles
from index.storing import is_intact

# By hand: two reports that share a background paragraph or a site's notice stay below, a rewritten one is above.
LEAST_SHARED = 0.10  # of the shorter text's runs of five words
LEAST_RUNS = 60  # with fewer in either text the words themselves are compared: a corrected flash keeps no run
LEAST_WORDS = 0.35  # of all the words in either
_WORD = re.compile(r"\w+")


def settled(database: Database, article: Article, path: str, record: int | None) -> Article:
    """`article` under the key that it has in the archive: its own, or that with a number where it belongs to another.

    What this very record of this file was before, it stays. An address is one article's, whatever stands there. Words
    without any name are one article as far as no two outlets or days are given for them.
    """
    if not article.key.startswith(("file:", "id:", "text:")):
        return article
    base = plain(article.key)
    before = _key_of(database, ledger.last_article(database, path, record))
    if before and (before == base or (before.startswith(f"{base} (") and before[len(base) + 2 : -1].isdecimal())):
        return article if before == base else replace(article, key=before)
    if before and before.startswith("file:") and _goes_on(database, before, article, path):
        return replace(article, key=before)  # its file was moved, then changed
    own_text = text_hash(encode_text(article.text))
    for number in count(1):
        key = base if number == 1 else f"{base} ({number})"
        held = database.one("SELECT number, id FROM articles WHERE key = ? AND current = 1", (key,))
        if held is None or not (
            _is_of_other_outlet(database, held[0], article)
            if base.startswith("text:")
            else database.one("SELECT 1 FROM articles WHERE key = ? AND text_hash = ?", (key, own_text)) is None
            and _is_other(database, held[0], held[1], article, path)
        ):
            return article if number == 1 else replace(article, key=key)
    raise AssertionError("counting does not end")


def _key_of(database: Database, article_id: str | None) -> str | None:
    row = database.one("SELECT key FROM articles WHERE id = ?", (article_id,)) if article_id else None
    return row[0] if row else None


def _goes_on(database: Database, key: str, article: Article, path: str) -> bool:
    """Whether the article is a newer version of the one that answers under `key`."""
    if not article.key.startswith("file:"):
        return False
    held = database.one("SELECT number, id FROM articles WHERE key = ? AND current = 1", (key,))
    return held is not None and not _is_other(database, held[0], held[1], article, path)


def _is_other(database: Database, number: int, article_id: str, article: Article, path: str) -> bool:
    """Whether the stored article is another one that merely has the same name."""
    if not is_intact(database, number):
        return False
    metadata, text = database.one("SELECT metadata, text FROM articles WHERE number = ?", (number,))
    if article.key.startswith("file:") and _stands_elsewhere(database, article_id, path):
        return True
    stored = decode_article(metadata, text)
    if stored.title and article.title and stored.title.casefold() == article.title.casefold():
        return False
    one, other = read_shingles(stored), read_shingles(article)
    if min(len(one.all), len(other.all)) < LEAST_RUNS:
        words, others = (set(_WORD.findall(each.text.casefold())) for each in (stored, article))
        return len(words & others) < LEAST_WORDS * len(words | others)
    return overlap(one, other).contained < LEAST_SHARED


def _is_of_other_outlet(database: Database, number: int, article: Article) -> bool:
    """Whether the stored article is the same words in another outlet or on another day: who copied whom is news."""
    (metadata,) = database.one("SELECT metadata FROM articles WHERE number = ?", (number,))
    stored = decode_article(metadata, b"")
    pairs = (
        (stored.source and stored.source.casefold(), article.source and article.source.casefold()),
        (stored.published_at and stored.published_at[:10], article.published_at and article.published_at[:10]),
    )
    return any(one and other and one != other for one, other in pairs)


def _stands_elsewhere(database: Database, article_id: str, path: str) -> bool:
    """Whether a file with that article is there, and is not the one at `path` by another way of writing it."""
    places = Places(database)
    here = places.on_disk(path)
    for place in ledger.elsewhere(database, article_id):
        there = places.on_disk(place)
        try:
            if there.exists() and here.exists() and not there.samefile(here):
                return True
        except OSError:  # gone meanwhile, or not to be looked at
            continue
    return False
