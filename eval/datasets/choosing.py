"""A part of a dataset: one sort of item, or so many of each kind."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from eval.datasets.model import QUESTION_KINDS, Claim, Dataset, Question, Quotation

Kept = TypeVar("Kept", Question, Claim, Quotation)


def chosen(dataset: Dataset, only: str | None = None, limit: int | None = None) -> Dataset:
    """The dataset with `only` its "questions", "claims" or "quotations", and at most `limit` of each kind of these.

    Which ones is settled by a hash of their ids: the same every time, and nobody's choice. Articles are all kept.
    """
    questions = dataset.questions if only in (None, "questions") else ()
    claims = dataset.claims if only in (None, "claims") else ()
    quotations = dataset.quotations if only in (None, "quotations") else ()
    if limit is not None:
        kinds = [tuple(one for one in questions if one.kind == kind) for kind in QUESTION_KINDS]
        drawn = {one.id for kind in kinds for one in _drawn(kind, limit)}
        questions = tuple(one for one in questions if one.id in drawn)
        claims, quotations = tuple(_drawn(claims, limit)), tuple(_drawn(quotations, limit))
    return replace(dataset, questions=questions, claims=claims, quotations=quotations)


def _drawn(items: Sequence[Kept], limit: int) -> list[Kept]:
    order = sorted(items, key=lambda one: hashlib.sha256(one.id.encode()).hexdigest())
    kept = {one.id for one in order[:limit]}
    return [one for one in items if one.id in kept]
