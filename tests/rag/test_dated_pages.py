"""Pages read with the days of their weekdays, where the question asks when."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Citation
from rag.dated_pages import Insertion, asks_when, insertions, led_back, read_passages, with_dates
from rag.reader import Page, Reading, page_of
from rag.weekdays import day_meant
from tests.rag.samples import meta, passage

THURSDAY = "Sweden became a member on Thursday, after two years."
MONDAY = "The flag is to be raised on Monday"


ASKED = "When did Sweden become a member?"


def dated(*sentences: str, published_at: str | None = "2024-03-07") -> Page:
    page = page_of(passage(*sentences, article=meta(published_at=published_at)))
    return with_dates(page, insertions(ASKED, page, published_at))


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("When did Sweden join?", True),
        ("When was the flag raised?", True),
        ("When will the flag be raised?", False),
        ("When was the bill due to pass?", False),
        ("On which day did Sweden join?", True),
        ("In what year was Sweden a member?", True),
        ("What did he say when Sweden joined?", False),
        ("How long did it take?", False),
    ],
)
def test_a_question_asks_when_by_its_first_words(question: str, asks: bool) -> None:
    assert asks_when(question) is asks


def test_the_sentence_that_tells_of_it_gets_the_day_that_it_was() -> None:
    page = dated(THURSDAY, MONDAY)
    assert page.text == f"Sweden became a member on Thursday, March 7, 2024, after two years. {MONDAY}"
    assert [page.text[slice(*span)] for span in page.sentences] == [page.text[:67], MONDAY]


@pytest.mark.parametrize(
    "text",
    [
        "Norway became a member on Thursday.",
        "Sweden became a member, its prime minister said on Thursday.",
        "Sweden plans to become a member on Thursday.",
        "Sweden had become a member, and on Thursday its flag was raised.",
        "Sweden became a member in March, and on Thursday its flag was raised.",
        "It rained on Thursday in the south of Sweden.",
    ],
)
def test_a_weekday_of_something_else_gets_none(text: str) -> None:
    assert dated(text).text == text


@pytest.mark.parametrize(
    ("text", "published_at"),
    [
        (THURSDAY, None),
        (THURSDAY, "2024"),
        ("Sweden became a member on Thursday, March 7, after two years.", "2024-03-08"),
        ("Sweden became a member on Thursday 7 March, after two years.", "2024-03-08"),
        ("Sweden became a member in March 2024.", "2024-03-08"),
    ],
)
def test_nothing_is_put_in_where_the_day_is_unknown_or_written(text: str, published_at: str | None) -> None:
    assert dated(text, published_at=published_at).text == text


@given(places=st.sets(st.integers(0, 5), max_size=4), data=st.data())
def test_what_was_read_is_led_back_to_the_same_words(places: set[int], data: st.DataObject) -> None:
    text = "x" * 50
    dates = [Insertion(8 * place, 8 * place + 6, ", May 5, 2024") for place in sorted(places)]
    grown = len(with_dates(Page("", text, ()), dates).text)
    start = data.draw(st.integers(0, grown - 1))
    first, last = led_back((start, data.draw(st.integers(start + 1, grown))), dates)
    assert 0 <= first < last <= len(text)
    one, other = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True)))
    moved = (
        one + sum(len(date.written) for date in dates if date.end <= one),
        other + sum(len(date.written) for date in dates if date.end < other),
    )
    assert led_back(moved, dates) == (one, other)


class Finds:
    """A reader that finds `words` in each page; it keeps the pages."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.pages: list[Page] = []

    def __call__(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        self.pages += pages
        ones = np.ones(1, dtype=np.float32)
        starts = [page.text.index(self.words) for page in pages]
        return [Reading(ones, ((start, start + len(self.words)),), ones, ones) for start in starts]


def test_the_words_found_are_those_of_the_article() -> None:
    found = passage(THURSDAY, article=meta(published_at="2024-03-07"))
    for words in ("Thursday", "Thursday, March 7, 2024", "March 7, 2024", "7"):
        (reading,) = read_passages(Finds(words), ASKED, [found])
        assert [found.text[slice(*span)] for span in reading.spans if span] == ["Thursday"]


def test_other_questions_are_read_beside_the_page_as_it_is() -> None:
    finds = Finds("Thursday")
    read_passages(finds, "Who became a member on that Thursday?", [passage(THURSDAY)])
    assert finds.pages[0].text == THURSDAY


def test_a_weekday_that_answers_is_shown_with_its_day() -> None:
    article = meta(published_at="2024-03-07")
    sentence = Citation(article, 100, 100 + len(THURSDAY), THURSDAY)
    at = 100 + THURSDAY.index("Thursday")
    words = Citation(article, at, at + 8, "Thursday")
    assert day_meant(words, sentence) == "7 March 2024"
    assert day_meant(replace(words, start=at - 3, quote="on Thursday"), sentence) == "7 March 2024"
    unknown = meta(published_at=None)
    assert day_meant(replace(words, article=unknown), replace(sentence, article=unknown)) is None
    assert day_meant(Citation(article, 100, 106, "Sweden"), sentence) is None
