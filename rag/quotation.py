"""What became of a quotation that was looked for: where it stands, how it differs, who said it; and this as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from index.errors import UsageError
from rag.answer import Citation
from rag.differences import Difference
from rag.first_seen import earliest
from rag.pattern import read_pattern

QuotationStatus = Literal["verbatim", "altered", "not_found"]

LONGEST_QUOTATION = 6000  # characters, about 1,000 words: a long passage of a speech, not an article


@dataclass(frozen=True, slots=True)
class Variant:
    """One article that has the quotation, verbatim or altered, with who speaks there."""

    citation: Citation
    differences: tuple[Difference, ...]
    similarity: float  # between 0 and 1; 1 for the very words
    speaker: str | None
    split: bool = False  # something that is no part of the quotation stands between its words

    @property
    def status(self) -> QuotationStatus:
        return "altered" if self.differences else "verbatim"

    def to_json(self) -> dict[str, object]:
        return {
            **self.citation.to_json(),
            "status": self.status,
            "similarity": round(self.similarity, 4),
            "speaker": self.speaker,
            "diff": [difference.to_json() for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Quotation:
    """The outcome for one quotation. `citation` is None exactly when it was not found."""

    quotation: str
    status: QuotationStatus
    citation: Citation | None
    differences: tuple[Difference, ...]
    speaker: str | None
    first_seen: Citation | None  # the earliest dated article with the cited wording; None when none has a date
    variants: tuple[Variant, ...] = ()  # every article found, the cited one among them
    nearest: Citation | None = None  # of a quotation that was not found: what came nearest, too far to be it
    in_comment: Citation | None = None  # of a quotation that was not found: a reader's comment that has its very words
    claimed_speaker: str | None = None
    speaker_agrees: bool | None = None  # None unless a speaker was both claimed and found
    notes: tuple[str, ...] = ()
    models: Mapping[str, object] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    id: str | None = None

    def to_json(self) -> dict[str, object]:
        document: dict[str, object] = {} if self.id is None else {"id": self.id}
        document |= {
            "quotation": self.quotation,
            "status": self.status,
            "citation": _json(self.citation),
            "diff": [difference.to_json() for difference in self.differences],
            "speaker": self.speaker,
            "first_seen": _json(self.first_seen),
            "variants": [variant.to_json() for variant in self.variants],
            "nearest": _json(self.nearest),
            "in_comment": _json(self.in_comment),
            "claimed_speaker": self.claimed_speaker,
            "speaker_agrees": self.speaker_agrees,
            "notes": list(self.notes),
            "models": dict(self.models),
            "timings_ms": {step: round(ms, 1) for step, ms in self.timings_ms.items()},
        }
        return document


def _json(citation: Citation | None) -> dict[str, object] | None:
    return citation.to_json() if citation else None


def first_seen(variants: Sequence[Variant]) -> Citation | None:
    """The citation with the earliest known date; None when no date is known."""
    return earliest([variant.citation for variant in variants])


def checked_quotation(quotation: str) -> str:
    """The quotation without surrounding space. Raises UsageError when it has no words or is too long to be one."""
    stripped = quotation.encode("utf-8", "replace").decode("utf-8").strip()
    if not read_pattern(stripped).words:
        raise UsageError('the quotation is empty; expected words, such as: attest quote "I have a dream"')
    if len(stripped) > LONGEST_QUOTATION:
        raise UsageError(
            f"the quotation has {len(stripped):,} characters; expected at most {LONGEST_QUOTATION:,}: look for one "
            "passage of it at a time"
        )
    return stripped
