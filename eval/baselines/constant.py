"""Systems that read nothing. A measure that one of them does well on measures something else."""

from eval.datasets.model import Claim, Dataset, Item, Question
from eval.runs.files import Places, answer_of
from eval.runs.model import Answer, Run
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


def constant_runs(dataset: Dataset) -> list[Run]:
    """Both on every item of `dataset`: of claims and quotations one finds none, the other finds each as it is."""
    places = Places(dataset)

    def said(system: AlwaysAbstain | AlwaysYes, item: Item) -> Answer:
        if isinstance(item, Question):
            return answer_of({**system.answer(item), "id": item.id}, places)
        found = "supported" if isinstance(item, Claim) else "verbatim"
        return Answer(item.id, "not_found" if isinstance(system, AlwaysAbstain) else found)

    return [
        Run(system.name, {item.id: said(system, item) for item in dataset.items()})
        for system in (AlwaysAbstain(), AlwaysYes())
    ]
