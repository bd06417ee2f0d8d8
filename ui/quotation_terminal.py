"""A checked quotation as text for a terminal. Pure functions; `Console.result` makes the text harmless."""

from rag.differences import Difference
from rag.quotation import Quotation, Variant
from ui.html import byline
from ui.printable import one_line
from ui.quotation_words import STATUS_LABELS, speaker_line
from ui.terminal import render_citation, wrapped

LISTED = 8  # other articles named; --json has them all


def render_quotation(found: Quotation, width: int | None = None) -> str:
    """The outcome in a sentence, the differences, the article's own words, and where else they stand."""
    parts = [wrapped(f"{STATUS_LABELS[found.status]}: “{one_line(found.quotation)}”", width)]
    if found.differences:
        parts.append("\n".join(wrapped(_difference(one), width, "  - ", "    ") for one in found.differences))
    if found.citation is not None:
        parts.append(wrapped(speaker_line(found), width))
        parts.append(render_citation(1, found.citation, width))
        parts.append(wrapped(_first_seen(found), width))
    elif found.nearest is not None:
        parts += ["The nearest wording, too far to be it:", render_citation(1, found.nearest, width)]
    others = [one for one in found.variants if one.citation != found.citation]
    if others:
        lines = [f"Also in {len(others):,} other article{'' if len(others) == 1 else 's'}:"]
        lines += [wrapped(_variant(one), width, "  - ", "    ") for one in others[:LISTED]]
        if len(others) > LISTED:
            lines.append(f"  and {len(others) - LISTED:,} more; all of them: attest quote --json")
        parts.append("\n".join(lines))
    parts += [wrapped(f"Note: {one_line(note)}", width) for note in found.notes]
    return "\n\n".join(parts)


def _difference(one: Difference) -> str:
    said, have = f"“{one_line(one.said)}”", f"“{one_line(one.found)}”"
    what = {"replace": f"{said} stands where the article has {have}", "insert": f"{said} is not in the article"}
    mark = "changes the meaning" if one.meaning else "small"
    return f"{what.get(one.op, f'{have} of the article is missing')} ({mark}: {one.why})"


def _first_seen(found: Quotation) -> str:
    if found.first_seen is None:
        return "First seen: unknown, because no article that has it is dated."
    return f"First seen: {byline(found.first_seen.article)}"


def _variant(one: Variant) -> str:
    who = f", by {one_line(one.speaker)}" if one.speaker else ""
    return f"{byline(one.citation.article)}: {one.status}{who}"
