"""The article in an HTML page, as people would mark it, and what the page says about it."""

import re
from copy import deepcopy
from typing import Any

from index.cleaning import is_prose
from index.dates import FIRST_YEAR
from index.decoding import decode_html
from index.formats.beside import captions_of, comment_sections, with_labels
from index.formats.document import Document, NoArticleError, filled
from index.formats.hidden import remove_hidden
from index.formats.plain import visible_text

# An extraction of less than a paragraph, from a page with ten times as much running text, took the wrong part of it. A
# short article under which readers say a lot is longer than that.
SHORT_CHARS, SHORT_SHARE = 200, 0.1
SENTENCE_CHARS = 20  # a flash of news may be no longer
FIRST_DAY = f"{FIRST_YEAR}-01-01"
_PARAGRAPHS = ("p", "li", "blockquote", "td", "dd", "figcaption", "h1", "h2", "h3")
_END = re.compile(r"[.!?…。！？][\"”’»')\]]*\s*$")
_TITLE = re.compile(r"<title\b[^>]*>([^<]{1,500})", re.IGNORECASE)


def parse_html(raw: bytes, url: str | None = None) -> list[Document]:
    """The page's article, with captions and readers' comments labelled. Raises NoArticleError where there is none."""
    page = _decoded(raw)
    found, captioned, sections = _extract(page, url)
    text = (found.text or "") if found else ""
    seen = visible_text(page) if _running_chars(text) < SHORT_CHARS else ""
    if _running_chars(text) < SHORT_SHARE * _running_chars(seen) or not _reads_as_text(text):
        return [_plain(page, seen or visible_text(page), url, "no article was made out in the page")]
    fields = filled(
        title=found.title, source=found.sitename, authors=found.author, published_at=found.date, url=found.url or url
    )
    dated = {"published_at": "html: htmldate"} if found.date else {}
    text, labels = with_labels(text, [] if captioned is None else captions_of(captioned, text), sections)
    return [Document(text, fields, dated, labels=labels)]


def plain_html(raw: bytes, why: str) -> list[Document]:
    """The page's visible text, when the parser gave up. Raises NoArticleError where there is no running text in it."""
    page = _decoded(raw)
    return [_plain(page, visible_text(page), None, why)]


def _decoded(raw: bytes) -> str:
    try:
        return decode_html(raw)
    except ValueError as error:
        raise NoArticleError(str(error)) from error


def _extract(page: str, url: str | None) -> tuple[Any, Any, list[str]]:
    """What trafilatura finds, the page's tree if there are captions in it, and the text of the sections of comments."""
    from trafilatura import bare_extraction, load_html  # half a second to import

    tree = load_html(page)
    if tree is None:
        return None, None, []
    remove_hidden(tree)
    _sort_times(tree)
    sections = comment_sections(tree)
    captioned = deepcopy(tree) if "caption" in page else None  # trafilatura takes parts out of the tree it is given
    # `fast` leaves out the second opinions of other algorithms, which cost precision here: eval/benchmark_pages.py.
    # Without extensive_search a date comes from the page's markup only, never from a date that the story mentions;
    # with original_date it is the day of publication, where the page also says when it was last changed.
    found = bare_extraction(
        tree,
        url=url,
        with_metadata=True,
        include_comments=False,
        fast=True,
        favor_recall=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "min_date": FIRST_DAY},
    )
    return found, captioned, sections


def _sort_times(tree: Any) -> None:
    """Leave as `time` what may be the story's own date: trafilatura takes the page's date from the earliest of them.

    A date inside a sentence becomes words like others, which trafilatura would drop from it; one of another story, in a
    teaser or beside the article, goes.
    """
    story = max(tree.iter("article"), key=lambda node: len(node.text_content()), default=None)
    for node in list(tree.iter("time")):
        around = list(node.iterancestors())
        paragraph = next((up for up in around if up.tag in _PARAGRAPHS), None)
        outer = next((up for up in around if up.tag == "article"), None)
        if paragraph is not None and is_prose(" ".join(paragraph.text_content().split())):
            node.tag = "span"
            node.attrib.clear()
        elif any(up.tag in ("aside", "nav") for up in around) or (outer is not None and outer is not story):
            node.drop_tree()


def _plain(page: str, text: str, url: str | None, why: str) -> Document:
    if not _reads_as_text(text):
        raise NoArticleError("no article text found in the page")
    title = _TITLE.search(page)
    fields = filled(title=" ".join(visible_text(title[1]).split()) if title else None, url=url)
    return Document(text, fields, {}, f"read as plain text: {why}")


def _reads_as_text(text: str) -> bool:
    """Whether there is a sentence in it, if only a short one; a menu has none."""
    return any(is_prose(line) or (len(line) >= SENTENCE_CHARS and _END.search(line)) for line in text.splitlines())


def _running_chars(text: str) -> int:
    return sum(len(line) for line in text.splitlines() if is_prose(line))
