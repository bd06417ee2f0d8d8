import re
from dataclasses import replace
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, Block
from rag.answer import Conflict, Sentence, Side
from tests.ui.fakes import FakeArchive
from tests.ui.ferry import ABSTAINED, ADVERT, ANSWERED, COMMENT, FACT, FERRY, HOSTILE_ARTICLE, PASSAGES, RESCUE, cite
from ui.article_html import SHOWN_CHARS, Span, answer_articles_html, articles_html, text_html, window
from ui.html import answer_html, problem_html, welcome_html
from ui.printable import printable

KINDS = ("title", "body", "caption", "comment", "boilerplate")


def without_tags(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


@st.composite
def articles_with_spans(draw: st.DrawFn) -> tuple[Article, list[Span]]:
    text = draw(st.text(min_size=1, max_size=120))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    blocks = tuple(Block(start, end, draw(st.sampled_from(KINDS))) for start, end in pairs)
    spans = []
    for number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        spans.append(Span(str(number), start, draw(st.integers(start + 1, len(text)))))
    return Article(key="k", source_id="s", path="p", text=text, blocks=blocks), spans


@given(articles_with_spans())
def test_the_text_without_its_tags_is_the_stored_text(case: tuple[Article, list[Span]]) -> None:
    article, spans = case
    assert without_tags(text_html(article, spans)) == printable(article.text)


@given(articles_with_spans())
def test_the_marks_of_a_key_hold_exactly_the_cited_slice(case: tuple[Article, list[Span]]) -> None:
    article, spans = case
    html = text_html(article, spans)
    for span in spans:
        marks = re.findall(r'<mark data-keys="([^"]*)"[^>]*>(.*?)</mark>', html, re.DOTALL)
        quoted = "".join(without_tags(inner) for keys, inner in marks if span.key in keys.split())
        assert quoted == printable(article.text[span.start : span.end])


def test_nothing_of_an_article_becomes_markup() -> None:
    archive = FakeArchive()
    page = answer_html(ANSWERED) + answer_html(ABSTAINED) + answer_articles_html(ANSWERED, archive.article)
    assert HOSTILE_ARTICLE.text in without_tags(page)
    for tag in ("<script", "<img", "<i>", "<b>"):
        assert tag not in page
    assert 'href="javascript' not in page


def test_every_button_has_a_mark_to_open() -> None:
    archive = FakeArchive()
    for answer in (ANSWERED, ABSTAINED):
        articles = answer_articles_html(answer, archive.article)
        marks = {key for keys in re.findall(r'<mark data-keys="([^"]*)"', articles) for key in keys.split()}
        assert set(re.findall(r'data-open="([^"]*)"', answer_html(answer))) <= marks


def test_both_sides_of_a_conflict_are_shown_and_open_their_articles() -> None:
    sides = (Side(cite(FERRY, "214 passengers"), "214"), Side(cite(FERRY, RESCUE), "<b>9</b>"))
    answer = replace(ANSWERED, conflicts=(Conflict("number", sides),))
    html = answer_html(answer)
    assert "Articles disagree" in html
    assert "214 against &lt;b&gt;9&lt;/b&gt;" in html
    articles = answer_articles_html(answer, FakeArchive().article)
    for key in ("x1", "x2"):
        assert f'data-open="{key}"' in html
        assert re.search(rf'<mark data-keys="[^"]*\b{key}\b', articles)
    assert "Articles disagree" not in answer_html(ANSWERED)


def test_a_withheld_sentence_is_folded_away_with_its_verdict_and_reason_in_words() -> None:
    html = answer_html(ANSWERED)
    shown, folded = html.split('<details class="withheld">')
    assert "Tuesday" not in shown
    assert ">contradicted</span>" in folded
    assert "the passage says Monday" in folded


def test_every_shown_sentence_says_supported_in_words() -> None:
    shown = answer_html(ANSWERED).split('<details class="withheld">')[0]
    assert shown.count(">supported</span>") == 2


def test_an_abstention_shows_its_reason_and_the_three_nearest_passages() -> None:
    html = answer_html(ABSTAINED)
    assert "The archive does not say" in html
    assert "3 articles, 2020-01-02 to 2021-03-24" in re.sub("<[^>]*>", "", html)
    nearest = html.split("Nearest passages")[1].split("<details")[0]
    assert nearest.count("data-open=") == 3


def test_an_abstention_says_its_notes_before_the_nearest_passages_and_breaks_no_date() -> None:
    reason = "no passage of the archive (3 articles, 2015-07-14 to 2025-05-08) states the answer"
    html = answer_html(replace(ABSTAINED, reason=reason, notes=("the question seems to be in Spanish",)))
    assert html.index("The archive does not say") < html.index("seems to be in Spanish") < html.index("Nearest")
    assert html.count("seems to be in Spanish") == 1
    assert '<span class="day">2015-07-14</span> to <span class="day">2025-05-08</span>' in html


def test_the_nearest_passages_are_those_most_like_the_question() -> None:
    alike = [0.1 * ((at * 3) % len(PASSAGES)) for at in range(len(PASSAGES))]
    passages = tuple(replace(one, similarity=likeness) for one, likeness in zip(PASSAGES, alike, strict=True))
    order = [one.rank for one in sorted(passages, key=lambda one: -one.similarity)]
    assert order != sorted(order)
    html = answer_html(replace(ABSTAINED, passages=passages))
    assert [int(rank) for rank in re.findall(r'data-open="p([0-9]+)"', html)] == order


def test_a_reader_comment_and_page_furniture_are_labelled() -> None:
    html = text_html(FERRY, [])
    assert f'<span class="comment" data-label="reader comment">{COMMENT}</span>' in html
    assert f'<span class="boilerplate">{ADVERT}</span>' in html


def test_overlapping_citations_both_keep_their_marks() -> None:
    start = FERRY.text.index(FACT)
    end = start + len(f"{FACT} {RESCUE}")
    html = text_html(FERRY, [Span("1", start, start + len(FACT)), Span("p1", start, end)])
    assert f'<mark data-keys="1 p1" tabindex="-1">{FACT}</mark>' in html
    assert f'<mark data-keys="p1" tabindex="-1"> {RESCUE}</mark>' in html


def test_an_article_that_is_gone_says_so_in_its_place() -> None:
    html = answer_articles_html(ANSWERED, FakeArchive([FERRY]).article)
    assert "the archive has no article" in html


def test_a_very_long_article_is_cut_far_from_its_marks_and_says_so() -> None:
    text = "word " * 200_000
    article = Article(key="k", source_id="s", path="p", text=text)
    html = text_html(article, [Span("1", 500_000, 500_020)])
    assert len(html) < SHOWN_CHARS + 2_000
    assert "450,000 more characters before this point" in html


@given(st.integers(1, 10**6), st.data())
def test_the_shown_part_of_an_article_holds_every_span(length: int, data: st.DataObject) -> None:
    starts = data.draw(st.lists(st.integers(0, length - 1), max_size=4))
    spans = [Span("1", start, min(length, start + 200)) for start in starts]
    low, high = window(length, spans)
    assert 0 <= low < high <= length
    assert all(low <= span.start and span.end <= high for span in spans)


def test_the_first_screen_says_what_the_archive_covers_and_how_to_fill_an_empty_one() -> None:
    assert "3 articles, published 2020-01-02 to 2021-03-24" in welcome_html(3, "2020-01-02", "2021-03-24", ["A", "B"])
    assert "attest ingest PATH" in welcome_html(0, None, None, [])
    assert "&lt;i&gt;" in welcome_html(1, None, None, ["<i>"])


def test_a_problem_is_escaped_too() -> None:
    assert "<b>" not in problem_html("'<b>' is no date")


def test_the_words_that_answer_come_first_escaped_and_open_their_sentence() -> None:
    html = answer_html(replace(ANSWERED, short=(cite(FERRY, "214 passengers"),)))
    assert '<p class="short" aria-label="Short answer"><span dir="auto">214 passengers</span>' in html
    assert html.index("214 passengers</span>") < html.index('class="sentence"')
    hostile = Sentence(HOSTILE_ARTICLE.text, "supported", 1.0, (cite(HOSTILE_ARTICLE, HOSTILE_ARTICLE.text),))
    words = cite(HOSTILE_ARTICLE, "<script>window.pwned = 1</script>")
    assert "<script" not in answer_html(replace(ANSWERED, sentences=(hostile,), short=(words,)))


def test_copies_are_named_with_outlet_and_date_and_only_those_that_are_there_have_a_button() -> None:
    archive = FakeArchive()
    many = [
        replace(copy, article=replace(copy.article, source=f"Outlet {n}", id=f"x{n}"), published_at=None)
        for copy in archive.copies(FERRY.id)
        for n in range(13)
    ]
    html = articles_html({FERRY.id: [Span("1", 0, 5)]}, archive.article, lambda ref: many if ref == FERRY.id else ())
    line = html[html.index('<p class="printed"') :].split("</p>")[0]
    assert '<button type="button" data-open="ax0">Outlet 0, date unknown</button>' in line
    assert "and 3 more, which attest show lists" in line
    assert line.count("data-open") == 10
    assert html.count('class="printed"') == 1
    for key in re.findall('data-open="(a[^"]+)"', html):
        assert f'data-keys="{key}"' in html  # what a button opens is on the page


def test_an_article_without_copies_has_no_word_about_them() -> None:
    assert "printed by" not in articles_html({FERRY.id: []}, FakeArchive().article, lambda _: ())
