"""Reading rows back as articles, passages and vectors, each checked against its hash on the way."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index.article import Article, ArticleMeta, Passage
from index.database import Database
from index.embedding import Vectors
from index.errors import ArchiveError, UsageError
from index.filtering import Filters
from index.schema import (
    KINDS,
    article_hash,
    decode_article,
    decode_meta,
    decode_text,
    decode_vectors,
    passage_hash,
    plain,
    vector_hash,
)

MIN_PREFIX = 6
_ID_DIGITS = 16
_AT_ONCE = 500  # values in one "IN (...)"
_COLUMNS = "id, current, added_at, metadata, text, hash"
_OF_PATH = """SELECT number, id FROM articles
    WHERE CASE WHEN json_valid(metadata) THEN json_extract(metadata, '$.path') END = ? AND current = 1"""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its row and its article's metadata."""

    row: int
    passage: Passage
    article: ArticleMeta


def resolve(database: Database, ref: str) -> int:
    """The number of the article that `ref` names: an id, a source_id, the first digits of an id, or its file's path.

    Raises UsageError when it names none or several.
    """
    for sql, value in (
        ("SELECT number, id FROM articles WHERE id = ?", ref),
        ("SELECT number, id FROM articles WHERE source_id = ? AND current = 1", plain(ref)),
        ("SELECT number, id FROM articles WHERE id >= ? AND id < ? || 'g'", ref),
        (_OF_PATH, ref),  # last: it reads every row; the path is what stands under a citation
    ):
        prefix = "<" in sql
        if prefix and not (MIN_PREFIX <= len(ref) < _ID_DIGITS and set(ref) <= set("0123456789abcdef")):
            continue
        found = database.rows(sql, (value, value) if prefix else (plain(value),))
        if len(found) > 1:
            ids = ", ".join([*(article_id for _, article_id in found[:5]), *(["..."] if len(found) > 5 else [])])
            raise UsageError(f'"{ref[:80]}" names {len(found)} articles ({ids}); name one by its id')
        if found:
            return int(found[0][0])
    raise UsageError(
        f'No article "{ref[:80]}" in the archive; expected its id, file name or path, as printed by: attest search'
    )


def key_of(database: Database, number: int) -> str:
    """The key that all versions of the article share."""
    return str(database.one("SELECT key FROM articles WHERE number = ?", (number,))[0])


def read_article(database: Database, number: int) -> Article:
    """The article as stored; raises ArchiveError when its row is damaged or gone."""
    row = database.one(f"SELECT {_COLUMNS} FROM articles WHERE number = ?", (number,))
    if row is None:  # an index may still list it
        raise ArchiveError(
            f"Article number {number} is listed in {database.folder} and is gone; mend with: attest repair"
        )
    return _intact(row)


def read_articles(database: Database, filters: Filters) -> Iterator[Article]:
    """Current versions that pass `filters` (kinds of passage aside), in the order they were added."""
    condition, values = filters.where(kinds=False)
    for row in database.stream(f"SELECT {_COLUMNS} FROM articles WHERE {condition} ORDER BY number", values, size=16):
        yield _intact(row)


def _intact(row: Any) -> Article:
    if article_hash(*row[:5]) != row[5]:
        raise ArchiveError(
            f"Article {row[0]} is damaged on disk (its checksum does not match); mend with: attest remove {row[0]}, "
            "then attest ingest its file again"
        )
    return decode_article(row[3], row[4])


def read_passages(database: Database, rows: Sequence[int]) -> tuple[list[StoredPassage], list[str]]:
    """The passages of `rows` in that order, without those that are gone; and the ids of articles found damaged."""
    stored: dict[int, Any] = {}
    with database.snapshot():
        for part in _parts(rows):
            sql = (
                f'SELECT row, article, start, "end", kind, sentences, hash FROM passages WHERE row IN ({_marks(part)})'
            )
            stored.update({row[0]: row for row in database.rows(sql, part)})
        articles: dict[int, Any] = {}
        for part in _parts(sorted({row[1] for row in stored.values()})):
            sql = f"SELECT number, {_COLUMNS} FROM articles WHERE number IN ({_marks(part)})"
            articles.update({row[0]: row[1:] for row in database.rows(sql, part)})
    intact = {number: row for number, row in articles.items() if article_hash(*row[:5]) == row[5]}
    texts = {number: decode_text(row[4]) for number, row in intact.items()}
    metas = {number: decode_meta(row[0], row[3]) for number, row in intact.items()}
    found = []
    damaged = {str(row[0]): None for number, row in articles.items() if number not in intact}
    for row in (stored[number] for number in rows if number in stored):
        if row[1] not in intact:
            continue
        if passage_hash(*row[:6]) != row[6]:
            damaged[metas[row[1]].id] = None
            continue
        found.append(_stored_passage(row, metas[row[1]], texts[row[1]]))
    return found, list(damaged)


def _stored_passage(row: Any, meta: ArticleMeta, text: str) -> StoredPassage:
    number, _, start, end, kind, sentences, _ = row
    passage = Passage(
        article_id=meta.id,
        start=start,
        end=end,
        text=text[start:end],
        kind=KINDS[kind],
        sentences=tuple((first, last) for first, last in json.loads(sentences)),
    )
    return StoredPassage(row=number, passage=passage, article=meta)


def read_vectors(database: Database, rows: Sequence[int], dim: int) -> Vectors:
    """Unit vectors, shape (len(rows), dim); zeros where the row is gone or its vector is damaged."""
    found: dict[int, bytes] = {}
    for part in _parts(rows):
        sql = f"SELECT row, vector, hash FROM vectors WHERE row IN ({_marks(part)})"
        found.update({row: blob for row, blob, hashed in database.rows(sql, part) if vector_hash(row, blob) == hashed})
    nothing = bytes(2 * dim)
    return decode_vectors([found.get(row, nothing) for row in rows], dim)


def rescore(database: Database, rows: Sequence[int], query: Vectors, k: int) -> list[tuple[int, float]]:
    """The `k` of `rows` most similar to `query` by their stored vectors, with their cosine, best first; ties by row.

    A row that is no longer there, or whose vector is damaged, is left out.
    """
    vectors = read_vectors(database, rows, len(query))
    scores = vectors @ query
    found = [(row, float(score)) for row, vector, score in zip(rows, vectors, scores, strict=True) if vector.any()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]


def _parts(values: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(values), _AT_ONCE):
        yield [int(value) for value in values[start : start + _AT_ONCE]]


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))
