import pytest

from eval.judges.ceiling import human_ceiling
from eval.judges.pairs import LabelledPair


def pair(*votes: bool) -> LabelledPair:
    return LabelledPair("s", "c", "e", True, votes)


def test_each_vote_is_compared_where_the_others_agree() -> None:
    found = human_ceiling([pair(True, True, True), pair(False, True, True), pair(False, False, False)])
    assert found is not None
    # Three right on the first, one wrong on the second (the other two have nobody to be compared with), three right.
    assert (found.pairs, found.votes) == (3, 7)
    assert found.agreement.true_positive_rate == pytest.approx(3 / 4)
    assert found.agreement.true_negative_rate == 1.0
    assert found.balanced_accuracy == pytest.approx(7 / 8)


def test_two_votes_say_nothing_about_one_against_two() -> None:
    assert human_ceiling([pair(True, False), pair(True, True), pair()]) is None


def test_of_four_votes_all_the_others_must_agree() -> None:
    found = human_ceiling([pair(True, True, True, False), pair(True, True, False, False)])
    assert found is not None
    assert (found.votes, found.agreement.true_positive_rate) == (1, 0.0)
