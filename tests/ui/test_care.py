"""`attest verify`, `repair` and `backup` as they are typed."""

import json
import sqlite3
from pathlib import Path

import pytest

from index.database import FILE_NAME
from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main


def damage(archive: Path) -> None:
    connection = sqlite3.connect(archive / FILE_NAME)
    connection.execute("UPDATE articles SET text = CAST(replace(text, '214', '215') AS BLOB)")
    connection.commit()
    connection.close()


def test_verify_repair_and_ingest_lead_from_damage_back_to_the_whole_archive(
    folder: Path, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--archive", str(filled)]
    assert main(["verify", *there], parts) == 0
    assert "1 article and 1 passage, each as it was stored" in capsys.readouterr().out
    damage(filled)
    assert main(["verify", *there], parts) == 3
    assert "BREACH article" in capsys.readouterr().out
    assert main(["repair", *there], parts) == 5
    said = one_sentence(capsys.readouterr().err)
    path = folder / "ferry.txt"
    assert f"bring them back with: attest ingest {path} --archive {filled}" in said
    assert main(["ingest", str(folder), *there], parts) == 0
    assert main(["verify", "--full", "--json", *there], parts) == 0
    said = capsys.readouterr().out
    assert json.loads(said[said.index("{") :]) == {
        "ok": True,
        "full": True,
        "articles": 1,
        "passages": 1,
        "breaches": [],
    }


def test_repair_says_in_json_what_it_set_aside(
    folder: Path, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(filled)
    assert main(["repair", "--json", "--archive", str(filled)], parts) == 5
    [aside] = json.loads(capsys.readouterr().out)["set_aside"]
    assert aside["paths"] == [str(folder / "ferry.txt")]


def test_a_backup_is_an_archive_and_a_second_one_takes_another_name(
    filled: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "backups" / "monday"
    assert main(["backup", str(target), "--archive", str(filled)], parts) == 0
    assert f"use it with: --archive {target}" in capsys.readouterr().out
    assert main(["verify", "--full", "--archive", str(target)], parts) == 0
    capsys.readouterr()
    assert main(["backup", str(target), "--archive", str(filled)], parts) == 2
    assert "is there already" in one_sentence(capsys.readouterr().err)


def test_reindex_makes_the_index_again_and_says_of_which_kind(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--archive", str(filled)]
    assert main(["reindex", *there], parts) == 0
    assert "exact: every vector is compared" in capsys.readouterr().out
    assert main(["reindex", "--kind", "ivf", "--json", *there], parts) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["wished"], said["passages"]) == ("exact", "ivf", 1)  # too few for lists
    assert main(["verify", "--full", *there], parts) == 0
    assert main(["reindex", "--kind", "tree", *there], parts) == 2
    assert "invalid choice: 'tree'" in one_sentence(capsys.readouterr().err)
    assert main(["reindex", "--archive", str(filled / "none")], parts) == 3
    assert "No archive at" in one_sentence(capsys.readouterr().err)
