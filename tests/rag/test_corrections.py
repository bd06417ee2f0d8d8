import pytest

from rag.corrections import asks_of_corrections, takes_back
from rag.other_event import about_another_event


@pytest.mark.parametrize(
    "sentence",
    [
        "Correction, 3 May: An earlier version of this article said that the ferry carried 900 passengers.",
        "This story originally said that the ferry carried 900 passengers.",
        "Our report wrongly named the captain as Olaf Lund.",
    ],
)
def test_what_an_earlier_version_said_is_taken_back_and_answers_nothing(sentence: str) -> None:
    assert takes_back(sentence)
    assert about_another_event("How many passengers did the ferry carry?", sentence)
    assert not about_another_event("What did an earlier version of the article say?", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The right number is 214.",
        "An earlier version of the ferry carried 900 passengers.",
        "The story of the ferry was first told by Ada Quist.",
        "The first edition of the race was held in 1903.",
    ],
)
def test_other_sentences_take_nothing_back(sentence: str) -> None:
    assert not takes_back(sentence)


def test_a_claim_about_a_correction_is_told() -> None:
    assert asks_of_corrections("The newspaper corrected the number of passengers")
    assert not asks_of_corrections("The ferry carried 900 passengers")
