"""What is read of files that a test writes."""

from pathlib import Path

from index.formats.document import Document
from index.formats.parsing import Parsed, parse
from index.readers import read_paths
from index.records import RawRecord, ReadFailure


def read(folder: Path, **files: bytes) -> list[RawRecord | ReadFailure]:
    """What is read of the files, whose names have `_` for the dot."""
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return list(read_paths([folder]))


def articles(found: list[RawRecord | ReadFailure]) -> list[RawRecord]:
    return [item for item in found if isinstance(item, RawRecord)]


def reasons(found: list[RawRecord | ReadFailure]) -> list[str]:
    return [item.reason for item in found if isinstance(item, ReadFailure)]


def one(kind: Parsed, raw: bytes) -> Document:
    [document] = parse(kind, raw)
    return document
