"""From a raw record to an article: the record's own metadata first, then what the text itself gives."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePath

from index.article import Article
from index.cleaning import label_blocks
from index.dates import normalise_date
from index.errors import InputError
from index.language import detect_language
from index.metadata import as_authors, as_line, find_authors, find_date, find_source, find_title
from index.records import RawRecord

# Kinds of file whose metadata are read from the document, and not given as fields of a record.
DOCUMENTS = ("html", "pdf", "docx", "epub", "markdown", "feed", "mail")


def build_article(record: RawRecord) -> Article:
    """The article a record holds, with labelled blocks and the provenance of each metadata field.

    Metadata that is no text, or a date that is none, is left out: unknown stays unknown. Raises InputError where the
    record has no words.
    """
    text = record.text
    if not any(map(str.isalnum, text)):
        raise InputError(f"{record.path} has no words in it; expected the text of an article.")
    title = as_line(record.fields.get("title"))
    blocks = label_blocks(text, title, record.labels)
    found = {
        "title": (title, find_title(text, blocks)),
        "source": (as_line(record.fields.get("source")), find_source(text, blocks)),
        "authors": (as_authors(record.fields.get("authors")), find_authors(text, blocks)),
        "published_at": (normalise_date(record.fields.get("published_at")), find_date(text, blocks)),
    }
    given = record.format if record.format in DOCUMENTS else "record"
    values: dict[str, object] = {}
    provenance: dict[str, str] = {}
    for name, (own, from_text) in found.items():
        if own:
            values[name], provenance[name] = own, record.provenance.get(name, given)
        elif from_text:
            values[name], provenance[name] = from_text.value, f"text: {from_text.where}"
    url = as_line(record.fields.get("url"))
    if url:
        provenance["url"] = given
    if record.note:
        provenance["text"] = record.note
    own_id = as_line(record.fields.get("id"))
    return Article(
        key=_key(record, own_id, url, as_line(record.fields.get("source"))),
        source_id=own_id or _name_of(record),
        path=record.path,
        text=text,
        title=_str(values, "title"),
        source=_str(values, "source"),
        authors=as_authors(values.get("authors")),
        published_at=_str(values, "published_at"),
        url=url,
        blocks=blocks,
        provenance=provenance,
        language=detect_language(text),
    )


def _key(record: RawRecord, own_id: str | None, url: str | None, source: str | None) -> str:
    if own_id:  # two outlets may both have an article 1
        return f"id:{own_id}@{source.casefold()}" if source else f"id:{own_id}"
    if url and record.record is not None:  # two pages saved from one address are two files, and may both be kept
        return f"url:{url}"
    if record.record is None:
        return f"file:{record.name or PurePath(record.path).name}"
    return f"text:{hashlib.sha256(record.text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _name_of(record: RawRecord) -> str:
    name = PurePath(record.path).name
    return name if record.record is None else f"{name}:{record.record}"


def _str(values: Mapping[str, object], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None
