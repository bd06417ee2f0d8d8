"""A run as a folder: `answers.jsonl`, `run.trec` and `env.json`. Nothing else is needed to score it, no model either.

`answers.jsonl` has one object for each question, claim and quotation of the dataset, in the form that `attest ask`,
`trace` and `quote` print with --json; {"id", "error"} stands for one that failed. `run.trec` has the passages of each
question as TREC reads them, `<article>:<start>-<end>`, with 1 / rank for a score: the order is the system's.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from eval.datasets.model import Dataset
from eval.datasets.reading import Row, each, json_document, json_lines, text_of
from eval.runs.model import Answer, Passage, Run, Said
from index.atomic import file_sha256
from index.errors import UsageError

ANSWERS, RANKING, ENVIRONMENT = "answers.jsonl", "run.trec", "env.json"


def start(folder: Path) -> None:
    """Make the run's folder. Raises UsageError where a run stands already: a run is never written over."""
    if (folder / ANSWERS).exists():
        raise UsageError(f"{folder} already holds a run; name another folder or remove it")
    folder.mkdir(parents=True, exist_ok=True)


def finish(folder: Path, dataset: Dataset, environment: Mapping[str, Any], rankings: Mapping[str, list[str]]) -> None:
    """Write `run.trec` and, last, `env.json` with the hashes of the other two and the dataset's.

    `rankings` has passages longer than the answers show; a question without one is ranked by its answer's passages.
    """
    places = Places(dataset)
    name = quote(str(environment["system"]))
    with (folder / RANKING).open("w", encoding="utf-8", newline="\n") as file:
        for _, row in json_lines(folder / ANSWERS):
            if "question" not in row:
                continue
            shown = [_passage(part, places) for part in row.get("passages", ())]
            named = [f"{quote(part.article_id)}:{part.start}-{part.end}" for part in shown]
            for rank, passage in enumerate(rankings.get(str(row["id"]), named), start=1):
                file.write(f"{quote(str(row['id']))} Q0 {passage} {rank} {1 / rank:.6f} {name}\n")
    document = {
        **environment,
        "dataset": {"name": dataset.name, "digest": dataset.digest},
        "files": {part: file_sha256(folder / part) for part in (ANSWERS, RANKING)},
    }
    (folder / ENVIRONMENT).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")


def read(folder: Path, dataset: Dataset) -> Run:
    """The run of a folder. Raises UsageError when it is of another dataset, was changed, or lacks items of it."""
    if not (folder / ENVIRONMENT).is_file():
        raise UsageError(f"{folder} holds no finished run ({ENVIRONMENT} is missing); expected one of: attest eval run")
    environment = json_document(folder / ENVIRONMENT)
    if not isinstance(environment, dict) or not {"system", "dataset", "files"} <= environment.keys():
        raise UsageError(f"{folder / ENVIRONMENT} does not name system, dataset and files; make the run again")
    of = environment["dataset"]
    if of["digest"] != dataset.digest:
        raise UsageError(
            f"{folder} is a run on {of['name']} ({of['digest'][:12]}), not on {dataset.name} ({dataset.digest[:12]}); "
            "give the dataset it was made on"
        )
    for name, digest in environment["files"].items():
        if not (folder / name).is_file() or file_sha256(folder / name) != digest:
            raise UsageError(f"{folder / name} is not the file that {ENVIRONMENT} names (SHA-256); run it again")
    places = Places(dataset)
    rows = [row for _, row in json_lines(folder / ANSWERS)]
    answers = {answer.id: answer for answer in each(folder / ANSWERS, rows, lambda row: answer_of(row, places))}
    check_ids(folder, answers, dataset)
    return Run(environment["system"], answers, _ranked(folder / RANKING), environment)


def check_ids(where: Path, ids: Iterable[str], dataset: Dataset) -> None:
    """Raises UsageError when an item of the dataset has no answer, or an answer no item."""
    wanted, given = {item.id for item in dataset.items()}, set(ids)
    for what, odd in (("lacks", wanted - given), ("holds answers unknown to the dataset:", given - wanted)):
        if odd:
            some = ", ".join(sorted(odd)[:3]) + (" ..." if len(odd) > 3 else "")
            raise UsageError(f"{where} {what} {some} ({len(odd)} of {len(wanted)}); expected one answer for each item")


class Places:
    """Tells which article of the dataset an answer's article is: by source_id, by address, or by its file's name."""

    def __init__(self, dataset: Dataset) -> None:
        self._ids = set(dataset.articles)
        self._by_url = {article.url: article.id for article in dataset.articles.values() if article.url}

    def find(self, article: Mapping[str, Any]) -> str:
        """The dataset's id, or the article's own name when the dataset does not hold it."""
        own = str(article.get("source_id") or article.get("id"))
        names = (own, self._by_url.get(str(article.get("url"))), Path(own).name, f"{own}.txt")
        return next((name for name in names if name in self._ids), own)


def answer_of(row: Row, places: Places) -> Answer:
    """An answer from its JSON, of whichever command."""
    identity = str(row["id"])
    if "error" in row:
        return Answer(identity, "error", reason=str(row["error"]))
    timings = row.get("timings_ms") or {}
    steps = [value for value in timings.values() if isinstance(value, int | float)]
    evidence = row.get("evidence", [row["citation"]] if row.get("citation") else [])
    return Answer(
        id=identity,
        status=row.get("status") or row["verdict"],
        sentences=tuple(_said(part, places) for part in row.get("sentences", ())),
        withheld=tuple(_said(part, places) for part in row.get("withheld", ())),
        passages=tuple(_passage(part, places) for part in row.get("passages", ())),
        evidence=tuple(_passage(part, places) for part in evidence),
        short=tuple(part["quote"] for part in row.get("short", ())),
        confidence=row.get("confidence"),
        speaker=row.get("speaker"),
        reason=row.get("reason"),
        milliseconds=timings.get("total", sum(steps)) if steps else None,
        tokens=row.get("tokens"),
    )


def _said(row: Row, places: Places) -> Said:
    citations = tuple(_passage(part, places) for part in row["citations"])
    return Said(row["text"], row["verdict"], citations, row.get("reason"))


def _passage(row: Row, places: Places) -> Passage:
    text = row["text"] if "text" in row else row["quote"]
    return Passage(places.find(row["article"]), row["start"], row["end"], text)


def _ranked(path: Path) -> dict[str, tuple[str, ...]]:
    """Question id -> article ids, in the order of their first passage."""
    found: dict[str, dict[str, None]] = {}
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        fields = line.split()
        if len(fields) != 6:
            raise UsageError(f"{path} line {number} has {len(fields)} fields; expected TREC's six")
        found.setdefault(unquote(fields[0]), {})[unquote(fields[2].rpartition(":")[0])] = None
    return {question: tuple(articles) for question, articles in found.items()}
