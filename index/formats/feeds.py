"""The entries of an RSS or Atom file, each an article with the text that the feed carries."""

import calendar
import contextlib
import email.utils
import time
import warnings
from datetime import datetime
from typing import Any

from index.counted import counted
from index.formats.document import Document, NoArticleError, filled
from index.formats.plain import visible_text
from index.records import has_words


def parse_feed(raw: bytes) -> list[Document]:
    """The entries that have words. Raises NoArticleError for what is no feed, or has none."""
    import feedparser

    # Our own removal of hidden text needs the `style` that feedparser's cleaning would take away.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feed = feedparser.parse(raw, sanitize_html=False, resolve_relative_uris=False)
        if not feed.get("version") and not feed.entries:
            raise NoArticleError("XML, but no RSS or Atom feed", skipped=True)
        outlet = _text(feed.feed.get("title"))
        found = [_document(entry, outlet) for entry in feed.entries]
    documents = [document for document in found if document is not None]
    if not documents:
        raise NoArticleError("no entry of the feed has any text")
    notes = []
    if empty := len(found) - len(documents):
        notes.append(f"{counted(empty, 'entry of the feed has', 'entries of the feed have')} no text")
    if feed.get("bozo") and not _harmless(feed):
        notes.append(f"the feed is not well formed, and entries may be missing ({feed.bozo_exception})")
    if notes:
        last = documents[-1]
        documents[-1] = Document(last.text, last.fields, last.provenance, "; ".join(notes))
    return documents


def _document(entry: Any, outlet: str | None) -> Document | None:
    bodies = [part.get("value", "") for part in entry.get("content", [])] + [entry.get("summary", "")]
    texts = [visible_text(body) for body in bodies if body]
    text = max(texts, key=len, default="")
    title = _text(entry.get("title"))
    if not has_words(text):
        return None
    date, where = _date(entry)
    link = entry.get("link") or ""  # feedparser gives the id where there is none
    url = link if link.startswith(("http://", "https://", "/")) else None
    fields = filled(
        id=None if url else entry.get("id"),
        url=url,
        title=title,
        source=_text(entry.get("source", {}).get("title")) or outlet,
        authors=[name for one in entry.get("authors", []) if (name := _text(one.get("name")))] or None,
        published_at=date,
    )
    return Document(text, fields, {"published_at": where} if date else {})


def _date(entry: Any) -> tuple[str | None, str]:
    for name in ("published", "updated"):
        parsed = dict.get(entry, f"{name}_parsed")  # its own `get` gives one date for the other
        if isinstance(parsed, time.struct_time):
            said = _as_said(dict.get(entry, name), calendar.timegm(parsed))
            return said or time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed), f"feed: {name}"
    return None, ""


def _as_said(value: Any, seconds: int) -> str | None:
    """The moment in the zone that the feed gives it in: half past eleven at night is not yet the next day there."""
    for read in (email.utils.parsedate_to_datetime, datetime.fromisoformat):
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            when = read(value)
            if when.tzinfo is not None and int(when.timestamp()) == seconds:
                return when.isoformat(timespec="seconds").replace("+00:00", "Z")
    return None


def _text(markup: Any) -> str | None:
    return " ".join(visible_text(markup).split()) or None if isinstance(markup, str) else None


def _harmless(feed: Any) -> bool:
    """Whether what feedparser noticed is only about the declared encoding or type."""
    return type(feed.bozo_exception).__name__ in ("CharacterEncodingOverride", "NonXMLContentType")
