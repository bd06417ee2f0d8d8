"""Small charts as inline SVG. Text in them is escaped; colours come from the page's style sheet."""

from collections.abc import Sequence
from html import escape

from eval.comparing import Difference
from eval.measures.calibration import Bin
from eval.measures.risk_coverage import Curve
from eval.scoring import Figure

SIZE, MARGIN = 300, 42
ROW, NAME, WIDE = 22, 240, 700


def _frame(title: str, x: str, y: str, inside: str) -> str:
    ticks = "".join(
        f'<text x="{_x(value):.1f}" y="{SIZE + MARGIN + 14}" text-anchor="middle">{value:g}</text>'
        f'<text x="{MARGIN - 6}" y="{_y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for value in (0, 0.25, 0.5, 0.75, 1)
    )
    full = SIZE + 2 * MARGIN
    return (
        f'<svg viewBox="0 0 {full} {full}" width="{full}" role="img" aria-label="{escape(title)}">'
        f'<rect class="frame" x="{MARGIN}" y="{MARGIN}" width="{SIZE}" height="{SIZE}"/>{ticks}{inside}'
        f'<text class="head" x="{MARGIN}" y="{MARGIN - 12}">{escape(title)}</text>'
        f'<text x="{MARGIN + SIZE / 2}" y="{full - 8}" text-anchor="middle">{escape(x)}</text>'
        f'<text transform="rotate(-90)" x="{-(MARGIN + SIZE / 2)}" y="12" text-anchor="middle">{escape(y)}</text></svg>'
    )


def _x(value: float) -> float:
    return MARGIN + SIZE * value


def _y(value: float) -> float:
    return MARGIN + SIZE * (1 - value)


def risk_coverage(curve: Curve) -> str:
    """Risk against coverage."""
    points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in zip(curve.coverage, curve.risk, strict=True))
    title = f"Risk and coverage, AURC {curve.area:.3f}"
    return _frame(
        title, "share of the answers kept", "share wrong among them", f'<polyline class="line" points="{points}"/>'
    )


def reliability(bins: Sequence[Bin]) -> str:
    """How often each stated probability came true."""
    diagonal = f'<line class="rule" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    dots = "".join(
        f'<circle class="dot" cx="{_x(one.probability):.1f}" cy="{_y(one.frequency):.1f}" r="5">'
        f"<title>{one.count} questions</title></circle>"
        for one in bins
    )
    return _frame("Stated confidence", "probability that the archive answers", "share it answers", diagonal + dots)


def intervals(figures: Sequence[Figure]) -> str:
    """Shares with their intervals, one below the other."""
    rows = [(one.id, one.interval.value, one.interval.low, one.interval.high) for one in figures]
    return _forest("Shares with 95% intervals", rows, 0.0, 1.0)


def differences(found: Sequence[Difference]) -> str:
    """Paired differences with their intervals around 0."""
    rows = [(one.measure, one.interval.value, one.interval.low, one.interval.high) for one in found]
    reach = max((abs(end) for row in rows for end in row[1:]), default=0.0) or 0.1
    return _forest("Second less first, 95% intervals", rows, -reach, reach)


def _forest(title: str, rows: Sequence[tuple[str, float, float, float]], least: float, most: float) -> str:
    height = ROW * len(rows) + 48

    def at(value: float) -> float:
        return NAME + (WIDE - NAME - 20) * (min(max(value, least), most) - least) / (most - least)

    marks = "".join(
        f'<text x="{NAME - 10}" y="{ROW * number + 44}" text-anchor="end">{escape(name)}</text>'
        f'<line class="line" x1="{at(low):.1f}" x2="{at(high):.1f}" y1="{ROW * number + 40}" y2="{ROW * number + 40}"/>'
        f'<circle class="dot" cx="{at(value):.1f}" cy="{ROW * number + 40}" r="4"><title>{value:.3f}</title></circle>'
        for number, (name, value, low, high) in enumerate(rows)
    )
    middle = (least + most) / 2
    rules = "".join(
        f'<line class="rule" x1="{at(value):.1f}" x2="{at(value):.1f}" y1="26" y2="{height - 18}"/>'
        f'<text x="{at(value):.1f}" y="{height - 4}" text-anchor="middle">{value:.2g}</text>'
        for value in (least, middle, most)
    )
    return (
        f'<svg viewBox="0 0 {WIDE} {height}" width="{WIDE}" role="img" aria-label="{escape(title)}">'
        f'<text class="head" x="10" y="16">{escape(title)}</text>{rules}{marks}</svg>'
    )
