"""Articles of JSONL records, as the programs that fit weights read them: no archive, one article a record."""

import gzip
import json
import lzma
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.article import Article

Record = dict[str, Any]


def read_articles(paths: Sequence[Path], wanted: Collection[str] | None = None) -> dict[str, Article]:
    """The articles of JSONL files, plain, .gz or .xz, by id: those whose ids are wanted, or all."""
    records = (record for path in paths for record in _records(path))
    return {record["id"]: article_of(record) for record in records if wanted is None or record["id"] in wanted}


def article_of(record: Record) -> Article:
    """The article of a record that has an id and a text, and as much else as it has."""
    return Article(
        key=f"id:{record['id']}",
        source_id=record["id"],
        path="",
        text=record["text"],
        title=record.get("title"),
        source=record.get("source"),
        published_at=record.get("published_at"),
    )


def _records(path: Path) -> Iterator[Record]:
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opener(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
