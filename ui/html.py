"""An answer as HTML. Every text is escaped here, on the server; the page's script moves nothing but focus and classes.

A button with `data-open="3"` opens the article in which a `<mark data-keys="3 ...">` stands (`ui.article_html`).
Keys are citation numbers, `p1`, `p2` ... for passages by rank, and `x1`, `x2` ... for the sides of conflicts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from index.article import ArticleMeta
from rag.answer import Answer, Citation, Conflict, RetrievedPassage, Sentence
from ui.numbering import Numbered, number_answer, number_citations
from ui.printable import one_line, printable, shortened

NEAREST = 3  # passages shown open when the archive does not say
PREVIEW_CHARS = 320
_COMMAND = re.compile(r'attest (?:ask|trace|quote) "([^"]+)"')
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
UNKNOWN_DATE = "date unknown"


def safe(text: str) -> str:
    """The text, escaped for element content and for quoted attributes."""
    return escape(printable(text), quote=True)


def answer_html(answer: Answer) -> str:
    """The whole outcome of a question, with buttons that open every cited span."""
    numbered = number_answer(answer)
    parts = []
    if answer.status == "answered":
        parts.append(_notes(answer.notes))
        shown = number_citations(answer.sentences)
        parts += [_short(answer.short, numbered), _sentences(answer.sentences, numbered), _citations(shown, numbered)]
        parts.append(_conflicts(answer.conflicts))
        parts += [_withheld(answer.withheld, numbered), _passages("Passages read", answer.passages)]
    else:
        parts += [_abstention(answer), _withheld(answer.withheld, numbered)]
        parts.append(_passages("Other passages read", answer.nearest[NEAREST:]))
    parts.append(took_html(answer.timings_ms))
    return _frame(answer.question, answer.status, "".join(parts))


def progress_html(
    question: str, passages: Sequence[RetrievedPassage], passed: Sequence[Sentence], checked_count: int
) -> str:
    """What is known so far: the evidence first, then each sentence that passed its check."""
    plural = "sentence" if checked_count == 1 else "sentences"
    checked = f", {checked_count} drafted {plural} checked" if checked_count else ""
    count = f"{len(passages)} passage{'' if len(passages) == 1 else 's'}"
    state = f'<p class="working" role="status">Reading {count}{checked} …</p>'
    numbered = number_citations(passed)
    body = state + (_sentences(passed, numbered) if passed else "") + _passages("Evidence found", passages, opened=True)
    return _frame(question, "working", body)


def problem_html(message: str, undone: str = "Not asked") -> str:
    """One sentence that says what to change, after what was not done for it."""
    said = safe(in_page_words(message))
    return f'<section class="attest problem" role="alert"><p><strong>{undone}:</strong> {said}</p></section>'


def in_page_words(message: str) -> str:
    """The message for a reader of the page, who has fields and tabs instead of options and commands."""
    for said, shown in (("--since", "“From”"), ("--until", "“To”"), ('attest ask "..."', "the Ask tab")):
        message = message.replace(said, shown)
    return _COMMAND.sub(r"“\1”", message)


def waiting_html(question: str) -> str:
    """What is shown at once, before the first evidence is there."""
    state = '<p class="working" role="status">Looking for passages …</p>'
    return _frame(question, "working", state)


def welcome_html(articles: int, first: str | None, last: str | None, outlets: Sequence[str]) -> str:
    """What stands in place of an answer before the first question."""
    if not articles:
        return (
            '<section class="attest welcome"><h2>This archive is empty</h2><p>Put articles in with '
            "<code>attest ingest PATH</code> (text, JSONL or HTML files), then start the page again.</p></section>"
        )
    span = f", published {safe(first)} to {safe(last)}" if first and last else ""
    named = ", ".join(safe(outlet) for outlet in outlets[:6])
    more = f" and {len(outlets) - 6} more" if len(outlets) > 6 else ""
    printed = f" by {named}{more}" if named else ""
    return (
        '<section class="attest welcome"><h2>Ask this archive</h2>'
        f"<p>It holds {articles:,} article{'' if articles == 1 else 's'}{span}{printed}.</p>"
        "<p>Every sentence of an answer is checked against the article that it cites, and you can open that article at "
        "the cited words. When the archive does not say, you are told so, with the nearest passages.</p></section>"
    )


def byline(article: ArticleMeta) -> str:
    """Outlet, title and date in one line of plain text, as far as they are known."""
    return " · ".join([*_named(article), _day(article)])


def byline_html(article: ArticleMeta) -> str:
    """The same, escaped, with the date in one piece: a line may end at each of its hyphens otherwise."""
    return safe(" · ".join([*_named(article), ""])) + f'<span class="day">{safe(_day(article))}</span>'


def source_button(key: str, article: ArticleMeta, before: str = "") -> str:
    """The button that opens the article at the span of `key`; `before` is HTML that stands in it before the name."""
    return f'<button type="button" class="source" data-open="{key}">{before}{byline_html(article)}</button>'


def took_html(timings_ms: Mapping[str, float]) -> str:
    """How long it took, in tenths of a second and at least one; empty when that is not known."""
    total = timings_ms.get("total")
    if total is None:
        return ""
    return f'<p class="timing">Took {max(0.1, total / 1000):.1f} s</p>'


def _whole_dates(html: str) -> str:
    """Escaped text with each of its dates in one piece."""
    return _DATE.sub(r'<span class="day">\g<0></span>', html)


def _named(article: ArticleMeta) -> list[str]:
    return [one_line(part) for part in (article.source, article.title or article.source_id) if part]


def _day(article: ArticleMeta) -> str:
    return one_line(article.published_at[:10]) if article.published_at else UNKNOWN_DATE


def _frame(question: str, state: str, body: str) -> str:
    return (
        f'<section class="attest answer" data-state="{state}" aria-label="Answer">'
        f'<h2 class="question" dir="auto">{safe(one_line(question))}</h2>{body}</section>'
    )


def _short(answers: Sequence[Citation], numbered: Numbered) -> str:
    """The words that answer, before the sentences they stand in."""
    parts = []
    for words in answers:
        said, number = numbered.short(words)
        parts.append(f'<span dir="auto">{safe(said)}</span> {_marker(number, words.article)}')
    return f'<p class="short" aria-label="Short answer">{" · ".join(parts)}</p>' if parts else ""


def _sentences(sentences: Sequence[Sentence], numbered: Numbered) -> str:
    items = "".join(f'<p class="sentence" dir="auto">{_sentence(sentence, numbered)}</p>' for sentence in sentences)
    return f'<div class="sentences" aria-live="polite">{items}</div>'


def _sentence(sentence: Sentence, numbered: Numbered) -> str:
    markers = "".join(_marker(numbered.of(citation), citation.article) for citation in sentence.citations)
    return f"{safe(one_line(sentence.text))} {markers} {_badge(sentence)}"


def _marker(number: int, article: ArticleMeta) -> str:
    label = f"Citation {number}: open {shortened(byline(article), 120)} at the cited words"
    return f'<button type="button" class="cite" data-open="{number}" aria-label="{safe(label)}">[{number}]</button>'


def _badge(sentence: Sentence) -> str:
    score = "" if sentence.score is None else f' title="the check gives {sentence.score:.2f} of 1"'
    return f'<span class="badge {sentence.verdict}"{score}>{sentence.verdict}</span>'


def _citations(shown: Numbered, numbered: Numbered) -> str:
    items = []
    for citation in shown.citations:
        number = numbered.of(citation)
        mark = f'<span class="number">[{number}]</span> '
        items.append(
            f'<li class="citation">{source_button(str(number), citation.article, mark)}'
            f'<blockquote dir="auto">{safe(citation.quote)}</blockquote>'
            f'<p class="place">{safe(citation.article.path)}, characters {citation.start}–{citation.end}</p></li>'
        )
    return f'<h3>Citations</h3><ol class="citations">{"".join(items)}</ol>'


def conflict_places(conflicts: Sequence[Conflict]) -> Iterator[tuple[str, Citation]]:
    """The key and the citation of each side, in order."""
    sides = (side for conflict in conflicts for side in conflict.sides)
    for number, side in enumerate(sides, start=1):
        yield f"x{number}", side.citation


def _conflicts(conflicts: Sequence[Conflict]) -> str:
    """The conflicts under one heading; empty when there is none."""
    if not conflicts:
        return ""
    keys = iter(conflict_places(conflicts))
    items = []
    for conflict in conflicts:
        sides = "".join(
            f'<li class="citation">{source_button(key, citation.article)}'
            f'<blockquote dir="auto">{safe(citation.quote)}</blockquote></li>'
            for key, citation in (next(keys) for _ in conflict.sides)
        )
        items.append(
            f'<li><p><strong dir="auto">{safe(one_line(conflict.says))}</strong> '
            f'<span class="badge conflict">{conflict.kind}</span></p><ol>{sides}</ol></li>'
        )
    return f'<h3>Articles disagree</h3><ol class="conflicts">{"".join(items)}</ol>'


def _withheld(sentences: Sequence[Sentence], numbered: Numbered) -> str:
    if not sentences:
        return ""
    items = "".join(
        f'<li dir="auto">{_sentence(sentence, numbered)}'
        f'<span class="why"> {safe(one_line(sentence.reason or "the check gave no reason"))}</span></li>'
        for sentence in sentences
    )
    plural = "sentence was" if len(sentences) == 1 else "sentences were"
    return (
        f'<details class="withheld"><summary>{len(sentences)} drafted {plural} withheld: not part of the answer'
        f"</summary><ul>{items}</ul></details>"
    )


def _abstention(answer: Answer) -> str:
    reason = one_line(answer.reason or "no passage of the archive states the answer")
    nearest = answer.nearest[:NEAREST]
    listed = f"<h3>Nearest passages</h3>{_passage_list(nearest)}" if nearest else ""
    return (
        '<p class="abstained"><span class="badge abstained">The archive does not say</span> '
        f"{_whole_dates(safe(reason[:1].upper() + reason[1:]))}.</p>{_notes(answer.notes)}{listed}"
    )


def _passages(title: str, passages: Sequence[RetrievedPassage], *, opened: bool = False) -> str:
    if not passages:
        return ""
    attribute = " open" if opened else ""
    summary = f"<summary>{title} ({len(passages)})</summary>"
    return f'<details class="read"{attribute}>{summary}{_passage_list(passages)}</details>'


def _passage_list(passages: Sequence[RetrievedPassage]) -> str:
    items = []
    for passage in passages:
        comment = '<span class="label">reader comment</span> ' if passage.kind == "comment" else ""
        items.append(
            f"<li>{source_button(f'p{passage.rank}', passage.article)}"
            f'<p dir="auto">{comment}{safe(shortened(passage.text, PREVIEW_CHARS))}</p></li>'
        )
    return f'<ol class="passages">{"".join(items)}</ol>'


def _notes(notes: Sequence[str]) -> str:
    return "".join(f'<p class="note">Note: {safe(in_page_words(one_line(note)))}</p>' for note in notes)
