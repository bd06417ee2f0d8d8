"""The `Judge` protocol: pairs of claim and evidence in, the probability that the evidence supports the claim out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import AttestError, UsageError

Probabilities = npt.NDArray[np.float64]
CALIBRATED: frozenset[str] = frozenset()  # judges that reach every bar on some source: none does (docs/judges.md)
_NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")  # what may stand in a metric's id, after the @


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, and the text that should support it."""

    claim: str
    evidence: str


class Judge(Protocol):
    """Says how probably each claim is supported by its evidence."""

    @property
    def name(self) -> str:
        """What stands in the ids of metrics; another model, threshold or prompt is another name."""
        ...

    @property
    def of_product(self) -> bool:
        """Whether the product itself decides with this check, so that it may not judge the product."""
        ...

    @property
    def threshold(self) -> float | None:
        """Its own line: supported from here on. None where the line is to be chosen on labelled pairs."""
        ...

    def __call__(self, pairs: Sequence[Pair]) -> Probabilities:
        """Probability that each claim is supported, between 0 and 1, shape (len(pairs),)."""
        ...


def probabilities(judge: Judge, pairs: Sequence[Pair]) -> Probabilities:
    """What `judge` says of `pairs`. Raises AttestError when these are not probabilities, one for each pair."""
    found = np.asarray(judge(pairs), dtype=np.float64)
    if found.shape != (len(pairs),):
        raise AttestError(
            f"the judge {judge.name} gave numbers of shape {found.shape} for {len(pairs)} pairs; expected one for each "
            "pair: mend it, then run `attest eval judge` again"
        )
    wrong = found[~((found >= 0) & (found <= 1))]  # a NaN is neither
    if wrong.size:
        raise AttestError(
            f"the judge {judge.name} gave {wrong[0]} for a pair; expected a probability from 0 to 1: mend it, then run "
            "`attest eval judge` again"
        )
    return found


def metric_name(judge: Judge, line: float | None = None) -> str:
    """What stands after the @ in the id of a measure by this judge, `lexical`, or `lexical-0.6` with a line given."""
    name = judge.name if line is None else f"{judge.name}-{line:g}"
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot stand in a metric's id; expected {_NAME.pattern}")
    return name


def judge_of_product(judge: Judge) -> Judge:
    """The same judge; raises UsageError when it belongs to the product, which never judges itself."""
    if judge.of_product:
        raise UsageError(
            f"{judge.name} is a check of the product itself and may not judge the product; expected another, such "
            "as lexical: see `attest eval judge --help`"
        )
    return judge
