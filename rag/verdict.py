"""What became of a claim that was traced: a verdict, the evidence on either side, where it was seen first; as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rag.answer import Citation
from rag.copies import Copy
from rag.stance import StanceName

ClaimVerdict = Literal["supported", "refuted", "conflicting", "not_found"]


@dataclass(frozen=True, slots=True)
class TracedEvidence:
    """A sentence of one article beside the claim. `score` is the probability of `stance`, between 0 and 1."""

    citation: Citation
    stance: StanceName
    score: float
    relevance: float  # how much of the claim it is about, between 0 and 1
    counts: bool  # whether the verdict rests on it
    reason: str | None = None  # for a refutation, which number, date, name or denial differs
    copies: tuple[Copy, ...] = ()
    part: int = 0  # the part of the claim it was found for

    def to_json(self) -> dict[str, object]:
        return {
            "stance": self.stance,
            "score": round(self.score, 4),
            **self.citation.to_json(),
            "reason": self.reason,
            "relevance": round(self.relevance, 4),
            "counts": self.counts,
            "part": self.part,
            "copies": [copy.to_json() for copy in self.copies],
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of the claim with its verdict. `supports` and `refutes` count independent sources."""

    claim: str
    verdict: ClaimVerdict
    supports: int
    refutes: int
    evidence: tuple[TracedEvidence, ...]  # best first
    first_seen: Citation | None = None  # the earliest dated article that supports it; None when none has a date

    def to_json(self) -> dict[str, object]:
        return {
            "claim": self.claim,
            "verdict": self.verdict,
            "independent_sources": {"supports": self.supports, "refutes": self.refutes},
            "first_seen": None if self.first_seen is None else self.first_seen.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """The outcome for one claim. A claim of one statement has one part, which is the claim itself."""

    claim: str
    verdict: ClaimVerdict
    reason: str | None  # why nothing was found, or what differs
    parts: tuple[Part, ...]
    evidence: tuple[TracedEvidence, ...]  # of all parts, best first
    first_seen: Citation | None  # the earliest dated article that supports it, all parts of it; None when none does
    notes: tuple[str, ...] = ()
    models: Mapping[str, object] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    id: str | None = None

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Every copy that is folded under a piece of evidence, once."""
        found = {copy.article.id: copy for one in self.evidence for copy in one.copies}
        return tuple(found.values())

    def sources(self, stance: Literal["supports", "refutes"]) -> int:
        """On how many independent sources that side of the verdict rests: of the weakest part, for support."""
        if stance == "supports":
            return min(part.supports for part in self.parts)
        return max(part.refutes for part in self.parts)

    def to_json(self) -> dict[str, object]:
        document: dict[str, object] = {} if self.id is None else {"id": self.id}
        document |= {
            "claim": self.claim,
            "verdict": self.verdict,
            "reason": self.reason,
            "independent_sources": {"supports": self.sources("supports"), "refutes": self.sources("refutes")},
            "evidence": [one.to_json() for one in self.evidence],
            "first_seen": None if self.first_seen is None else self.first_seen.to_json(),
            "copies": [copy.to_json() for copy in self.copies],
            "parts": [part.to_json() for part in self.parts],
            "notes": list(self.notes),
            "models": dict(self.models),
            "timings_ms": {step: round(ms, 1) for step, ms in self.timings_ms.items()},
        }
        return document


def verdict_of(evidence: Sequence[TracedEvidence]) -> ClaimVerdict:
    """The verdict of the evidence that counts: both sides are a conflict."""
    stances = {one.stance for one in evidence if one.counts}
    if {"supports", "refutes"} <= stances:
        return "conflicting"
    if "supports" in stances:
        return "supported"
    return "refuted" if "refutes" in stances else "not_found"


def together(verdicts: Sequence[ClaimVerdict]) -> ClaimVerdict:
    """The verdict on a whole: refuted if one part is, then conflicting if one is, supported only if all are."""
    if "refuted" in verdicts:
        return "refuted"
    if "conflicting" in verdicts:
        return "conflicting"
    return "supported" if verdicts and all(verdict == "supported" for verdict in verdicts) else "not_found"
