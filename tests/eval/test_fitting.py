import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eval.fitting import fit_logistic, fit_ranking


def test_ranking_finds_the_column_that_tells_the_right_row() -> None:
    random = np.random.default_rng(0)
    groups = []
    for _ in range(60):
        rows = random.normal(size=(6, 3)).astype(np.float32)
        gold = np.zeros(6, dtype=bool)
        gold[rows[:, 1].argmax()] = True
        groups.append((rows, gold))
    weights = fit_ranking(groups)
    assert weights[1] > 1.0
    assert abs(weights[0]) < weights[1] / 5
    assert abs(weights[2]) < weights[1] / 5


@given(st.floats(-50, 50), st.floats(0.1, 100))
def test_logistic_weights_do_not_depend_on_where_and_how_wide_a_column_is(shift: float, scale: float) -> None:
    random = np.random.default_rng(1)
    labels = np.arange(80) % 2 == 0
    rows = random.normal(size=(80, 2)) + labels[:, None] * np.asarray([1.5, 0.0])
    moved = rows * scale + shift
    plain, bias = fit_logistic(rows, labels)
    other, other_bias = fit_logistic(moved, labels)
    assert np.allclose(rows @ plain + bias, moved @ other + other_bias, atol=0.05)
    assert plain[0] > 0.5
