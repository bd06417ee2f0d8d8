"""One self-contained HTML file: figures, curves, comparison and failure browser. It asks no host for anything."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from eval.comparing import Difference
from eval.datasets.model import Dataset
from eval.reports import svg
from eval.reports.browser import browser
from eval.reports.tables import (
    Table,
    comparison_table,
    failures_of,
    failures_table,
    figures_table,
    named,
    size_note,
    systems_table,
)
from eval.runs.model import Run
from eval.scoring import Scores

LARGEST = 5_000_000  # bytes
DEPTHS = (10, 5, 3, 1, 0)  # retrieved passages of a failed item, as many as the size allows
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(
    dataset: Dataset,
    runs: Sequence[Run],
    many: Sequence[Scores],
    differences: Sequence[Difference],
    beside: Sequence[Scores] = (),
) -> str:
    """The page for the first run; the others and `beside` stand below it in the table, the second is compared."""
    first = many[0]
    found = failures_of(dataset, runs[0], first)
    head = _head(many, beside, differences, failures_table(found, dict(first.kinds)), runs[0])
    sizes = [(depth, len(found)) for depth in DEPTHS]
    sizes += [(0, len(found) >> halved) for halved in range(1, len(found).bit_length() + 1)]
    for depth, most in sizes:
        items = browser(dataset, runs[0], found, passages=depth, most=most)
        whole = _whole(f"{first.run} on {first.dataset}", head + items)
        if len(whole.encode("utf-8", "xmlcharrefreplace")) < LARGEST:
            break
    return whole


def _head(
    many: Sequence[Scores], beside: Sequence[Scores], differences: Sequence[Difference], failures: Table, run: Run
) -> str:
    first = many[0]
    shares = [one for one in first.figures if one.measure.range in ("0 to 1", "0 or 1")]
    parts = [
        f"<h1>{escape(first.run)} on {escape(first.dataset)}</h1>",
        f'<p class="note">{escape(size_note(first))}</p>',
    ]
    if first.crashed:
        parts.append(f'<p class="bad">{first.crashed} crashed and count as misses.</p>')
    parts += ["<h2>Systems</h2>", _table(systems_table([*many, *beside]))]
    if differences:
        parts += [f"<h2>{escape(many[1].run)} less {escape(first.run)}</h2>", _table(comparison_table(differences))]
        parts.append(svg.differences(differences))
    charts = [svg.risk_coverage(first.curve)] if first.curve is not None else []
    charts += [svg.reliability(first.reliability)] if first.reliability else []
    parts += ["<h2>Figures</h2>", f'<div class="charts">{"".join(charts)}</div>', svg.intervals(shares)]
    parts += [_table(figures_table(first)), "<h2>What the figures mean</h2>", _definitions(first)]
    parts += ["<h2>Environment</h2>", _told(run)]
    parts += ["<h2>What went wrong</h2>", _table(failures)]
    return "".join(parts)


def told(run: Run) -> list[tuple[str, str]]:
    """The environment as names and values."""
    left = ("files", "format")
    return [(name, str(value)) for name, value in run.environment.items() if name not in left and value is not None]


def _told(run: Run) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told(run)) + "</dl>"


def _definitions(scores: Scores) -> str:
    measures = {one.measure.id: one.measure for one in scores.figures}
    rows = "".join(
        f"<li><b>{escape(named(each.id))}</b> ({escape(each.range)}, {each.better} is better): "
        f"{escape(each.definition)}. "
        f'<span class="note">{escape(each.source)}</span></li>'
        for each in measures.values()
    )
    return f"<details><summary>{len(measures)} measures</summary><ul>{rows}</ul></details>"


def _table(table: Table) -> str:
    heading = "".join(f"<th>{escape(cell)}</th>" for cell in table[0])
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table[1:])
    return f'<div class="scroll"><table><thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table></div>'


def _whole(title: str, body: str) -> str:
    folder = files("eval.reports")
    style, script = (folder.joinpath(f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{style}</style></head>'
        f"<body>{body}<script>{script}</script></body></html>\n"
    )
