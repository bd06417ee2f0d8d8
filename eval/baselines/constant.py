"""Systems that read nothing. A measure that one of them does well on measures something else."""

from eval.datasets.model import Question
from eval.runs.running import Document


def document(
    *, status: str, sentences: list[Document] | None = None, passages: list[Document] | None = None
) -> Document:
    """An answer in the form of `attest ask --json`."""
    return {"status": status, "reason": None, "sentences": sentences or [], "withheld": [], "passages": passages or []}


class AlwaysAbstain:
    """Never answers: right on every unanswerable question."""

    name = "always abstain"

    def answer(self, question: Question) -> Document:
        del question
        return document(status="abstained")


class AlwaysYes:
    """Answers "Yes": what a set with many yes-or-no questions gives away."""

    name = "always yes"

    def answer(self, question: Question) -> Document:
        del question
        said: Document = {"text": "Yes.", "verdict": "unchecked", "score": None, "citations": []}
        return document(status="answered", sentences=[said])
