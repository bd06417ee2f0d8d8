"""The text of a Markdown file without its marks, and the metadata in the lines between `---` at its top."""

import re

from index.decoding import decode
from index.formats.document import Document, NoArticleError, filled
from index.formats.plain import visible_text
from index.records import has_words

_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^([A-Za-z_]+)[ \t]*:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"<h1>(.{1,500}?)</h1>", re.DOTALL)
_NAMES = {
    "title": "title",
    "headline": "title",
    "date": "published_at",
    "published": "published_at",
    "published_at": "published_at",
    "author": "authors",
    "authors": "authors",
    "source": "source",
    "outlet": "source",
    "publisher": "source",
    "url": "url",
    "link": "url",
    "id": "id",
}


def parse_markdown(raw: bytes) -> list[Document]:
    """The text as it would be shown. Raises NoArticleError where there are no words."""
    from markdown_it import MarkdownIt

    source, fields = _split(raw)
    page = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(source)
    text = visible_text(page)
    if not has_words(text):
        raise NoArticleError("empty: no words in it")
    if "title" not in fields and (heading := _HEADING.search(page)):
        fields.update(filled(title=" ".join(visible_text(heading[1]).split())))
    return [Document(text, fields)]


def plain_markdown(raw: bytes, why: str) -> list[Document]:
    """The file as it is, marks and all, when the parser gave up."""
    source, fields = _split(raw)
    if not has_words(source):
        raise NoArticleError("empty: no words in it")
    return [Document(source, fields, {}, f"read as plain text: {why}")]


def _split(raw: bytes) -> tuple[str, dict[str, object]]:
    try:
        source = decode(raw).replace("\r\n", "\n").replace("\r", "\n")
    except ValueError as error:
        raise NoArticleError(str(error)) from error
    front = _FRONT.match(source)
    pairs = _PAIR.findall(front[1]) if front else []
    if not front or not pairs:
        return source, {}
    fields: dict[str, object] = {}
    for name, value in pairs:
        if (field := _NAMES.get(name.lower())) and field not in fields:
            plain = value.strip("'\"") if not value.startswith("[") else value.strip("[]").replace('"', "")
            fields[field] = plain
    return source[front.end() :], fields
