"""A dossier's quotes as CSV that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from ui.dossier_words import sha256_of
from ui.printable import printable

COLUMNS = (
    "outcome", "asked", "verdict", "number", "role", "counts", "score", "outlet", "title", "published_at", "url",
    "article_id", "article_sha256", "start", "end", "quote", "reason", "own_verdict",
)  # fmt: skip
# What begins a formula, the wide forms of it that some programs take as well, and what may hide it from a look.
_FORMULA = re.compile(r"^\s*[=+\-@\t\r\n＝＋－＠|%]")
# In a country where the semicolon or a tab divides the columns, one inside a cell begins a new cell.
_NEXT_CELL = re.compile(r"([;,\t\r\n|]\s*[\"']?)(?=\s*[=+\-@＝＋－＠])")


def to_csv(document: Mapping[str, Any]) -> str:
    """A header and a row for each quote. A text that a spreadsheet might run has an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for quote in document["quotes"]:
        article = quote["article"]
        row = (
            document["outcome"], document["asked"], document["verdict"], quote["number"], quote["role"],
            "yes" if quote["counts"] else "no", quote["score"], article.get("source"), article.get("title"),
            article.get("published_at"), article.get("url"), article["id"], sha256_of(document, article["id"]),
            quote["start"], quote["end"], quote["quote"], quote["reason"], quote["own_verdict"],
        )  # fmt: skip
        writer.writerow([harmless(value) for value in row])
    return out.getvalue()


def harmless(value: object) -> str:
    """The value as a cell that is shown and never run; None is an empty cell."""
    text = "" if value is None else printable(str(value))
    if isinstance(value, int | float):
        return text  # a number of ours
    text = _NEXT_CELL.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text
