"""How well disagreements between two sentences are told from what only looks like one.

    python -m eval.conflicts                      the half that is reported
    python -m eval.conflicts --half tune --show   the half that thresholds were set on, with each mistake

Precision and recall over pairs: a conflict is found when a disagreement of its own kind is.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from rag.conflicts import Disagreement, disagreements
from rag.particulars import particulars

HALVES = ("tune", "report")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A pair of sentences with what was found; `kind` is "none" where they do not disagree."""

    id: str
    kind: str
    sentences: tuple[str, str]
    found: tuple[Disagreement, ...]

    @property
    def right(self) -> bool:
        kinds = {one.kind for one in self.found}
        return not kinds if self.kind == "none" else self.kind in kinds


@dataclass(frozen=True, slots=True)
class ConflictScore:
    """Shares between 0 and 1; None where nothing was counted."""

    precision: float | None
    recall: float | None
    conflicts: int
    others: int


def read_pairs(half: str) -> list[Mapping[str, Any]]:
    """The rows of one half of eval/newsroom/conflicts.jsonl."""
    text = files("eval").joinpath("newsroom", "conflicts.jsonl").read_text(encoding="utf-8")
    return [row for row in map(json.loads, text.splitlines()) if row["half"] == half]


def outcome(row: Mapping[str, Any]) -> Outcome:
    """What is found in one row."""
    one, two = row["sides"]
    found = disagreements(
        particulars(one["text"], one["published_at"]),
        particulars(two["text"], two["published_at"]),
        around=(one["title"] or "", two["title"] or ""),
    )
    return Outcome(row["id"], row["kind"], (one["text"], two["text"]), found)


def score(outcomes: Sequence[Outcome]) -> ConflictScore:
    """Precision over what was found, recall over what is there."""
    hits = sum(one.right for one in outcomes if one.kind != "none")
    found = sum(bool(one.found) for one in outcomes)
    there = sum(one.kind != "none" for one in outcomes)
    return ConflictScore(hits / found if found else None, hits / there if there else None, there, len(outcomes) - there)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the figures of one half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--show", action="store_true", help="print each mistake")
    args = parser.parse_args(argv)
    outcomes = [outcome(row) for row in read_pairs(args.half)]
    if args.show:
        for one in outcomes:
            if not one.right:
                print(f"{one.id} {one.kind}: found {[(item.kind, item.first, item.second) for item in one.found]}")
                print(f"    {one.sentences[0]}\n    {one.sentences[1]}")
    result = score(outcomes)
    print(
        f"{args.half}: precision {_share(result.precision)}, recall {_share(result.recall)} "
        f"({result.conflicts} conflicts, {result.others} others)"
    )
    return 0


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
