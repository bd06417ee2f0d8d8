import numpy as np

from eval.fit_verification import FALSE_ACCEPTS, choose, fitted
from eval.support_rows import CLAIMS, Example, fit, scores, unseen_scores
from rag.support import FEATURES, SIGNS, Support

READ = FEATURES.index("read")
TRIGRAMS = FEATURES.index("trigrams")


def examples(source: str, count: int, column: int, seed: int) -> list[Example]:
    """Sentences of which every other is supported, which one column tells; the others are noise."""
    random = np.random.default_rng(seed)
    found = []
    for at in range(count):
        row = random.normal(size=len(FEATURES))
        row[column] += 3.0 * (at % 2)
        found.append(Example(row, at % 2 == 1, source, f"{source} {at // 3}", vetoed=at % 11 == 0))
    return found


def test_the_fitted_file_has_weights_a_threshold_and_the_figures_of_what_was_held_out() -> None:
    ours = examples(CLAIMS, 300, READ, 1)
    document = fitted(ours + examples("other/one", 90, READ, 2))
    support = Support.read(document)
    assert max(support.weights, key=lambda name: support.weights[name]) == "read"
    threshold = document["threshold"]
    assert isinstance(threshold, float)
    wrong = [support(one.row) >= threshold and not one.vetoed for one in ours if not one.supported]
    assert np.mean(wrong) <= FALSE_ACCEPTS + 0.01
    provenance = document["provenance"]
    assert isinstance(provenance, dict)
    assert provenance["cross_validation"]["claims"] == 300
    assert provenance["cross_validation"]["auc"] > 0.9
    assert set(provenance["areas"]) == {CLAIMS, "other/one"}


def test_a_large_set_weighs_no_more_than_a_small_one() -> None:
    large, small = examples("large", 900, READ, 3), examples("small", 90, TRIGRAMS, 4)
    together = fit(large + small)
    assert together.weights["trigrams"] > together.weights["read"] / 3
    assert fit(large).weights["trigrams"] < together.weights["trigrams"] / 3


def test_a_weight_never_says_that_more_support_is_less() -> None:
    turned = [Example(one.row, not one.supported, one.source, one.document) for one in examples("a", 120, READ, 5)]
    found = fit(turned).weights
    assert all(found[name] * sign >= 0 for name, sign in zip(FEATURES, SIGNS, strict=True))


def test_a_whole_set_is_scored_by_what_the_others_teach() -> None:
    told = examples("a/x", 120, READ, 6) + examples("b", 120, READ, 7)
    found = unseen_scores(told)
    ours = [one for one in told if one.family == "a"]
    assert np.allclose(found[: len(ours)], scores(fit(told[len(ours) :]), ours))


def test_vetoed_sentences_count_as_refused_when_the_threshold_is_chosen() -> None:
    told = [Example(np.zeros(len(FEATURES)), False, CLAIMS, str(at), vetoed=at < 5) for at in range(10)]
    chances = np.asarray([0.9] * 5 + [0.1, 0.2, 0.3, 0.4, 0.5])
    assert 0.4 <= choose(chances, told, np.ones(10, dtype=bool)) <= 0.5
