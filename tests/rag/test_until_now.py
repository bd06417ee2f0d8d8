import pytest

from rag.stance import RuleStance, Window
from rag.until_now import denies, never_before
from tests.rag.test_stance import Insistent

SENTENCE = "The price had never been below zero before."


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (SENTENCE, "never been below zero before"),
        ("“No one has ever seen it: it has never been below zero before,” he said.", "never been below zero before"),
        ("The price has never been below zero.", None),
        ("It had never been below zero before the war of 1914.", None),
    ],
)
def test_what_had_never_been_before_is_now(sentence: str, words: str | None) -> None:
    assert never_before(sentence) == words


def test_what_is_denied_until_some_day_is_not_denied() -> None:
    assert denies("The price never fell below zero.")
    assert denies("The price hasn't been below zero.")
    assert not denies("The price had never been below zero before.")
    assert not denies("The price fell below zero.")


def test_a_claim_that_denies_it_is_refuted_with_those_words_even_where_the_reader_says_otherwise() -> None:
    judge = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=Insistent(0))
    [one] = judge.judge("The price never fell below zero.", [Window(SENTENCE)])
    assert (one.stance, one.reason) == ("refutes", "it says “never been below zero before”")


def test_a_claim_that_says_it_is_not_refuted_by_never_before() -> None:
    judge = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=Insistent(1))
    claim = "The price of oil fell below zero."
    [one] = judge.judge(claim, [Window("The price of oil had never been below zero before.")])
    assert one.stance == "neither"
    [other] = judge.judge(claim, [Window("The price of oil has never been below zero.")])
    assert other.stance == "refutes"
