"""From paths to raw records, in order: decoded text with the metadata that came along, or a failure that names file and
record.

How one file is read is in `index/file_reader.py`. Formats that need a parser of other people are parsed in child
processes, some files ahead (`index/parsing_ahead.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from index.errors import UsageError
from index.file_reader import FileReader
from index.parsing_ahead import in_order
from index.paths import Source, sources
from index.records import FIELDS, Given, RawRecord, ReadFailure

if TYPE_CHECKING:
    from index.skipping import KnownFiles


def parse_field_map(spec: str) -> dict[str, str]:
    """`{"title": "headline"}` from `"title=headline"`; our name first, theirs after `=`, pairs apart by commas.

    A dot in their name reaches into a nested object (`published_at=meta.date`). Raises UsageError.
    """
    known = (*FIELDS, "text")
    pairs: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in spec.split(","))):
        ours, equals, theirs = (piece.strip() for piece in part.partition("="))
        if not equals or not theirs or ours not in known:
            raise UsageError(f"--map has {part!r}; expected FIELD=THEIR_NAME with FIELD one of {', '.join(known)}.")
        pairs[ours] = theirs
    return pairs


def read_paths(
    paths: Sequence[str | Path],
    *,
    field_map: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
    children: int = 1,
) -> Iterator[RawRecord | ReadFailure]:
    """Every record under `paths`, in order: files, folders (recursive, sorted), globs, and `-` for JSONL on `stdin`.

    Files that need a parser are parsed by so many `children` processes. A path that does not exist, or a glob that
    matches nothing, raises UsageError at once, before anything is read.
    """
    return read_sources(find_sources(paths, stdin), field_map=field_map, children=children)


def find_sources(paths: Sequence[str | Path], stdin: BinaryIO | None = None) -> Iterator[Source | ReadFailure]:
    """The files that `paths` stand for, in order; raises UsageError as `read_paths` does, before any is opened."""
    plans: list[Iterator[Source | ReadFailure]] = []
    for path in map(str, paths):
        if path == "-" and stdin is None:
            raise UsageError("'-' asks for JSONL on standard input, but there is none; name a file or a folder.")
        plans.append(iter([Source("-", "-", lambda: cast(BinaryIO, stdin))]) if path == "-" else sources(path))
    return (source for plan in plans for source in plan)


def read_sources(
    found: Iterable[Source | ReadFailure], *, field_map: Mapping[str, str] | None = None, children: int = 1
) -> Iterator[RawRecord | ReadFailure]:
    """Every record of the files in `found`, as `read_paths` gives them."""
    reading = FileReader(field_map or {})
    return cast(
        Iterator[RawRecord | ReadFailure],
        in_order((item for source in found for item in reading.read(source)), children),
    )


def read_unknown(
    found: Iterable[Source | ReadFailure],
    known: "KnownFiles",
    *,
    field_map: Mapping[str, str] | None = None,
    children: int = 1,
) -> Iterator[Given]:
    """As `read_sources`, with a KnownFile for each file that `known` has to the byte, and a FileRead after others."""
    reading = FileReader(field_map or {})
    named = (known.named(item) for item in found)
    items = (item for source in named for item in known.passing(source, reading.read(source)))
    return in_order(items, children)
