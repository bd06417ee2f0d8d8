"""A checked quotation as HTML, with a button for each article that has it. Every text is escaped here, on the server.

Keys are `q1` for the cited article and `q2`, `q3` ... for the others (see `ui.html`).
"""

from collections.abc import Callable

from index.article import Article
from rag.answer import Citation
from rag.differences import Difference
from rag.quotation import Quotation
from ui.article_html import NAMES_ONLY, CopiesOf, Span, articles_html
from ui.html import byline_html, in_page_words, safe, source_button, took_html
from ui.printable import one_line, shortened
from ui.quotation_words import STATUS_LABELS, speaker_line

LISTED = 40  # articles with buttons; a famous line stands in hundreds
WELCOME = (
    '<section class="attest welcome"><h2>Check a quotation</h2><p>Paste the words. You are told whether they stand in '
    "the archive word for word, which words differ if they do not, who said them and where they appeared first.</p>"
    "</section>"
)
WORKING = '<section class="attest quoted"><p class="working" role="status">Looking for these words …</p></section>'


def places(found: Quotation) -> list[tuple[str, Citation]]:
    """The keys and citations of what can be opened: the cited article first, or the nearest when nothing is cited."""
    cited = found.citation or found.nearest
    if cited is None:
        return []
    others = [one.citation for one in found.variants if one.citation != cited]
    return [(f"q{number}", citation) for number, citation in enumerate([cited, *others][:LISTED], start=1)]


def quotation_html(found: Quotation) -> str:
    """The whole outcome, with buttons that open every article found."""
    parts = [
        f'<section class="attest quoted" data-status="{found.status}" aria-label="Quotation">'
        f'<h2 class="question" dir="auto">“{safe(one_line(found.quotation))}”</h2>'
        f'<p class="outcome"><span class="badge {found.status}">{STATUS_LABELS[found.status]}</span></p>'
    ]
    if found.differences:
        parts.append(f'<ul class="differences">{"".join(map(_difference, found.differences))}</ul>')
    if found.citation is not None:
        parts.append(f'<p class="speaker" dir="auto">{safe(speaker_line(found))}</p>')
        parts.append(f'<p class="first-seen" dir="auto">First seen: {_first_seen(found)}</p>')
    parts.append(_articles(found))
    parts += [f'<p class="note">Note: {safe(in_page_words(one_line(note)))}</p>' for note in found.notes]
    return "".join([*parts, took_html(found.timings_ms), "</section>"])


def quotation_articles_html(
    found: Quotation, article_of: Callable[[str], Article], copies_of: CopiesOf | None = None
) -> str:
    """The articles of `places`, hidden until a button opens one."""
    spans: dict[str, list[Span]] = {}
    for key, citation in places(found):
        spans.setdefault(citation.article.id, []).append(Span(key, citation.start, citation.end))
    return articles_html(spans, article_of, copies_of, NAMES_ONLY)


def _first_seen(found: Quotation) -> str:
    """The earliest article as a button, or its name where it is none of those that can be opened."""
    first = found.first_seen
    if first is None:
        return "unknown, because no article with it is dated"
    key = next((key for key, citation in places(found) if citation == first), None)
    return byline_html(first.article) if key is None else source_button(key, first.article)


def _difference(one: Difference) -> str:
    said = f"<ins>{safe(one_line(one.said))}</ins>" if one.said else ""
    have = f"<del>{safe(one_line(one.found))}</del>" if one.found else ""
    words = {
        "replace": f"{said} stands where the article has {have}",
        "insert": f"{said} is not in the article",
        "delete": f"{have} of the article is missing",
    }[one.op]
    mark, label = ("meaning", "changes the meaning") if one.meaning else ("small", "small")
    return f'<li dir="auto">{words} <span class="badge {mark}">{label}: {safe(one.why)}</span></li>'


def _articles(found: Quotation) -> str:
    listed = places(found)
    if not listed:
        return ""
    status = {one.citation: one for one in found.variants}
    items = []
    for key, citation in listed:
        one = status.get(citation)
        said = f", by {one_line(one.speaker)}" if one is not None and one.speaker else ""
        what = f"{one.status}{said}" if one is not None else "too far to be it"
        items.append(
            f'<li class="citation">{source_button(key, citation.article)}'
            f'<blockquote dir="auto">{safe(shortened(citation.quote, 600))}</blockquote>'
            f'<p class="place">{safe(what)} · {safe(citation.article.path)}, characters {citation.start}–{citation.end}'
            "</p></li>"
        )
    title = "Where it stands" if found.citation is not None else "The nearest wording"
    more = len(found.variants) - len(listed)
    plural = "article" if more == 1 else "articles"
    rest = f'<p class="place">and {more:,} more {plural}; all of them: attest quote --json</p>' if more > 0 else ""
    return f'<h3>{title}</h3><ol class="citations">{"".join(items)}</ol>{rest}'
