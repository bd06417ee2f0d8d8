import pytest

from rag.number_pairs import other_pair


@pytest.mark.parametrize(
    ("claim", "sentence", "reason"),
    [
        (
            "The council passed it by 24 votes to 31",
            "The council passed it on Tuesday by 31 votes to 24.",
            "31 votes to 24, not 24 votes to 31",
        ),
        (
            "Eleven of the eleven members ratified it",
            "Nine of the eleven members have ratified it.",
            "Nine of the eleven, not Eleven of the eleven",
        ),
    ],
)
def test_numbers_the_other_way_round_are_another_pair(claim: str, sentence: str, reason: str) -> None:
    found = other_pair(claim, sentence)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The council passed it by 31 votes to 24", "The council passed it by 31 votes to 24."),
        ("Orle lost to Brenn 1-3", "Brenn beat Orle 3-1 on Sunday."),  # true of who lost
        ("Nine of 11 members ratified it", "Nine of the eleven members have ratified it."),
        ("Four of the ten ships sank", "Nine of the eleven members have ratified it."),
    ],
)
def test_the_same_pair_or_one_of_something_else_is_none(claim: str, sentence: str) -> None:
    assert other_pair(claim, sentence) is None
