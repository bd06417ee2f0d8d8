"""Reports as plain text and as Markdown."""

from collections.abc import Sequence

from eval.comparing import Difference
from eval.reports.tables import Table, comparison_table, figures_table, size_note, systems_table
from eval.scoring import Scores


def plain(table: Table) -> str:
    """Columns aligned with spaces: the first to the left, the others to the right."""
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(table: Table) -> str:
    """A Markdown table; a bar in a cell is escaped."""
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
    return "\n".join([rows[0], "|" + "---|" * len(table[0]), *rows[1:]])


def render_scores(many: Sequence[Scores], beside: Sequence[Scores] = ()) -> str:
    """For the terminal: the systems and those `beside` them in a table, then all figures of the first."""
    first = many[0]
    systems = [*many, *beside]
    parts = [plain(systems_table(systems))] if len(systems) > 1 else []
    parts += [f"{first.run} on {first.dataset}", plain(figures_table(first)), size_note(first)]
    if first.crashed:
        parts.append(f"{first.crashed} crashed and count as misses.")
    return "\n\n".join(parts)


def render_comparison(first: str, second: str, differences: Sequence[Difference]) -> str:
    """For the terminal."""
    return f"{second} less {first}\n\n{plain(comparison_table(differences))}"


def markdown_report(
    many: Sequence[Scores],
    differences: Sequence[Difference],
    failures: Table,
    environment: Sequence[tuple[str, str]],
    beside: Sequence[Scores] = (),
) -> str:
    """The whole report but for the questions themselves."""
    first = many[0]
    parts = [f"# {first.run} on {first.dataset}", size_note(first), markdown(systems_table([*many, *beside]))]
    if differences:
        parts += [f"## {many[1].run} less {first.run}", markdown(comparison_table(differences))]
    parts += ["## All figures", markdown(figures_table(first)), "## What went wrong", markdown(failures)]
    parts += ["## Environment", "\n".join(f"- {name}: {value}" for name, value in environment)]
    return "\n\n".join(parts) + "\n"
