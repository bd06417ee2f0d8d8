"""Rows of CSV and TSV files, as dictionaries by the names in the first row; read line by line."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO

from index.counted import counted
from index.decoding import decode, legacy_encoding
from index.lines import numbered_lines
from index.records import MAX_RECORD_BYTES

_CARRIAGE_RETURN = re.compile(r"(?<=\r)(?![\r\n]|\Z)")  # alone, it ended lines on old Macintoshes
_SEPARATOR = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?\s*", re.IGNORECASE)
_SAMPLE_BYTES = 1 << 16
_DELIMITERS = ",;\t|"


def rows(stream: BinaryIO, delimiter: str | None) -> Iterator[tuple[int, dict[str, str] | str]]:
    """For each row below the header its number from 1, and its cells by name or the reason why it has none.

    `delimiter` None: the one of `, ; tab |` that the header has most of. Raises ValueError for a file with no header.
    """
    lines = _Lines(stream)
    first = next(lines, "")
    if match := _SEPARATOR.fullmatch(first):  # as Excel writes it, above the names
        delimiter, first = match[1], next(lines, "")
    if not first.strip():
        raise ValueError("empty: no row of column names in it")
    delimiter = delimiter or max(_DELIMITERS, key=first.count)
    csv.field_size_limit(MAX_RECORD_BYTES)
    try:
        names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as error:
        raise ValueError(f"its row of column names is not valid CSV: {error}") from error
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        lines.taken.clear()
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                missing = f"a quotation mark in it is never closed, so {counted(len(lines.taken), 'line')} from here on"
                yield number, f'{missing} would be one row; close it, or write "" for a mark that is meant'
                return
            cells = _leniently(lines.taken, delimiter)
            if not cells:
                yield number, f"not valid CSV: {error}"
                continue
        except ValueError as error:  # bytes that are no text
            yield number, str(error)
            continue
        if not cells or not any(map(str.strip, cells)):
            number -= 1  # a blank line is no row
            continue
        if len(names) == 1:
            cells = [delimiter.join(cells)]  # nothing to tell it from
        if any(map(str.strip, cells[len(names) :])):
            yield number, _too_many(len(cells), len(names), delimiter)
            continue
        yield number, _named(names, cells)


def _named(names: list[str], cells: list[str]) -> dict[str, str]:
    """The cells by name, empty ones for those that the row leaves out; the first filled one where a name recurs."""
    found: dict[str, str] = {}
    for name, cell in zip_longest(names, cells[: len(names)], fillvalue=""):
        found[name] = found.get(name) or cell
    return found


def _too_many(cells: int, names: int, delimiter: str) -> str:
    """The reason for a row that is not cut where it was meant to be: any of its cells may be half of another."""
    mark = {"\t": "tab", ",": "comma", ";": "semicolon"}.get(delimiter, "bar")
    return (
        f"{cells} cells below {counted(names, 'column name')}: a {mark} in one of them is not in quotation marks; "
        'write the cell as "..."'
    )


def _leniently(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        return []


class _Lines:
    """Decoded lines of a stream; those since the last `clear` are in `taken`.

    Lines that are not UTF-8 are all in one encoding, told by the first of them together.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.taken: list[str] = []
        self._pieces: list[str] = []  # of the line being given, last first
        self._lines = numbered_lines(stream, MAX_RECORD_BYTES)
        self._ahead: deque[bytes | None] = deque()
        self._encoding: str | None = None
        size = 0
        for _, raw in self._lines:
            self._ahead.append(raw)
            size += len(raw or b"")
            if size >= _SAMPLE_BYTES:
                break
        sample = b"".join(filter(None, self._ahead))
        try:
            sample.decode("utf-8")
        except UnicodeDecodeError:
            self._encoding = legacy_encoding(sample)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self._pieces:
            raw = self._ahead.popleft() if self._ahead else next(self._lines)[1]
            if raw is None:
                raise csv.Error("a line longer than one article may be")
            self._pieces = _CARRIAGE_RETURN.split(self._decoded(raw.replace(b"\x00", b"\xef\xbf\xbd")))[::-1]
        line = self._pieces.pop()
        self.taken.append(line)
        return line

    def _decoded(self, raw: bytes) -> str:
        if self._encoding:
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError:
                return raw.decode(self._encoding, "replace")
        return decode(raw)
