"""A dossier as Markdown. Every text is escaped, and the data stand in a comment at the end, for `verify-report`."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ui.dossier_words import (
    TITLES,
    article_line,
    facts,
    note_lines,
    reason_line,
    role_word,
    sha256_of,
    statement_lines,
    verdict_word,
)
from ui.printable import one_line

OPENING, CLOSING = "<!-- attest-dossier ", " -->"
_MARKS = re.compile(r"([\\`*_{}\[\]<>|&~$])")
_FIRST = re.compile(r"^([#+\-=]|\d+(?=[.)]))")  # what begins a heading or a list where it begins a line


def to_markdown(document: Mapping[str, Any]) -> str:
    """The whole document; the same data give the same text."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {TITLES[document['outcome']]}: “{_text(document['asked'])}”"
    yield ""
    yield f"**{verdict_word(document)}.** {_text(reason_line(document))}".rstrip()
    for number, line in enumerate(statement_lines(document), start=1):
        yield ""
        yield f"{number}. {_text(line)}"
    for line in note_lines(document):
        yield ""
        yield _text(line)
    for sentence in document["result"].get("sentences", ()):
        yield ""
        yield _text(sentence["text"])
    yield ""
    yield f"## Quotes ({len(document['quotes'])})"
    for quote in document["quotes"]:
        yield ""
        yield from _quote(document, quote)
    if document["timeline"]["buckets"]:
        yield from _timeline(document["timeline"])
    yield ""
    yield "## Made with"
    yield ""
    yield "| What | Value |"
    yield "|---|---|"
    for name, value in facts(document):
        yield f"| {_text(name)} | {_text(value)} |"
    yield ""
    yield "To compare every quote with the archive: `attest verify-report FILE`"
    yield ""
    yield OPENING + comment_json(document) + CLOSING


def _quote(document: Mapping[str, Any], quote: Mapping[str, Any]) -> Iterator[str]:
    article = quote["article"]
    yield f"### {quote['number']}. {_text(role_word(quote))}: {_text(article_line(article))}"
    yield ""
    yield f"> {_text(quote['quote'])}"
    yield ""
    if quote.get("reason"):
        yield f"* Why: {_text(quote['reason'])}"
    if quote.get("score") is not None:
        yield f"* Score: {quote['score']:.2f}"
    if quote.get("first_seen"):
        yield "* First seen here"
    if quote.get("own_verdict"):
        yield f"* Own verdict: {_text(quote['own_verdict'])}"
    yield f"* Place: {_text(article['path'])}, characters {quote['start']} to {quote['end']}"
    yield f"* Article {_text(article['id'])}, SHA-256 of its text {sha256_of(document, article['id'])}"
    for copy in quote["copies"]:
        yield f"* The same report in: {_text(article_line(copy))}"


def _timeline(line: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "## Timeline"
    yield ""
    yield f"| {str(line['unit']).capitalize()} | Quotes |"
    yield "|---|---|"
    for bucket in line["buckets"]:
        counts = ", ".join(f"{count} {role}" for role, count in bucket["counts"].items())
        yield f"| {_text(bucket['label'])} | {_text(counts)} |"


def _text(text: object) -> str:
    """One line without any mark that Markdown or HTML would read."""
    return _FIRST.sub(lambda match: f"&#{ord(match[0][0])};{match[0][1:]}", _MARKS.sub(r"\\\1", one_line(str(text))))


def comment_json(document: Mapping[str, Any]) -> str:
    """The data in ASCII, without a character that could end a comment or a script."""
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("--", "-\\u002d")
