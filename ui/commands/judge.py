"""`attest eval judge NAME --data FOLDER`: what judges are worth, beside people, on claims that people labelled."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from index.counted import counted
from index.errors import UsageError
from ui.console import Console
from ui.parts import Parts

if TYPE_CHECKING:
    from eval.judges.agreement import Interval
    from eval.judges.loading import Loaded
    from eval.judges.validation import JudgeReport, SourceReport

HEADER = (
    "judge", "source", "yes/no", "docs", "BAcc", "95%", "human", "TPR", "TNR", "AUROC", "kappa", "95%", "ECE",
    "copied", "deleted", "number", "date", "name", "negated", "echoed", "empty", "",
)  # fmt: skip
NAMES = (
    "always-yes", "always-no", "verbatim", "lexical", "compression", "veto", "similarity", "likelihood", "product",
    "stance",
)  # fmt: skip
TEXT_COLUMNS = (0, 1, len(HEADER) - 1)


def add_judge(action: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add `judge` to the actions of `attest eval`; `action` makes the parser of one from its name and help."""
    parser = action("judge", "what a judge of support is worth on claims that people labelled")
    parser.add_argument("names", nargs="+", metavar="NAME", help=f"one or more of {', '.join(NAMES)}")
    parser.add_argument(
        "--data", required=True, metavar="FOLDER", help="a file or folder of judged claims, as published"
    )
    parser.add_argument("--limit", metavar="N", help="at most so many pairs of each source (default all)")
    parser.add_argument(
        "--texts", metavar="N", default="100", help="texts of each source that are changed (default 100)"
    )


def judge(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0: a judge that is not calibrated is a finding, not a failure."""
    del parts  # no archive is opened; a judge loads its own model
    limit = None if args.limit is None else _count("--limit", args.limit)
    texts = _count("--texts", args.texts)
    from eval.judges.loading import load_pairs
    from eval.judges.pairs import at_most
    from eval.judges.roster import JUDGES, find_judge
    from eval.judges.validation import validate

    unknown = next((name for name in args.names if name not in JUDGES), None)
    if unknown is not None:  # before minutes are spent on the others
        find_judge(unknown)
    loaded = load_pairs(Path(args.data).expanduser())
    pairs = at_most(loaded.pairs, limit)
    reports = []
    for name in args.names:
        console.say(f"{name} on {counted(len(pairs), 'pair')}")
        reports.append(validate(find_judge(name), pairs, texts=texts))
    if args.json:
        console.document(to_json(reports, loaded))
    else:
        console.result(render(reports, loaded))
    return 0


def _count(option: str, text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise UsageError(f"{option} is {text!r}, expected a whole number from 1; see: attest eval judge --help")
    return value


def render(reports: Sequence["JudgeReport"], loaded: "Loaded") -> str:
    """One table, a row for each judge and source, and below it why judges are not calibrated and what was left out."""
    rows: list[tuple[str, ...]] = [HEADER]
    for report in reports:
        rows += [_row(report, source) for source in report.sources]
        rows.append(_mean_row(report))
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADER))]
    lines = [
        "  ".join(
            cell.ljust(width) if at in TEXT_COLUMNS else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", *_reasons(reports), *_left_out(loaded)])


def _row(report: "JudgeReport", source: "SourceReport") -> tuple[str, ...]:
    agreed, free = source.agreement, source.label_free
    return (
        report.judge,
        source.source,
        f"{agreed.supported}/{agreed.unsupported}",
        str(source.documents),
        share(agreed.balanced_accuracy),
        _interval(source.intervals["balanced_accuracy"]),
        share(source.ceiling.balanced_accuracy if source.ceiling else None),
        share(agreed.true_positive_rate),
        share(agreed.true_negative_rate),
        share(agreed.auroc),
        share(agreed.kappa),
        _interval(source.intervals["kappa"]),
        share(agreed.ece),
        share(free.copied_share),
        *(share(flips.share) for flips in free.flips.values()),
        "calibrated" if source.calibrated else "uncalibrated",
    )


def _mean_row(report: "JudgeReport") -> tuple[str, ...]:
    means = {name: share(report.mean(name)) for name in ("balanced_accuracy", "auroc", "kappa", "ece")}
    cells = ["-"] * (len(HEADER) - 1) + [f"worst: {report.worst.source}" if report.worst else ""]
    cells[:2] = [report.judge, "mean of sources"]
    for at, name in ((4, "balanced_accuracy"), (9, "auroc"), (10, "kappa"), (12, "ece")):
        cells[at] = means[name]
    return tuple(cells)


def _reasons(reports: Sequence["JudgeReport"]) -> list[str]:
    lines = []
    for report in reports:
        if report.of_product:
            lines.append(f"{report.judge} is a check of the product: it may not judge the product itself.")
        lines += [
            f"{report.judge} is uncalibrated on {source.source}: {'; '.join(source.failures)}."
            for source in report.sources
            if not source.calibrated
        ]
    return lines


def _left_out(loaded: "Loaded") -> list[str]:
    lines = [f"Left out, {counted(count, 'row')}: {reason}." for reason, count in sorted(loaded.left_out.items())]
    if loaded.other_files:
        others = counted(len(loaded.other_files), "file")
        lines.append(f"Not of a known format: {others}, such as {loaded.other_files[0]}.")
    return lines


def share(value: float | None) -> str:
    """A fraction with three decimals and no zero before the point; "-" for what is not defined."""
    if value is None:
        return "-"
    text = f"{round(value, 3) + 0.0:.3f}"  # adding zero makes of -0.0 a plain one
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _interval(interval: "Interval | None") -> str:
    return f"[{share(interval.low)}, {share(interval.high)}]" if interval else "-"


def to_json(reports: Sequence["JudgeReport"], loaded: "Loaded") -> dict[str, object]:
    """The same as one document; thresholds, counts and every interval are in it."""
    from eval.judges import validation

    return {
        "judges": [
            {
                "judge": report.judge,
                "of_product": report.of_product,
                "mean": {name: report.mean(name) for name in ("balanced_accuracy", "auroc", "kappa", "ece")},
                "worst": report.worst.source if report.worst else None,
                "sources": [{**asdict(source), "calibrated": source.calibrated} for source in report.sources],
            }
            for report in reports
        ],
        "bars": {
            "labels": validation.FEWEST_LABELS,
            "kappa_low": validation.KAPPA,
            "ceiling_margin": validation.CEILING_MARGIN,
            "ece": validation.ECE,
            "copied": validation.COPIED,
            "flipped": validation.FLIPPED,
        },
        "left_out": dict(loaded.left_out),
        "other_files": list(loaded.other_files),
    }
