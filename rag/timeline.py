"""Dated pieces of evidence over time: by day, month or year, whichever gives a picture that can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.answer import Citation
from rag.first_seen import date_key, is_dated

Unit = Literal["day", "month", "year"]
_DIGITS: Mapping[Unit, int] = {"day": 10, "month": 7, "year": 4}
NOT_COUNTED = "not counted"  # the role of evidence that a verdict does not rest on
MOST_BUCKETS = 24  # rows that fit a screen; beyond it days become months, and months years


@dataclass(frozen=True, slots=True)
class Dated:
    """One piece of evidence with what it is for the claim: its stance, "cited", or anything that is counted apart."""

    citation: Citation
    role: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was published in one day, month or year, earliest first."""

    label: str  # 2021-03-24, 2021-03 or 2021
    items: tuple[Dated, ...]

    def counts(self) -> dict[str, int]:
        """How many of each role, in the order of the roles' names."""
        roles = sorted(item.role for item in self.items)
        return {role: roles.count(role) for role in dict.fromkeys(roles)}


@dataclass(frozen=True, slots=True)
class Timeline:
    """Buckets in the order of time; only those in which something was published. What has no date is kept apart."""

    unit: Unit
    buckets: tuple[Bucket, ...]
    undated: tuple[Dated, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "unit": self.unit,
            "buckets": [
                {"label": one.label, "counts": one.counts(), "items": [_item(item) for item in one.items]}
                for one in self.buckets
            ],
            "undated": [_item(item) for item in self.undated],
        }


def timeline(items: Sequence[Dated]) -> Timeline:
    """The items grouped by when their articles were published, each span once.

    The unit is the finest that needs at most `MOST_BUCKETS`, and no finer than the coarsest date: "2021" is no day.
    """
    once = {(item.citation.article.id, item.citation.start, item.citation.end): item for item in reversed(items)}
    kept = sorted(once.values(), key=lambda item: date_key(item.citation.article.published_at))
    dated = [item for item in kept if is_dated(item.citation.article.published_at)]
    unit = _unit([_date(item) for item in dated])
    groups: dict[str, list[Dated]] = {}
    for item in dated:
        groups.setdefault(_date(item)[: _DIGITS[unit]], []).append(item)
    buckets = tuple(Bucket(label, tuple(groups[label])) for label in sorted(groups))
    return Timeline(unit, buckets, tuple(item for item in kept if not is_dated(item.citation.article.published_at)))


def _unit(dates: Sequence[str]) -> Unit:
    coarsest = min(map(len, dates), default=10)
    units: tuple[Unit, ...] = ("day", "month", "year")
    for unit in units:
        digits = _DIGITS[unit]
        if digits <= coarsest and len({date[:digits] for date in dates}) <= MOST_BUCKETS:
            return unit
    return "year"


def _date(item: Dated) -> str:
    return (item.citation.article.published_at or "")[:10]


def _item(item: Dated) -> dict[str, object]:
    return {"role": item.role, **item.citation.to_json()}
