import pytest

from rag.claim_words import read_claim_words
from rag.clashes import clashes
from rag.date_events import is_of_another_event
from rag.stance import RuleStance, Window


def of_another(claim: str, sentence: str) -> bool:
    said, have = read_claim_words(claim), read_claim_words(sentence)
    [clash] = [one for one in clashes(said, have, frozenset(word.key for word in have)) if one.kind == "date"]
    return is_of_another_event(clash, said, have, sentence)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (
            "Finland joined NATO in 2023",
            "The country had asked to join in May 2022, side by side with Finland, which got in eleven months later.",
        ),
        ("Sweden joined NATO in 2024", "Finland and Sweden applied to join NATO together on 18 May 2022."),
        ("The ferry sank in 1998.", "The ferry, built at a yard upriver in 1971, sank within an hour."),
        ("The bridge opened in 2021.", "The bridge opened late; voters had approved the tax back in 2014."),
    ],
)
def test_a_date_of_another_event_is_known_as_that(claim: str, sentence: str) -> None:
    assert of_another(claim, sentence)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Finland joined NATO in 2023", "Finland joined NATO in 2019."),
        ("Finland joined NATO in 2023", "In 2019, Finland joined NATO."),
        ("Finland joined NATO in 2023", "On 3 May 2019, in Helsinki, Finland said that it had joined NATO."),
        ("Finland joined NATO in 2023", "Finland, after years of doubt, joined NATO in 2019."),
        ("Finland joined NATO in 2023", "Finland became a member of NATO on May 3, 2019, to applause."),
        ("Finland planned to join NATO in 2023", "Finland planned to join NATO in 2019."),
        ("She ran in the 1996 race.", "Some say she ran in the 1992 race."),
    ],
)
def test_another_date_of_the_same_event_stays_one(claim: str, sentence: str) -> None:
    assert not of_another(claim, sentence)


@pytest.fixture(scope="module")
def rules() -> RuleStance:
    return RuleStance(lambda _: 5.0, lambda: 9.0)


def test_a_date_of_the_event_refutes_and_one_of_another_event_does_not(rules: RuleStance) -> None:
    own, other = rules.judge(
        "The ferry Marit sank off Lindholm in 1998.",
        [
            Window("The ferry Marit sank off Lindholm in 1971."),
            Window("The ferry Marit, built at a yard upriver in 1971, sank off Lindholm."),
        ],
    )
    assert (own.stance, own.reason) == ("refutes", "1971, not 1998")
    assert other.stance == "neither"
