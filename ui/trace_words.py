"""What the faces call the outcomes of a claim that was traced."""

from rag.verdict import Trace, TracedEvidence
from ui.printable import one_line

VERDICT_LABELS = {
    "supported": "Supported",
    "refuted": "Refuted",
    "conflicting": "Sources conflict",
    "not_found": "Not found in the archive",
}
STANCE_LABELS = {"supports": "Supports", "refutes": "Refutes", "neither": "Neither"}
STANCE_ORDER = ("refutes", "supports", "neither")


def whole_reason(found: Trace) -> str | None:
    """Why the verdict is what it is, as a sentence; None when there is nothing to say."""
    reason = one_line(found.reason or "")
    return f"{reason[:1].upper()}{reason[1:]}." if reason else None


def not_seen(found: Trace) -> str | None:
    """Why a claim with support has no article where it was seen first, as a sentence; None when it has one, or none."""
    if found.first_seen is not None or found.verdict != "supported":
        return None
    if any(part.first_seen for part in found.parts):
        return "First seen: each statement on its own, because no one article is the first with all of them."
    return "First seen: unknown, because no article that says it is dated."


def sources_line(found: Trace) -> str | None:
    """On how many independent sources the verdict rests, as a sentence; None when it rests on none."""
    supports, refutes = found.sources("supports"), found.sources("refutes")
    if found.verdict == "conflicting":
        supports = max(part.supports for part in found.parts)
        return f"{_sources(supports)} supports it and {_sources(refutes).lower()} refutes it.".replace(
            "sources supports", "sources support"
        ).replace("sources refutes", "sources refute")
    if found.verdict == "not_found":
        return None
    count = supports if found.verdict == "supported" else refutes
    each = " for each statement" if len(found.parts) > 1 and found.verdict == "supported" and count else ""
    return f"Rests on {_sources(count).lower()}{each}."


def _sources(count: int) -> str:
    return "One independent source" if count == 1 else f"{count:,} independent sources"


def stance_line(one: TracedEvidence) -> str:
    """The stance in words, with what differs; what does not count says so."""
    label = STANCE_LABELS[one.stance]
    if one.stance == "neither":
        return "Nearby, and says neither"
    reason = f": {one_line(one.reason)}" if one.reason else ""
    return f"{label}{reason}" if one.counts else f"May {label.lower().removesuffix('s')}, too weak to count{reason}"
