"""The pages in a WARC file, as web archives and news crawls keep them."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from index.counted import counted
from index.decoding import carried
from index.formats.opening import BROKEN_STREAM, cause
from index.formats.parsing import Parsed
from index.records import MAX_RECORD_BYTES

_KINDS: dict[str, Parsed] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "text/markdown": "markdown",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
}
_TO_LOOK_INTO = ("", "text/xml", "application/xml", "application/octet-stream")  # it may be a feed, or a page
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_BROKEN = (*BROKEN_STREAM, ValueError, KeyError, IndexError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True)
class Capture:
    """One page of a crawl: its place in the file from 1, its address, and its bytes. `kind` None: plain text."""

    number: int
    url: str | None
    kind: Parsed | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture, or the rest of the file (`number` None), that gives no article, and why."""

    number: int | None
    reason: str
    skipped: bool = False


def captures(stream: BinaryIO) -> Iterator[Capture | Unread]:
    """The pages in their order. What is no page (images, scripts, failed requests) is summed up in one line at the end.

    A file that is cut off gives the pages before the cut.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    logging.getLogger("warcio").setLevel(logging.ERROR)
    number = pages = others = errors = 0
    try:
        crawl = ArchiveIterator(stream, arc2warc=True)
        crawl.INC_RECORD = ""  # what it would print about a record's length is said below
        for record in crawl:
            number += 1
            if record.rec_type not in ("response", "resource", "conversion"):
                continue  # requests and the crawler's notes were never meant to be read
            try:
                found = _capture(record, number)
            except _BROKEN as error:  # this page only: the next record begins where this one is said to end
                found = Unread(number, f"the capture cannot be read: {_why(error)}")
            if found == "other":
                others += 1
            elif found == "error":
                errors += 1
            elif not isinstance(found, str):
                pages += 1
                yield found
    except (ArchiveLoadFailed, *_BROKEN) as error:
        pages += 1
        yield Unread(number + 1, f"the crawl cannot be read further: {_why(error)}")
    if not pages and not others and not errors:
        yield Unread(None, "no page of a crawl in it" if number else "no WARC record in it")
    parts = [f"{others:,} {'is' if others == 1 else 'are'} no text (pictures, scripts)"] * (others > 0)
    parts += [f"{counted(errors, 'is an answer', 'are answers')} other than 200 (moved, not found)"] * (errors > 0)
    if parts:
        yield Unread(None, f"of its captures, {' and '.join(parts)}", skipped=True)


def _capture(record: Any, number: int) -> Capture | Unread | str:
    headers, http = record.rec_headers, record.http_headers
    url = headers.get_header("WARC-Target-URI")
    url = url.strip("<>") if url else None
    if http is not None and record.rec_type == "response" and http.get_statuscode() != "200":
        return "error"
    given = (http or headers).get_header("Content-Type") or ""
    kind_name = given.split(";")[0].strip().lower()
    if url and url.startswith(("dns:", "metadata:")):
        return "other"
    kind = _KINDS.get(kind_name)
    if kind is None and kind_name not in ("text/plain", *_TO_LOOK_INTO):
        return "other"
    raw = _body(record)
    if kind_name in _TO_LOOK_INTO:
        kind = "feed" if _FEED.search(raw[:2000]) else "html" if _PAGE.match(raw[:2000]) else None
        if kind is None:
            return "other"
    if len(raw) > MAX_RECORD_BYTES:
        return Unread(number, f"longer than the {MAX_RECORD_BYTES >> 20} MiB that one article may have")
    if getattr(record.raw_stream, "limit", 0) > 0 and not record.raw_stream.read(1):
        return Unread(number, "the capture is shorter than it says: cut off, or its Content-Length is untrue")
    if not raw.strip():
        return Unread(number, "the capture is empty")
    charset = _CHARSET.search(given)
    return Capture(number, url, kind, carried(raw, charset[1]) if charset and kind in (None, "html") else raw)


def _body(record: Any) -> bytes:
    """What the page was before it was packed and cut for its way; a byte more than is read of one where it is longer.

    Raises ValueError where its packing is damaged, or one of _BROKEN.
    """
    http = record.http_headers
    packing = (http.get_header("Content-Encoding") or "").strip().lower() if http is not None else ""
    if packing not in ("br", "zstd"):
        return _read(cast(BinaryIO, record.content_stream()))
    http.replace_header("Content-Encoding", "identity")  # warcio unpacks neither
    packed = _read(cast(BinaryIO, record.content_stream()))
    if packing == "zstd":
        import zstandard

        try:
            return _read(zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(packed)))
        except zstandard.ZstdError as error:
            raise ValueError(f"its packing (zstd) is damaged: {error}") from error
    import brotli

    unpacking, blocks, size = brotli.Decompressor(), [], 0
    try:
        while size <= MAX_RECORD_BYTES and not unpacking.is_finished():
            block = unpacking.process(packed, output_buffer_limit=1 << 16)
            if not block and not packed:
                raise ValueError("its packing (brotli) is cut off")
            packed = b""
            blocks.append(block)
            size += len(block)
    except brotli.error as error:
        raise ValueError("its packing (brotli) is damaged") from error
    return b"".join(blocks)


def _why(error: BaseException) -> str:
    why = cause(error) if isinstance(error, BROKEN_STREAM) else " ".join(str(error).split())[:200]
    return why or type(error).__name__


def _read(stream: BinaryIO) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while size <= MAX_RECORD_BYTES and (block := stream.read(1 << 16)):
        blocks.append(block)
        size += len(block)
    return b"".join(blocks)
