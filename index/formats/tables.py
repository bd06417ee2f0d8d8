"""Rows of CSV and TSV files, as dictionaries by the names in the first row; read line by line."""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from index.counted import counted
from index.decoding import decode
from index.lines import numbered_lines
from index.records import MAX_RECORD_BYTES

_CARRIAGE_RETURN = re.compile(r"(?<=\r)(?![\r\n]|\Z)")  # alone, it ended lines on old Macintoshes
_DELIMITERS = ",;\t|"


def rows(stream: BinaryIO, delimiter: str | None) -> Iterator[tuple[int, dict[str, str] | str]]:
    """For each row below the header its number from 1, and its cells by name or the reason why it has none.

    `delimiter` None: the one of `, ; tab |` that the header has most of. Raises ValueError for a file with no header.
    """
    lines = _Lines(stream)
    first = next(lines, "")
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
        yield number, dict(zip(names, cells, strict=False))


def _leniently(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        return []


class _Lines:
    """Decoded lines of a stream; those since the last `clear` are in `taken`."""

    def __init__(self, stream: BinaryIO) -> None:
        self.taken: list[str] = []
        self._pieces: list[str] = []  # of the line being given, last first
        self._lines = numbered_lines(stream, MAX_RECORD_BYTES)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self._pieces:
            _, raw = next(self._lines)
            if raw is None:
                raise csv.Error("a line longer than one article may be")
            self._pieces = _CARRIAGE_RETURN.split(decode(raw.replace(b"\x00", b"\xef\xbf\xbd")))[::-1]
        line = self._pieces.pop()
        self.taken.append(line)
        return line
