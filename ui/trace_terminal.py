"""A traced claim as text for a terminal. Pure functions; `Console.result` makes the text harmless."""

from collections.abc import Sequence

from rag.copies import Copy
from rag.verdict import Part, Trace, TracedEvidence
from ui.html import byline
from ui.printable import one_line
from ui.terminal import render_citation, wrapped
from ui.trace_words import STANCE_ORDER, VERDICT_LABELS, not_seen, sources_line, stance_line, whole_reason

LISTED = 5  # pieces of evidence shown in full; --json has them all
NEAREST = 2  # pieces shown in all, when the verdict rests on fewer
LEAST_RELEVANCE = 0.35  # of a piece that the verdict does not rest on; by eye: less is about something else


def render_trace(found: Trace, width: int | None = None) -> str:
    """The verdict in a sentence, what it rests on, the evidence by stance, and where it was seen first."""
    parts = [wrapped(f"{VERDICT_LABELS[found.verdict]}: “{one_line(found.claim)}”", width)]
    facts = " ".join(fact for fact in (whole_reason(found), sources_line(found)) if fact)
    if facts:
        parts.append(wrapped(facts, width))
    if len(found.parts) > 1:
        parts.append("\n".join(_part(number, part, width) for number, part in enumerate(found.parts, start=1)))
    shown = shown_evidence(found)
    for number, one in enumerate(shown, start=1):
        parts.append(f"{wrapped(_stance(one, found), width)}\n{render_citation(number, one.citation, width)}")
        if one.copies:
            parts[-1] += "\n" + _copies(one.copies, width)
    if found.first_seen is not None:
        parts.append(wrapped(f"First seen: {byline(found.first_seen.article)}", width))
    elif (line := not_seen(found)) is not None:
        parts.append(wrapped(line, width))
    parts += [wrapped(f"Note: {one_line(note)}", width) for note in found.notes]
    return "\n\n".join(parts)


def shown_evidence(found: Trace) -> list[TracedEvidence]:
    """What is shown: the evidence that counts, sorted by stance, then the nearest of the rest."""
    counting = [one for one in found.evidence if one.counts][:LISTED]
    counting.sort(key=lambda one: STANCE_ORDER.index(one.stance))
    rest = [one for one in found.evidence if not one.counts and one.relevance >= LEAST_RELEVANCE]
    return counting + rest[: max(0, NEAREST - len(counting))]


def _stance(one: TracedEvidence, found: Trace) -> str:
    where = f" (statement {one.part + 1})" if len(found.parts) > 1 else ""
    return f"{stance_line(one)}{where}"


def _part(number: int, part: Part, width: int | None) -> str:
    line = wrapped(f"{VERDICT_LABELS[part.verdict]}: “{one_line(part.claim)}”", width, f"{number:>3}. ", "     ")
    if part.first_seen is None:
        return line
    return f"{line}\n{wrapped(f'First seen: {byline(part.first_seen.article)}', width, '     ', '     ')}"


def _copies(copies: Sequence[Copy], width: int | None) -> str:
    plural = "the same report is" if len(copies) == 1 else f"{len(copies):,} copies of this report are"
    names = "; ".join(byline(copy.article) for copy in copies[:LISTED])
    return wrapped(f"{plural} also in: {names}", width, "    ", "    ")
