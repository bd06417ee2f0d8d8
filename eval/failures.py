"""What went wrong with each item, in the order of the chain: where it first broke is what to mend."""

from typing import Literal

from eval.datasets.model import Claim, Item, Question, Quotation
from eval.item_rows import Row
from eval.measures.answer import right
from eval.runs.model import Answer, Said

Failure = Literal[
    "crashed",
    "not retrieved",
    "wrongly withheld",
    "wrongly abstained",
    "not selected",
    "right, not proven",
    "wrongly answered",
    "wrong stance",
    "wrong quotation status",
    "fine",
]
ORDER: tuple[Failure, ...] = (
    "crashed",
    "wrongly answered",
    "not retrieved",
    "not selected",
    "right, not proven",
    "wrongly withheld",
    "wrongly abstained",
    "wrong stance",
    "wrong quotation status",
    "fine",
)
MEANING: dict[Failure, str] = {
    "crashed": "the system failed; a crash counts as a miss",
    "wrongly answered": "the archive does not say, and an answer was given",
    "not retrieved": "the passages do not hold the evidence",
    "not selected": "the evidence was in the passages, and what is shown is not right",
    "right, not proven": "the answer is right, and its evidence is not cited",
    "wrongly withheld": "the right sentence was drafted and did not pass the check",
    "wrongly abstained": "the evidence was in the passages, and no answer was given",
    "wrong stance": "the verdict is not the claim's",
    "wrong quotation status": "verbatim was called altered, or the other way round",
    "fine": "right",
}


def failure(item: Item, answer: Answer, row: Row) -> Failure:
    """Where the chain broke for this item."""
    if answer.status == "error":
        return "crashed"
    if isinstance(item, Claim):
        return "fine" if row["claim_right"] else "wrong stance"
    if isinstance(item, Quotation):
        return "fine" if row["quotation_status_right"] else "wrong quotation status"
    return _of_question(item, answer, row)


def _of_question(question: Question, answer: Answer, row: Row) -> Failure:
    if question.kind == "unanswerable":
        return "fine" if row["abstain_right"] else "wrongly answered"
    if row.get("right_and_cited", row.get("right", row.get("Success@10"))):
        return "fine"
    if row.get("right"):
        return "right, not proven"
    if question.evidence and not row["evidence@10"]:
        return "not retrieved"
    if any(_would_be_right(question, sentence) for sentence in answer.withheld):
        return "wrongly withheld"
    if not question.evidence and "right" not in row:
        return "not retrieved"
    return "not selected" if answer.answered else "wrongly abstained"


def _would_be_right(question: Question, sentence: Said) -> bool:
    return right(question, Answer("", "answered", sentences=(sentence,)))
