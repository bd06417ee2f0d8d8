"""From files to raw records: decoded text with the metadata that came along, or a failure that names file and record.

Reading is a stream: a JSONL file is read line by line, so a large one never sits in memory. Text files are stored after
decoding and newline normalisation (`\\r\\n` and `\\r` become `\\n`); the `text` of a JSONL record is kept exactly as
JSON gives it, so that offsets made by others still fit. In both, what UTF-8 or SQLite cannot hold (lone surrogates,
NUL) becomes U+FFFD, one code point for one.
"""

import glob
import gzip
import json
import lzma
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Literal, cast

from index.decoding import decode, decode_html
from index.errors import UsageError
from index.lines import numbered_lines

Format = Literal["text", "jsonl", "html"]

MAX_RECORD_BYTES = 20 * 1024 * 1024  # a whole book is 1 MB; a longer "article" is a dump or a mistake
FIELDS = ("id", "url", "title", "source", "authors", "published_at")
FORMATS: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
}
COMPRESSED = (".gz", ".xz")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BROKEN_FILE = (OSError, EOFError, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One article as it was read, before anything is made of it."""

    path: str
    record: int | None  # 1-based line number in a JSONL file, None for formats with one article a file
    text: str
    fields: Mapping[str, object]  # id, url, title, source, authors, published_at: those present, names after --map
    format: Format
    name: str = ""  # the path inside the folder or glob that was given, so that a/index.txt is not b/index.txt


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Something that gave no article, and why."""

    path: str
    record: int | None
    reason: str
    skipped: bool = False  # True: never meant to be an article (another kind of file); False: it should have been one


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    name: str


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
    paths: Sequence[str | Path], *, field_map: Mapping[str, str] | None = None, stdin: BinaryIO | None = None
) -> Iterator[RawRecord | ReadFailure]:
    """Every record under `paths`, in order: files, folders (recursive, sorted), globs, and `-` for JSONL on `stdin`.

    A path that does not exist, or a glob that matches nothing, raises UsageError at once, before anything is read.
    """
    plans = [_plan(str(path), stdin) for path in paths]
    return (record for plan in plans for source in plan for record in _read(source, field_map or {}, stdin))


def _plan(path: str, stdin: BinaryIO | None) -> Iterator[_Source | ReadFailure]:
    """What one argument stands for; raises UsageError where it stands for nothing."""
    if path == "-":
        if stdin is None:
            raise UsageError("'-' asks for JSONL on standard input, but there is none; name a file or a folder.")
        return iter([_Source(Path("-"), "-")])
    if _exists(path):
        # Two folders, or two files named one by one, may hold the same file name and are still two articles.
        if Path(path).is_dir():
            return _under(Path(path).resolve().name, _walk(Path(path)))
        return iter([_Source(Path(path), PurePath(os.path.normpath(path)).as_posix())])
    if matches := sorted(glob.glob(path, recursive=True)):  # noqa: PTH207  Path.glob takes no absolute pattern
        base = Path(re.split(r"[*?[]", path, maxsplit=1)[0] + "x").parent
        return (found for match in matches for found in _matched(Path(match), base))
    raise UsageError(f"There is no file or folder {path!r}; expected articles there. Check the path with: ls")


def _under(folder: str, found: Iterator[_Source | ReadFailure]) -> Iterator[_Source | ReadFailure]:
    for item in found:
        yield _Source(item.path, f"{folder}/{item.name}") if isinstance(item, _Source) else item


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a name that is too long or holds a NUL, or a folder that may not be entered
        return False


def _matched(path: Path, base: Path) -> Iterator[_Source | ReadFailure]:
    if not _may_be_file(path) and path.is_dir():
        yield from (
            _Source(found.path, path.relative_to(base).joinpath(found.name).as_posix())
            if isinstance(found, _Source)
            else found
            for found in _walk(path)
        )
    else:
        yield _Source(path, path.relative_to(base).as_posix())


def _walk(folder: Path) -> Iterator[_Source | ReadFailure]:
    """The files under `folder` in a fixed order. Hidden folders are not entered, links to folders not followed."""
    unreadable: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root) / name
            if name.startswith("."):
                yield ReadFailure(_storable(str(path)), None, "hidden file", skipped=True)
            elif not _may_be_file(path):
                yield ReadFailure(_storable(str(path)), None, "not a regular file", skipped=True)
            else:
                yield _Source(path, path.relative_to(folder).as_posix())
    for error in unreadable:
        yield ReadFailure(_storable(str(error.filename)), None, f"folder cannot be read: {error.strerror}")


def _may_be_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a folder that may be listed but not entered: opening the file says so
        return True


def _read(
    source: _Source | ReadFailure, field_map: Mapping[str, str], stdin: BinaryIO | None
) -> Iterator[RawRecord | ReadFailure]:
    if isinstance(source, ReadFailure):
        yield source
        return
    name, path = _storable(source.name), _storable(str(source.path))
    if path == "-" and stdin is not None:
        yield from _read_jsonl(nullcontext(stdin), path, name, field_map)
        return
    suffixes = [suffix.lower() for suffix in source.path.suffixes]
    compression = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSED else ""
    kind = FORMATS.get(suffixes[-1] if suffixes else "")
    if kind is None:
        endings = ", ".join(FORMATS)
        yield ReadFailure(path, None, f"not a kind of file that is read (expected {endings})", skipped=True)
        return
    try:
        stream = _open(source.path, compression)
    except OSError as error:
        yield ReadFailure(path, None, f"cannot be opened: {error.strerror or error}")
        return
    if kind == "jsonl":
        yield from _read_jsonl(stream, path, name, field_map)
    else:
        yield _read_whole(stream, path, name, kind)


def _open(path: Path, compression: str) -> BinaryIO:
    if compression == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    if compression == ".xz":
        return cast(BinaryIO, lzma.open(path, "rb"))
    return path.open("rb")


def _read_whole(
    opened: AbstractContextManager[BinaryIO], path: str, name: str, kind: Format
) -> RawRecord | ReadFailure:
    try:
        with opened as stream:
            raw = stream.read(MAX_RECORD_BYTES + 1)
    except _BROKEN_FILE as error:
        return ReadFailure(path, None, f"cannot be read to its end: {_cause(error)}")
    if len(raw) > MAX_RECORD_BYTES:
        return ReadFailure(path, None, f"longer than the {MAX_RECORD_BYTES >> 20} MiB that one article may have")
    try:
        if kind == "html":
            text, fields = _extract_html(decode_html(raw))
        else:
            text, fields = decode(raw), {}
    except ValueError as error:
        return ReadFailure(path, None, str(error))
    text = _storable(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not any(map(str.isalnum, text)):
        return ReadFailure(path, None, "empty: no words in it")
    return RawRecord(path, None, text, fields, kind, name)


def _extract_html(page: str) -> tuple[str, dict[str, object]]:
    """The article's own text and what the page says about it. Readers' comments stay out. Raises ValueError."""
    from trafilatura import bare_extraction  # half a second to import

    # Without extensive_search a date comes from the page's markup only, never from a date that the story mentions.
    try:
        found = bare_extraction(
            page, with_metadata=True, include_comments=False, date_extraction_params={"extensive_search": False}
        )
    except Exception as error:  # whatever a parser meets in a broken page, the other pages go on
        raise ValueError(f"the page cannot be parsed ({type(error).__name__}: {error})") from error
    if found is None or not found.text:
        raise ValueError("no article text found in the page")
    given = {
        "title": found.title,
        "source": found.sitename,
        "authors": found.author,
        "published_at": found.date,
        "url": found.url,
    }
    return found.text, {key: _clean(value) for key, value in given.items() if value}


def _read_jsonl(
    opened: AbstractContextManager[BinaryIO], path: str, name: str, field_map: Mapping[str, str]
) -> Iterator[RawRecord | ReadFailure]:
    number = 0
    try:
        with opened as stream:
            for number, line in numbered_lines(stream, MAX_RECORD_BYTES):
                if line is None:
                    reason = f"line longer than the {MAX_RECORD_BYTES >> 20} MiB that one article may have"
                    yield ReadFailure(path, number, reason)
                elif not line.isspace():
                    yield _parse(line, number, path, name, field_map)
    except _BROKEN_FILE as error:
        yield ReadFailure(path, number + 1, f"cannot be read further: {_cause(error)}")
    except UnicodeDecodeError as error:
        yield ReadFailure(path, number + 1, f"cannot be read further: not valid {error.encoding}")


def _parse(line: bytes, number: int, path: str, name: str, field_map: Mapping[str, str]) -> RawRecord | ReadFailure:
    try:
        record = json.loads(decode(line))
    except RecursionError:
        return ReadFailure(path, number, "not valid JSON: nested too deeply")
    except ValueError as error:
        return ReadFailure(path, number, f"not valid JSON: {error}")
    if not isinstance(record, dict):
        return ReadFailure(path, number, f"a JSON {type(record).__name__}, expected an object with 'text'")
    key = field_map.get("text", "text")
    text = _lookup(record, key)
    if text is None:
        return ReadFailure(path, number, f"no {key!r} in the record")
    if not isinstance(text, str):
        return ReadFailure(path, number, f"{key!r} is a {type(text).__name__}, expected a string")
    text = _storable(text)
    if not any(map(str.isalnum, text)):
        return ReadFailure(path, number, f"{key!r} is empty: no words in it")
    found = {field: _lookup(record, field_map.get(field, field)) for field in FIELDS}
    fields = {field: _clean(value) for field, value in found.items() if value is not None}
    return RawRecord(path, number, text, fields, "jsonl", name)


def _lookup(record: Mapping[str, object], key: str) -> object:
    if key in record or "." not in key:
        return record.get(key)
    outer, _, inner = key.partition(".")
    nested = record.get(outer)
    return _lookup(nested, inner) if isinstance(nested, dict) else None


def _clean(value: object) -> object:
    """Metadata that can be stored: strings as in the text, lists of them likewise, other values as they are."""
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, list):  # of what is nested deeper nothing is used, and some of it is nested hundreds deep
        return [_storable(item) if isinstance(item, str) else item for item in value]
    return value


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _cause(error: BaseException) -> str:
    if isinstance(error, EOFError):
        return "the compressed file is cut off"
    if isinstance(error, (zlib.error, lzma.LZMAError, gzip.BadGzipFile)):
        return f"the compressed file is damaged ({error})"
    return str(getattr(error, "strerror", None) or error)
