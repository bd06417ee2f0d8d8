"""Two runs on the same dataset, question by question."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from eval.scoring import Scores
from eval.statistics.bootstrap import Interval, mean
from eval.statistics.detectable import detectable
from eval.statistics.holm import holm
from eval.statistics.paired import mcnemar, permutation
from index.errors import UsageError

# The family that is tested, fixed before any run is looked at; what a run has none of is left out. Only when a judge of
# citations is named do its two figures belong to it: they would cost the others power in every comparison.
FAMILY = (
    "right",
    "right_and_cited",
    "evidence@10",
    "evidence_recall@10",
    "nDCG@10",
    "answered",
    "abstain_right",
    "claim_right",
    "quotation_status_right",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """The second run less the first, on the items that both have a value for."""

    measure: str
    first: float
    second: float
    interval: Interval  # of the mean difference
    lost: int  # items whose value fell
    won: int
    p: float  # permutation by cluster
    p_mcnemar: float | None  # by item, for values of 0 and 1
    p_holm: float
    detectable: float  # the smallest difference that so many items would show four times in five

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def compare(first: Scores, second: Scores, clusters: Mapping[str, str], judge: str | None = None) -> list[Difference]:
    """The differences of the family, with the citation figures of `judge` where one is named.

    Both runs were scored with that judge. Raises UsageError when the runs are not on the same items.
    """
    if set(first.rows) != set(second.rows):
        raise UsageError(f"{first.run} and {second.run} are runs on different items; expected the same dataset")
    found = []
    for name in (*FAMILY, *(f"citation_{what}@{judge}" for what in ("recall", "precision") if judge)):
        items = [item for item in first.rows if name in first.rows[item] and name in second.rows[item]]
        if name == "answered":
            items = [item for item in items if first.kinds[item] != "unanswerable"]
        if items:
            found.append(_paired(name, items, first, second, clusters))
    adjusted = holm({difference.measure: difference.p for difference in found})
    return [replace(difference, p_holm=adjusted[difference.measure]) for difference in found]


def _paired(name: str, items: list[str], first: Scores, second: Scores, clusters: Mapping[str, str]) -> Difference:
    one = np.asarray([first.rows[item][name] for item in items], dtype=np.float64)
    two = np.asarray([second.rows[item][name] for item in items], dtype=np.float64)
    groups = [clusters[item] for item in items]
    lost, won = int((two < one).sum()), int((two > one).sum())
    binary = bool(np.isin([one, two], (0.0, 1.0)).all())
    return Difference(
        measure=name,
        first=float(one.mean()),
        second=float(two.mean()),
        interval=mean(two - one, groups),
        lost=lost,
        won=won,
        p=permutation(two - one, groups),
        p_mcnemar=mcnemar(lost, won) if binary else None,
        p_holm=1.0,
        detectable=detectable(len(items)),
    )
