import math

import numpy as np
import pytest

from index.errors import ModelError
from rag.selection import load_weights
from rag.stance import Judged, Window
from rag.support import FEATURES, SIGNS, Support, measure_support, windows_of

NEAR = Judged(0.5, 0.25, 0.25, read=1.5)
FAR = Judged(0.1, 0.1, 0.8, read=-2.0)


def named(sentence: str, quotes: list[str], nearest: Judged, others: list[Judged]) -> dict[str, float]:
    row = measure_support(sentence, quotes, nearest, others)
    return dict(zip(FEATURES, map(float, row), strict=True))


def test_a_row_tells_the_nearest_quote_the_best_of_all_and_how_much_of_the_wording_stands_there() -> None:
    found = named(
        "Kovar opened the great dam at Orle", ["Kovar opened the great bridge.", "A dam stands at Orle."], NEAR, [FAR]
    )
    assert found["stance"] == pytest.approx(0.0, abs=1e-5)
    assert found["read"] == found["read_best"] == 1.5
    assert found["missing_of_several"] == 0.0
    assert found["trigrams"] == pytest.approx(1 / 3)  # kovar open great, of three
    better = named("Kovar opened the dam", ["Kovar left."], NEAR, [FAR, Judged(0.9, 0.05, 0.05, read=3.0)])
    assert (better["read"], better["read_best"]) == (1.5, 3.0)
    assert better["trigrams"] == better["missing_of_several"] == 0.0


def test_missing_words_count_beside_several_quotes_and_not_beside_one() -> None:
    quotes = ["Kovar left early.", "It rained."]  # neither holds open and dam, of kovar, open and dam
    assert named("Kovar opened the dam", quotes, NEAR, [])["missing_of_several"] == pytest.approx(2 / 3)
    assert named("Kovar opened the dam", quotes[:1], NEAR, [])["missing_of_several"] == 0.0


def test_without_a_reader_the_stance_stands_for_it() -> None:
    judged = Judged(0.8, 0.1, 0.1)
    found = named("Kovar left.", ["Kovar left early."], judged, [])
    assert found["read"] == found["stance"] == pytest.approx(math.log(4), abs=1e-4)


def test_quotes_are_read_alone_and_two_neighbours_as_one() -> None:
    one, two, three = Window("A.", "before", "heading"), Window("B."), Window("C.")
    assert windows_of([one]) == []
    assert windows_of([one, two, three]) == [one, two, three, Window("A. B.", "before", "heading"), Window("B. C.")]
    assert len(windows_of([Window(str(number)) for number in range(30)])) == 6


def test_every_shipped_weight_says_that_more_support_is_more() -> None:
    support = Support.read(load_weights("verification.json"))
    assert all(support.weights[name] * sign >= 0 for name, sign in zip(FEATURES, SIGNS, strict=True))
    assert support.weights["read"] + support.weights["read_best"] + support.weights["stance"] > 0
    low = measure_support("Kovar left.", ["It rained."], Judged(0.01, 0.5, 0.49, read=-4.0), [])
    high = measure_support("Kovar left.", ["Kovar left early."], Judged(0.97, 0.01, 0.02, read=4.0), [])
    assert support(low) < 0.5 < support(high)


def test_a_row_that_is_no_number_gives_none() -> None:
    support = Support(dict.fromkeys(FEATURES, 1.0), 0.0)
    assert math.isnan(support(np.asarray([float("nan"), 0, 0, 0, 0], dtype=np.float32)))


@pytest.mark.parametrize("document", [{}, {"support": {}}, {"support": {"weights": {"read": 1.0}, "bias": 0.0}}])
def test_weights_that_are_not_there_are_named_with_the_command_that_fits_them(document: dict[str, object]) -> None:
    with pytest.raises(ModelError, match=r"fit_verification"):
        Support.read(document)
