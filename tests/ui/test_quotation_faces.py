import threading

import pytest

from tests.ui.fakes import FakeArchive, FakeQuoter, found
from tests.ui.ferry import FACT, HOSTILE
from ui.quotation_html import places, quotation_articles_html, quotation_html
from ui.quotation_terminal import render_quotation
from ui.quote_tab import QuotePage

FERRY_QUOTE = "The ferry carried 900 passengers when it left the quay."


@pytest.fixture
def quoter() -> FakeQuoter:
    return FakeQuoter()


@pytest.fixture
def page(quoter: FakeQuoter) -> QuotePage:
    return QuotePage(quoter, FakeArchive(), threading.Lock())


def test_the_terminal_says_what_differs_who_spoke_and_where_it_was_first() -> None:
    lines = render_quotation(found(FERRY_QUOTE), 100).splitlines()
    assert lines[0] == f"Altered: “{FERRY_QUOTE}”"
    assert "  - “900” stands where the article has “214” (changes the meaning: a number)" in lines
    assert "Said by: Ada Quist." in lines
    assert "First seen: Harbour Wire · Ferry runs aground · 2021-03-24" in lines
    assert "Also in 1 other article:" in lines


def test_the_terminal_shows_what_came_nearest_to_a_quotation_that_was_not_found() -> None:
    out = render_quotation(found("A lighthouse of glass"))
    assert out.startswith("Not found in the archive: “A lighthouse of glass”")
    assert "The nearest wording, too far to be it:" in out
    assert "Said by" not in out


@pytest.mark.parametrize("width", [40, 72, 100])
def test_no_line_of_prose_is_wider_than_the_terminal(width: int) -> None:
    lines = [line for line in render_quotation(found(FERRY_QUOTE), width).splitlines() if "characters" not in line]
    assert all(len(line) <= width or "window" in line for line in lines)


def test_every_button_of_the_outcome_opens_a_mark() -> None:
    outcome = found(FERRY_QUOTE)
    html, articles = quotation_html(outcome), quotation_articles_html(outcome, FakeArchive().article)
    assert [key for key, _ in places(outcome)] == ["q1", "q2"]
    for key, citation in places(outcome):
        assert f'data-open="{key}"' in html
        assert f'data-keys="{key}" tabindex="-1"' in articles
        assert citation.quote in (FACT, HOSTILE)


def test_what_was_seen_first_can_be_opened() -> None:
    assert 'First seen: <button type="button" class="source" data-open="q' in quotation_html(found(FERRY_QUOTE))


def test_nothing_of_an_article_or_a_quotation_is_left_unescaped() -> None:
    outcome = found(f"ferry {HOSTILE}")
    for html in (quotation_html(outcome), quotation_articles_html(outcome, FakeArchive().article)):
        assert "<script>" not in html
        assert "<img" not in html


def test_the_page_says_that_it_is_looking_and_then_what_it_found(page: QuotePage, quoter: FakeQuoter) -> None:
    (working, _), (outcome, articles) = page.check(FERRY_QUOTE, " Paul Dorsey ")
    assert "Looking for these words" in working
    assert 'data-status="altered"' in outcome
    assert "You named Paul Dorsey." in outcome
    assert FACT in articles
    assert quoter.claimed == ["Paul Dorsey"]


def test_a_mistake_is_explained_on_the_page(page: QuotePage) -> None:
    outcome = list(page.check(" ", ""))[-1][0]
    assert "Not looked for:" in outcome
    assert "the quotation is empty" in outcome


def test_a_bug_shows_one_sentence_and_keeps_its_traceback(page: QuotePage, caplog: pytest.LogCaptureFixture) -> None:
    outcome = list(page.check("break", ""))[-1][0]
    assert "RuntimeError" not in outcome
    assert "a bug" in caplog.text
