import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.marks import FILE_NAME, Marks
from rag.dossier import build
from rag.verdict import Trace
from tests.ui.fakes import FakeArchive, FakeTracer, traced
from tests.ui.ferry import FACT, HOSTILE, UNICODE_ARTICLE, cite
from tests.ui.reports import fake_dossiers
from ui.dossier_html import to_html
from ui.dossier_markdown import to_markdown
from ui.dossier_table import to_csv
from ui.exporting import FORMS, encoded, to_json
from ui.report_buttons import file_name
from ui.timeline_svg import timeline_svg
from ui.trace_html import ordered, trace_articles_html, trace_html
from ui.trace_tab import TracePage
from ui.trace_terminal import render_trace

REFUTED = "The ferry carried 900 passengers."


@pytest.fixture
def page(tmp_path: Path) -> TracePage:
    marks = Marks(tmp_path)
    return TracePage(FakeTracer(), FakeArchive(), marks, fake_dossiers(marks), threading.Lock())


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


def test_statements_say_where_each_was_first_seen_where_no_article_is_first_with_all() -> None:
    outcome = traced("The ferry carried 214 passengers.")
    part = replace(outcome.parts[0], first_seen=outcome.first_seen)
    both = replace(outcome, parts=(part, replace(part, claim="It was windy.")), first_seen=None)
    out = render_trace(both, 100)
    assert "     First seen: Harbour Wire · Ferry runs aground · 2021-03-24\n" in out
    assert "no one article is the first with all of them" in out
    html = trace_html(both)
    assert html.count("First seen: Harbour Wire · Ferry runs aground") == 2
    assert "2. It was windy." in html
    assert "no one article is the first with all of them" in html


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


def test_what_was_seen_first_can_be_opened_also_where_it_is_a_copy_that_is_not_listed() -> None:
    outcome = traced("The ferry carried 214 passengers.")
    assert 'First seen: <button type="button" class="source" data-open="t1">' in trace_html(outcome)
    copied = replace(outcome, first_seen=cite(UNICODE_ARTICLE, UNICODE_ARTICLE.text[:12]))
    assert 'First seen: <button type="button" class="source" data-open="t0">' in trace_html(copied)
    assert 'data-keys="t0" tabindex="-1"' in trace_articles_html(copied, FakeArchive().article)


def test_no_two_labels_of_a_timeline_cover_one_another() -> None:
    days = ("2017-12-20", "2018-08-28", "2019-05-01", "2022-12-19", "2023-03-01")
    line = {"buckets": [{"label": day, "counts": {"cited": 1}} for day in days]}
    shown = re.findall(r'<text x="([0-9.]+)"[^>]*text-anchor="(\w+)"', timeline_svg(line))
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}
    lefts = [float(x) - 68 * share[anchor] for x, anchor in shown]  # a day in the page's 12 pixels is 66 wide
    assert len(lefts) >= 3
    assert f">{days[0]}</text>" in timeline_svg(line)
    assert f">{days[-1]}</text>" in timeline_svg(line)
    assert all(after - before > 68 for before, after in pairwise(lefts))


def test_the_stance_is_told_in_words_and_what_counts_comes_first() -> None:
    html = trace_html(traced(REFUTED))
    assert html.index("Refutes: 214, not 900") < html.index("Nearby, and says neither")


def test_nothing_of_an_article_or_a_claim_is_left_unescaped() -> None:
    outcome = traced(f"ferry {HOSTILE}")
    for html in (trace_html(outcome), trace_articles_html(outcome, FakeArchive().article)):
        assert "<script>" not in html
        assert "<img" not in html


def test_the_page_says_that_it_is_looking_and_then_what_it_found(page: TracePage) -> None:
    (working, _, nothing), (outcome, articles, found) = page.trace(REFUTED)
    assert nothing is None
    assert found is not None
    assert "Looking for evidence" in working
    assert 'data-verdict="refuted"' in outcome
    assert FACT in articles


def test_a_mistake_is_explained_on_the_page(page: TracePage) -> None:
    assert "the claim is empty" in list(page.trace(" "))[-1][0]


def test_a_bug_shows_one_sentence_and_keeps_its_traceback(page: TracePage, caplog: pytest.LogCaptureFixture) -> None:
    assert "RuntimeError" not in list(page.trace("break"))[-1][0]
    assert "a bug" in caplog.text


def last(page: TracePage, claim: str = REFUTED) -> Trace:
    found = list(page.trace(claim))[-1][2]
    assert found is not None
    return found


def test_a_verdict_is_kept_for_the_claim_and_the_span_and_shown_on_its_row(page: TracePage, tmp_path: Path) -> None:
    found = last(page)
    html = page.mark(found, "t1 neither 1")
    cited = dict(ordered(found))["t1"].citation
    [kept] = Marks(tmp_path).of(REFUTED)
    assert (kept.article_id, kept.start, kept.end) == (cited.article.id, cited.start, cited.end)
    assert kept.stance == "neither"
    assert 'data-mark="t1 neither" aria-pressed="true">✓ neither</button>' in html
    assert html.count('aria-pressed="true"') == 1
    assert 'data-mark="t1 neither" aria-pressed="true"' in list(page.trace(REFUTED))[-1][0]  # also the next time


@pytest.mark.parametrize("form", [to_markdown, to_html, to_csv, to_json])
def test_a_verdict_kept_on_the_page_is_in_every_report_of_the_claim(
    page: TracePage, tmp_path: Path, form: Callable[[dict[str, Any]], str]
) -> None:
    found = last(page)

    def exported() -> str:
        kept = Marks(tmp_path).of(REFUTED)
        return form(build("trace", found.to_json(), FakeArchive().article, generation=1, settings={}, marks=kept))

    before = exported().count("neither")
    page.mark(found, "t1 neither 1")
    assert exported().count("neither") > before


def test_another_verdict_takes_its_place_and_the_same_one_again_takes_it_back(page: TracePage, tmp_path: Path) -> None:
    found = last(page)
    page.mark(found, "t1 supports 1")
    page.mark(found, "t1 refutes 2")
    assert [mark.stance for mark in Marks(tmp_path).all()] == ["refutes"]
    assert 'aria-pressed="true"' not in page.mark(found, "t1 refutes 3")
    assert Marks(tmp_path).all() == []


@pytest.mark.parametrize("asked", ["", "t99 supports 1", "t1", "t1 maybe 1", "x"])
def test_what_names_no_evidence_or_no_verdict_is_not_kept(page: TracePage, tmp_path: Path, asked: str) -> None:
    assert 'aria-pressed="true"' not in page.mark(last(page), asked)
    assert page.mark(None, asked)
    assert Marks(tmp_path).all() == []


def test_verdicts_that_cannot_be_read_are_said_beside_the_evidence(page: TracePage, tmp_path: Path) -> None:
    found = last(page)
    (tmp_path / FILE_NAME).write_text("no database, but long enough to be taken for one" * 40, encoding="utf-8")
    for html in (list(page.trace(REFUTED))[-1][0], page.mark(found, "t1 supports 1")):
        assert "Your verdict was not kept or read: The verdicts in" in html
        assert FACT in html


@pytest.mark.parametrize("ending", [".md", ".html", ".json", ".csv", ".jsonld"])
def test_an_export_button_gives_the_very_bytes_that_the_command_writes(
    page: TracePage, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = last(page)
    page.mark(found, "t1 neither 1")
    document = fake_dossiers(Marks(tmp_path))(found.to_json())
    monkeypatch.setattr(page, "_dossiers", lambda _: document)  # one and the same second
    given = json.loads(page.export(found, f"{ending} 2"))
    assert given["name"] == f"the-ferry-carried-900-passengers{ending}"
    assert base64.b64decode(given["data"]) == encoded(document, ending)


def test_every_form_of_report_has_its_button() -> None:
    html = trace_html(traced(REFUTED))
    assert [ending for ending in FORMS if f'data-export="{ending}"' in html] == list(FORMS)


def test_what_cannot_be_exported_is_said_and_what_is_no_form_gives_nothing(
    page: TracePage, caplog: pytest.LogCaptureFixture
) -> None:
    said = json.loads(page.export(traced("The lighthouse was built by giants."), ".md 1"))
    assert said == {"problem": "Not exported: an article is damaged; `attest verify` says which"}
    assert page.export(None, ".md 1") == ""
    assert [page.export(last(page), asked) for asked in ("", ".exe 1", "../.md 1")] == ["", "", ""]
    assert not caplog.records


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("Finland joined NATO in 2023.", "finland-joined-nato-in-2023"),
        ("../../etc/passwd", "etc-passwd"),
        ("Мир", "claim"),
        ("a" * 200, "a" * 60),
        ("a" * 55 + " June 2019", "a" * 55 + "-june"),
        ("a" * 50 + " June 2019", "a" * 50 + "-june-2019"),
    ],
)
def test_a_report_is_named_after_its_claim_in_letters_that_every_disk_takes(claim: str, name: str) -> None:
    assert file_name(claim) == name


def test_the_timeline_shows_each_piece_of_evidence_on_its_side() -> None:
    html = trace_html(traced(REFUTED))
    picture = html[html.index("<svg") : html.index("</svg>")]
    assert (picture.count('class="against"'), picture.count('class="for"')) == (2, 0)
    assert "2021-03-24: 2 refutes" in picture
    assert "1 without a date" in html
    assert trace_html(traced("The ferry carried 214 passengers.")).count('<rect class="for"') == 2
    uncounted = trace_html(traced("Giants built the lighthouse."))
    assert (uncounted.count('<rect class="other"'), uncounted.count('<rect class="for"')) == (2, 0)
