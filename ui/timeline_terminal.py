"""A timeline as a table for a terminal."""

from rag.timeline import Dated, Timeline
from ui.html import byline
from ui.printable import one_line, shortened
from ui.terminal import wrapped

BAR = 20  # columns of the longest bar
QUOTE_CHARS = 160


def render_timeline(topic: str, found: Timeline, width: int | None = None) -> str:
    """A row for each day, month or year with a bar, below it what was published then; at last what has no date."""
    if not found.buckets and not found.undated:
        return wrapped(f"Nothing in the archive is about “{one_line(topic)}”.", width)
    most = max((len(bucket.items) for bucket in found.buckets), default=1)
    by = f" by {found.unit}" if found.buckets else ""
    parts = [wrapped(f"“{one_line(topic)}”{by}:", width)]
    for bucket in found.buckets:
        bar = "█" * max(1, round(BAR * len(bucket.items) / most))
        lines = [f"{bucket.label}  {bar} {len(bucket.items)}"]
        lines += [_item(item, width) for item in bucket.items]
        parts.append("\n".join(lines))
    if found.undated:
        parts.append("\n".join(["Without a date:", *(_item(item, width) for item in found.undated)]))
    return "\n\n".join(parts)


def _item(item: Dated, width: int | None) -> str:
    head = wrapped(byline(item.citation.article), width, "  - ", "    ")
    return f"{head}\n{wrapped(f'“{shortened(item.citation.quote, QUOTE_CHARS)}”', width, '    ', '    ')}"
