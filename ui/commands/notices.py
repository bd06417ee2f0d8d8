"""What an archive has to say about its opening, on standard error."""

from typing import TYPE_CHECKING

from ui.console import Console

if TYPE_CHECKING:
    from index.archive import Archive


def say_notices(console: Console, archive: "Archive") -> None:
    """Each notice once, in a line of its own."""
    for notice in archive.notices:
        console.say(f"attest: {notice}")
    archive.notices.clear()
