import threading

import pytest

from tests.ui.fakes import FACT, HOSTILE, FakeArchive, FakeTracer, traced
from ui.trace_html import ordered, trace_articles_html, trace_html
from ui.trace_tab import TracePage
from ui.trace_terminal import render_trace

REFUTED = "The ferry carried 900 passengers."


@pytest.fixture
def page() -> TracePage:
    return TracePage(FakeTracer(), FakeArchive(), threading.Lock())


def test_the_terminal_says_the_verdict_what_differs_and_on_how_many_sources_it_rests() -> None:
    out = render_trace(traced(REFUTED), 100)
    assert out.splitlines()[0] == f"Refuted: “{REFUTED}”"
    assert "214, not 900. Rests on one independent source." in out
    assert "Refutes: 214, not 900\n[1] Harbour Wire · Ferry runs aground · 2021-03-24\n" in out
    assert f"“{FACT}”" in out
    assert "the same report is also in: Meridian Post · Liman · 2020-01-02" in out
    assert "First seen" not in out


def test_the_terminal_says_where_a_supported_claim_was_first_seen() -> None:
    out = render_trace(traced("The ferry carried 214 passengers."), 100)
    assert out.startswith("Supported: ")
    assert "First seen: Harbour Wire · Ferry runs aground · 2021-03-24" in out


def test_a_claim_of_which_nothing_is_found_rests_on_nothing() -> None:
    out = render_trace(traced("Giants built the lighthouse."), 100)
    assert out.startswith("Not found in the archive: ")
    assert "Rests on" not in out
    assert "too weak to count" in out


@pytest.mark.parametrize("width", [40, 80, 100])
def test_no_line_of_prose_is_wider_than_the_terminal(width: int) -> None:
    lines = [line for line in render_trace(traced(REFUTED), width).splitlines() if "characters" not in line]
    assert all(len(line) <= width for line in lines)


def test_every_button_of_the_outcome_opens_a_mark() -> None:
    outcome = traced(REFUTED)
    html, articles = trace_html(outcome), trace_articles_html(outcome, FakeArchive().article)
    assert [key for key, _ in ordered(outcome)] == ["t1", "t2", "t3"]
    for key, _ in ordered(outcome):
        assert f'data-open="{key}"' in html
        assert f'data-keys="{key}" tabindex="-1"' in articles


def test_the_stance_is_told_in_words_and_what_counts_comes_first() -> None:
    html = trace_html(traced(REFUTED))
    assert html.index("Refutes: 214, not 900") < html.index("Nearby, and says neither")


def test_nothing_of_an_article_or_a_claim_is_left_unescaped() -> None:
    outcome = traced(f"ferry {HOSTILE}")
    for html in (trace_html(outcome), trace_articles_html(outcome, FakeArchive().article)):
        assert "<script>" not in html
        assert "<img" not in html


def test_the_page_says_that_it_is_looking_and_then_what_it_found(page: TracePage) -> None:
    (working, _), (outcome, articles) = page.trace(REFUTED)
    assert "Looking for evidence" in working
    assert 'data-verdict="refuted"' in outcome
    assert FACT in articles


def test_a_mistake_is_explained_on_the_page(page: TracePage) -> None:
    assert "the claim is empty" in list(page.trace(" "))[-1][0]


def test_a_bug_shows_one_sentence_and_keeps_its_traceback(page: TracePage, caplog: pytest.LogCaptureFixture) -> None:
    assert "RuntimeError" not in list(page.trace("break"))[-1][0]
    assert "a bug" in caplog.text
