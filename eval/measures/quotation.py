"""Quotations: verbatim or altered, and who said it."""

from eval.datasets.model import Quotation
from eval.measures.measure import Measure
from eval.runs.model import Answer

STATUS = Measure(
    "quotation_status_right", "1 when an altered quotation is called altered and others verbatim", "0 or 1", "Attest"
)
SPEAKER = Measure(
    "quotation_speaker_right", "1 when the speaker's last name stands in the speaker that is named", "0 or 1",
    "shared/tools/score.py",
)  # fmt: skip


def status_right(quotation: Quotation, answer: Answer) -> bool:
    """Whether the status is right."""
    return answer.status == ("altered" if quotation.altered else "verbatim")


def speaker_right(quotation: Quotation, answer: Answer) -> bool:
    """Whether the right person is named; only for a quotation whose speaker is known."""
    return bool(quotation.speaker) and str(quotation.speaker).split()[-1].lower() in (answer.speaker or "").lower()
