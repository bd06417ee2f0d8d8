"""The text of a Word document (.docx): paragraphs and table rows in order, without deleted and hidden words."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from index.formats.document import Document, NoArticleError, filled
from index.formats.plain import visible_text
from index.records import has_words

MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 100
CELL_CHARS = 200  # a cell with more is a column of the page and no figure
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOT_SHOWN = (f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_OLE = b"\xd0\xcf\x11\xe0"  # an old .doc, or a .docx with a password


def parse_docx(raw: bytes) -> list[Document]:
    """The document's text. Raises NoArticleError for one with a password."""
    check_package(raw, "a Word document")
    import docx

    document = docx.Document(io.BytesIO(raw))
    paragraphs: list[str] = []
    title = None
    row: Any = None  # of the table that the paragraph before is in, when it is one of short cells
    are_lines: dict[Any, bool] = {}  # table rows
    for root in (document.element.body, *_notes(document)):
        for paragraph in root.iter(f"{_W}p"):
            if any(node.tag in _NOT_SHOWN for node in paragraph.iterancestors()):
                continue
            text = "".join(_shown(paragraph)).strip()
            if not text:
                continue
            before, row = row, _row(paragraph, are_lines)
            if row is not None and row is before:
                paragraphs[-1] += f" | {text}"
                continue
            paragraphs.append(text)
            title = title or (text if _style(paragraph) in ("Title", "Heading1") and len(paragraphs) <= 3 else None)
    text = "\n\n".join(paragraphs)
    if not has_words(text):
        raise NoArticleError("empty: no words in the document")
    about = document.core_properties
    if "python-docx" in (about.author, about.last_modified_by):  # what the library makes up where there is nothing
        return [Document(text, filled(title=title))]
    return [Document(text, filled(title=title or about.title, authors=about.author))]


def _notes(document: Any) -> Iterator[Any]:
    """The footnotes and endnotes, which stand in parts of their own, in their order."""
    from lxml import etree

    for kind in ("footnotes", "endnotes"):
        for part in (relation.target_part for relation in document.part.rels.values() if not relation.is_external):
            if str(part.partname) != f"/word/{kind}.xml":
                continue
            yield etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _row(paragraph: Any, are_lines: dict[Any, bool]) -> Any:
    """The table row that the paragraph is in, where that reads as a line; else None. `are_lines` keeps which do."""
    row = next((up for up in paragraph.iterancestors(f"{_W}tr")), None)
    if row is not None and row not in are_lines:
        are_lines[row] = _is_line(row)
    return row if row is not None and are_lines[row] else None


def _is_line(row: Any) -> bool:
    """Whether each cell holds one short paragraph or none."""
    for cell in row.iter(f"{_W}tc"):
        texts = [text for each in cell.iter(f"{_W}p") if (text := "".join(_shown(each)).strip())]
        if len(texts) > 1 or any(len(text) > CELL_CHARS for text in texts):
            return False
    return True


def plain_docx(raw: bytes, why: str) -> list[Document]:
    """The text of the document's main part, by its marks alone, when the parser gave up."""
    check_package(raw, "a Word document")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            main = package.read("word/document.xml").decode("utf-8", "replace")
    except (KeyError, OSError, EOFError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise NoArticleError(f"the document is damaged or cut off ({why})") from error
    text = visible_text(main.replace("<w:p ", "<p ").replace("<w:p>", "<p>").replace("</w:p>", "</p>"))
    if not has_words(text):
        raise NoArticleError(f"no words were found in the document ({why})")
    return [Document(text, {}, {}, f"read as plain text: {why}")]


def check_package(raw: bytes, what: str) -> None:
    """Raises NoArticleError where `raw` is no ZIP, or one that unpacks to more than is sane."""
    if raw.startswith(_OLE):
        raise NoArticleError("encrypted, or of the old binary kind (.doc): save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            infos = package.infolist()
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise NoArticleError(f"not {what}, or damaged or cut off ({' '.join(str(error).split())})") from error
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > 64 << 20 and unpacked > MAX_RATIO * len(raw)):
        raise NoArticleError(
            "it unpacks to more than 100 times its size, or to over 512 MiB, as decompression bombs do"
        )
    if any(info.flag_bits & 1 for info in infos):
        raise NoArticleError("encrypted: it needs a password")


def _shown(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        run = node.getparent()
        nearest = next((up for up in run.iterancestors(f"{_W}p")), None)
        if nearest is not paragraph or any(up.tag in _NOT_SHOWN for up in run.iterancestors()) or _hidden(run):
            continue  # in a text box of its own, deleted, or not to be seen
        if node.tag == f"{_W}t":
            yield node.text or ""
        else:
            yield {"tab": " ", "noBreakHyphen": "-"}.get(node.tag.removeprefix(_W), "\n")


def _hidden(run: Any) -> bool:
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return False
    vanish = properties.find(f"{_W}vanish")
    if vanish is not None and vanish.get(f"{_W}val", "true") not in ("0", "false", "off"):
        return True
    size = properties.find(f"{_W}sz")
    if size is not None and size.get(f"{_W}val", "") in ("0", "1", "2"):  # half points
        return True
    colour = properties.find(f"{_W}color")
    shaded = properties.find(f"{_W}shd") is not None or properties.find(f"{_W}highlight") is not None or _on_colour(run)
    return colour is not None and colour.get(f"{_W}val", "").upper() == "FFFFFF" and not shaded


def _on_colour(run: Any) -> bool:
    """Whether the paragraph, cell or table around has a colour that white letters can be read on."""
    for up in run.iterancestors(f"{_W}p", f"{_W}tc", f"{_W}tbl"):
        properties = up.find(f"{up.tag}Pr")
        shading = None if properties is None else properties.find(f"{_W}shd")
        fill = "" if shading is None else shading.get(f"{_W}fill", "").upper()
        if fill and fill != "AUTO":
            return bool(fill != "FFFFFF")
    return False


def _style(paragraph: Any) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else str(style.get(f"{_W}val", ""))
