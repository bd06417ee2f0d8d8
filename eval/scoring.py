"""Scores of a run: a pure function of (dataset, run). Every value of every item, and figures with intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from eval.datasets.model import Dataset
from eval.item_rows import (
    Row,
    citation_row,
    cited_articles,
    claim_row,
    exact_row,
    question_row,
    quotation_row,
    relevant_articles,
)
from eval.measures import abstention, answer, calibration, citation, claim, cost, evidence, quotation, quote, ranking
from eval.measures import risk_coverage as selective
from eval.measures.citation import Supports, Verbatim
from eval.measures.measure import Measure
from eval.runs.model import Run
from eval.statistics.bootstrap import Floats, Indices, Interval, mean, ratio, statistic


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a run. `id` is the measure's, after the kind of question where it is of one kind: `ask_right`."""

    id: str
    measure: Measure
    interval: Interval

    @property
    def value(self) -> float:
        return self.interval.value

    def to_json(self) -> dict[str, object]:
        return {"id": self.id, **asdict(self.interval), "better": self.measure.better}


@dataclass(frozen=True)
class Scores:
    """`rows` has each item's values by measure; a measure that does not apply to an item is not there."""

    run: str
    dataset: str
    rows: Mapping[str, Row]
    kinds: Mapping[str, str]
    figures: tuple[Figure, ...]
    curve: selective.Curve | None = None
    reliability: tuple[calibration.Bin, ...] = ()
    crashed: int = 0
    notes: tuple[str, ...] = field(default=())

    def figure(self, name: str) -> float:
        """The value of a figure. Raises KeyError for one that this run has not."""
        return {figure.id: figure.value for figure in self.figures}[name]

    def to_json(self) -> dict[str, object]:
        return {
            "run": self.run,
            "dataset": self.dataset,
            "crashed": self.crashed,
            "figures": [figure.to_json() for figure in self.figures],
            "rows": {name: dict(row) for name, row in self.rows.items()},
        }


def score(dataset: Dataset, run: Run, judge: Supports | None = None) -> Scores:
    """All measures of `run`; citations are judged by `judge`, word for word unless another is given."""
    judge = judge or Verbatim()
    cited = sorted(cited_articles(run) & dataset.articles.keys())
    plain = {name: " ".join(dataset.articles[name].text.split()) for name in cited}
    ranked = ranking.ranking(relevant_articles(dataset), run.ranked)
    rows: dict[str, Row] = {}
    kinds: dict[str, str] = {}
    for question in dataset.questions:
        given = run.answers[question.id]
        row = question_row(question, given)
        row |= citation_row(given, dataset, plain, judge)
        row |= {name: values[question.id] for name, values in ranked.items() if question.id in values}
        rows[question.id], kinds[question.id] = row, question.kind
    for item in dataset.claims:
        given = run.answers[item.id]
        rows[item.id], kinds[item.id] = claim_row(item, given) | exact_row(given, dataset), "claim"
    for said in dataset.quotations:
        given = run.answers[said.id]
        rows[said.id], kinds[said.id] = quotation_row(said, given) | exact_row(given, dataset), "quotation"
    table = _Table(rows, kinds, dataset.clusters)
    figures = [*_shares(table), *_pooled(table, judge), *_costs(table, run), *_claims(dataset, run, table)]
    confident = [(rows[name], name) for name in rows if "confidence" in rows[name]]
    curve: selective.Curve | None = None
    reliability: tuple[calibration.Bin, ...] = ()
    if confident:
        selected = _selective(confident, dataset.clusters)
        figures += selected[0]
        curve, reliability = selected[1], tuple(selected[2])
    crashed = sum(given.status == "error" for given in run.answers.values())
    return Scores(run.name, dataset.name, rows, kinds, tuple(figures), curve, reliability, crashed)


@dataclass(frozen=True)
class _Table:
    """The rows with their kinds and clusters."""

    rows: Mapping[str, Row]
    kinds: Mapping[str, str]
    clusters: Mapping[str, str]

    def mean(self, name: str, measure: Measure, column: str, kind: str | None = None) -> list[Figure]:
        """The mean of a column over the rows that have it, of one kind or all; nothing where none has it."""
        return self.ratio(name, measure, column, lambda row: float(column in row), kind)

    def ratio(
        self, name: str, measure: Measure, top: str, bottom: Callable[[Row], float], kind: str | None = None
    ) -> list[Figure]:
        """The sum of a column over the sum of `bottom`."""
        rows = [
            (item, row) for item, row in self.rows.items() if (kind is None or self.kinds[item] == kind) and top in row
        ]
        denominators = np.asarray([bottom(row) for _, row in rows], dtype=np.float64)
        if not denominators.sum():
            return []
        numerators = np.asarray(
            [row[top] if below else 0.0 for (_, row), below in zip(rows, denominators, strict=True)]
        )
        return [Figure(name, measure, ratio(numerators, denominators, [self.clusters[item] for item, _ in rows]))]


_BY_KIND: tuple[tuple[str, Measure], ...] = (
    ("answered", abstention.ANSWERED),
    ("right", answer.RIGHT),
    ("right_strict", answer.RIGHT_STRICT),
    ("em", answer.EXACT_MATCH),
    ("f1", answer.F1),
    ("evidence_cited", evidence.CITED),
    (
        "right_and_cited",
        Measure("right_and_cited", "right, and the evidence cited: the figure to look at first", "0 to 1", "Attest"),
    ),
    (
        "right_and_any_cited",
        Measure(
            "right_and_any_cited", "right, and a span of the evidence cited", "0 to 1", "score.py's right_and_cited"
        ),
    ),
    ("evidence_recall@5", evidence.RECALL),
    ("evidence_recall@10", evidence.RECALL),
    ("evidence@5", evidence.ALL),
    ("evidence@10", evidence.ALL),
    (ranking.NDCG.id, ranking.NDCG),
    (ranking.RR.id, ranking.RR),
    (ranking.SUCCESS.id, ranking.SUCCESS),
    (ranking.RECALL.id, ranking.RECALL),
    ("answer_words", cost.WORDS),
)


def _shares(table: _Table) -> list[Figure]:
    found = [
        figure
        for kind in ("ask", "multi")
        for column, measure in _BY_KIND
        for figure in table.mean(f"{kind}_{column}", measure, column, kind)
    ]
    found += table.mean("abstain_right", abstention.RECALL, "abstain_right")
    for column, measure in (
        ("claim_right", claim.RIGHT),
        *((f"claim_right_{stance}", claim.RIGHT) for stance in claim.VERDICTS),
        ("claim_evidence@3", claim.EVIDENCE),
        ("fever_score", claim.FEVER),
        ("quotation_status_right", quotation.STATUS),
        ("quotation_speaker_right", quotation.SPEAKER),
    ):
        found += table.mean(column, measure, column)
    return found


def _pooled(table: _Table, judge: Supports) -> list[Figure]:
    """Figures over questions of every kind."""
    flags = {
        name: row | {"abstained_right": row.get("abstain_right", 0.0), "good": row["correct"] * row["answered"]}
        for name, row in table.rows.items()
        if "correct" in row
    }
    for row in flags.values():
        row["unsupported"] = row["sentences"] - row["supported"]
    judged = _Table(flags, table.kinds, table.clusters)
    found = judged.ratio(
        "abstention_precision", abstention.PRECISION, "abstained_right",
        lambda row: float(not row["answered"] and not row["crashed"]),
    )  # fmt: skip
    found += judged.ratio("right_when_answered", abstention.ACCURACY, "good", lambda row: row["answered"])
    unsupported = citation.unsupported_measure(judge)
    found += table.mean(
        citation.recall_measure(judge).id, citation.recall_measure(judge), f"citation_recall@{judge.name}"
    )
    found += table.mean(
        citation.precision_measure(judge).id, citation.precision_measure(judge), f"citation_precision@{judge.name}"
    )
    found += judged.ratio(unsupported.id, unsupported, "unsupported", lambda row: row["sentences"])
    found += table.ratio(quote.EXACTNESS.id, quote.EXACTNESS, "exact", lambda row: row["citations"])
    asked = [name for name in table.rows if "citations" in table.rows[name]]
    invalid = sum(table.rows[name]["citations"] - table.rows[name]["exact"] for name in asked)
    lost = sum(table.rows[name].get("not_in_article", 0.0) for name in asked)  # of questions, as in score.py
    measure = Measure("invalid_citations", "citations that are not the exact slice", "0 and up", "Attest", "lower")
    if asked:
        found.append(Figure("invalid_citations", measure, _exactly(invalid, len(asked))))
        found.append(Figure("quotes_not_in_article", quote.NOT_IN_ARTICLE, _exactly(lost, len(asked))))
    return found


def _costs(table: _Table, run: Run) -> list[Figure]:
    found = []
    timed = [(row["ms"], name) for name, row in table.rows.items() if "ms" in row]
    if timed:
        values = np.asarray([ms for ms, _ in timed])
        clusters = [table.clusters[name] for _, name in timed]
        for measure, share in ((cost.MEDIAN, 0.5), (cost.SLOW, 0.95)):
            found.append(Figure(measure.id, measure, statistic(_nth(values, share), clusters)))
    found += table.mean("tokens", cost.TOKENS, "tokens")
    if isinstance(memory := run.environment.get("peak_mb"), int | float):
        found.append(Figure(cost.MEMORY.id, cost.MEMORY, _exactly(float(memory), len(table.rows))))
    return found


def _nth(values: Floats, share: float) -> Callable[[Indices], float]:
    return lambda chosen: cost.nth(values[chosen].tolist(), share)


def _claims(dataset: Dataset, run: Run, table: _Table) -> list[Figure]:
    if not dataset.claims:
        return []
    stances = [item.stance for item in dataset.claims]
    verdicts = [run.answers[item.id].status for item in dataset.claims]

    def compute(chosen: Indices) -> float:
        return claim.macro_f1([stances[at] for at in chosen], [verdicts[at] for at in chosen])

    clusters = [table.clusters[item.id] for item in dataset.claims]
    return [Figure(claim.MACRO_F1.id, claim.MACRO_F1, statistic(compute, clusters, draws=200))]


def _selective(
    confident: Sequence[tuple[Row, str]], clusters: Mapping[str, str]
) -> tuple[list[Figure], selective.Curve | None, list[calibration.Bin]]:
    """Risk and coverage over the answers given; calibration of "the archive answers" over all questions."""
    found: list[Figure] = []
    curve = None
    given = [(row, name) for row, name in confident if row["answered"] and "correct" in row]
    if given:
        sure = np.asarray([row["confidence"] for row, _ in given])
        wrong = np.asarray([1.0 - row["correct"] for row, _ in given])
        names = [clusters[name] for _, name in given]
        curve = selective.curve(sure, wrong)
        for measure, compute in (
            (selective.AURC, lambda at: selective.curve(sure[at], wrong[at]).area),
            (selective.EXCESS, lambda at: selective.excess_area(sure[at], wrong[at])),
        ):
            found.append(Figure(measure.id, measure, statistic(compute, names)))
    said = np.asarray([row["confidence"] for row, _ in confident])
    true = np.asarray([float("abstain_right" not in row) for row, _ in confident])
    names = [clusters[name] for _, name in confident]
    for measure, compute in (
        (calibration.ECE, lambda at: calibration.expected_calibration_error(said[at], true[at])),
        (calibration.BRIER, lambda at: float(((said[at] - true[at]) ** 2).mean())),
    ):
        found.append(Figure(measure.id, measure, statistic(compute, names)))
    return found, curve, calibration.bins(said, true)


def _exactly(value: float, n: int) -> Interval:
    """A count: nothing to resample."""
    return Interval(value, value, value, n, n)


def interval_of(values: Mapping[str, float], clusters: Mapping[str, str]) -> Interval:
    """The mean of values by item, with its interval."""
    return mean(np.asarray(list(values.values()), dtype=np.float64), [clusters[name] for name in values])
