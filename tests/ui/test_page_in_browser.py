"""The page in a real browser. Chromium comes from the system; playwright only drives it."""

import re
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.ferry import FACT, RESCUE

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("section.answer:not([data-state=working])")).to_be_visible()


def press_tab_until(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def test_a_citation_opens_its_article_at_the_cited_words_by_keyboard_alone(page: Page) -> None:
    ask(page, "How many passengers did the ferry carry?")
    press_tab_until(page, 'button.cite[data-open="1"]')
    page.keyboard.press("Enter")
    mark = page.locator("section.reading:not([hidden]) mark.current")
    expect(mark).to_have_text(FACT)
    expect(mark).to_be_in_viewport()
    expect(page.locator('button.cite[data-open="1"]')).to_be_in_viewport()  # beside the article, still to be read
    page.keyboard.press("Escape")
    expect(page.locator('button.cite[data-open="1"]')).to_be_focused()


def test_a_click_on_another_citation_moves_the_highlight(page: Page) -> None:
    ask(page, "How many passengers did the ferry carry?")
    page.locator('button.cite[data-open="1"]').click()
    page.locator('button.cite[data-open="2"]').click()
    marks = page.locator("section.reading:not([hidden]) mark.current")
    expect(marks).to_have_text("All of them were brought ashore by noon.")
    expect(marks).to_be_in_viewport()


def test_nothing_is_requested_from_another_host(page: Page, requests: list[str]) -> None:
    ask(page, "How many passengers did the ferry carry?")
    page.locator('button.cite[data-open="1"]').click()
    ask(page, "Who built the lighthouse?")
    page.wait_for_timeout(1000)  # never idle: the page keeps a line to its server for as long as it is open
    hosts = {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}


def test_the_browser_itself_forbids_requests_elsewhere(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("() => { new Image().src = 'https://example.org/spy.png'; }")
    page.wait_for_timeout(300)
    assert any("Content Security Policy" in line for line in said)


def test_the_page_itself_breaks_no_rule_of_its_policy(browser: Browser, address: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    ask(page, "How many passengers did the ferry carry?")
    page.close()
    assert [line for line in said if "Content Security Policy" in line] == []


def test_another_host_name_for_this_machine_is_refused(address: str) -> None:
    request = urllib.request.Request(address, headers={"Host": "rebound.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 421
    refused.value.close()


def test_an_article_cannot_run_anything(page: Page) -> None:
    ask(page, "How many passengers did the ferry carry?")
    page.locator("details.withheld summary").click()
    page.locator("details.withheld button.cite").click()
    shown = page.locator("section.reading:not([hidden])")
    expect(shown).to_contain_text("<script>window.pwned = 1</script> & <img src=x")
    expect(shown).to_contain_text("${window.pwned = 3} {{pwned}}")
    assert page.evaluate("window.pwned") is None


def test_an_abstention_shows_the_nearest_passages_and_opens_them(page: Page) -> None:
    ask(page, "Who built the lighthouse?")
    expect(page.get_by_text("The archive does not say")).to_be_visible()
    page.locator('button.source[data-open="p1"]').click()
    expect(page.locator("section.reading:not([hidden]) mark.current").first).to_be_in_viewport()


def test_the_next_question_puts_the_old_article_away(page: Page) -> None:
    ask(page, "How many passengers did the ferry carry?")
    page.locator('button.cite[data-open="1"]').click()
    ask(page, "Who built the lighthouse?")
    expect(page.locator("section.reading:not([hidden])")).to_have_count(0)
    expect(page.locator(".reading.empty")).to_be_visible()


def test_an_example_question_is_asked_by_pressing_it(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Ferry runs aground")).click()
    expect(page.locator("section.answer[data-state=answered]")).to_be_visible()


def test_a_date_that_is_none_is_said_on_the_page(page: Page) -> None:
    page.get_by_role("textbox", name="From").fill("yesterday")
    box = page.get_by_role("textbox", name="Question")
    box.fill("How many passengers did the ferry carry?")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("expected a date such as 2021-03-24")


def test_an_empty_question_is_answered_in_the_pages_words(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Not asked: the question is empty")
    expect(page.get_by_role("alert")).not_to_contain_text("attest")


def test_examples_are_named_as_questions_to_ask(page: Page) -> None:
    group = page.get_by_role("group", name="Example questions")
    expect(group.get_by_role("button", name=re.compile("^Ask: "))).not_to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "Control+Enter"])
def test_a_quotation_is_checked_by_keyboard(page: Page, key: str) -> None:
    page.get_by_role("tab", name="Quote").click()
    expect(page.locator("#attest-quote-articles")).not_to_contain_text("[1]")
    page.get_by_role("textbox", name="Quotation").fill("The ferry carried 214 passengers.\nAnd more.")
    page.get_by_role("textbox", name="Quotation").press(key)
    expect(page.locator("section.quoted[data-status]")).to_be_visible()


def test_the_list_of_outlets_closes_when_tab_leaves_it(page: Page) -> None:
    page.locator("#attest-outlet input").click()
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.locator("#attest-outlet input")).not_to_be_focused()


def test_a_narrow_screen_shows_the_answer(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    ask(page, "How many passengers did the ferry carry?")
    expect(page.locator("section.answer .sentence").first).to_be_in_viewport()
    page.locator('button.cite[data-open="1"]').click()
    expect(page.locator("section.reading:not([hidden]) mark.current")).to_be_in_viewport()


def test_the_box_for_the_question_takes_the_width_of_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    box = page.get_by_role("textbox", name="Question").bounding_box()
    assert box is not None
    assert box["width"] > 250


@pytest.mark.parametrize(("width", "height"), [(390, 400), (1280, 400)])
def test_the_way_back_from_an_article_stays_in_sight(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    ask(page, "How many passengers did the ferry carry?")
    page.locator('button.cite[data-open="1"]').click()
    mark = page.locator("section.reading:not([hidden]) mark.current")
    expect(mark).to_be_in_viewport()
    back = page.locator("section.reading:not([hidden]) [data-back]")
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    expect(back).to_be_in_viewport(ratio=1)
    back.click()
    expect(page.locator('button.cite[data-open="1"]')).to_be_focused()


def test_what_has_the_focus_has_a_strong_ring(page: Page) -> None:
    press_tab_until(page, "#attest-ask")
    outline = page.evaluate("getComputedStyle(document.activeElement).outline")
    assert "solid" in outline
    assert "3px" in outline


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_never_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    ask(page, "How many passengers did the ferry carry?")
    page.locator('button.cite[data-open="1"]').click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def check(page: Page, quotation: str) -> None:
    page.get_by_role("tab", name="Quote").click()
    page.get_by_role("textbox", name="Quotation").fill(quotation)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("section.quoted[data-status]")).to_be_visible()


def test_a_quotation_is_checked_and_opens_in_its_article(page: Page, requests: list[str]) -> None:
    check(page, "The ferry carried 900 passengers when it left the quay.")
    outcome = page.locator("section.quoted")
    expect(outcome.locator(".outcome")).to_have_text("Altered")
    expect(outcome.locator(".differences")).to_contain_text("900 stands where the article has 214")
    expect(outcome).to_contain_text("Said by: Ada Quist.")
    outcome.locator('.citations button[data-open="q1"]').click()
    mark = page.locator("section.reading:not([hidden]) mark.current")
    expect(mark).to_have_text(FACT)
    expect(mark).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(outcome.locator('.citations button[data-open="q1"]')).to_be_focused()
    outcome.locator(".first-seen button").click()
    page.keyboard.press("Escape")
    expect(outcome.locator(".first-seen button")).to_be_focused()
    hosts = {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}


def test_a_quotation_that_was_not_found_shows_the_nearest_wording(page: Page) -> None:
    check(page, "The lighthouse was built by giants.")
    expect(page.locator("section.quoted .outcome")).to_have_text("Not found in the archive")
    page.locator('section.quoted .citations button[data-open="q1"]').click()
    expect(page.locator("section.reading:not([hidden]) mark.current")).to_have_text(RESCUE)


def test_each_tab_keeps_the_article_that_was_opened_in_it(page: Page) -> None:
    ask(page, "How many passengers did the ferry carry?")
    page.locator('button.cite[data-open="2"]').click()
    check(page, "The ferry carried 214 passengers when it left the quay.")
    page.locator('section.quoted .citations button[data-open="q1"]').click()
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator("#attest-articles section.reading:not([hidden]) mark.current")).to_have_text(RESCUE)


def test_an_article_in_the_quote_tab_cannot_run_anything(page: Page) -> None:
    check(page, "The ferry carried 214 passengers <script>window.pwned = 5</script>")
    page.locator('section.quoted button[data-open="q2"]').click()
    expect(page.locator("#attest-quote-articles section.reading:not([hidden])")).to_contain_text("window.pwned = 3")
    assert page.evaluate("window.pwned") is None


def test_an_empty_quotation_is_said_on_the_page(page: Page) -> None:
    page.get_by_role("tab", name="Quote").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("Not looked for: the quotation is empty")
