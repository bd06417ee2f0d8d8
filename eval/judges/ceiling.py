"""What one person achieves against the others on the same pairs: the most that may be asked of a judge."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from eval.judges.agreement import Agreement, Scored, agreement
from eval.judges.pairs import LabelledPair

FEWEST_VOTES = 3


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One annotator against the others. `votes` were compared, of `pairs` pairs; the agreement's AUROC is of votes."""

    pairs: int
    votes: int
    agreement: Agreement

    @property
    def balanced_accuracy(self) -> float | None:
        """Of a single vote, with what the others agree on as the truth."""
        return self.agreement.balanced_accuracy


def human_ceiling(pairs: Iterable[LabelledPair]) -> Ceiling | None:
    """Each vote against the other votes of its pair, where those agree with each other; None where none can be.

    Votes of all annotators are pooled. Of three votes no, yes, yes the first is compared (and wrong), the other two
    are not, since the votes left to compare them with do not agree.
    """
    said, true, compared = [], [], 0
    for pair in pairs:
        if len(pair.votes) < FEWEST_VOTES:
            continue
        compared += 1
        for at, vote in enumerate(pair.votes):
            others = pair.votes[:at] + pair.votes[at + 1 :]
            if len(set(others)) == 1:
                said.append(vote)
                true.append(others[0])
    if not said:
        return None
    verdict = np.asarray(said, dtype=np.bool_)
    scored = Scored(verdict.astype(np.float64), verdict, np.asarray(true, dtype=np.bool_))
    return Ceiling(compared, len(said), agreement(scored))
