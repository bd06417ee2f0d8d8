"""The Trace tab in a real browser, and what is said of copies in every tab. The fixtures are in `conftest.py`."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from index.marks import Marks
from rag.dossier_check import breaches
from tests.ui.fakes import FakeArchive
from tests.ui.ferry import FACT
from ui.reading_dossier import read_dossier

pytestmark = pytest.mark.browser


def trace(page: Page, claim: str) -> None:
    page.get_by_role("tab", name="Trace").click()
    page.get_by_role("textbox", name="Claim").fill(claim)
    page.get_by_role("button", name="Trace").click()
    expect(page.locator("section.traced[data-verdict]")).to_be_visible()


def test_evidence_for_a_claim_is_walked_through_and_opened_by_keyboard_alone(page: Page, requests: list[str]) -> None:
    trace(page, "The ferry carried 900 passengers.")
    outcome = page.locator("section.traced")
    expect(outcome.locator(".outcome")).to_have_text("Refuted")
    expect(outcome).to_contain_text("Rests on one independent source.")
    expect(outcome.locator(".evidence li").first).to_contain_text("Refutes: 214, not 900")
    page.keyboard.press("j")
    expect(outcome.locator('button[data-open="t1"]')).to_be_focused()
    page.keyboard.press("j")
    expect(outcome.locator('button[data-open="t2"]')).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    mark = page.locator("#attest-trace-articles section.reading:not([hidden]) mark.current")
    expect(mark).to_have_text(FACT)
    expect(mark).to_be_in_viewport()
    page.keyboard.press("j")  # goes on from the one that is open
    expect(outcome.locator('button[data-open="t2"]')).to_be_focused()
    hosts = {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}


def test_what_was_seen_first_opens_and_no_ring_covers_a_badge(page: Page) -> None:
    trace(page, "The ferry carried 214 passengers.")
    page.locator("section.traced .first-seen button").click()
    expect(page.locator("#attest-trace-articles section.reading:not([hidden]) mark.current")).to_have_text(FACT)
    page.keyboard.press("Escape")
    expect(page.locator("section.traced .first-seen button")).to_be_focused()
    page.locator("section.traced .evidence [data-open=t1]").click()
    page.keyboard.press("s")  # the outcome is drawn again, and the way back is still to the evidence
    expect(page.locator("section.traced .evidence [aria-pressed=true]")).to_have_text("✓ supports")
    page.keyboard.press("Escape")
    expect(page.locator("section.traced .evidence [data-open=t1]")).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("section.traced .evidence [aria-pressed=true]")).to_have_count(0)
    room = page.evaluate("""() => {
      const [badge, button] = [".stance .badge", "[data-open=t1]"].map(
        (what) => document.querySelector("section.traced .evidence " + what));
      return button.getBoundingClientRect().top - badge.getBoundingClientRect().bottom;
    }""")
    assert room >= 5  # a ring of 3 pixels, 2 away from the button
    colours = page.locator("section.traced .evidence [data-open=t1]").evaluate(
        "button => [button, button.querySelector('.day')].map((part) => getComputedStyle(part).color)"
    )
    assert colours[0] == colours[1]


def test_s_r_and_n_keep_the_persons_own_verdict_on_the_evidence_in_focus(page: Page, marks: Marks) -> None:
    claim = "The ferry carried 900 passengers, twice."
    trace(page, claim)
    first, second = (page.locator(f"section.traced li:has([data-open={key}])") for key in ("t1", "t2"))
    page.keyboard.press("s")  # nothing is in focus: nothing is kept
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(first.locator("[aria-pressed=true]")).to_have_text("✓ refutes")
    expect(first.locator("[data-open=t1]")).to_be_focused()  # drawn again, and still there
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(second.locator("[aria-pressed=true]")).to_have_text("✓ neither")
    expect(second.locator("[data-open=t2]")).to_be_focused()
    assert {mark.stance for mark in marks.of(claim)} == {"refutes", "neither"}
    page.keyboard.press("n")
    expect(second.locator("[aria-pressed=true]")).to_have_count(0)
    assert [mark.stance for mark in marks.of(claim)] == ["refutes"]


def test_a_verdict_may_be_given_while_the_article_is_read_and_leaves_it_open(page: Page, marks: Marks) -> None:
    claim = "The ferry carried 900 passengers, they say."
    trace(page, claim)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    mark = page.locator("#attest-trace-articles section.reading:not([hidden]) mark.current")
    expect(mark).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("section.traced [data-mark='t1 supports']")).to_have_attribute("aria-pressed", "true")
    expect(mark).to_be_focused()
    expect(page.locator("section.traced [data-open=t1]")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(page.locator("section.traced [data-open=t1]")).to_be_focused()


def test_a_verdict_is_also_given_by_its_button(page: Page, marks: Marks) -> None:
    claim = "The ferry carried 900 passengers, by a click."
    trace(page, claim)
    page.locator("section.traced [data-mark='t2 refutes']").click()
    expect(page.locator("section.traced [data-mark='t2 refutes']")).to_have_attribute("aria-pressed", "true")
    assert [mark.stance for mark in marks.of(claim)] == ["refutes"]


def test_s_r_and_n_typed_into_a_claim_keep_no_verdict(page: Page, marks: Marks) -> None:
    claim = "The ferry carried 900 passengers, it was typed."
    trace(page, claim)
    page.keyboard.press("j")
    box = page.get_by_role("textbox", name="Claim")
    box.fill("")
    box.press_sequentially("snr")
    expect(box).to_have_value("snr")
    page.wait_for_timeout(300)
    assert marks.of(claim) == []


def test_j_and_k_typed_into_a_claim_are_letters(page: Page) -> None:
    trace(page, "The ferry carried 214 passengers.")
    box = page.get_by_role("textbox", name="Claim")
    box.fill("")
    box.press_sequentially("jokes")
    expect(box).to_have_value("jokes")
    expect(box).to_be_focused()


def test_copies_of_a_report_are_folded_under_its_evidence(page: Page) -> None:
    trace(page, "The ferry carried 214 passengers.")
    copies = page.locator("section.traced details.copies")
    expect(copies.locator("li")).to_be_hidden()
    copies.locator("summary").click()
    expect(copies.locator("li")).to_have_text("Meridian Post · Liman · 2020-01-02")


def test_an_article_in_the_trace_tab_cannot_run_anything(page: Page) -> None:
    trace(page, "The ferry carried 214 passengers <script>window.pwned = 6</script>")
    page.locator("section.traced details.read summary").click()
    page.locator('section.traced button[data-open="t3"]').click()
    expect(page.locator("#attest-trace-articles section.reading:not([hidden])")).to_contain_text("window.pwned = 3")
    assert page.evaluate("window.pwned") is None


def test_a_claim_of_which_nothing_is_found_shows_what_is_near(page: Page) -> None:
    trace(page, "The lighthouse was built by giants.")
    expect(page.locator("section.traced .outcome")).to_have_text("Not found in the archive")
    expect(page.locator("section.traced .evidence li").first).to_be_visible()


def test_an_empty_claim_is_said_on_the_page(page: Page) -> None:
    page.get_by_role("tab", name="Trace").click()
    page.get_by_role("button", name="Trace").click()
    expect(page.get_by_role("alert")).to_contain_text("Not traced: the claim is empty")


def test_the_trace_tab_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    trace(page, "The ferry carried 900 passengers.")
    page.locator('button[data-open="t1"]').click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_opened_article_names_who_else_printed_it_and_opens_that_copy(page: Page) -> None:
    trace(page, "The ferry carried 900 passengers.")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    shown = page.locator("#attest-trace-articles section.reading:not([hidden])")
    expect(shown.locator(".printed")).to_contain_text(
        "Also printed by Meridian Post, 2020-01-02. Copies of one report are"
    )
    shown.get_by_role("button", name="Meridian Post, 2020-01-02").click()
    expect(shown.locator("h2")).to_have_text("Liman")
    expect(shown).to_be_focused()
    expect(shown.locator("h2")).to_be_in_viewport()
    shown.get_by_role("button", name="Harbour Wire, 2021-03-24").click()  # and back from the copy
    expect(shown.locator("h2")).to_have_text("Ferry runs aground")
    page.keyboard.press("Escape")
    expect(page.locator("section.traced [data-open=t1]")).to_be_focused()
    expect(page.locator("section.traced .rests")).to_contain_text("Rests on one independent source.")  # not two


def test_a_copy_opens_in_the_tab_in_which_it_was_asked_for(page: Page) -> None:
    box = page.get_by_role("textbox", name="Question")
    box.fill("How many passengers did the ferry carry?")
    box.press("Enter")
    page.locator('button.cite[data-open="1"]').click()
    trace(page, "The ferry carried 900 passengers.")
    page.locator('button[data-open="t1"]').click()
    shown = page.locator("#attest-trace-articles section.reading:not([hidden])")
    shown.locator(".printed button").click()
    expect(shown.locator("h2")).to_have_text("Liman")
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator("#attest-articles section.reading:not([hidden]) h2")).to_have_text("Ferry runs aground")


def test_each_export_button_saves_a_report_of_what_is_shown(page: Page, marks: Marks, tmp_path: Path) -> None:
    claim = "The ferry carried 900 passengers, exported."
    trace(page, claim)
    page.locator("section.traced [data-mark='t1 supports']").click()
    expect(page.locator("section.traced [data-mark='t1 supports']")).to_have_attribute("aria-pressed", "true")
    saved = {}
    for label in ("Markdown", "HTML file", "JSON", "CSV", "JSON-LD (ClaimReview)"):
        with page.expect_download() as started:
            page.get_by_role("group", name="Export a report").get_by_role("button", name=label, exact=True).click()
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        expect(page.locator(".exports .said")).to_have_text(f"Saved as {path.name}")
        saved[path.suffix] = path.read_text(encoding="utf-8")
    assert sorted(saved) == [".csv", ".html", ".json", ".jsonld", ".md"]
    for path in (path for path in tmp_path.iterdir() if path.suffix in (".html", ".json", ".md")):
        document, shown = read_dossier(path)
        assert [*breaches(document, FakeArchive().article), *shown] == []
        assert [one["stance"] for one in document["own_verdicts"]] == ["supports"]
    assert '"@type": "ClaimReview"' in saved[".jsonld"]
    assert FACT in saved[".csv"]


def test_the_same_form_is_exported_again_with_what_has_changed_since(page: Page, marks: Marks) -> None:
    trace(page, "The ferry carried 900 passengers, exported twice.")
    button = page.locator('[data-export=".json"]')
    counts = []
    for _ in range(2):
        with page.expect_download() as started:
            button.click()
        counts.append(started.value.path().read_text(encoding="utf-8").count('"stance": "neither"'))
        page.locator("section.traced [data-mark='t2 neither']").click()
        expect(page.locator("section.traced [data-mark='t2 neither']")).to_have_text("✓ neither")
    assert counts[1] == counts[0] + 1


def test_a_report_that_cannot_be_made_says_why_beside_its_button(page: Page) -> None:
    trace(page, "The lighthouse was built by giants.")
    page.get_by_role("button", name="Markdown").click()
    expect(page.locator(".exports .said")).to_have_text(
        "Not exported: an article is damaged; `attest verify` says which"
    )
    expect(page.locator("section.traced .outcome")).to_be_visible()


def test_the_evidence_is_drawn_on_a_timeline(page: Page) -> None:
    trace(page, "The ferry carried 900 passengers.")
    picture = page.locator("section.traced svg.timeline")
    expect(picture).to_be_visible()
    expect(picture.locator("rect.against")).to_have_count(2)
    colours = picture.locator("rect.against").first.evaluate("mark => getComputedStyle(mark).fill")
    assert colours == page.locator("section.traced .legend .against").evaluate("mark => getComputedStyle(mark).color")


def test_the_dates_of_the_timeline_can_be_read_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    trace(page, "The ferry carried 900 passengers.")
    label = page.locator("section.traced svg.timeline text").first.bounding_box()
    assert label is not None
    assert label["height"] >= 10  # CSS pixels
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
