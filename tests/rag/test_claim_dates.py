from collections.abc import Sequence

import numpy as np
import pytest

from rag.claim_dates import dated, other_day, read_beside
from rag.evidence import Floats
from rag.stance import RuleStance, Window

HARBOUR = "ORLE - The ferry Marit left the quay for the last time on Tuesday."  # of an article of 4 April 2023


@pytest.mark.parametrize(
    ("claim", "undated"),
    [
        ("Norland joined the pact in March 2024", "Norland joined the pact"),
        ("In March 2024 Norland joined the pact.", "Norland joined the pact."),
        ("Norland, in 2024, joined the pact.", "Norland, joined the pact."),
        ("Norland won the March 2024 vote.", "Norland won the vote."),
        ("Norland left in mid-May 2024.", "Norland left."),
    ],
)
def test_a_claim_is_read_without_when_it_was(claim: str, undated: str) -> None:
    found = dated(claim)
    assert found is not None
    assert found.undated == undated


@pytest.mark.parametrize(
    "claim", ["Norland joined the pact", "Norland has been a member since 2024", "By March 2024 Norland had joined"]
)
def test_since_when_or_until_when_is_part_of_what_is_claimed(claim: str) -> None:
    assert dated(claim) is None


def test_the_date_is_left_out_beside_an_article_of_then_that_gives_none() -> None:
    claim = "The ferry Marit left the quay in April 2023"
    assert read_beside(claim, HARBOUR, "2023-04-04") == "The ferry Marit left the quay"
    assert read_beside(claim, "The ferry Marit left the quay.", "2019-01-01") == claim
    assert read_beside(claim, "The ferry Marit left the quay in April 2023.", "2023-04-04") == claim
    assert read_beside(claim, "The ferry Marit left the quay.", "") == claim


@pytest.mark.parametrize(
    ("claim", "sentence", "day"),
    [
        ("The ferry Marit left in 2022", HARBOUR, "4 April 2023"),
        ("The ferry Marit left in May 2023", HARBOUR, "4 April 2023"),
        ("The ferry Marit left in 2023", HARBOUR, None),
        ("The ferry Marit left", HARBOUR, None),
        ("The ferry Marit left in 2022", "The owner said on Tuesday that the ferry Marit left.", None),
        ("The ferry Marit left in 2022", "The ferry Marit, which had left by then, was sold on Tuesday.", None),
        ("The ferry Marit left in 2022", "The ferry Marit left.", None),
    ],
)
def test_a_weekday_dates_what_happened_by_the_article_and_not_what_was_said(
    claim: str, sentence: str, day: str | None
) -> None:
    assert other_day(claim, sentence, "2023-04-04") == day


class Believer:
    """A pair reader that finds every claim supported."""

    name = "believer"

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        return np.tile(np.array([9.0, 0.0, 0.0], dtype=np.float32), (len(windows), 1))


def judged(claim: str) -> tuple[str, str | None]:
    judge = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=Believer())
    [one] = judge.judge(claim, [Window(HARBOUR, published_at="2023-04-04")])
    return one.stance, one.reason


def test_another_day_refutes_what_the_sentence_says_otherwise_and_is_named() -> None:
    assert judged("The ferry Marit left the quay in 2022") == ("refutes", "4 April 2023, not 2022")
    assert judged("The ferry Marit left the quay in April 2023") == ("supports", None)


def test_another_day_says_nothing_about_somebody_else() -> None:
    assert judged("The ferry of Halvard left the quay in 2022")[0] == "neither"
