"""Records of JSON lines, and of JSON documents: one object, a list of them, or an object that holds such a list."""

import json
from collections.abc import Iterator, Mapping

from index.decoding import decode
from index.records import FIELDS, Format, RawRecord, ReadFailure, clean, has_words, storable

MAX_JSON_BYTES = 64 << 20  # read whole, and some five times as large in memory; JSON lines have no limit

LIST_DEPTH = 3  # {"data": {"articles": [...]}}

# Names in the exports of common systems that can mean nothing else; dates of changes and of crawls are not among them.
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "title": ("headline", "Title", "Headline"),
    "published_at": (
        *("date", "published", "datePublished", "date_published", "publish_date", "published_date"),
        *("publication_date", "pub_date", "pubDate", "Date"),
    ),
    "authors": ("author", "byline", "Author"),
    "source": ("outlet", "publisher", "publication"),
    "url": ("link", "URL"),
}
NAMED, NAME_CHARS = 12, 40  # fields that a reason names, and letters of each name


def parse_line(line: bytes, number: int, path: str, name: str, field_map: Mapping[str, str]) -> RawRecord | ReadFailure:
    """The record in one line of JSON."""
    try:
        record = json.loads(decode(line))
    except RecursionError:
        return ReadFailure(path, number, "not valid JSON: nested too deeply")
    except ValueError as error:
        return ReadFailure(path, number, f"not valid JSON: {error}")
    return record_of(record, number, path, name, field_map, "jsonl")


def parse_document(raw: bytes, path: str, name: str, field_map: Mapping[str, str]) -> Iterator[RawRecord | ReadFailure]:
    """The records in a JSON document; a file of JSON lines that is called .json is read as such."""
    try:
        found = json.loads(decode(raw))
    except RecursionError:
        yield ReadFailure(path, None, "not valid JSON: nested too deeply")
        return
    except ValueError as error:
        lines = [line for line in raw.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip()[:1] == b"{" for line in lines[:10]) and lines[0].rstrip()[-1:] == b"}":
            for number, line in enumerate(raw.split(b"\n"), start=1):
                if line.strip():
                    yield parse_line(line, number, path, name, field_map)
            return
        yield ReadFailure(path, None, f"not valid JSON: {error}")
        return
    listed = _list_in(found, field_map.get("text", "text"))
    if listed is None:
        yield record_of(found, None, path, name, field_map, "json")
        return
    if not listed:
        yield ReadFailure(path, None, "empty: a list with no records in it")
    for number, item in enumerate(listed, start=1):
        yield record_of(item, number, path, name, field_map, "json")


def record_of(
    record: object, number: int | None, path: str, name: str, field_map: Mapping[str, str], form: Format
) -> RawRecord | ReadFailure:
    """The raw record that an object with the fields of `field_map` is; a failure with the reason where it is none."""
    if not isinstance(record, dict):
        return ReadFailure(path, number, f"a JSON {type(record).__name__}, expected an object with 'text'")
    key = field_map.get("text", "text")
    text = lookup(record, key)
    if text is None:
        return ReadFailure(path, number, _without(key, record))
    if not isinstance(text, str):
        return ReadFailure(path, number, f"{key!r} is a {type(text).__name__}, expected a string")
    text = storable(text)
    if not has_words(text):
        return ReadFailure(path, number, f"{key!r} is empty: no words in it")
    names = {field: field_map.get(field) or _name_in(record, field) for field in FIELDS}
    found = {field: lookup(record, called) for field, called in names.items()}
    fields = {field: clean(value) for field, value in found.items() if value is not None}
    others = {
        field: f"record: {called[:NAME_CHARS]}"
        for field, called in names.items()
        if field in fields and called != field
    }
    return RawRecord(path, number, text, fields, form, name, others)


def _name_in(record: Mapping[str, object], field: str) -> str:
    """What the record calls the field: our name, or a usual one where that is missing or empty."""
    if record.get(field):
        return field
    return next((name for name in _ALSO_CALLED.get(field, ()) if record.get(name)), field)


def _without(key: str, record: Mapping[str, object]) -> str:
    """The reason for a record without `key`: what it has instead, and how to say that one of these is the text."""
    if not record:
        return f"no {key!r} in the record, which has no fields"
    words = [name for name, value in record.items() if isinstance(value, str) and has_words(value)]
    longest = max(words, key=lambda name: len(str(record[name])), default=None)
    listed = ", ".join(repr(name[:NAME_CHARS]) for name in list(record)[:NAMED])
    more = f" and {len(record) - NAMED:,} more" if len(record) > NAMED else ""
    return (
        f"no {key!r} in the record, which has {listed}{more}; say which of them is the text, such as: "
        f"attest ingest --map text={(longest or 'NAME')[:NAME_CHARS]}"
    )


def lookup(record: Mapping[str, object], key: str) -> object:
    """The value of `key`, in which a dot reaches into a nested object; None where there is none."""
    if key in record or "." not in key:
        return record.get(key)
    outer, _, inner = key.partition(".")
    nested = record.get(outer)
    return lookup(nested, inner) if isinstance(nested, dict) else None


def _list_in(found: object, text_key: str) -> list[object] | None:
    """The list of records: the document itself, or of the lists in an object without a text the one with most texts."""
    if isinstance(found, list):
        return found
    if not isinstance(found, dict) or lookup(found, text_key) is not None:
        return None
    return max(_lists_in(found, LIST_DEPTH), key=lambda items: (_texts(items, text_key), len(items)), default=None)


def _lists_in(found: Mapping[str, object], depth: int) -> Iterator[list[object]]:
    for value in found.values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield value
        elif isinstance(value, dict) and depth > 1:
            yield from _lists_in(value, depth - 1)


def _texts(items: list[object], text_key: str) -> int:
    return sum(isinstance(item, dict) and isinstance(lookup(item, text_key), str) for item in items)
