"""A timeline as inline SVG: a column for each day, month or year with something published, in true distances."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from ui.printable import one_line

WIDTH, LEFT, RIGHT = 720, 24, 24
DOT, BASE = 9, 26  # pixels: a quote's height in its column, and what stands below the axis
_MOST = 12  # quotes drawn in one column; the number above it says how many there are
_APART = 10  # pixels between two columns, at least
_LABEL, _GAP = 68, 8  # pixels: the widest label, which is a day, and between two
ORDER = ("supports", "cited", "verbatim", "refutes", "disagrees", "altered")


def timeline_figure(line: Mapping[str, Any]) -> str:
    """The picture with its legend, and how many quotes have no date; empty when nothing is dated."""
    picture = timeline_svg(line)
    if not picture:
        return ""
    undated = len(line["undated"])
    note = f'<p class="place">{undated} without a date</p>\n' if undated else ""
    legend = (
        '<p class="legend"><span class="for">■</span> for it <span class="against">■</span> against it '
        '<span class="other">■</span> other</p>\n'
    )
    return f"<figure>{picture}</figure>\n{legend}{note}"


def timeline_svg(line: Mapping[str, Any]) -> str:
    """The picture, with what it shows as its label; empty when nothing is dated."""
    buckets = line["buckets"]
    if not buckets:
        return ""
    places = _places([_day(bucket["label"]) for bucket in buckets])
    tallest = min(_MOST, max(sum(bucket["counts"].values()) for bucket in buckets))
    height = tallest * DOT + BASE + 18
    base = height - BASE
    parts = [f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>']
    for at, bucket in enumerate(buckets):
        parts += _column(bucket, places[at], base)
    for at, anchor in _labelled(places):
        x, label = places[at], escape(buckets[at]["label"])
        parts.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="{anchor}">{label}</text>')
    what = "; ".join(f"{bucket['label']}: {_counts(bucket)}" for bucket in buckets)
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(one_line(what))}">'
        f"{''.join(parts)}</svg>"
    )


def _places(days: Sequence[int]) -> list[float]:
    """Where each column stands: in true distances, as far as no two columns cover one another."""
    room, span = WIDTH - LEFT - RIGHT, max(1, days[-1] - days[0])
    if len(days) == 1:
        return [LEFT + room / 2]
    places = [LEFT + room * (day - days[0]) / span for day in days]
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + _APART)
    limit = float(WIDTH - RIGHT)
    for at in reversed(range(len(places))):
        places[at] = min(places[at], limit)
        limit = places[at] - _APART
    return places


def _labelled(places: Sequence[float]) -> list[tuple[int, str]]:
    """The columns with room for a label and the side that it is fixed at: both ends first, then from left to right."""
    found: list[tuple[int, str]] = []
    taken: list[float] = []  # left edges
    for at in dict.fromkeys([0, len(places) - 1, *range(len(places))]):
        x = places[at]
        anchor = "start" if x < LEFT + 30 else "end" if x > WIDTH - RIGHT - 30 else "middle"
        left = x - _LABEL * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        if all(abs(left - other) >= _LABEL + _GAP for other in taken):
            found.append((at, anchor))
            taken.append(left)
    return sorted(found)


def _column(bucket: Mapping[str, Any], x: float, base: float) -> list[str]:
    """The quotes of a column, one square each, of one role beside one another."""
    roles = [
        role for role, count in sorted(bucket["counts"].items(), key=lambda one: _rank(one[0])) for _ in range(count)
    ]
    title = f"<title>{escape(one_line(bucket['label'] + ': ' + _counts(bucket)))}</title>"
    squares = "".join(
        f'<rect class="{_class(role)}" x="{x - 4:.1f}" y="{base - (at + 1) * DOT:.1f}" width="8" height="8"/>'
        for at, role in enumerate(roles[:_MOST])
    )
    more = len(roles) - _MOST
    count = (
        f'<text x="{x:.1f}" y="{base - _MOST * DOT - 4:.1f}" text-anchor="middle">{len(roles)}</text>'
        if more > 0
        else ""
    )
    return [f"<g>{title}{squares}{count}</g>"]


def _counts(bucket: Mapping[str, Any]) -> str:
    return ", ".join(f"{count} {role}" for role, count in bucket["counts"].items())


def _rank(role: str) -> int:
    return ORDER.index(role) if role in ORDER else len(ORDER)


def _class(role: str) -> str:
    return {"supports": "for", "cited": "for", "verbatim": "for", "refutes": "against", "disagrees": "against"}.get(
        role, "against" if role == "altered" else "other"
    )


def _day(label: str) -> int:
    """The days since year 1 of the middle of what a label names."""
    parts = [int(part) for part in label.split("-")]
    year, month, day = [*parts, *((7, 2) if len(parts) == 1 else (15,) if len(parts) == 2 else ())][:3]
    try:
        return date(year, month, day).toordinal()
    except ValueError:  # 30 February: wherever it was read from
        return date(max(1, year), min(12, max(1, month)), 28).toordinal()
