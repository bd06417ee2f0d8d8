"""A report on the ferry, for the tests of its forms and of its check."""

from pathlib import Path
from typing import Any

from index.marks import Mark
from rag.dossier import build
from rag.dossier_check import breaches
from tests.ui.fakes import FakeArchive, traced
from tests.ui.ferry import ANSWERED, FACT, FERRY
from ui.exporting import FORMS
from ui.reading_dossier import read_dossier

CLAIM = "The ferry carried 900 passengers."


def dossier(outcome: str = "trace", **changes: Any) -> dict[str, Any]:
    result = traced(CLAIM).to_json() if outcome == "trace" else ANSWERED.to_json()
    marks = [
        Mark(CLAIM.lower(), FERRY.id, FERRY.text.index(FACT), FERRY.text.index(FACT) + len(FACT), "refutes", "2031")
    ]
    return build(
        outcome,  # type: ignore[arg-type]
        {**result, **changes},
        FakeArchive().article,
        generation=7,
        settings={"writer": "extractive"},
        models=[{"name": "m", "kind": "embedder", "sha256": "a" * 64}],
        marks=marks,
        made_by="0.1.0",
        made_at="2031-05-01T10:00:00+00:00",
    )


def problems(path: Path) -> list[str]:
    document, shown = read_dossier(path)
    return [*breaches(document, FakeArchive().article), *shown]


def saved(tmp_path: Path, document: dict[str, Any], kind: str) -> Path:
    path = tmp_path / f"report{kind}"
    path.write_bytes(FORMS[kind](document).encode())
    return path
