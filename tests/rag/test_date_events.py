import pytest

from rag.claim_reader import ClaimReader
from rag.claim_words import read_claim_words
from rag.date_events import only_other_events
from rag.stance import RuleStance, Window


def of_another(claim: str, sentence: str) -> bool:
    return only_other_events(read_claim_words(claim), read_claim_words(sentence), sentence)


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
        ("Norland joined the pact in May 2031.", "Norland held an early election in October 2029."),
        ("Norland joined the pact in May 2031.", "The assembly of Kesh was the last to agree, in February 2029."),
        ("Norland joined the pact in May 2031.", "The assembly in Kesh gave its consent in January."),
        (
            "The Marit sank in 1998.",
            "It was bought by a shipyard in 1985 and rebuilt, and the Marit never saw a storm.",
        ),
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
        ("Norland joined the pact in May 2031.", "Norland became a full member of the pact in June 2030."),
        ("Mara Lind took office in 2031.", "She was sworn in before both houses in 2029."),
        ("The bridge opened in 2021.", "The bridge opened in 2014, and in 2021 it was painted."),
        ("The bridge opened.", "The mayor of Orle held a speech in 2014."),
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


# One report of our own with four dated events, each dated once; a claim takes the date of one of them.
REPORT = (
    "Norland became the ninth member of the Coastal Pact on Thursday.",
    "Its government had asked to join in June 2029, a month after Estmark.",
    "The assembly of Kesh was the last to agree, in February 2031.",
    "Norland held an election in October 2029, which the Greens won.",
    "The pact itself was founded in 1974 by six states.",
)
HEADING = "Norland joins the Coastal Pact after two years The Mercury 2031-05-08 . in May 2031"


@pytest.fixture(scope="module")
def both() -> RuleStance:
    return RuleStance(lambda _: 5.0, lambda: 9.0, reader=ClaimReader())


@pytest.mark.model
@pytest.mark.parametrize(
    "claim",
    [
        "Norland joined the Coastal Pact in May 2031.",
        "Norland asked to join the Coastal Pact in June 2029.",
        "The assembly of Kesh agreed in February 2031.",
        pytest.param(
            "The assembly of Kesh agreed to the accession in February 2031.",
            marks=pytest.mark.xfail(strict=True, reason="the claim reader takes who agreed last for who did not agree"),
        ),
        "Norland held an election in October 2029.",
        "The Coastal Pact was founded in 1974.",
    ],
)
def test_the_true_date_of_one_event_is_not_refuted_by_the_dates_of_those_beside_it(
    both: RuleStance, claim: str
) -> None:
    windows = [Window(one, before, HEADING) for before, one in zip(("", *REPORT), REPORT, strict=False)]
    told = [
        (one.reason, window.sentence)
        for one, window in zip(both.judge(claim, windows), windows, strict=True)
        if one.stance == "refutes" and any(digit.isdigit() for digit in window.sentence)
    ]
    assert told == []


@pytest.mark.model
def test_a_wrong_date_of_the_same_event_is_still_refuted(both: RuleStance) -> None:
    [judged] = both.judge("Norland held an election in October 2030.", [Window(REPORT[3], REPORT[2], HEADING)])
    assert (judged.stance, judged.reason) == ("refutes", "2029, not 2030")
