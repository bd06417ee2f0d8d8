"""The lexical index: FTS5 over headings and passages, asked with whatever words people type."""

from collections.abc import Iterable, Sequence

from index.article import Article, Passage, heading
from index.database import Database
from index.filtering import Filters
from index.schema import plain

# bm25 weight of the heading (title, outlet, date) against 1.0 for the passage's own text. Below 1, because the heading
# is the same in all passages of an article: it says which article, not which passage.
HEADING_WEIGHT = 0.7
MAX_TERMS = 64  # of a longer question the rarest words are looked up; a query grows slower with every word


def columns(article: Article, passage: Passage) -> tuple[str, str]:
    """What FTS5 indexes for a passage: its heading and its text. The same values must be given back to delete it."""
    return plain(heading(article.title, article.source, article.published_at)), plain(passage.text)


def add(database: Database, entries: Iterable[tuple[int, str, str]]) -> None:
    """Index passages given as row, heading and text."""
    database.run_many("INSERT INTO full_text (rowid, heading, text) VALUES (?, ?, ?)", entries)


def delete(database: Database, entries: Iterable[tuple[int, str, str]]) -> None:
    """Take passages out, given exactly as they were added."""
    database.run_many("INSERT INTO full_text (full_text, rowid, heading, text) VALUES ('delete', ?, ?, ?)", entries)


def clear(database: Database) -> None:
    """Take everything out."""
    database.run("INSERT INTO full_text (full_text) VALUES ('delete-all')")


def merge(database: Database) -> None:
    """Rewrite the index in one piece: until then, words of deleted passages linger in its older pieces."""
    database.run("INSERT INTO full_text (full_text) VALUES ('optimize')")


def match_any(terms: Iterable[str]) -> str:
    """The FTS5 query for passages with any of `terms`; empty when no term has a letter or a digit.

    Each term is a quoted string, in which FTS5 knows no operators; one of several words is a phrase.
    """
    quoted = [_quote(term) for term in dict.fromkeys(terms) if any(character.isalnum() for character in term)]
    return " OR ".join(quoted)


def _quote(term: str) -> str:
    return '"' + plain(term).replace('"', '""') + '"'


def search(database: Database, terms: Sequence[str], k: int, filters: Filters) -> list[tuple[int, float]]:
    """The `k` best rows with any of `terms` and their -bm25 (higher is better), best first; ties by row."""
    query = match_any(terms)
    if not query or k < 1:
        return []
    condition, values = filters.where(kinds=True)
    found = database.rows(
        f"""SELECT full_text.rowid, bm25(full_text, {HEADING_WEIGHT}, 1.0) AS distance FROM full_text
            CROSS JOIN passages ON passages.row = full_text.rowid
            CROSS JOIN articles ON articles.number = passages.article
            WHERE full_text MATCH ? AND {condition} ORDER BY distance, full_text.rowid LIMIT ?""",
        [query, *values, k],
    )
    return [(row, -distance) for row, distance in found]


def count(database: Database, term: str) -> int:
    """How many passages hold `term` (stemmed as the index stems) in their heading or text."""
    query = match_any([term])
    return int(database.one("SELECT count(*) FROM full_text WHERE full_text MATCH ?", [query])[0]) if query else 0
