import pytest

from rag.stance import RuleStance, Window
from rag.turned_round import turned_round
from tests.rag.test_stance import Insistent

BEFORE = "Norden are champions for the third time."
SENTENCE = "They beat Osten 4-2 after extra time."


@pytest.mark.parametrize(
    ("claim", "sentence", "near", "reason"),
    [
        ("Osten beat Norden in the final.", SENTENCE, BEFORE, "beat Osten, not Norden"),
        ("Osten defeated Norden.", "Norden beat Osten on Sunday.", "", "beat Osten, not Norden"),
        (
            "Ada Quist sued the Lakes Commission.",
            "The Lakes Commission sued Ada Quist.",
            "",
            "sued Ada Quist, not Lakes Commission",
        ),
        ("Norden beat Osten in the final.", SENTENCE, BEFORE, None),
        ("Osten beat Norden.", SENTENCE, "", None),
        ("Osten beat Norden.", "Norden met Osten on Sunday.", "", None),
        ("Osten beat Norden.", "Vardby beat Norden.", "", None),
    ],
)
def test_who_did_it_to_whom_is_read_where_both_are_named(
    claim: str, sentence: str, near: str, reason: str | None
) -> None:
    found = turned_round(claim, sentence, near)
    assert (found and found.reason) == reason


def test_a_claim_that_turns_the_sentence_round_is_refuted_where_the_reader_says_otherwise() -> None:
    judge = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=Insistent(0))
    window = Window(SENTENCE, BEFORE)
    [one] = judge.judge("Osten beat Norden in the final.", [window])
    assert (one.stance, one.reason) == ("refutes", "beat Osten, not Norden")
    [other] = judge.judge("Norden beat Osten.", [window])
    assert other.stance == "supports"
