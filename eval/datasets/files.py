"""A dataset as a folder: JSON lines, and a manifest with the SHA-256 of each file."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from eval.datasets.model import Article, Claim, Dataset, EvidenceSets, Judged, Question, Quotation, Span
from eval.datasets.reading import Row, each, json_document, json_lines
from index.atomic import file_sha256
from index.errors import UsageError

FORMAT = "attest.dataset/v1"
MANIFEST = "manifest.json"
Made = TypeVar("Made")


def save(dataset: Dataset, folder: Path) -> Dataset:
    """Write the dataset into a new folder, the manifest last. Gives it back with its digest."""
    if (folder / MANIFEST).exists():
        raise UsageError(f"{folder} already holds a dataset; name another folder or remove it")
    counts = Counter(item.id for item in dataset.items())
    if twice := next((name for name, count in counts.items() if count > 1), None):
        raise UsageError(f"{dataset.name} has {counts[twice]} items with the id {twice}; expected each id once")
    parts: dict[str, Iterable[Any]] = {
        "articles.jsonl": dataset.articles.values(),
        "questions.jsonl": dataset.questions,
        "claims.jsonl": dataset.claims,
        "quotations.jsonl": dataset.quotations,
        "judged.jsonl": dataset.judged,
    }
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name, values in parts.items():
        lines = [json.dumps(asdict(value), ensure_ascii=False) + "\n" for value in values]
        if lines:
            (folder / name).write_text("".join(lines), encoding="utf-8", newline="\n")
            listed[name] = {"rows": len(lines), "sha256": file_sha256(folder / name)}
    manifest = {"format": FORMAT, "name": dataset.name, "notes": dict(dataset.notes), "files": listed}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8", newline="\n")
    return replace(dataset, digest=_digest(manifest))


def load(folder: Path) -> Dataset:
    """The dataset of a folder. Raises UsageError when a file is not the one that the manifest names."""
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(f"{folder} holds no {MANIFEST}; expected a dataset: attest eval import FORMAT PATH --out DIR")
    manifest = json_document(path)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise UsageError(f"{path} is not of format {FORMAT}; make the dataset again with: attest eval import")
    if missing := next((name for name in ("name", "notes", "files") if name not in manifest), None):
        raise UsageError(f'{path} has no "{missing}"; make the dataset again with: attest eval import')
    for name, listed in manifest["files"].items():
        if not (folder / name).is_file():
            raise UsageError(f"{folder} lacks {name}, which its manifest names; make the dataset again")
        if file_sha256(folder / name) != listed["sha256"]:
            raise UsageError(f"{folder / name} is not the file its manifest names (SHA-256); make the dataset again")

    def part(name: str, make: Callable[[Row], Made]) -> tuple[Made, ...]:
        file = folder / name
        return tuple(each(file, [row for _, row in json_lines(file)], make)) if name in manifest["files"] else ()

    return Dataset(
        name=manifest["name"],
        articles={article.id: article for article in part("articles.jsonl", lambda row: Article(**row))},
        questions=part("questions.jsonl", _question),
        claims=part("claims.jsonl", lambda row: Claim(**{**row, "evidence": _evidence(row)})),
        quotations=part("quotations.jsonl", lambda row: Quotation(**{**row, "evidence": _evidence(row)})),
        judged=part("judged.jsonl", lambda row: Judged(**{**row, "votes": tuple(row["votes"])})),
        notes=manifest["notes"],
        digest=_digest(manifest),
    )


def _question(row: Row) -> Question:
    lists = {name: tuple(row[name]) for name in ("patterns", "strings")}
    return Question(**{**row, **lists, "evidence": _evidence(row)})


def _evidence(row: Row) -> EvidenceSets:
    return tuple(tuple(Span(**span) for span in alternative) for alternative in row["evidence"])


def _digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over the names and hashes of the files: what the data is, whatever it is called."""
    files = {name: listed["sha256"] for name, listed in manifest["files"].items()}
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
