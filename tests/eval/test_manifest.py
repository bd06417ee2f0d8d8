"""What a dataset's folder refuses beside changed files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.datasets import files
from index.errors import UsageError
from tests.eval.made import CLAIMS, DATASET

WHOLE = replace(DATASET, claims=CLAIMS)


def test_two_items_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has 2 items with the id q1"):
        files.save(replace(WHOLE, claims=(replace(CLAIMS[0], id="q1"),)), tmp_path / "set")
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("gone", ["name", "notes", "files"])
def test_half_a_manifest_is_refused_in_a_sentence(gone: str, tmp_path: Path) -> None:
    files.save(WHOLE, tmp_path)
    path = tmp_path / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest[gone]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(UsageError, match=f'has no "{gone}"'):
        files.load(tmp_path)
