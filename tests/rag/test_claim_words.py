import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.claim_words import Word, read_claim_words


def word(text: str, shown: str) -> Word:
    [found] = [one for one in read_claim_words(text) if one.text == shown]
    return found


@pytest.mark.parametrize(
    ("text", "shown", "key"),
    [
        ("about 1,200 people", "1,200", "1200"),
        ("1.9 million people", "1.9 million", "1.9e+06"),
        ("$850,000 in gifts", "850,000", "850000"),
        ("forty-one dead", "forty-one", "41"),
        ("three hundred people", "three hundred", "300"),
        ("a dozen boats and half a mile", "half", "0.5"),
    ],
)
def test_a_number_is_one_word_by_its_value(text: str, shown: str, key: str) -> None:
    found = word(text, shown)
    assert (found.kind, found.key) == ("number", key)


def test_digits_and_words_of_one_number_are_the_same() -> None:
    assert word("six boats", "six").key == word("6 boats", "6").key


def test_a_number_knows_what_it_counts() -> None:
    assert word("24 percent of voters", "24").unit == word("24% of voters", "24").unit == "%"
    assert word("$20 a barrel", "20").unit == "$"
    assert word("41 passengers", "41").unit == word("97 passengers", "97").unit == "passeng"


def test_years_months_ordinals_days_and_names_are_told_apart() -> None:
    text = "On Monday Paul Dorsey came third in May 2021"
    kinds = {one.text: one.kind for one in read_claim_words(text)}
    assert kinds == {
        "On": "function",
        "Monday": "day",
        "Paul": "name",
        "Dorsey": "name",
        "came": "content",
        "third": "ordinal",
        "in": "function",
        "May": "month",
        "2021": "year",
    }


def test_what_a_denial_reaches_ends_with_its_clause() -> None:
    words = {one.lower: one.denied for one in read_claim_words("He didn't vote for it, but praised the bill")}
    assert words["vote"]
    assert not words["praised"]


@given(st.text(max_size=200))
def test_every_word_of_any_text_is_its_slice(text: str) -> None:
    for one in read_claim_words(text):
        assert text[one.start : one.end] == one.text
