"""How often a judge's verdict falls when a small change has made the claim wrong: no label is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.judges.changes import CHANGES, statements
from eval.judges.judge import Judge, Pair, probabilities

TEXTS = 100  # of a source, one sentence of each for every change


@dataclass(frozen=True, slots=True)
class Flips:
    """Of `accepted` claims that were accepted as they stood, `flipped` were refused once they were changed."""

    accepted: int
    flipped: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where no claim was accepted."""
        return self.flipped / self.accepted if self.accepted else None


@dataclass(frozen=True, slots=True)
class LabelFree:
    """A judge under every change. A judge that accepts nothing flips nothing: hence `copied`, beside."""

    copied: int  # sentences of the evidence, word for word
    copied_accepted: int
    flips: Mapping[str, Flips]  # of each of `CHANGES`

    @property
    def copied_share(self) -> float | None:
        """Share of copied sentences that are accepted, as all should be; None where there was none."""
        return self.copied_accepted / self.copied if self.copied else None


def label_free(judge: Judge, texts: Sequence[str], thresholds: Sequence[float]) -> LabelFree:
    """`judge` on up to one sentence of each text for every change; a claim is accepted from its text's threshold on."""
    cases: list[tuple[str, Pair, Pair, float]] = []
    for text, threshold in zip(texts, thresholds, strict=True):
        for name, change in CHANGES.items():
            for claim in statements(text):
                changed = change(claim, text)
                if changed is not None:
                    cases.append((name, Pair(claim, text), changed, threshold))
                    break
    wanted = list(dict.fromkeys(pair for _, before, after, _ in cases for pair in (before, after)))
    scored = dict(zip(wanted, probabilities(judge, wanted), strict=True))
    copies = {before: bool(scored[before] >= threshold) for _, before, _, threshold in cases}
    flips = {}
    for name in CHANGES:
        falls = [
            bool(scored[after] < threshold)
            for kind, before, after, threshold in cases
            if kind == name and copies[before]
        ]
        flips[name] = Flips(len(falls), int(np.sum(falls)))
    return LabelFree(len(copies), sum(copies.values()), flips)
