"""The two small regressions behind the shipped weights: a conditional logit for ranking, and a logistic one."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SEED = 20261125
RIDGE = 1e-3
Floats = npt.NDArray[np.float64]


def fit_ranking(groups: Sequence[tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]]) -> Floats:
    """Weights of a conditional logit: the proving sentences of each question against all of its sentences."""
    from scipy.optimize import minimize

    rows = np.concatenate([features for features, _ in groups]).astype(np.float64)
    gold = np.concatenate([marks for _, marks in groups])
    group = np.repeat(np.arange(len(groups)), [len(features) for features, _ in groups])
    scale = rows.std(axis=0) + 1e-9
    rows = rows / scale

    def softmax(scores: Floats, mask: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Within each group: probabilities over the masked rows, and the log of their sum of exponentials."""
        peak = np.full(len(groups), -np.inf)
        np.maximum.at(peak, group[mask], scores[mask])
        weights = np.where(mask, np.exp(scores - peak[group]), 0.0)
        total = np.bincount(group, weights, minlength=len(groups))
        return weights / total[group], np.log(total) + peak

    everything = np.ones(len(rows), dtype=bool)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        all_share, all_log = softmax(scores, everything)
        gold_share, gold_log = softmax(scores, gold)
        value = float((all_log - gold_log).mean() + RIDGE * weights @ weights)
        gradient = rows.T @ (all_share - gold_share) / len(groups) + 2 * RIDGE * weights
        return value, gradient

    result = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
    weights: Floats = result.x / scale
    return weights


def fit_logistic(
    rows: Floats, labels: npt.NDArray[np.bool_], *, signs: Sequence[int] | None = None, each: Floats | None = None
) -> tuple[Floats, float]:
    """Weights and bias of a ridge logistic regression, both classes weighing the same; or each row as `each` says.

    `signs` holds each weight to be at least (1) or at most (-1) zero; 0 leaves it free.
    """
    from scipy.optimize import minimize

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    standard = (rows - mean) / scale
    if each is None:
        each = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())
    share = each / each.sum()
    sign = np.where(labels, 1.0, -1.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margin = sign * (standard @ parameters[1:] + parameters[0])
        value = float((share * np.logaddexp(0, -margin)).sum() + 10 * RIDGE * parameters[1:] @ parameters[1:])
        slope = -share * sign / (1 + np.exp(margin))
        gradient = np.concatenate([[slope.sum()], standard.T @ slope + 20 * RIDGE * parameters[1:]])
        return value, gradient

    limits = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [(None, None), *(limits[sign] for sign in signs or [0] * rows.shape[1])]
    result = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Floats = result.x[1:] / scale
    return weights, float(result.x[0] - weights @ mean)


def fit_softmax(
    rows: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
    each: Floats,
    *,
    signs: Sequence[int],
    ridge: float = 10 * RIDGE,
) -> tuple[Floats, Floats]:
    """Weights, shape (3, features), and biases of a ridge regression of three classes; `each` weighs the rows.

    `signs` holds each weight of class 1 to be at least (1), at most (-1) or the same as (0) that of class 0; 2 leaves
    it free.
    """
    from scipy.optimize import minimize

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    standard = ((rows - mean) / scale).astype(np.float64)
    features = rows.shape[1]
    wanted = np.eye(3)[labels]
    share = each / each.sum()

    def table_of(parameters: Floats) -> Floats:
        """Biases in column 0. Class 2 is the reference; class 1 is class 0 and a difference that has a sign."""
        first, apart = parameters.reshape(2, features + 1)
        return np.stack([first, first + apart, np.zeros(features + 1)])

    def loss(parameters: Floats) -> tuple[float, Floats]:
        table = table_of(parameters)
        scores = standard @ table[:, 1:].T + table[:, 0]
        peak = scores.max(axis=1, keepdims=True)
        powers = np.exp(scores - peak)
        total = powers.sum(axis=1, keepdims=True)
        value = float((share * (np.log(total[:, 0]) + peak[:, 0] - (scores * wanted).sum(axis=1))).sum())
        slope = share[:, None] * (powers / total - wanted)
        gradient = np.concatenate([slope.sum(axis=0)[:, None], slope.T @ standard], axis=1)
        inner = parameters.reshape(2, features + 1).copy()
        inner[:, 0] = 0.0
        chained = np.stack([gradient[0] + gradient[1], gradient[1]]) + 2 * ridge * inner
        return value + ridge * float((inner**2).sum()), chained.ravel()

    limits = {1: (0.0, None), -1: (None, 0.0), 0: (0.0, 0.0), 2: (None, None)}
    bounds = [(None, None)] * (features + 2) + [limits[sign] for sign in signs]
    result = minimize(loss, np.zeros(2 * (features + 1)), jac=True, method="L-BFGS-B", bounds=bounds)
    table = table_of(result.x)
    weights: Floats = table[:, 1:] / scale
    biases: Floats = table[:, 0] - weights @ mean
    return weights, biases
