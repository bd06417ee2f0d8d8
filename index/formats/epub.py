"""The chapters of an EPUB, each an article. Read here: the usual library has a licence that ours cannot meet."""

import io
import posixpath
import re
import textwrap
import urllib.parse
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from index.cleaning import is_prose
from index.decoding import decode_html
from index.formats.document import Document, NoArticleError, filled
from index.formats.office import check_package
from index.formats.plain import visible_text
from index.records import MAX_RECORD_BYTES, has_words

_HEADING = re.compile(r"<h[1-3]\b[^>]*>(.{1,500}?)</h[1-3]", re.IGNORECASE | re.DOTALL)
# https://www.w3.org/TR/epub-ssv-11/ names more; these hold no story.
_CALLED = re.compile(
    r"<(?:body|section|nav|div)\b[^>]{0,200}\bepub:type=[\"'](?:cover|titlepage|halftitlepage|toc|landmarks|"
    r"copyright-page|loi|lot|page-list|index)\b",
    re.IGNORECASE,
)
SHOWN_CHARS = 80  # of what is left out
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = re.compile(r"(?i)\.x?html?$")
_FONT_CIPHERS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


def parse_epub(raw: bytes) -> list[Document]:
    """The chapters that have running text, in reading order, and why others are left out.

    Raises NoArticleError for a locked or empty book.
    """
    check_package(raw, "an EPUB")
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        _check_unlocked(book)
        folder, package = _package(book)
        manifest = {item.get("id"): item.get("href", "") for item in package.iter("{*}item")}
        names = [manifest.get(item.get("idref"), "") for item in package.iter("{*}itemref")]
        about = {name: _first(package, name) for name in ("title", "creator", "publisher", "date", "identifier")}
        paths = [_path(folder, name) for name in names]
        apart = {_path(folder, name) for name in _furniture(package)}
        return _chapters(book, [path for path in paths if _CONTENT.search(path)], about, apart)


def plain_epub(raw: bytes, why: str) -> list[Document]:
    """Every page in the book, by name, when its list of chapters cannot be read."""
    check_package(raw, "an EPUB")
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        _check_unlocked(book)
        names = sorted(name for name in book.namelist() if _CONTENT.search(name))
        found = _chapters(book, names, {})
    note = f"read without its list of chapters: {why}"
    return [one if one.skipped else replace(one, note=note) for one in found]


def _chapters(
    book: zipfile.ZipFile, paths: list[str], about: dict[str, str | None], apart: Collection[str] = ()
) -> list[Document]:
    """The chapters in order, then those left out, which so do not change the numbers of the others.

    A page that the book itself calls a cover, a title page or a list (`apart`, or in its markup) is no chapter.
    """
    found: list[Document] = []
    short: list[Document] = []
    missing = 0
    for path in dict.fromkeys(paths):
        try:
            page = decode_html(_read(book, path))
        except (KeyError, OSError, EOFError, ValueError, zipfile.BadZipFile, NotImplementedError):
            missing += 1
            continue
        text = visible_text(page)
        if not any(map(is_prose, text.splitlines())):
            if has_words(text) and path not in apart and not _CALLED.search(page):
                words = textwrap.shorten(text, SHOWN_CHARS, placeholder=" …")
                short.append(Document("", skipped=f"no running text in the chapter {path}: “{words}”"))
            continue
        heading = _HEADING.search(page)
        title = " ".join(visible_text(heading[1]).split()) if heading else None
        fields = filled(
            id=about.get("identifier") and f"{about['identifier']}#{path}",
            title=title or about.get("title"),
            source=about.get("publisher") or about.get("title"),
            authors=about.get("creator"),
            published_at=about.get("date"),
        )
        found.append(Document(text, fields))
    if not found:
        reason = "its chapters are damaged" if missing else "no running text in it"
        raise NoArticleError(f"no article was found in the EPUB: {reason}")
    if missing:
        last = found[-1]
        found[-1] = Document(last.text, last.fields, last.provenance, f"{missing} other chapters could not be read")
    return found + short


def _path(folder: str, name: str) -> str:
    """The name in the book of what the package in `folder` refers to."""
    return posixpath.normpath(posixpath.join(folder, urllib.parse.unquote(name.split("#")[0])))


def _furniture(package: Any) -> Iterator[str]:
    """The pages that the package calls a cover or a list: in EPUB 3 by a property, in EPUB 2 by a guide."""
    for item in package.iter("{*}item"):
        if "nav" in item.get("properties", "").split():
            yield item.get("href", "")
    for reference in package.iter("{*}reference"):
        if reference.get("type", "").lower() in ("cover", "title-page", "toc", "copyright-page", "index"):
            yield reference.get("href", "")


def _package(book: zipfile.ZipFile) -> tuple[str, Any]:
    container = _xml(_read(book, "META-INF/container.xml"))
    path = next(node.get("full-path") for node in container.iter("{*}rootfile"))
    return posixpath.dirname(path), _xml(_read(book, path))


def _xml(raw: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _read(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as file:
        raw = file.read(MAX_RECORD_BYTES + 1)
    if len(raw) > MAX_RECORD_BYTES:
        raise ValueError(f"{name} is too long")
    return raw


def _check_unlocked(book: zipfile.ZipFile) -> None:
    if "META-INF/encryption.xml" not in book.namelist():
        return
    listed = _read(book, "META-INF/encryption.xml")
    if listed.count(b"EncryptionMethod") > sum(listed.count(cipher) for cipher in _FONT_CIPHERS):
        raise NoArticleError("encrypted: the book is locked to a reader's account")


def _first(package: Any, name: str) -> str | None:
    node = next(package.iter(_DC + name), None)
    text = " ".join((node.text or "").split()) if node is not None else ""
    return text if has_words(text) else None
