from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.wording import normal_form, read_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“I don’t know,” he said—twice.", '"I don\'t know" he said -- twice'),
        ("The  cost is\n1,200", "the cost is 1200"),
        ("in\u00adside the cafe\u0301", "inside the café"),
        ("It was ‘done’", 'It was "done"'),
        ("WE WILL WIN", "We will win"),
        ("[M]uch of it want[ed] rest", "Much of it wanted rest"),
    ],
)
def test_typography_and_capitals_make_no_difference(one: str, other: str) -> None:
    assert read_words(one).words == read_words(other).words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("it cost $5", "it cost €5"),
        ("5 degrees", "-5 degrees"),
        ("up 3%", "up 3"),
        ("we're here", "were here"),
        ("1.5 million", "15 million"),
        ("the US asked", "they asked us"),
        ("they said[1] so", "they said1 so"),
        ("they recieve[sic] it", "they recievesic it"),
    ],
)
def test_what_changes_the_words_makes_a_difference(one: str, other: str) -> None:
    assert read_words(one).words != read_words(other).words


def test_us_is_a_country_only_among_lower_case_letters() -> None:
    assert read_words("Give US aid").words == ("give", "US", "aid")
    assert read_words("GIVE US AID").words == ("give", "us", "aid")


def test_scripts_without_spaces_give_a_word_for_each_character() -> None:
    assert read_words("今日は").words == ("今", "日", "は")


def test_spans_that_are_left_out_give_no_words() -> None:
    assert read_words("one two three", [(4, 7)]).words == ("one", "three")


def test_a_hyphen_joins_and_a_space_does_not() -> None:
    wording = read_words("e-mail them")
    assert [wording.joined(at) for at in range(3)] == [False, True, False]


@given(st.text(max_size=200))
def test_every_word_is_the_normal_form_of_what_stands_at_its_place(text: str) -> None:
    wording = read_words(text)
    lower_case = any(map(str.islower, text))
    spans = list(zip(wording.starts, wording.ends, strict=True))
    assert list(wording.words) == [normal_form(text[start:end], lower_case=lower_case) for start, end in spans]
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@given(st.text(alphabet="ab 'é,", max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    assert sum(map(str.isalpha, "".join(read_words(text).words))) == sum(map(str.isalpha, text))
