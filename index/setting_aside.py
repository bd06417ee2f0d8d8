"""Damaged articles, set aside as files in the archive's folder: out of all searches, and not lost."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from index import ledger
from index.atomic import write_atomically

FOLDER = "set-aside"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged article. `paths` are the files it was read from, the ledger's first; empty when none is known."""

    id: str
    key: str
    paths: tuple[str, ...]
    reason: str

    def to_json(self) -> dict[str, object]:
        return {"id": self.id, "key": self.key, "paths": list(self.paths), "reason": self.reason}


def keep(archive: Path, article: SetAside, metadata: str, text: bytes) -> Path:
    """Write what is left of a damaged article to a file, on the disk when this returns; its place."""
    (archive / FOLDER).mkdir(exist_ok=True)
    said = {**article.to_json(), "at": ledger.now(), "metadata": metadata, "text": text.decode("utf-8", "replace")}
    path = archive / FOLDER / f"{_plain_name(article.id)}.json"
    payload = json.dumps(said, indent=2, ensure_ascii=True)
    write_atomically(path, lambda temporary: _write(temporary, payload))
    return path


def forget(archive: Path, ids: Collection[str], keys: Collection[str]) -> None:
    """Delete what was set aside of the articles with these ids or keys: they are back, or were to be removed."""
    if not (archive / FOLDER).is_dir():
        return
    for path in (archive / FOLDER).glob("*.json"):
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["id"] in ids or said["key"] in keys:
            path.unlink(missing_ok=True)


def ids(archive: Path) -> set[str]:
    """The ids of the articles that are set aside."""
    return {json.loads(path.read_text(encoding="utf-8"))["id"] for path in (archive / FOLDER).glob("*.json")}


def _plain_name(article_id: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in article_id)  # a damaged id is any text


def _write(path: Path, payload: str) -> None:
    path.write_text(payload, encoding="utf-8")
