"""Makes a run: asks every question of a dataset, or takes answers that a batch command wrote."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from eval.datasets.model import Dataset, Question
from eval.datasets.reading import json_lines
from eval.runs import files
from index.errors import UsageError

Document = dict[str, Any]


class System(Protocol):
    """Answers questions: the product, or a baseline."""

    name: str

    def answer(self, question: Question) -> Document:
        """The answer in the form of `attest ask --json`."""
        ...


def make_run(
    system: System,
    dataset: Dataset,
    folder: Path,
    environment: Callable[[], Mapping[str, Any]],
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Ask everything, an answer a line as it comes. Gives back how many crashed: those are misses, the run goes on.

    `environment` is called at the end, when the peak of memory is known.
    """
    if dataset.claims or dataset.quotations:
        raise UsageError(
            f"{dataset.name} holds claims or quotations, which `attest eval run` does not ask; use their batch "
            "commands and --answers, or import the questions alone with --only questions"
        )
    files.start(folder)
    crashed = 0
    with (folder / files.ANSWERS).open("w", encoding="utf-8", newline="\n") as file:
        for done, question in enumerate(dataset.questions, start=1):
            try:
                document = {**system.answer(question), "id": question.id, "question": question.text}
            except Exception as error:  # a crash is a miss, and its reason stays in the run
                document = {"id": question.id, "question": question.text, "error": f"{type(error).__name__}: {error}"}
                crashed += 1
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
            file.flush()
            if progress is not None:
                progress(done, len(dataset.questions))
    files.finish(folder, dataset, environment(), {})
    return crashed


def take_answers(paths: Sequence[Path], dataset: Dataset, folder: Path, environment: Mapping[str, Any]) -> None:
    """Make a run of the output of `attest ask --batch` and its like, in the order of the files."""
    rows = [row for path in paths for _, row in json_lines(path)]
    named = [str(row.get("id")) for row in rows]
    files.check_ids(paths[0], named, dataset)
    if len(set(named)) < len(named):
        raise UsageError(f"{paths[0]} has two answers of one id; expected one for each item")
    files.start(folder)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (folder / files.ANSWERS).write_text("".join(lines), encoding="utf-8", newline="\n")
    models: Mapping[str, object] = next((row["models"] for row in rows if row.get("models")), {})
    files.finish(folder, dataset, {**environment, "models": models}, {})
