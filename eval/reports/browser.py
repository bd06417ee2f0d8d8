"""The failure browser: each item with what was found, what was said, and the gold evidence beside it."""

from collections.abc import Mapping
from html import escape

from eval.datasets.model import Article, Claim, Dataset, Item, Question, Quotation, Span
from eval.failures import MEANING, ORDER, Failure
from eval.measures.coverage import covers
from eval.runs.model import Answer, Passage, Run, Said

AROUND = 160  # characters of the article on either side of a citation
EVIDENCE = 3  # pieces of a claim that are shown in their article
SHOWN = 320  # characters of a retrieved passage


def browser(dataset: Dataset, run: Run, found: Mapping[str, Failure], *, passages: int, most: int) -> str:
    """All items or the first `most`, worst first, each folded; `passages` is how many of the retrieved are shown."""
    items = {item.id: item for item in dataset.items()}
    order = sorted(items, key=lambda name: (ORDER.index(found[name]), name))
    buttons = "".join(
        f'<button data-show="{escape(what)}" title="{escape(MEANING[what])}">{escape(what)} '
        f"({sum(one == what for one in found.values())})</button>"
        for what in ORDER
        if what in found.values()
    )
    cards = "".join(
        _card(items[name], run.answers[name], found[name], dataset.articles, passages if found[name] != "fine" else 0)
        for name in order[:most]
    )
    if most < len(order):
        cards += f'<p class="note">{len(order) - most} more items are left out: the page would be too large.</p>'
    return f'<div class="buttons"><button data-show="">all ({len(items)})</button>{buttons}</div>{cards}'


def _card(item: Item, answer: Answer, what: Failure, articles: Mapping[str, Article], passages: int) -> str:
    spans = [span for alternative in item.evidence for span in alternative]
    parts = [_answer(answer, articles), _gold(item, spans, articles)]
    if passages and (answer.passages or answer.evidence):
        parts.append(_passages(answer, spans, passages))
    mark = "good" if what == "fine" else "bad"
    return (
        f'<details class="item" data-what="{escape(what)}"><summary><span class="{mark}">{escape(what)}</span> '
        f"<b>{escape(item.id)}</b> {escape(item.text)}</summary>{''.join(parts)}</details>"
    )


def _answer(answer: Answer, articles: Mapping[str, Article]) -> str:
    heading = f"{answer.status}" + (f", confidence {answer.confidence:.2f}" if answer.confidence is not None else "")
    lines = [f"<h4>Answer: {escape(heading)}</h4>"]
    if answer.reason:
        lines.append(f"<p>{escape(answer.reason)}</p>")
    if answer.short:
        lines.append(f"<p>Short: {escape('; '.join(answer.short))}</p>")
    lines += [_sentence(sentence, articles) for sentence in answer.sentences]
    lines += [_in_article(part, articles) for part in answer.evidence[:EVIDENCE]]
    if answer.withheld:
        lines.append("<h4>Withheld</h4>")
        lines += [_sentence(sentence, articles) for sentence in answer.withheld]
    return f'<div class="half">{"".join(lines)}</div>'


def _sentence(sentence: Said, articles: Mapping[str, Article]) -> str:
    cited = "".join(_in_article(part, articles) for part in sentence.citations)
    reason = f" <i>{escape(sentence.reason)}</i>" if sentence.reason else ""
    return f'<p class="said {escape(sentence.verdict)}">{escape(sentence.text)}{reason}</p>{cited}'


def _in_article(passage: Passage, articles: Mapping[str, Article]) -> str:
    """The cited span, marked, with what stands around it in its article."""
    article = articles.get(passage.article_id)
    if article is None or article.text[passage.start : passage.end] != passage.text:
        return f'<p class="cite bad">{escape(passage.article_id)} does not hold: {escape(passage.text)}</p>'
    return _marked(article, passage.start, passage.end)


def _marked(article: Article, start: int, end: int) -> str:
    before, after = article.text[max(0, start - AROUND) : start], article.text[end : end + AROUND]
    place = " · ".join(part for part in (article.title, article.source, article.published_at) if part) or article.id
    return (
        f'<p class="cite"><span class="place">{escape(place)}, {start}-{end}</span><br>… {escape(before)}'
        f"<mark>{escape(article.text[start:end])}</mark>{escape(after)} …</p>"
    )


def _gold(item: Item, spans: list[Span], articles: Mapping[str, Article]) -> str:
    lines = ["<h4>Gold</h4>"]
    if isinstance(item, Question):
        expected = ", ".join(item.patterns or item.strings)
        lines.append(f"<p>{escape(item.kind)}{': ' if expected else ''}<code>{escape(expected)}</code></p>")
    elif isinstance(item, Claim):
        lines.append(f"<p>{escape(item.stance)}</p>")
    elif isinstance(item, Quotation):
        lines.append(f"<p>{'altered' if item.altered else 'verbatim'}, {escape(item.speaker or 'speaker unknown')}</p>")
    for span in spans:
        article = articles.get(span.article_id)
        if article is not None and span.start is not None and span.end is not None:
            lines.append(_marked(article, span.start, span.end))
        else:
            lines.append(f'<p class="cite">{escape(span.article_id)}: {escape(span.quote or "the whole article")}</p>')
    return f'<div class="half">{"".join(lines)}</div>'


def _passages(answer: Answer, spans: list[Span], count: int) -> str:
    lines = []
    for passage in (answer.passages or answer.evidence)[:count]:
        gold = any(covers(span, [passage]) for span in spans)
        shown = passage.text[:SHOWN] + (" …" if len(passage.text) > SHOWN else "")
        lines.append(
            f'<li{" class=gold" if gold else ""}><span class="place">{escape(passage.article_id)}, '
            f"{passage.start}-{passage.end}</span> {escape(shown)}</li>"
        )
    return f'<h4>Retrieved</h4><ol class="found">{"".join(lines)}</ol>'
