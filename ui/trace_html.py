"""A traced claim as HTML, with a button for each piece of evidence. Every text is escaped here, on the server.

Keys are `t1`, `t2` ... in the order shown: sorted by stance, what the verdict rests on first (see `ui.html`).
"""

from collections.abc import Callable, Mapping
from typing import get_args

from index.article import Article
from index.marks import MarkStance
from rag.answer import Citation
from rag.copies import Copy
from rag.timeline import NOT_COUNTED, Dated, timeline
from rag.verdict import Part, Trace, TracedEvidence
from ui.article_html import NAMES_ONLY, CopiesOf, Span, articles_html
from ui.html import byline_html, safe, source_button, took_html
from ui.printable import one_line, shortened
from ui.report_buttons import buttons_html
from ui.timeline_svg import timeline_figure
from ui.trace_words import STANCE_ORDER, VERDICT_LABELS, not_seen, sources_line, stance_line, whole_reason

WELCOME = (
    '<section class="attest welcome"><h2>Trace a claim</h2><p>Type a statement. You see which articles support it and '
    "which refute it, what differs, and on how many independent sources that rests.</p></section>"
)
FIRST = "t0"  # the key of what was seen first, where it is no piece of evidence that is listed
Place = tuple[str, int, int]  # article id and span: what a person's verdict belongs to
_NONE: Mapping[Place, str] = {}
WORKING = '<section class="attest traced"><p class="working" role="status">Looking for evidence …</p></section>'


def ordered(found: Trace) -> list[tuple[str, TracedEvidence]]:
    """The keys and all evidence: what counts sorted by stance, then the rest, best first."""
    counting = [one for one in found.evidence if one.counts]
    counting.sort(key=lambda one: STANCE_ORDER.index(one.stance))
    rest = [one for one in found.evidence if not one.counts]
    return [(f"t{number}", one) for number, one in enumerate([*counting, *rest], start=1)]


def place_of(citation: Citation) -> Place:
    """What a person's verdict on a piece of evidence belongs to."""
    return (citation.article.id, citation.start, citation.end)


def trace_html(found: Trace, own: Mapping[Place, str] = _NONE, problem: str | None = None) -> str:
    """The whole outcome, with buttons that open every piece of evidence and that keep a verdict on it.

    `own` are the verdicts kept; `problem` says why one could not be.
    """
    parts = [
        f'<section class="attest traced" data-verdict="{found.verdict}" aria-label="Claim">'
        f'<h2 class="question" dir="auto">“{safe(one_line(found.claim))}”</h2>'
        f'<p class="outcome"><span class="badge {found.verdict}">{VERDICT_LABELS[found.verdict]}</span></p>'
    ]
    if problem is not None:
        parts.append(f'<p class="note" role="alert">Your verdict was not kept or read: {safe(one_line(problem))}</p>')
    facts = " ".join(fact for fact in (whole_reason(found), sources_line(found)) if fact)
    parts.append(f'<p class="rests" dir="auto">{safe(facts)}</p>' if facts else "")
    if len(found.parts) > 1:
        items = "".join(
            f'<li dir="auto"><span class="badge {part.verdict}">{VERDICT_LABELS[part.verdict]}</span> '
            f"{number}. {safe(one_line(part.claim))}{_seen(part)}</li>"
            for number, part in enumerate(found.parts, start=1)
        )
        parts.append(f'<h3>Statements</h3><ol class="statements">{items}</ol>')
    if found.first_seen is not None:
        button = source_button(_first_key(found.first_seen, found), found.first_seen.article)
        parts.append(f'<p class="first-seen" dir="auto">First seen: {button}</p>')
    elif (line := not_seen(found)) is not None:
        parts.append(f'<p class="first-seen">{safe(line)}</p>')
    parts.append(buttons_html() if found.evidence else "")
    parts += [_evidence(found, own), _timeline(found)]
    parts += [f'<p class="note">Note: {safe(one_line(note))}</p>' for note in found.notes]
    return "".join([*parts, took_html(found.timings_ms), "</section>"])


def _seen(part: Part) -> str:
    first = part.first_seen
    return "" if first is None else f'<br><span class="place">First seen: {byline_html(first.article)}</span>'


def trace_articles_html(found: Trace, article_of: Callable[[str], Article], copies_of: CopiesOf | None = None) -> str:
    """The articles of the evidence, hidden until a button opens one."""
    spans: dict[str, list[Span]] = {}
    for key, one in ordered(found):
        spans.setdefault(one.citation.article.id, []).append(Span(key, one.citation.start, one.citation.end))
    if (first := found.first_seen) is not None and _first_key(first, found) == FIRST:
        spans.setdefault(first.article.id, []).append(Span(FIRST, first.start, first.end))
    return articles_html(spans, article_of, copies_of, NAMES_ONLY)


def _first_key(first: Citation, found: Trace) -> str:
    """The key of the evidence that was seen first; `FIRST` where it is a copy, which is not listed by itself."""
    return next((key for key, one in ordered(found) if one.citation == first), FIRST)


def _evidence(found: Trace, own: Mapping[Place, str]) -> str:
    listed = [(key, one, own.get(place_of(one.citation))) for key, one in ordered(found)]
    counting = [_item(key, one, found, kept) for key, one, kept in listed if one.counts]
    rest = [_item(key, one, found, kept) for key, one, kept in listed if not one.counts]
    parts = []
    if counting:
        parts.append(
            '<h3>Evidence</h3><p class="legend keys">j and k move through it, Enter opens the article; s, r and n keep '
            "your own verdict (supports, refutes, neither), and the same key again takes it back.</p>"
            f'<ol class="evidence">{"".join(counting)}</ol>'
        )
    if rest:
        opened = "" if counting else " open"
        summary = f"<summary>Nearby, and not enough ({len(rest)})</summary>"
        parts.append(f'<details class="read"{opened}>{summary}<ol class="evidence">{"".join(rest)}</ol></details>')
    return "".join(parts)


def _timeline(found: Trace) -> str:
    """When the evidence was published, on either side; what the verdict does not rest on is on none."""
    dated = [Dated(one.citation, one.stance if one.counts else NOT_COUNTED) for one in found.evidence]
    figure = timeline_figure(timeline(dated).to_json())
    return f"<h3>Timeline</h3>{figure}" if figure else ""


def _item(key: str, one: TracedEvidence, found: Trace, kept: str | None) -> str:
    kind = one.stance if one.counts else "small"
    where = f' <span class="place">statement {one.part + 1}</span>' if len(found.parts) > 1 else ""
    citation = one.citation
    return (
        f'<li class="citation"><p class="stance"><span class="badge {kind}">{safe(stance_line(one))}</span>{where}</p>'
        f"{source_button(key, citation.article)}"
        f'<blockquote dir="auto">{safe(shortened(citation.quote, 600))}</blockquote>'
        f'<p class="place">{safe(citation.article.path)}, characters {citation.start}–{citation.end}</p>'
        f"{_own(key, kept)}{_copies(one.copies)}</li>"
    )


def _own(key: str, kept: str | None) -> str:
    """The three verdicts as buttons; the one that was kept is pressed, which a tick shows too."""
    buttons = []
    for stance in get_args(MarkStance):
        pressed = stance == kept
        buttons.append(
            f'<button type="button" data-mark="{key} {stance}" aria-pressed="{str(pressed).lower()}">'
            f"{'✓ ' if pressed else ''}{stance}</button>"
        )
    return f'<p class="own" role="group" aria-label="Your verdict">Your verdict: {" ".join(buttons)}</p>'


def _copies(copies: tuple[Copy, ...]) -> str:
    if not copies:
        return ""
    items = "".join(f'<li dir="auto">{byline_html(copy.article)}</li>' for copy in copies)
    plural = "copy" if len(copies) == 1 else "copies"
    return (
        f'<details class="copies"><summary>{len(copies):,} {plural} of the same report, counted once</summary>'
        f"<ul>{items}</ul></details>"
    )
