import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelError
from rag.evidence import Floats
from rag.selection import load_weights
from rag.stance import STANCES, RuleStance, Window
from rag.stance_features import FEATURES, TOWARDS_REFUTING


class Insistent:
    """A pair reader that is sure of one stance."""

    name = "insistent"

    def __init__(self, stance: int) -> None:
        self._stance = stance

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        logits = np.zeros((len(windows), 3), dtype=np.float32)
        logits[:, self._stance] = 9.0
        return logits


def stance() -> RuleStance:
    return RuleStance(lambda stem: 4.0 if len(stem) > 3 else 2.0, lambda: 8.0)


def judged(claim: str, sentence: str, before: str = "", around: str = "") -> tuple[str, str | None]:
    [one] = stance().judge(claim, [Window(sentence, before, around)])
    return one.stance, one.reason


SENTENCE = "The ferry carried 214 passengers when it left the quay on Tuesday."


def test_a_sentence_supports_itself() -> None:
    assert judged(SENTENCE, SENTENCE) == ("supports", None)


def test_another_number_refutes_and_is_named() -> None:
    assert judged("The ferry carried 900 passengers when it left the quay.", SENTENCE) == ("refutes", "214, not 900")


def test_a_denial_refutes() -> None:
    assert judged("The ferry left the quay on Tuesday.", "The ferry did not leave the quay on Tuesday.")[0] == "refutes"


def test_a_year_that_stands_nowhere_near_is_never_supported() -> None:
    claim = "The ferry carried 214 passengers when it left the quay on Tuesday in 1987."
    assert judged(claim, SENTENCE, around="Harbour Wire · 2021-03-24")[0] != "supports"


def test_a_sentence_about_something_else_says_neither() -> None:
    assert judged("The ferry carried 214 passengers.", "Could the weather turn on Sunday?")[0] == "neither"


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_three_probabilities_of_any_pair_sum_to_one(claim: str, sentence: str) -> None:
    [one] = stance().judge(claim, [Window(sentence)])
    assert one.supports + one.refutes + one.neither == pytest.approx(1.0, abs=1e-5)


def test_a_pair_reader_is_weighed_against_the_rules() -> None:
    for number, name in enumerate(STANCES):
        found = RuleStance(lambda stem: float(len(stem)), lambda: 8.0, reader=Insistent(number)).judge(
            "The quay was empty.", [Window("Nothing of it was seen.")]
        )
        assert found[0].stance == name


def test_weights_without_those_of_a_pair_reader_are_refused_with_one() -> None:
    rules = {"rules": load_weights("stance.json")["rules"]}
    assert RuleStance(lambda stem: 1.0, lambda: 8.0, weights=rules).name == "rules"
    with pytest.raises(ModelError, match="with_reader"):
        RuleStance(lambda stem: float(len(stem)), lambda: 8.0, reader=Insistent(0), weights=rules)


def test_the_shipped_weights_name_every_measure_and_keep_to_their_signs() -> None:
    rules = json.loads(json.dumps(load_weights("stance.json")))["rules"]
    assert tuple(rules["weights"]) == FEATURES
    for name, (supports, refutes, _) in rules["weights"].items():
        apart = refutes - supports
        assert {1: apart >= -1e-4, -1: apart <= 1e-4, 0: abs(apart) < 1e-4, 2: True}[TOWARDS_REFUTING[name]], name


class Leaning:
    """A pair reader that leans towards refuting."""

    name = "leaning"

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        return np.tile(np.array([0.0, 1.2, 0.0], dtype=np.float32), (len(windows), 1))


def leaned(claim: str, sentence: str) -> str:
    [one] = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=Leaning()).judge(claim, [Window(sentence)])
    return one.stance


def test_a_refutation_without_a_reason_must_be_sure_where_nothing_is_missing_or_the_number_is() -> None:
    sentence = "The ferry left the quay with passengers aboard as the storm came in."
    assert leaned("The captain steered the ferry onto rocks.", sentence) == "refutes"
    assert leaned("The ferry left the quay with 214 passengers.", sentence) == "neither"
    assert leaned("The ferry left the quay as the storm came in.", sentence) == "neither"


class Refuting:
    """A pair reader that is sure that every sentence refutes."""

    name = "refuting"

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        return np.tile(np.array([0.0, 4.0, 0.0], dtype=np.float32), (len(windows), 1))


def refused(claim: str, sentence: str) -> bool:
    [one] = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=Refuting()).judge(claim, [Window(sentence)])
    return one.stance != "refutes"


def test_a_sentence_that_says_nothing_but_what_the_claim_says_does_not_refute_it() -> None:
    claim = "About 40 residents protested outside the town hall against the bridge"
    assert refused(claim, "About 40 residents protested outside the town hall.")
    assert not refused(claim, "About 40 residents cheered outside the town hall.")


def test_a_sentence_that_lacks_only_a_name_of_the_claim_does_not_refute_it() -> None:
    sentence = "More than 300 firefighters were called to the plant, which makes coatings."
    assert refused("More than 300 firefighters were called to the Osterfeld plant", sentence)
    assert not refused("More than 300 firefighters were sent to the Osterfeld plant by train", sentence)


def test_the_same_denial_and_other_victims_do_not_refute() -> None:
    assert refused("Nobody died in the fire", "The ministry denied that anyone had died.")
    assert refused("Nobody died in the fire", "The fire injured 41 people, the ministry said.")
    assert not refused("Nobody was hurt in the fire", "The fire injured 41 people, the ministry said.")


def test_the_same_amount_written_otherwise_does_not_refute() -> None:
    assert judged("It cost 62 million euros.", "It cost €62 million, the auditor said.")[1] is None
    assert judged("The fire injured about 40 people.", "The fire injured 41 people.") == ("supports", None)


def test_votes_the_other_way_round_refute() -> None:
    found = judged("The council passed it by 24 votes to 31.", "The council passed it by 31 votes to 24.")
    assert found == ("refutes", "31 votes to 24, not 24 votes to 31")
