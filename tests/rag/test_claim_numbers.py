import pytest

from rag.claim_numbers import with_numbers_of


@pytest.mark.parametrize(
    ("claim", "sentence", "read"),
    [
        ("It cost 62 million euros", "It cost €62 million, the auditor said.", "It cost €62 million"),
        ("It hurt about 40 people", "The fire hurt 41 people.", "It hurt 41 people"),
        ("It hurt more than 30 people", "The fire hurt 41 people.", "It hurt 41 people"),
        ("It cost 48.6 million euros", "It cost nearly 49 million euros.", "It cost nearly 49 million euros"),
        ("Dozens of people were hurt", "The fire hurt 41 people.", "41 people were hurt"),
        ("More than 90 people were hurt", "The number of people hurt has risen to 97.", "97 people were hurt"),
        ("Turnout was about 50 percent", "Turnout was 52 percent.", "Turnout was 52 percent"),
    ],
)
def test_a_claim_is_read_with_the_amount_of_the_sentence_that_tells_it(claim: str, sentence: str, read: str) -> None:
    assert with_numbers_of(claim, sentence) == read


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("It hurt 30 people", "The fire hurt 41 people."),
        ("It hurt about 40 people", "The fire hurt 97 people."),
        ("It hurt fewer than 30 people", "The fire hurt 41 people."),
        ("It hurt more than 50 people", "The fire hurt 41 people."),
        ("It hurt 37 people", "The fire hurt at least 30 people."),
        ("It cost $62 million", "It cost €62 million."),
        ("Hundreds of people were hurt", "The fire hurt 41 people."),
        ("Dozens of houses burned", "The fire hurt 41 people."),
        ("It hurt around 40 people", "The fire hurt about 40 people."),
    ],
)
def test_another_amount_currency_or_noun_is_left_as_claimed(claim: str, sentence: str) -> None:
    assert with_numbers_of(claim, sentence) == claim
