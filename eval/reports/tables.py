"""The tables that every report shows, as rows of text."""

from collections import Counter
from collections.abc import Sequence

from eval.comparing import Difference
from eval.datasets.model import Dataset
from eval.failures import ORDER, Failure, failure
from eval.judges.judge import CALIBRATED
from eval.runs.model import Run
from eval.scoring import Figure, Scores
from eval.statistics.detectable import DISCORDANT, POWER, detectable

Table = list[list[str]]
HEADLINES = (
    "ask_right_and_cited",
    "ask_right",
    "ask_answered",
    "ask_evidence@10",
    "multi_right_and_cited",
    "abstain_right",
    "right_when_answered",
    "invalid_citations",
    "ms_p50",
)


def number(value: float) -> str:
    """Three digits of a share, no decimals of a large number."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"


def chance(p: float) -> str:
    """A p-value; a very small one is said to be smaller than .001 and never 0."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def with_interval(figure: Figure) -> str:
    """The value, and its 95% interval where it has one."""
    interval = figure.interval
    if interval.low == interval.high:
        return number(interval.value)
    return f"{number(interval.value)} [{number(interval.low)}, {number(interval.high)}]"


def named(identity: str) -> str:
    """A figure's id; after one that rests on a judge, as after `citation_recall@lexical`, that it is uncalibrated."""
    judge = identity.partition("@")[2]
    known = not judge or judge[0].isdigit() or judge in CALIBRATED  # in evidence@10 a depth stands there
    return identity if known else f"{identity} (uncalibrated)"


def figures_table(scores: Scores) -> Table:
    """Every figure of a run: value with interval, rows, clusters."""
    rows = [
        [named(figure.id), with_interval(figure), str(figure.interval.n), str(figure.interval.clusters)]
        for figure in scores.figures
    ]
    return [["figure", "value [95%]", "rows", "clusters"], *rows]


def systems_table(many: Sequence[Scores]) -> Table:
    """One row for each run, the headline figures beside each other."""
    present = [name for name in HEADLINES if any(_has(scores, name) for scores in many)]
    if not present:
        present = list(dict.fromkeys(figure.id for scores in many for figure in scores.figures))[:8]
    rows = [
        [scores.run, *(number(scores.figure(name)) if _has(scores, name) else "" for name in present)]
        for scores in many
    ]
    return [["run", *present], *rows]


def _has(scores: Scores, name: str) -> bool:
    return any(figure.id == name for figure in scores.figures)


def comparison_table(differences: Sequence[Difference]) -> Table:
    """One row for each measure of the family."""
    heading = [
        "measure",
        "first",
        "second",
        "difference [95%]",
        "lost",
        "won",
        "p",
        "p (Holm)",
        "McNemar",
        "detectable",
    ]
    rows = [
        [
            named(each.measure),
            number(each.first),
            number(each.second),
            f"{each.interval.value:+.3f} [{each.interval.low:+.3f}, {each.interval.high:+.3f}]",
            str(each.lost),
            str(each.won),
            chance(each.p),
            chance(each.p_holm),
            "" if each.p_mcnemar is None else chance(each.p_mcnemar),
            f"{each.detectable:.3f}",
        ]
        for each in differences
    ]
    return [heading, *rows]


def failures_of(dataset: Dataset, run: Run, scores: Scores) -> dict[str, Failure]:
    """Item id -> what went wrong with it."""
    return {item.id: failure(item, run.answers[item.id], scores.rows[item.id]) for item in dataset.items()}


def failures_table(found: dict[str, Failure], kinds: dict[str, str]) -> Table:
    """How often each thing went wrong, by kind."""
    counts = Counter((what, kinds[item]) for item, what in found.items())
    columns = list(dict.fromkeys(kinds.values()))
    rows = [
        [what, *(str(counts[what, kind]) for kind in columns)]
        for what in ORDER
        if any(counts[what, kind] for kind in columns)
    ]
    return [["what went wrong", *columns], *rows]


def size_note(scores: Scores) -> str:
    """What a set of this size can tell."""
    kinds = Counter(scores.kinds.values())
    parts = [f"{kind} {count}: {100 * detectable(count):.0f} points" for kind, count in kinds.items()]
    return (
        f"Smallest difference between two runs that would show with probability {POWER:.0%} when "
        f"{DISCORDANT:.0%} of outcomes change: {'; '.join(parts)}."
    )
