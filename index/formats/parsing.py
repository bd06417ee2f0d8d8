"""Which parser reads which kind of file, and what is done when it gives up. Runs in the child process of `pool.py`."""

from collections.abc import Callable
from typing import Literal

from index.formats.document import Document, NoArticleError

Parsed = Literal["html", "pdf", "docx", "epub", "feed", "mail", "markdown"]
Parser = Callable[[bytes], list[Document]]
Fallback = Callable[[bytes, str], list[Document]]


def parse(kind: Parsed, raw: bytes, url: str | None = None) -> list[Document]:
    """The articles in a file of that kind; as plain text where its parser gives up. Raises NoArticleError."""
    try:
        return _parser(kind, url)(raw)
    except NoArticleError:
        raise
    except Exception as error:  # parsers of other people's files raise anything
        return parse_plainly(kind, raw, describe(error))


def parse_plainly(kind: Parsed, raw: bytes, why: str) -> list[Document]:
    """The articles in a file without its parser, which failed for the reason `why`. Raises NoArticleError."""
    try:
        return _fallback(kind)(raw, why)
    except NoArticleError:
        raise
    except Exception as error:
        raise NoArticleError(f"it cannot be parsed ({why}), nor read as plain text ({describe(error)})") from error


def describe(error: BaseException) -> str:
    """An error in a few words: what a person may search for."""
    if isinstance(error, MemoryError):
        return "the parser needed more memory than it may have"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _parser(kind: Parsed, url: str | None) -> Parser:
    if kind == "html":
        from index.formats.html import parse_html

        return lambda raw: parse_html(raw, url)
    if kind == "pdf":
        from index.formats.pdf import parse_pdf as found
    elif kind == "docx":
        from index.formats.office import parse_docx as found
    elif kind == "epub":
        from index.formats.epub import parse_epub as found
    elif kind == "feed":
        from index.formats.feeds import parse_feed as found
    elif kind == "mail":
        from index.formats.mail import parse_mail as found
    else:
        from index.formats.markdown import parse_markdown as found
    return found


def _fallback(kind: Parsed) -> Fallback:
    if kind == "pdf":
        from index.formats.pdf import plain_pdf as found
    elif kind == "docx":
        from index.formats.office import plain_docx as found
    elif kind == "epub":
        from index.formats.epub import plain_epub as found
    elif kind == "mail":
        from index.formats.mail import plain_mail as found
    elif kind == "markdown":
        from index.formats.markdown import plain_markdown as found
    else:
        from index.formats.html import plain_html as found
    return found
