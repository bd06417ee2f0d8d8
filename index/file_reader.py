"""From one file to its raw records: the format by its name, then decoded text, or what a parser is still to do.

Reading is a stream: a JSONL file is read line by line, so a large one never sits in memory. Text files are stored after
decoding and newline normalisation (`\\r\\n` and `\\r` become `\\n`); the `text` of a JSON record or a row is kept
exactly as it was given, so that offsets made by others still fit. In all, what UTF-8 or SQLite cannot hold (lone
surrogates, NUL) becomes U+FFFD, one code point for one.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, cast

from index import records
from index.decoding import decode
from index.formats.opening import BROKEN_STREAM, cause, decompressed, split_compression
from index.lines import numbered_lines
from index.parsing_ahead import Pending
from index.paths import Source
from index.records import Format, RawRecord, ReadFailure, clean, has_words, storable, too_long, undecodable

if TYPE_CHECKING:
    from index.formats.containers import Budget
    from index.formats.parsing import Parsed
    from index.formats.pool import Outcome

FORMATS: dict[str, Format | str] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".epub": "epub",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".eml": "mail",
    ".mbox": "mbox",
    ".warc": "warc",
    ".zip": "zip",
    ".tar": "tar",
}
MANY = ("feed", "epub")  # formats whose articles are numbered even when there is one
LARGE_BYTES = 100 << 20  # a PDF, Word document or book with its pictures
_LARGE = ("pdf", "docx", "epub")

Item = RawRecord | ReadFailure | Pending


def _no_text(text: str) -> str | None:
    """Why the text cannot be an article's; None when it can."""
    if not has_words(text):
        return "empty: no words in it"
    return too_long() if len(text) > records.MAX_RECORD_BYTES else undecodable(text)


class FileReader:
    """Reads files one after the other, with one set of field names."""

    def __init__(self, field_map: Mapping[str, str]) -> None:
        self._field_map = field_map

    def read(self, source: Source | ReadFailure, depth: int = 0, budget: "Budget | None" = None) -> Iterator[Item]:
        """The records in one file, or in an archive that is the `depth`th around its members."""
        if isinstance(source, ReadFailure):
            yield source
            return
        if source.path == "-":
            yield from self._jsonl(nullcontext(source.open()), source)
            return
        name, compression = split_compression(PurePath(source.path).name)
        kind = FORMATS.get(PurePath(name).suffix.lower())
        if kind is None:
            yield ReadFailure(
                source.path, None, f"not a kind of file that is read ({', '.join(FORMATS)})", skipped=True
            )
            return
        try:
            stream = decompressed(source.open(), compression)
        except OSError as error:
            yield ReadFailure(source.path, None, f"cannot be opened: {error.strerror or error}")
            return
        if kind in ("zip", "tar"):
            yield from self._container(stream, source, kind, depth, budget)
        elif kind == "jsonl":
            yield from self._jsonl(stream, source)
        elif kind == "csv":
            yield from self._table(stream, source, "\t" if name.lower().endswith(".tsv") else None)
        elif kind == "warc":
            yield from self._warc(stream, source)
        elif kind == "mbox":
            yield from self._mbox(stream, source)
        else:
            yield from self._whole(stream, source, cast(Format, kind))

    def _whole(self, opened: AbstractContextManager[BinaryIO], source: Source, kind: Format) -> Iterator[Item]:
        """One file with one article, or few: read at once."""
        from index.formats.json_records import MAX_JSON_BYTES, parse_document

        limit = MAX_JSON_BYTES if kind == "json" else LARGE_BYTES if kind in _LARGE else records.MAX_RECORD_BYTES
        try:
            with opened as stream:
                raw = stream.read(limit + 1)
        except BROKEN_STREAM as error:
            yield ReadFailure(source.path, None, f"cannot be read to its end: {cause(error)}")
            return
        if len(raw) > limit:
            what = "one article" if kind != "json" else "a JSON document"
            end = "; JSON lines have no such limit" if kind == "json" else ""
            yield ReadFailure(source.path, None, f"longer than the {limit >> 20} MiB that {what} may have{end}")
        elif not raw.strip():
            yield ReadFailure(source.path, None, "empty: no words in it")
        elif kind == "text":
            yield self._text(raw, source, None, {}, "text")
        elif kind == "json":
            yield from parse_document(raw, source.path, source.name, self._field_map)
        else:
            yield self._parsed(cast("Parsed", kind), raw, source, None, kind)

    def _text(
        self, raw: bytes, source: Source, number: int | None, fields: Mapping[str, object], form: Format
    ) -> RawRecord | ReadFailure:
        try:
            text = decode(raw)
        except ValueError as error:
            return ReadFailure(source.path, number, str(error))
        text = storable(text.replace("\r\n", "\n").replace("\r", "\n"))
        if reason := _no_text(text):
            return ReadFailure(source.path, number, reason)
        return RawRecord(source.path, number, text, fields, form, source.name)

    def _parsed(
        self, kind: "Parsed", raw: bytes, source: Source, number: int | None, form: Format, url: str | None = None
    ) -> Pending:
        def finish(outcome: "Outcome") -> Iterator[RawRecord | ReadFailure]:
            if outcome.reason is not None:
                yield ReadFailure(source.path, number, storable(outcome.reason), outcome.skipped)
            several = number is None and (len(outcome.documents) > 1 or kind in MANY)
            for at, document in enumerate(outcome.documents, start=1):
                place = at if several else number
                text = storable(document.text)
                if document.skipped:
                    yield ReadFailure(source.path, place, storable(document.skipped), skipped=True)
                elif reason := _no_text(text):
                    yield ReadFailure(source.path, place, reason)
                else:
                    fields = {name: clean(value) for name, value in document.fields.items()}
                    note = storable(document.note) if document.note else None
                    provenance = dict(document.provenance)
                    yield RawRecord(
                        source.path, place, text, fields, form, source.name, provenance, note, document.labels
                    )

        return Pending(kind, raw, url, finish)

    def _jsonl(self, opened: AbstractContextManager[BinaryIO], source: Source) -> Iterator[RawRecord | ReadFailure]:
        from index.formats.json_records import parse_line

        number, seen = 0, False
        try:
            with opened as stream:
                for number, line in numbered_lines(stream, records.MAX_RECORD_BYTES):
                    if line is not None and line.isspace():
                        continue
                    seen = True
                    if line is None:
                        yield ReadFailure(source.path, number, f"line {too_long()}")
                    else:
                        yield parse_line(line, number, source.path, source.name, self._field_map)
        except BROKEN_STREAM as error:
            seen = True
            yield ReadFailure(source.path, number + 1, f"cannot be read further: {cause(error)}")
        except UnicodeDecodeError as error:
            seen = True
            yield ReadFailure(source.path, number + 1, f"cannot be read further: not valid {error.encoding}")
        if not seen and source.path != "-":  # nothing on standard input is no file to account for
            yield ReadFailure(source.path, None, "empty: no line with a record in it")

    def _table(
        self, opened: AbstractContextManager[BinaryIO], source: Source, delimiter: str | None
    ) -> Iterator[RawRecord | ReadFailure]:
        from index.formats.json_records import record_of
        from index.formats.tables import rows

        number, key = 0, self._field_map.get("text", "text")
        try:
            with opened as stream:
                for number, row in rows(stream, delimiter):
                    if isinstance(row, str):
                        yield ReadFailure(source.path, number, row)
                    elif number == 1 and key not in row:
                        names = ", ".join(list(row)[:12])
                        reason = f"no column {key!r}; there are {names}. Say which it is with: --map text=COLUMN"
                        yield ReadFailure(source.path, None, reason)
                        return
                    else:
                        if undecoded := undecodable(row.get(key, "")):
                            yield ReadFailure(source.path, number, undecoded)
                            continue
                        filled = {name: cell for name, cell in row.items() if name == key or cell.strip()}
                        yield record_of(filled, number, source.path, source.name, self._field_map, "csv")
            if not number:
                yield ReadFailure(source.path, None, "empty: no row below the column names")
        except ValueError as error:
            yield ReadFailure(source.path, number + 1 if number else None, str(error))
        except BROKEN_STREAM as error:
            yield ReadFailure(source.path, number + 1, f"cannot be read further: {cause(error)}")

    def _warc(self, opened: AbstractContextManager[BinaryIO], source: Source) -> Iterator[Item]:
        from index.formats.warc import Unread, captures

        with opened as stream:
            for found in captures(stream):
                if isinstance(found, Unread):
                    yield ReadFailure(source.path, found.number, storable(found.reason), found.skipped)
                elif found.kind is None:
                    fields = {"url": storable(found.url)} if found.url else {}
                    yield self._text(found.raw, source, found.number, fields, "warc")
                else:
                    yield self._parsed(found.kind, found.raw, source, found.number, "warc", found.url)

    def _mbox(self, opened: AbstractContextManager[BinaryIO], source: Source) -> Iterator[Item]:
        from index.formats.document import NoArticleError
        from index.formats.mail import messages

        number = 0
        try:
            with opened as stream:
                for number, raw in enumerate(messages(stream), start=1):
                    if raw is None:
                        yield ReadFailure(source.path, number, too_long())
                    else:
                        yield self._parsed("mail", raw, source, number, "mail")
            if not number:
                yield ReadFailure(source.path, None, "empty: no message in it")
        except NoArticleError as error:
            yield ReadFailure(source.path, None, str(error))
        except BROKEN_STREAM as error:
            yield ReadFailure(source.path, number + 1, f"cannot be read further: {cause(error)}")

    def _container(
        self,
        opened: AbstractContextManager[BinaryIO],
        source: Source,
        kind: str,
        depth: int,
        budget: "Budget | None",
    ) -> Iterator[Item]:
        from index.formats.containers import MAX_DEPTH, Budget, Member, tar_members, zip_members

        with opened as stream:
            if depth >= MAX_DEPTH:
                reason = f"an archive in an archive more than {MAX_DEPTH} deep; unpack it yourself and ingest the files"
                yield ReadFailure(source.path, None, reason)
                return
            budget = budget or Budget()
            count = 0
            for member in (zip_members if kind == "zip" else tar_members)(stream, budget):
                count += 1
                path = f"{source.path}!/{member.name}" if member.name else source.path
                if isinstance(member, Member):
                    inner = Source(path, f"{source.name}!/{member.name}", member.open)
                    yield from self.read(inner, depth + 1, budget)
                else:
                    yield ReadFailure(path, None, member.reason, member.skipped)
            if not count:
                yield ReadFailure(source.path, None, "empty: no file in the archive")
