"""The text of a PDF, paragraph by paragraph, without running heads and without what is printed in the page's colour."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from index.formats.document import Document, NoArticleError, filled
from index.records import has_words

REPEATED = 3  # a line on so many pages, and on half of them, is a running head
_HEAD_CHARS = 120
_DIGITS = re.compile(r"\d+")
# What programs write where a title should be: nothing's name, the file's, or the address that was printed.
_NO_TITLE = re.compile(
    r"(?i)about:\w*|(?:untitled|unbenannt|sans titre)(?:[ _-]?(?:document|page|\d+))*|(?:new )?document ?\d*|slide \d+|"
    r"microsoft (?:word|excel|powerpoint|publisher|outlook) - .*|"
    r".*\.(?:doc[xm]?|rtf|odt|pdf|tex|dvi|indd|qx[pd]|wpd|txt|md|x?html?|php|aspx?|ppt[xm]?|odp|xls[xm]?)|"
    r"(?:https?|file|data|blob|chrome[\w-]*):\S*|[\w-]+(?:\.[\w-]+)+(?::\d+)?/\S*|[\w-]+:\d+(?:/\S*)?"
)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[a-zà-öø-ÿа-яіїєґ])")


def parse_pdf(raw: bytes) -> list[Document]:
    """The document's text. Raises NoArticleError for one that is encrypted or holds only pictures."""
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    if b"%PDF-" not in raw[:1024]:
        raise NoArticleError("not a PDF, whatever its name says")
    try:
        parser = PDFParser(io.BytesIO(raw))
        document = _document(parser)
        pages = [list(_boxes(page)) for page in _layouts(PDFPage.create_pages(document), LAParams(all_texts=True))]
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise NoArticleError("encrypted: it needs a password; save it without one and ingest that") from error
    text = "\n\n".join(_without_heads(pages))
    if not has_words(text):
        raise ValueError("no text was found")
    info = document.info[0] if document.info else {}
    return [Document(text, _fields(_text_of(info.get("Title")), _text_of(info.get("Author"))))]


def plain_pdf(raw: bytes, why: str) -> list[Document]:
    """The document's text by another parser, when the first gave up."""
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, WrongPasswordError

    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise NoArticleError("encrypted: it needs a password; save it without one and ingest that")
        text = "\n\n".join(filter(None, (page.extract_text().strip() for page in reader.pages)))
    except (FileNotDecryptedError, WrongPasswordError) as error:
        raise NoArticleError("encrypted: it needs a password; save it without one and ingest that") from error
    except NoArticleError:
        raise
    except Exception as error:
        raise NoArticleError(f"the PDF is damaged or cut off, and two parsers gave up ({why})") from error
    if not has_words(text):
        raise NoArticleError(
            "no text in the PDF: it holds pictures of pages, which text recognition would have to read"
        )
    title = reader.metadata.title if reader.metadata else None
    author = reader.metadata.author if reader.metadata else None
    return [Document(text, _fields(title, author), {}, f"read by a second parser: {why}")]


def _document(parser: Any) -> Any:
    from pdfminer.pdfdocument import PDFDocument

    return PDFDocument(parser)


def _layouts(pages: Iterable[Any], parameters: Any) -> Iterator[Any]:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=parameters)
    interpreter = PDFPageInterpreter(resources, device)
    for page in pages:
        interpreter.process_page(page)
        yield device.get_result()


def _boxes(page: Any) -> Iterator[str]:
    covers = list(_covers(page))
    for box in _text_boxes(page):
        lines = ["".join(_seen(line, covers)).strip() for line in box]
        if paragraph := "\n".join(filter(None, lines)):
            yield " ".join(_HYPHEN.sub("", paragraph).split())


def _text_boxes(within: Any) -> Iterator[Any]:
    """The boxes of text on a page, and in forms drawn on it: whole pages are, after stamping or imposition."""
    from pdfminer.layout import LTFigure, LTTextBox

    for item in within:
        if isinstance(item, LTTextBox):
            yield item
        elif isinstance(item, LTFigure):
            yield from _text_boxes(item)


def _covers(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Where something other than white lies on the page: white letters can be read there."""
    from pdfminer.layout import LTCurve, LTFigure, LTImage

    for item in page:
        if isinstance(item, LTFigure):
            yield from _covers(item)
        elif isinstance(item, LTImage) or (
            isinstance(item, LTCurve) and item.fill and not _is_white(item.non_stroking_color)
        ):
            yield item.bbox


def _seen(line: Any, covers: list[tuple[float, float, float, float]]) -> Iterator[str]:
    from pdfminer.layout import LTAnno, LTChar

    for char in line:
        if isinstance(char, LTAnno):
            yield char.get_text()
        elif isinstance(char, LTChar):
            unseen = char.size < 1 or (_is_white(char.graphicstate.ncolor) and not _covered(char, covers))
            yield "" if unseen else char.get_text()


def _covered(char: Any, covers: list[tuple[float, float, float, float]]) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in covers)


def _is_white(colour: Any) -> bool:
    if isinstance(colour, (int, float)):
        return bool(colour > 0.97)
    if not isinstance(colour, (tuple, list)) or not all(isinstance(part, (int, float)) for part in colour):
        return False
    if len(colour) == 4:  # cyan, magenta, yellow and black ink
        return sum(colour) < 0.05
    return bool(colour) and all(part > 0.97 for part in colour)


def _without_heads(pages: list[list[str]]) -> Iterator[str]:
    counts = Counter(
        key for page in pages for key in {_DIGITS.sub("#", box) for box in page if len(box) <= _HEAD_CHARS}
    )
    for page in pages:
        for box in page:
            times = counts.get(_DIGITS.sub("#", box), 0)
            if not (times >= REPEATED and times * 2 >= len(pages)):
                yield box


def _fields(title: str | None, author: str | None) -> dict[str, object]:
    return filled(title=None if title and _NO_TITLE.fullmatch(title.strip()) else title, authors=author)


def _text_of(value: Any) -> str | None:
    from pdfminer.utils import decode_text

    return decode_text(value).strip() or None if isinstance(value, bytes) else None
