import json
from pathlib import Path

import pytest

from index.archive import Archive
from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main

QUOTED = "The ferry carried 214 passengers"


def run(arguments: list[str], archive: Path, parts: FakeParts) -> int:
    return main(["quote", *arguments, "--archive", str(archive)], parts)


def test_the_json_has_every_key_of_the_contract(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([QUOTED.replace("214", "900"), "--json"], filled, parts) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "altered"
    assert document["diff"][0] == {"op": "replace", "said": "900", "found": "214", "meaning": True, "why": "a number"}
    assert document["citation"]["quote"] == QUOTED
    assert document["first_seen"]["article"]["published_at"] == "2021-03-24"
    assert document["speaker"] is None
    assert document["quotation"] == QUOTED.replace("214", "900")
    assert "id" not in document


def test_the_outcome_is_one_screen_for_a_person(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([f"{QUOTED} today", "--speaker", "Ada Quist"], filled, parts) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Altered: “{QUOTED} today”")
    assert "“today” is not in the article" in out
    assert "You named Ada Quist." in out
    assert "First seen: Ferry runs aground · 2021-03-24" in out


def test_not_found_is_a_proper_outcome(filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["Nobody has ever built a lighthouse of glass here"], filled, parts) == 0
    assert capsys.readouterr().out.startswith("Not found in the archive: “Nobody")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no quotation was given"),
        ([""], "the quotation is empty"),
        (["word " * 5000], "expected at most"),
        ([QUOTED, "--out", "x"], "--out needs --batch"),
        ([QUOTED, "--batch", "x"], "expected one of them"),
    ],
)
def test_a_mistake_is_one_sentence(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(arguments, filled, parts) == 2
    assert said in one_sentence(capsys.readouterr().err)


def test_a_batch_has_a_result_for_each_line_in_order(
    filled: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        json.dumps({"id": 7, "quotation": QUOTED}),
        json.dumps({"id": "b", "quotation": "The ferry carried 900 passengers"}),
        json.dumps({"id": "c", "quotation": "“…”"}),
        json.dumps({"id": "d", "question": "How many?"}),
        json.dumps({"id": "e", "quotation": QUOTED, "speaker": 5}),
    ]
    batch, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text("\n".join(lines), encoding="utf-8")
    assert run(["--batch", str(batch), "--out", str(out)], filled, parts) == 5
    documents = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [document["id"] for document in documents] == [7, "b", "c", "d", "e"]
    assert [document.get("status") for document in documents] == ["verbatim", "altered", None, None, None]
    assert documents[2]["quotation"] == "“…”"
    assert 'no "quotation"' in documents[3]["error"]
    assert "3 of 5 lines" in one_sentence(capsys.readouterr().err)


def test_an_archive_without_articles_says_what_to_do(
    tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    Archive.open(tmp_path / "empty", writable=True, create=True).close()
    assert run([QUOTED], tmp_path / "empty", parts) == 3
    assert "attest ingest" in one_sentence(capsys.readouterr().err)
