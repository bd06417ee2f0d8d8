"""An outcome as a dossier in one of its forms: `--export FILE`, and the page's export buttons."""

import json
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.atomic import write_atomically
from index.errors import UsageError
from index.marks import Marks
from rag.dossier import Document, Outcome, build
from rag.settings import Settings
from ui.claim_review import to_claim_review
from ui.dossier_html import to_html
from ui.dossier_markdown import to_markdown
from ui.dossier_table import to_csv

if TYPE_CHECKING:
    from index.archive import Archive

SETTINGS = ("writer", "model", "embedder", "context_tokens", "max_words")  # no path and no address of a server


def to_json(document: Mapping[str, Any]) -> str:
    """The data themselves."""
    return json.dumps(document, ensure_ascii=True, indent=2, allow_nan=False) + "\n"


FORMS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    ".md": to_markdown,
    ".html": to_html,
    ".json": to_json,
    ".csv": to_csv,
    ".jsonld": to_claim_review,
}


def check_export(path: str | None) -> Path | None:
    """Where to write, None for nowhere. Raises UsageError, before any work, for an ending or a folder that is none."""
    if path is None:
        return None
    target = Path(path).expanduser()
    if target.suffix.lower() not in FORMS:
        raise UsageError(f"--export {path} names no form that is known; expected a file ending in {', '.join(FORMS)}")
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"--export {path} cannot be written; expected a file in a folder that exists")
    return target


def export(path: Path, outcome: Outcome, result: Mapping[str, Any], archive: "Archive", settings: Settings) -> None:
    """Write the dossier of `result`, whole or not at all. Raises UsageError when the file cannot be written."""
    data = encoded(dossier_of(outcome, result, archive, settings), path.suffix.lower())

    def write(temporary: Path) -> None:
        temporary.write_bytes(data)

    try:
        write_atomically(path, write)
    except OSError as error:
        raise UsageError(f"--export {path} cannot be written ({error.strerror}); choose another file") from error


def dossier_of(outcome: Outcome, result: Mapping[str, Any], archive: "Archive", settings: Settings) -> Document:
    """The dossier of `result` as of now, a person's own verdicts included."""
    asked = str(result.get("claim") or result.get("quotation") or result.get("question") or "")
    return build(
        outcome,
        result,
        archive.article,
        generation=archive.generation,
        settings={key: getattr(settings, key) for key in SETTINGS},
        models=models_in_use(settings),
        marks=Marks(archive.path).of(asked),
        made_by=own_version(),
    )


def encoded(document: Mapping[str, Any], ending: str) -> bytes:
    """The bytes of the file of that form; `ending` is a key of `FORMS`."""
    # A spreadsheet takes a CSV file for UTF-8 only after this mark.
    encoding = "utf-8-sig" if ending == ".csv" else "utf-8"
    return FORMS[ending](document).encode(encoding, "replace")


def models_in_use(settings: Settings) -> list[dict[str, object]]:
    """Every model that the settings use, with its checksum where one is known."""
    from rag.models import list_models

    return [
        {"name": model.name, "kind": model.kind, "sha256": model.sha256}
        for model in list_models(settings)
        if model.in_use
    ]


def own_version() -> str:
    """Attest's version; empty where it is not installed."""
    try:
        return version("attest")
    except PackageNotFoundError:
        return ""
