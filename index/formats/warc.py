"""The pages in a WARC file, as web archives and news crawls keep them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

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
            found = _capture(record, number)
            if found == "other":
                others += 1
            elif found == "error":
                errors += 1
            elif not isinstance(found, str):
                pages += 1
                yield found
    except (ArchiveLoadFailed, *BROKEN_STREAM, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        pages += 1
        why = cause(error) if isinstance(error, BROKEN_STREAM) else " ".join(str(error).split())[:200]
        yield Unread(number + 1, f"the crawl cannot be read further: {why or type(error).__name__}")
    if not pages and not others and not errors:
        yield Unread(None, "no page of a crawl in it" if number else "no WARC record in it")
    parts = [f"{others:,} are no text (pictures, scripts)"] * (others > 0)
    parts += [f"{errors:,} are answers other than 200 (moved, not found)"] * (errors > 0)
    if parts:
        yield Unread(None, f"of its captures, {' and '.join(parts)}", skipped=True)


def _capture(record: Any, number: int) -> Capture | Unread | str:
    headers, http = record.rec_headers, record.http_headers
    url = headers.get_header("WARC-Target-URI")
    url = url.strip("<>") if url else None
    if http is not None and record.rec_type == "response" and http.get_statuscode() != "200":
        return "error"
    given = http.get_header("Content-Type") if http is not None else headers.get_header("Content-Type")
    kind_name = (given or "").split(";")[0].strip().lower()
    if url and url.startswith(("dns:", "metadata:")):
        return "other"
    kind = _KINDS.get(kind_name)
    if kind is None and kind_name != "text/plain":
        return "other"
    raw = _read(cast(BinaryIO, record.content_stream()))
    if len(raw) > MAX_RECORD_BYTES:
        return Unread(number, f"longer than the {MAX_RECORD_BYTES >> 20} MiB that one article may have")
    if getattr(record.raw_stream, "limit", 0) > 0 and not record.raw_stream.read(1):
        return Unread(number, "the capture is shorter than it says: cut off, or its Content-Length is untrue")
    if not raw.strip():
        return Unread(number, "the capture is empty")
    return Capture(number, url, kind, raw)


def _read(stream: BinaryIO) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while size <= MAX_RECORD_BYTES and (block := stream.read(1 << 16)):
        blocks.append(block)
        size += len(block)
    return b"".join(blocks)
