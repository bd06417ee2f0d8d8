import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.article_records import read_articles

RECORDS = [
    {"id": "a", "text": "The dam broke.", "title": "Dam", "source": "Wire", "published_at": "2021-03-24"},
    {"id": "b", "text": "It held."},
]


@pytest.mark.parametrize(("ending", "opener"), [("jsonl", open), ("jsonl.gz", gzip.open), ("jsonl.xz", lzma.open)])
def test_articles_are_read_from_plain_and_compressed_lines(
    tmp_path: Path, ending: str, opener: Callable[..., Any]
) -> None:
    path = tmp_path / f"news.{ending}"
    with opener(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in RECORDS)
    found = read_articles([path])
    assert (found["a"].title, found["a"].source, found["a"].published_at) == ("Dam", "Wire", "2021-03-24")
    assert (found["b"].text, found["b"].title, found["b"].source) == ("It held.", None, None)
    assert list(read_articles([path], {"b"})) == ["b"]
