import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from rag.claims import LONGEST_CLAIM, checked_claim, other_script, parts_of, stated


@pytest.mark.parametrize("empty", ["", "  ", "…", "?!"])
def test_a_claim_without_words_is_refused_with_an_example(empty: str) -> None:
    with pytest.raises(UsageError, match="the claim is empty; expected a statement, such as: attest trace"):
        checked_claim(empty)


@pytest.mark.parametrize(
    "question",
    [
        "Who won?",
        "Did Finland join NATO in 2023?",
        "In which year did Finland join NATO?",
        "If Finland joined NATO, will Sweden?",
        "Any news of the ferry?",
        "Who won? And did Finland join?",
    ],
)
def test_a_question_is_refused_with_the_command_that_answers_it(question: str) -> None:
    with pytest.raises(UsageError, match="the claim is a question") as refused:
        checked_claim(question)
    assert f'attest ask "{question}"' in str(refused.value)


def test_five_thousand_words_are_refused_in_one_sentence() -> None:
    with pytest.raises(UsageError, match=f"expected at most {LONGEST_CLAIM:,}: trace one statement at a time"):
        checked_claim("word " * 5000)


def test_a_claim_that_begins_like_a_question_and_states_something_is_taken() -> None:
    assert checked_claim(" What he  said was true. ") == "What he said was true."


@pytest.mark.parametrize(
    ("post", "statement"),
    [
        ("Finland joined NATO in 2023. Can you believe it?", "Finland joined NATO in 2023."),
        ("Seriously? Finland joined NATO in 2023!", "Finland joined NATO in 2023!"),
        ("Sweden joined NATO in March 2024?", "Sweden joined NATO in March 2024."),
        ("Finland joined NATO, right?", "Finland joined NATO."),
        ("Finland joined NATO, didn't it?", "Finland joined NATO."),
        ("Finland joined NATO.", "Finland joined NATO."),
    ],
)
def test_what_a_post_states_is_taken_without_what_it_asks(post: str, statement: str) -> None:
    assert checked_claim(post) == post
    assert stated(post) == statement


def test_a_claim_of_one_statement_is_its_own_part() -> None:
    claim = "Finland and Sweden asked to join NATO on the same day in May 2022."
    assert parts_of(claim) == (claim,)


@pytest.mark.parametrize(
    ("claim", "parts"),
    [
        (
            "Finland joined NATO in April 2023. Sweden joined NATO in March 2024.",
            ("Finland joined NATO in April 2023.", "Sweden joined NATO in March 2024."),
        ),
        (
            "Finland joined NATO in 2023, and Sweden had joined the alliance earlier",
            ("Finland joined NATO in 2023", "Sweden had joined the alliance earlier"),
        ),
        (
            "The ferry carried 214 passengers; the captain was arrested a day later",
            ("The ferry carried 214 passengers", "the captain was arrested a day later"),
        ),
        (
            "Sweden joined NATO, and voters in Finland approved of it",
            ("Sweden joined NATO", "voters in Finland approved of it"),
        ),
    ],
)
def test_a_claim_of_two_statements_is_split(claim: str, parts: tuple[str, ...]) -> None:
    assert parts_of(claim) == parts


@pytest.mark.parametrize(
    "claim",
    [
        "The committee named Ada Quist, Paul Dorsey, and Maria Lind as its new members",
        "The committee named Ada Quist, Paul Dorsey, and people based in Orle",
        "The hospital said he had not treated patients, and praised him as a helper",
        "The ministry said no harm was meant, while rejecting what had been claimed",
        "Unrest followed the speech of J.P. Morrell, who blamed the party",
        "The paper was written by M.J. Bradley and showed that levels rose",
    ],
)
def test_what_has_no_subject_or_no_verb_is_no_second_statement(claim: str) -> None:
    assert parts_of(claim) == (claim,)


def test_the_script_of_a_claim_is_named_where_it_has_no_latin_letter() -> None:
    assert other_script("Финляндия вступила в НАТО") == "Cyrillic"
    assert other_script("Finland joined НАТО") is None
    assert other_script("2023") is None


@given(st.text(max_size=300))
def test_the_parts_of_any_claim_are_slices_of_it_in_order(claim: str) -> None:
    at = 0
    for part in parts_of(claim):
        at = claim.index(part, at) + len(part)
