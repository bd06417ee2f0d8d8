"""What reading gives: a raw record, or a failure that names file and record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from index.ledger import Entry

Format = Literal["text", "markdown", "html", "pdf", "docx", "epub", "json", "jsonl", "csv", "feed", "mail", "warc"]

MAX_RECORD_BYTES = 20 * 1024 * 1024  # a whole book is 1 MB; a longer "article" is a dump or a mistake
MAX_UNDECODED = 20  # one character in so many may be U+FFFD: a few wrong bytes in a story are no reason to lose it
FIELDS = ("id", "url", "title", "source", "authors", "published_at")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One article as it was read, before anything is made of it."""

    path: str
    record: int | None  # counted from 1 in a file of many (a line, a row, an entry); None: one article a file
    text: str
    fields: Mapping[str, object]  # id, url, title, source, authors, published_at: those present, names after --map
    format: Format
    name: str = ""  # the path inside the folder or glob that was given, so that a/index.txt is not b/index.txt
    provenance: Mapping[str, str] = field(default_factory=dict)  # where a field came from, if not simply the record
    note: str | None = None  # what the reader should know about how it was read, such as a parser that gave up
    labels: tuple[tuple[int, int, str], ...] = ()  # spans of whole lines, each with the kind of block that it is


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Something that gave no article, and why."""

    path: str
    record: int | None
    reason: str
    skipped: bool = False  # True: never meant to be an article (another kind of file); False: it should have been one


@dataclass(frozen=True, slots=True)
class FileRead:
    """The end of a file: what was in it has been given, as `reading` (the settings and the code) finds it."""

    path: str
    content: bytes  # SHA-256 of the file
    reading: str


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that was not read: it is, to the byte, what its ledger lines are about."""

    path: str
    content: bytes
    reading: str
    entries: "tuple[Entry, ...]"
    before: str | None = None  # where it was, when it was moved since
    misplaced: bool = False  # an article of it shows another path, at which nothing is any more


Given = RawRecord | ReadFailure | FileRead | KnownFile


def storable(text: str) -> str:
    """The text with U+FFFD for what UTF-8 or SQLite cannot hold (lone surrogates, NUL), one code point for one."""
    return _UNSTORABLE.sub("\ufffd", text)


def clean(value: object) -> object:
    """Metadata that can be stored: strings as in the text, lists of them likewise, other values as they are."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):  # of what is nested deeper nothing is used, and some of it is nested hundreds deep
        return [storable(item) if isinstance(item, str) else item for item in value]
    return value


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(map(str.isalnum, text))


def undecodable(text: str) -> str | None:
    """The reason, where so much of the text could not be decoded that it is not what was written; else None."""
    if text.count("\ufffd") * MAX_UNDECODED > len(text):
        return "not text in any known encoding: much of it could not be decoded; convert the file to UTF-8"
    return None


def too_long() -> str:
    """The reason when one article is longer than may be."""
    return f"longer than the {MAX_RECORD_BYTES >> 20} MiB that one article may have"
