"""What the faces call the outcomes of a quotation."""

from rag.quotation import Quotation
from ui.printable import one_line

STATUS_LABELS = {
    "verbatim": "Verbatim",
    "altered": "Altered",
    "not_found": "Not found in the archive",
}


def speaker_line(found: Quotation) -> str:
    """Who speaks, as one sentence, and whether that is who was said to."""
    claimed = one_line(found.claimed_speaker or "")
    if found.speaker is None:
        known = "Said by: unknown; the article does not say so plainly."
        return f"{known} You named {claimed}." if claimed else known
    said = f"Said by: {one_line(found.speaker)}."
    if not claimed:
        return said
    return f"{said} That is who you named." if found.speaker_agrees else f"{said} You named {claimed}."
