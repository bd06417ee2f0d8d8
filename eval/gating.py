"""What a gate lets through: no invalid citation at all, and no measure that may have fallen by its margin or more.

Non-inferiority, question by question: the drop from the baseline, with its one-sided upper bound at 95% by clusters,
must be smaller than the margin. A question that is not answered any more, or crashed, counts as a miss.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.datasets.reading import json_document
from eval.scoring import Scores, interval_of
from eval.statistics.bootstrap import Interval, upper_bound
from index.errors import UsageError

FORMAT = "attest.baseline/v1"
# How far each measure of a scored run may fall: shared/design/grounding.md 3.6 has evidence 1 point, abstention 3.
MARGINS = {
    "right_and_cited": 0.03,
    "evidence@10": 0.01,
    "abstain_right": 0.03,
    "claim_right": 0.03,
    "quotation_status_right": 0.03,
    "nDCG@10": 0.01,
}
NAMED = 8  # items in a sentence
ROUNDING = 5e-5  # a baseline keeps four places, so that the same value read back may be this much off


@dataclass(frozen=True)
class Measured:
    """What is pinned: every gated value of every item, what it was measured with, and what was lowered and why."""

    hashes: Mapping[str, str]  # of data, models and settings
    margins: Mapping[str, float]
    rows: Mapping[str, Mapping[str, float]]  # measure -> item -> value, higher is better
    clusters: Mapping[str, str]
    invalid_citations: int
    figures: Mapping[str, float] = field(default_factory=dict)  # not gated, to read
    regressions: tuple[Mapping[str, Any], ...] = ()

    @property
    def floors(self) -> dict[str, Interval]:
        """The mean of each gated measure with its interval."""
        return {name: interval_of(values, self.clusters) for name, values in self.rows.items() if values}


def measured(
    scores: Scores, clusters: Mapping[str, str], hashes: Mapping[str, str], margins: Mapping[str, float] = MARGINS
) -> Measured:
    """The gated measures of a scored run. Raises UsageError when it has none: a gate of nothing would let all pass."""
    rows = {
        name: {item: row[name] for item, row in scores.rows.items() if name in row}
        for name in margins
        if any(name in row for row in scores.rows.values())
    }
    if not rows:
        raise UsageError(
            f"{scores.run} has no value of {', '.join(margins)}; expected one, or there is nothing to gate"
        )
    return Measured(
        hashes=hashes,
        margins={name: margins[name] for name in rows},
        rows=rows,
        clusters=dict(clusters),
        invalid_citations=round(sum(row.get("citations", 0) - row.get("exact", 0) for row in scores.rows.values())),
        figures={figure.id: round(figure.value, 4) for figure in scores.figures},
    )


def problems(now: Measured, baseline: Measured) -> list[str]:
    """What must not pass, in sentences; empty when all is well."""
    found = []
    if now.invalid_citations:
        found.append(f"{now.invalid_citations} shown quotes are not the exact slice of their article; expected none")
    other = sorted(name for name, value in baseline.hashes.items() if now.hashes.get(name) != value)
    if other:
        found.append(
            f"{' and '.join(other)} are not those of the baseline; look at the figures, then pin it anew "
            "with --pin and commit the file with the change"
        )
    for name, before in baseline.rows.items():
        found += _fallen(name, before, now.rows.get(name, {}), baseline)
    return found


def _fallen(name: str, before: Mapping[str, float], after: Mapping[str, float], baseline: Measured) -> list[str]:
    if not before:
        return []
    drops = {item: value - after.get(item, 0.0) for item, value in before.items()}
    bound = upper_bound(np.asarray(list(drops.values())), [baseline.clusters.get(item, item) for item in drops])
    if bound < baseline.margins[name]:
        return []
    lost = [item for item, drop in drops.items() if drop > 0]
    won = sum(drop < 0 for drop in drops.values())
    named = ", ".join(lost[:NAMED]) + (" ..." if len(lost) > NAMED else "")
    return [
        f"{name} fell by {sum(drops.values()) / len(drops):.3f} (up to {bound:.3f}, less than {baseline.margins[name]} "
        f"is let through): {len(lost)} items lost ({named}), {won} won"
    ]


def repinned(now: Measured, baseline: Measured | None, reason: str | None) -> Measured:
    """The new baseline. Raises UsageError when a floor would be lowered and no `reason` is given for it."""
    if baseline is None:
        return now
    before, after = baseline.floors, now.floors
    lower = {
        name: {"from": round(before[name].value, 4), "to": round(after[name].value if name in after else 0.0, 4)}
        for name in before
        if name not in after or after[name].value < before[name].value - ROUNDING
    }
    if lower and not (reason or "").strip():
        fallen = ", ".join(f"{name} from {each['from']:.3f} to {each['to']:.3f}" for name, each in lower.items())
        raise UsageError(
            f"{fallen} would be lowered, and a floor is not lowered without a reason; give one with "
            "--allow-regression REASON"
        )
    if now.invalid_citations:
        raise UsageError(f"{now.invalid_citations} citations are invalid; a baseline has none, whatever the reason")
    added = ({"reason": str(reason).strip(), "lowered": lower},) if lower else ()
    return replace(now, regressions=(*baseline.regressions, *added))


def _fields(measured: Measured) -> dict[str, Any]:
    return {name: getattr(measured, name) for name in measured.__dataclass_fields__}


def write(measured: Measured, path: Path) -> None:
    """Write a baseline. Figures with intervals come first, for people."""
    floors = {
        name: {key: round(value, 4) for key, value in asdict(each).items()} for name, each in measured.floors.items()
    }
    document = {"format": FORMAT, "floors": floors, **_fields(measured)}
    document["rows"] = {
        name: {item: round(value, 4) for item, value in values.items()} for name, values in measured.rows.items()
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")


def read(path: Path) -> Measured:
    """A baseline. Raises UsageError when the file is none."""
    document = json_document(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(f"{path} is no baseline of format {FORMAT}; pin one with --pin")
    kept = {name: document[name] for name in Measured.__dataclass_fields__}
    return Measured(**{**kept, "regressions": tuple(kept["regressions"])})


def run_hashes(environment: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of data, models and settings of a run, from its environment."""
    models = [environment.get(name) for name in ("system", "models", "weights", "prompts")]
    return {
        "data": str(environment["dataset"]["digest"]),
        "models": _sha256(models),
        "settings": _sha256(environment.get("settings")),
    }


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
