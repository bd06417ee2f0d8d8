"""What an archive has to say about its opening and about a filter, on standard error."""

from typing import TYPE_CHECKING

from ui.console import Console

if TYPE_CHECKING:
    from index.archive import Archive, Filters

_NAMED = 8  # outlets in a line


def say_notices(console: Console, archive: "Archive") -> None:
    """Each notice once, in a line of its own."""
    for notice in archive.notices:
        console.say(f"attest: {notice}")
    archive.notices.clear()


def say_loading(console: Console) -> None:
    """A line for somebody who watches: loading takes some seconds, and nothing would be seen of it."""
    if console.interactive:
        console.say("Loading models …")


def say_unknown_outlet(console: Console, archive: "Archive", filters: "Filters") -> None:
    """One line when no article here is by the outlet asked for: a mistyped one would pass for a silent archive."""
    from index.schema import outlet_key

    known = archive.coverage().outlets if filters.source else ()
    if filters.source is None or outlet_key(filters.source) in map(outlet_key, known):
        return
    named = "; ".join(known[:_NAMED]) + (f" and {len(known) - _NAMED} more" if len(known) > _NAMED else "")
    expected = f"expected one of: {named}" if known else "and no article in it names its outlet"
    console.say(f"attest: the archive has nothing by the outlet {filters.source[:80]!r}; {expected}")
