"""The stored text of the cited articles as HTML, every cited span in a `<mark>`. Escaped here, on the server."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.article import Article, ArticleMeta, Block, BlockKind
from index.counted import counted
from index.errors import AttestError
from rag.answer import Answer, RetrievedPassage
from rag.copies import Copy
from ui.html import UNKNOWN_DATE, conflict_places, safe
from ui.numbering import Numbered, number_answer
from ui.printable import one_line

SHOWN_CHARS = 200_000  # of one article; a page of several megabytes of text makes a browser slow
MARGIN_CHARS = 50_000  # before the first and after the last mark of a longer one


def _placeholder(press: str) -> str:
    words = f"Press {press}, and the article opens here, at the cited words."
    return f'<div class="attest reading empty"><p>{words}</p></div>'


NUMBERS_TOO = _placeholder('a number such as <span class="number">[1]</span> or the name of a source')
NAMES_ONLY = _placeholder("the name of a source")  # a claim's evidence and a quotation's articles have no numbers
EMPTY_PANE = f'<div class="pane">{NUMBERS_TOO}</div>'
EMPTY_PANE_OF_NAMES = f'<div class="pane">{NAMES_ONLY}</div>'


MOST_COPIES = 10  # of one article that can be opened beside it; each is a whole text in the page
CopiesOf = Callable[[str], Sequence[Copy]]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one article that a button of the answer opens."""

    key: str
    start: int
    end: int


def spans_by_article(numbered: Numbered, passages: Iterable[RetrievedPassage]) -> dict[str, list[Span]]:
    """Article id -> the spans in it, articles in the order in which the answer mentions them."""
    spans: dict[str, list[Span]] = {}
    for number, citation in enumerate(numbered.citations, start=1):
        spans.setdefault(citation.article.id, []).append(Span(str(number), citation.start, citation.end))
    for passage in passages:
        spans.setdefault(passage.article.id, []).append(Span(f"p{passage.rank}", passage.start, passage.end))
    return spans


def answer_articles_html(
    answer: Answer, article_of: Callable[[str], Article], copies_of: CopiesOf | None = None
) -> str:
    """Every article that the answer mentions, hidden until a button opens it."""
    spans = spans_by_article(number_answer(answer), answer.passages)
    for key, citation in conflict_places(answer.conflicts):
        spans.setdefault(citation.article.id, []).append(Span(key, citation.start, citation.end))
    return articles_html(spans, article_of, copies_of)


def articles_html(
    spans: dict[str, list[Span]],
    article_of: Callable[[str], Article],
    copies_of: CopiesOf | None = None,
    placeholder: str = NUMBERS_TOO,
) -> str:
    """One hidden section for each article, after the line that says how to open one; then its copies, a section each.

    The key `a` with the article's id opens it at its beginning.
    """
    look = copies_of or (lambda _: ())
    copies = {ref: look(ref) for ref in spans}
    beside = dict.fromkeys(copy.article.id for found in copies.values() for copy in found[:MOST_COPIES])
    copies |= {ref: look(ref) for ref in beside if ref not in copies}
    sections = [_section(ref, spans.get(ref, ()), article_of, found, copies) for ref, found in copies.items()]
    return f'<div class="pane">{placeholder}{"".join(sections)}</div>'


def _section(
    ref: str,
    spans: Sequence[Span],
    article_of: Callable[[str], Article],
    copies: Sequence[Copy],
    shown: Collection[str],
) -> str:
    keys = " ".join([*(span.key for span in spans), f"a{ref}"])
    try:
        article = article_of(ref)
    except AttestError as error:  # removed or damaged since the question was asked: say so where the article would be
        body = f'<p role="alert">{safe(str(error))}</p>'
    else:
        text = f'<div class="text" dir="auto">{text_html(article, spans)}</div>'
        body = _header(ArticleMeta.of(article)) + _printed(copies, shown) + _legend(article) + text
    return (
        f'<section class="attest reading" hidden tabindex="-1" data-article="{safe(ref)}" data-keys="{safe(keys)}" '
        f'aria-label="Cited article"><div class="bar">'
        f'<button type="button" class="back" data-back>Back to the answer (Esc)</button></div>'
        f"{body}</section>"
    )


def _header(article: ArticleMeta) -> str:
    date = article.published_at[:10] if article.published_at else UNKNOWN_DATE
    facts = [article.source or "outlet unknown", date, *article.authors]
    place = safe(article.path)
    if article.url and article.url.lower().startswith(("http://", "https://")):  # never javascript: or data:
        place += f' · <a href="{safe(article.url)}" target="_blank" rel="noopener noreferrer">as published</a>'
    return (
        f'<h2 dir="auto">{safe(one_line(article.title or article.source_id))}</h2>'
        f'<p class="facts">{safe(" · ".join(one_line(fact) for fact in facts))}</p>'
        f'<p class="place">{place} · <code>attest show {safe(article.id)}</code></p>'
    )


def _printed(copies: Sequence[Copy], shown: Collection[str]) -> str:
    """Who else printed the same report, a button each for those in `shown`; empty for an article without copies."""
    if not copies:
        return ""
    named = []
    for copy in copies[:MOST_COPIES]:
        date = copy.published_at[:10] if copy.published_at else UNKNOWN_DATE
        line = safe(one_line(f"{copy.article.source or 'outlet unknown'}, {date}"))
        opens = copy.article.id in shown
        named.append(f'<button type="button" data-open="a{safe(copy.article.id)}">{line}</button>' if opens else line)
    if len(copies) > MOST_COPIES:
        named.append(f"and {len(copies) - MOST_COPIES:,} more, which attest show lists")
    return (
        f'<p class="printed" dir="auto">Also printed by {"; ".join(named)}. '
        "Copies of one report are one source, however many print it.</p>"
    )


def _legend(article: Article) -> str:
    kinds = {block.kind for block in article.blocks}
    parts = []
    if "boilerplate" in kinds:
        parts.append('<span class="boilerplate">Set back like this</span>: bylines, adverts, menus and the like')
    if "comment" in kinds:
        parts.append('<span class="label">reader comment</span>: written by readers, never cited as reporting')
    return f'<p class="legend">{". ".join(parts)}.</p>' if parts else ""


def text_html(article: Article, spans: Sequence[Span]) -> str:
    """The stored text with marks and labelled blocks; without its tags it is the text itself, character for character.

    Labels stand outside the text (`data-label`, drawn by the style sheet). An article beyond `SHOWN_CHARS` is cut far
    from every mark, and says so.
    """
    spans = [span for span in spans if 0 <= span.start < span.end <= len(article.text)]
    low, high = window(len(article.text), spans)
    blocks = article.blocks or (Block(0, len(article.text), "body"),)
    edges = {low, high}
    for start, end in [(block.start, block.end) for block in blocks] + [(span.start, span.end) for span in spans]:
        edges |= {offset for offset in (start, end) if low < offset < high}
    at = 0
    pieces = [_cut(low, "before this point")] if low else []
    for start, end in pairwise(sorted(edges)):
        while at < len(blocks) and blocks[at].end <= start:
            at += 1
        block = blocks[at] if at < len(blocks) and blocks[at].start <= start else None
        keys = [span.key for span in spans if span.start <= start and end <= span.end]
        pieces.append(_piece(article.text[start:end], block, keys, first=block is not None and block.start == start))
    if high < len(article.text):
        pieces.append(_cut(len(article.text) - high, "after this point"))
    return "".join(pieces)


def window(length: int, spans: Sequence[Span]) -> tuple[int, int]:
    """The half-open part of a text of `length` code points that is shown; it holds every span."""
    if length <= SHOWN_CHARS:
        return 0, length
    low = max(0, min((span.start for span in spans), default=0) - MARGIN_CHARS)
    high = max(max((span.end for span in spans), default=0) + MARGIN_CHARS, low + SHOWN_CHARS)
    return low, min(high, length)


def _piece(text: str, block: Block | None, keys: Sequence[str], *, first: bool) -> str:
    kind: BlockKind = block.kind if block is not None else "body"
    inner = safe(text)
    if keys:
        inner = f'<mark data-keys="{safe(" ".join(keys))}" tabindex="-1">{inner}</mark>'
    if kind == "body":
        return inner
    label = ' data-label="reader comment"' if kind == "comment" and first else ""
    return f'<span class="{kind}"{label}>{inner}</span>'


def _cut(chars: int, where: str) -> str:
    return f'<em class="cut" data-label="{counted(chars, "more character")} {where}; attest show prints them all"></em>'
