import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.judges.changes import (
    CHANGES,
    date_swapped,
    document_emptied,
    evidence_deleted,
    name_swapped,
    negated,
    number_swapped,
    question_echoed,
    statements,
)
from eval.judges.judge import Pair
from eval.judges.label_free import Flips, label_free
from rag.terms import numbers
from tests.eval.judges.fakes import FERRY, Copies

CARRIED = "The ferry carried 214 passengers in March 2021 when it struck the northern quay."


def changed(pair: Pair | None) -> str:
    assert pair is not None
    return pair.claim


def test_the_sentence_is_deleted_and_the_rest_stays() -> None:
    pair = evidence_deleted(CARRIED, FERRY)
    assert pair is not None
    assert pair.claim == CARRIED
    assert "214" not in pair.evidence
    assert pair.evidence.startswith("The harbour authority")
    assert pair.evidence.endswith("for the accident.")


def test_nothing_is_deleted_where_another_sentence_says_half_of_it() -> None:
    assert evidence_deleted(CARRIED, f"{FERRY} The ferry struck the northern quay in March 2021.") is None
    assert evidence_deleted(CARRIED, CARRIED) is None


def test_a_number_becomes_one_a_third_larger_that_the_text_does_not_hold() -> None:
    assert "285 passengers in March 2021" in changed(number_swapped(CARRIED, FERRY))
    assert "286 passengers" in changed(number_swapped(CARRIED, f"{FERRY} Lane 285 was shut."))
    assert "1,600.50 euros" in changed(number_swapped("They paid 1,200.50 euros.", "They paid 1,200.50 euros."))
    assert number_swapped("It happened in 2021 again.", FERRY) is None  # a year is a date


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_the_new_number_is_never_in_the_text(value: int) -> None:
    text = f"They counted {value:,} gulls, then {value + max(1, value // 3)} more."
    pair = number_swapped(text, text)
    if pair is not None:  # a bare 19xx or 20xx is a year
        new = set(numbers(pair.claim)) - set(numbers(text))
        assert len(new) == 1


def test_a_date_becomes_another_of_its_kind_that_the_text_does_not_hold() -> None:
    assert "in April 2021" in changed(date_swapped(CARRIED, FERRY))
    assert "in May 2021" in changed(date_swapped(CARRIED, f"{FERRY} By April it sailed."))
    assert changed(date_swapped("It met on Sunday.", FERRY)) == "It met on Tuesday."  # Monday stands in the text
    assert changed(date_swapped("It sank in 2021.", "")) == "It sank in 2024."
    assert date_swapped("It sank.", FERRY) is None


def test_a_name_becomes_another_of_the_same_text() -> None:
    assert changed(name_swapped("A report by Bo Lind blamed cables.", FERRY)) == "A report by Ada Quist blamed cables."
    assert name_swapped("The talks by Bo Lind began.", "The talks by Bo Lind began.") is None
    assert name_swapped("It met on Monday.", FERRY) is None  # a day is a date


def test_a_statement_is_negated_and_a_denial_left_alone() -> None:
    assert changed(negated("Ada Quist was steering.", FERRY)) == "Ada Quist was not steering."
    assert negated("Ada Quist was never steering.", FERRY) is None
    assert negated("Ada Quist wasn't steering.", FERRY) is None
    assert negated("Ada Quist steered.", FERRY) is None


def test_an_echo_asks_for_what_it_took_out() -> None:
    assert changed(question_echoed("The report by Bo Lind blamed cables.", FERRY)) == (
        "The report by who or what blamed cables?"
    )
    assert (
        changed(question_echoed("The ferry carried 214 passengers.", FERRY)) == "The ferry carried how many passengers?"
    )
    assert question_echoed("The ferry sank.", FERRY) is None


def test_an_emptied_document_holds_nothing() -> None:
    assert document_emptied(CARRIED, FERRY) == Pair(CARRIED, "")


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_makes_something_else_of_one_sentence_of_the_ferry(name: str) -> None:
    pairs = [(claim, CHANGES[name](claim, FERRY)) for claim in statements(FERRY)]
    assert any(pair is not None and pair != Pair(claim, FERRY) for claim, pair in pairs)


def test_statements_are_whole_middling_sentences() -> None:
    found = list(statements(f"Too short. {FERRY} Who steered the ferry that night at the quay?"))
    assert len(found) == 4
    assert all(re.search(r"\.$", sentence) for sentence in found)


def test_flips_are_counted_among_accepted_claims_alone() -> None:
    judge = Copies()
    found = label_free(judge, [FERRY], [0.5])
    assert found.copied_share == 1.0
    assert {name: flips.share for name, flips in found.flips.items()} == dict.fromkeys(CHANGES, 1.0)
    refused = label_free(judge, [FERRY], [1.1])
    assert refused.copied_share == 0.0
    assert {flips.share for flips in refused.flips.values()} == {None}


def test_a_pair_is_scored_once_however_many_changes_start_from_it() -> None:
    judge = Copies()
    found = label_free(judge, [FERRY], [0.5])
    assert judge.asked == found.copied + len(CHANGES)


def test_a_share_is_of_the_accepted() -> None:
    assert Flips(4, 3).share == 0.75
