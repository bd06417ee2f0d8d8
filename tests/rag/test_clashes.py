import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.claim_words import read_claim_words
from rag.clashes import Clash, clashes


def found(claim: str, sentence: str, around: str = "") -> list[Clash]:
    near = frozenset(word.key for word in (*read_claim_words(sentence), *read_claim_words(around)))
    return clashes(read_claim_words(claim), read_claim_words(sentence), near)


@pytest.mark.parametrize(
    ("claim", "sentence", "kind", "reason"),
    [
        ("The fire killed 97 people.", "The fire killed 41 people.", "number", "41, not 97"),
        ("Turnout was 24 percent.", "Turnout was 42% on Sunday.", "number", "42, not 24"),
        ("She ran in the 1996 race.", "She ran in the 1992 race.", "date", "1992, not 1996"),
        ("The probe hit on 23 September.", "The probe hit on September 26.", "number", "26, not 23"),
        ("The term begins in March.", "The term begins in May 2019.", "date", "May, not March"),
        ("He was the first governor.", "He was the third governor.", "order", "third, not first"),
        ("Oil prices rose on Friday.", "Oil prices fell on Friday.", "opposite", "fell, not rose"),
        ("The aide took the bribe.", "The aide did not take the bribe.", "denial", "it says “not take the bribe”"),
        ("All senators backed it.", "Some senators backed it.", "amount", "Some, not All"),
        ("The ship was built by Anna Berg.", "The ship was built by Olaf Lund.", "name", "Olaf Lund, not Anna Berg"),
        (
            "She sails under the flag of Liberia.",
            "She sails under the flag of Sierra Leone.",
            "name",
            "Sierra Leone, not Liberia",
        ),
        ("The Senate passed the bill.", "The Senate could pass the bill.", "hedge", "it only says “could”"),
    ],
)
def test_what_differs_is_named(claim: str, sentence: str, kind: str, reason: str) -> None:
    assert (kind, reason) in [(clash.kind, clash.reason) for clash in found(claim, sentence)]


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The fire killed 41 people.", "The fire killed forty-one people."),
        ("Prices did not rise.", "Prices did not rise."),
        ("Prices did not rise.", "Prices didn't rise."),
        ("The 41 passengers were saved in 2021.", "All was quiet."),
    ],
)
def test_where_nothing_differs_nothing_is_named(claim: str, sentence: str) -> None:
    assert found(claim, sentence) == []


def test_the_day_of_a_date_is_no_count() -> None:
    assert found("The probe hit the moon in 23 minutes.", "The probe hit the moon on 26 September.") == []
    assert found("The probe hit the moon in 23 minutes.", "The probe hit the moon on Sept. 26.") == []
    assert found("The probe hit the moon in 23 minutes.", "The probe hit the moon in 26.") != []


def test_a_date_that_stands_around_the_sentence_is_no_clash() -> None:
    claim, sentence = "The talks ended in 2021.", "The talks ended after the war of 1998."
    assert [clash.kind for clash in found(claim, sentence)] == ["date"]
    assert found(claim, sentence, "published in 2021") == []


def test_the_opposite_of_a_denied_word_is_no_clash() -> None:
    assert [clash.kind for clash in found("Oil prices rose.", "Oil prices did not fall.")] == []


SOME_WORDS = (
    "not",
    "never",
    "vote",
    "vote,",
    "rose",
    "fell",
    "41",
    "97",
    "first",
    "May",
    "Berg",
    "didn't",
    "all",
    "2021",
)
SOME = st.lists(st.sampled_from(SOME_WORDS))


@given(SOME, SOME)
def test_any_two_texts_can_be_compared(claim: list[str], sentence: list[str]) -> None:
    for clash in found(" ".join(claim), " ".join(sentence)):
        assert clash.said or clash.found
        assert clash.reason


def test_how_many_were_hurt_says_nothing_of_how_many_died() -> None:
    assert found("Three people were killed in the fire.", "The fire injured 41 people.") == []
    assert found("The fire hurt three people.", "The fire injured 41 people.") != []


def test_a_denial_in_the_claim_is_of_what_it_denies_and_not_of_where() -> None:
    assert found("Nobody died in the Orle works fire.", "The Orle works fire injured 41 people.") == []
    assert [one.kind for one in found("The aide did not take the bribe.", "The aide took the bribe.")] == ["denial"]
