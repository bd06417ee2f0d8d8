"""Rows of the files that people give us, with one sentence when a file is not what it should be."""

import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from index.errors import UsageError

Row = dict[str, Any]
Made = TypeVar("Made")


def text_of(path: Path) -> str:
    """The whole file as text; .gz and .xz are unpacked."""
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        elif path.suffix == ".xz":
            data = lzma.decompress(data)
        return data.decode("utf-8-sig")
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be read ({reason}); expected a text file, .gz or .xz") from error


def json_document(path: Path) -> Any:
    """The one JSON value of a file."""
    try:
        return json.loads(text_of(path))
    except ValueError as error:
        raise UsageError(f"{path} is not JSON ({error}); expected one JSON document") from error


def json_lines(path: Path) -> Iterator[tuple[int, Row]]:
    """Line numbers, from 1, and objects of a JSONL file; empty lines are left out."""
    for number, line in enumerate(text_of(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path} line {number} is not JSON ({error}); expected an object a line") from error
        if not isinstance(row, dict):
            raise UsageError(f"{path} line {number} is no JSON object; expected an object a line")
        yield number, row


def objects(path: Path) -> list[Row]:
    """The objects of a JSON list or of JSON lines, whichever the file holds."""
    if text_of(path).lstrip().startswith("["):
        found = json_document(path)
        if not all(isinstance(row, dict) for row in found):
            raise UsageError(f"{path} is a list of other things than objects; expected objects")
        return list(found)
    return [row for _, row in json_lines(path)]


def tab_separated(path: Path) -> list[Row]:
    """The rows of a TSV file with a heading, no quoting."""
    return list(csv.DictReader(io.StringIO(text_of(path)), delimiter="\t", quoting=csv.QUOTE_NONE))


def each(path: Path, rows: list[Row], make: Callable[[Row], Made]) -> list[Made]:
    """`make` of every row; a row it cannot use is named by its number."""
    made = []
    for number, row in enumerate(rows, start=1):
        try:
            made.append(make(row))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise UsageError(
                f"{path} row {number} is not of this format ({type(error).__name__}: {error}); see the format's "
                "loader in eval/datasets"
            ) from error
    return made
