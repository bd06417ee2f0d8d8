"""Rows of the files that data sets come in: JSON, JSON lines and TSV, plain or compressed."""

import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import UsageError

Row = Mapping[str, object]
KINDS = (".json", ".jsonl", ".tsv")
_DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".xz": lzma.decompress}


def kind_of(path: Path) -> str:
    """The file's kind by its name, compression aside: `.jsonl` for `dev.jsonl.gz`."""
    return Path(path.stem).suffix if path.suffix in _DECOMPRESS else path.suffix


def stem_of(path: Path) -> str:
    """The file's name without its endings: `dev` for `dev.jsonl.gz`."""
    return path.name.partition(".")[0]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, in order. Raises UsageError where it is not what its name says."""
    try:
        data = path.read_bytes()
        text = (_DECOMPRESS[path.suffix](data) if path.suffix in _DECOMPRESS else data).decode("utf-8")
    except (OSError, EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read ({type(error).__name__}: {error}); expected UTF-8 text, plain, .gz or .xz: get the "
            "file again, then run the same command"
        ) from error
    kind = kind_of(path)
    if kind == ".tsv":
        return _tsv(path, text)
    if kind == ".json":
        return _json(path, text)
    return [_object(path, number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _object(path: Path, number: int, line: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(
            f"{path} line {number} is no JSON ({error}); expected one object a line: mend the file"
        ) from error
    if not isinstance(row, dict):
        raise UsageError(f"{path} line {number} is a {type(row).__name__}; expected one object a line: mend the file")
    return row


def _json(path: Path, text: str) -> list[Row]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path} is no JSON ({error}); expected a list of objects: get the file again") from error
    if isinstance(document, dict):
        document = document.get("samples", [document])
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise UsageError(f"{path} holds no list of objects; expected one, or an object with 'samples': get it again")
    return document


def _tsv(path: Path, text: str) -> list[Row]:
    """Rows by the header's names. A quotation mark is a character like any other: tabs and lines alone divide."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    header = lines[0].split("\t")
    found: list[Row] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        fields = line.split("\t")
        if len(fields) != len(header):
            raise UsageError(
                f"{path} line {number} has {len(fields)} fields; expected {len(header)} as in its first line: mend it"
            )
        found.append(dict(zip(header, fields, strict=True)))
    return found
