import json
from pathlib import Path

import pytest

from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main


def run(*arguments: str, archive: Path, parts: FakeParts) -> int:
    return main(["trace", *arguments, "--archive", str(archive)], parts)


def test_a_claim_gives_one_json_document_with_the_keys_of_the_contract(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("The ferry carried 214 passengers.", "--json", archive=filled, parts=parts) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"claim", "verdict", "evidence", "first_seen", "copies", "models", "timings_ms"} <= found.keys()
    assert found["verdict"] == "supported"
    best = found["evidence"][0]
    assert (best["stance"], best["quote"]) == ("supports", "The ferry carried 214 passengers.")
    assert found["first_seen"]["article"]["published_at"] == "2021-03-24"


def test_a_claim_is_told_in_words(filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("The ferry carried 900 passengers.", archive=filled, parts=parts) == 0
    out = capsys.readouterr().out
    assert out.startswith("Refuted: “The ferry carried 900 passengers.”")
    assert "214, not 900. Rests on one independent source." in out


def test_a_batch_gives_a_line_for_each_claim_and_says_which_failed(
    tmp_path: Path, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": 7, "claim": "The ferry carried 214 passengers."}, {"id": "q", "claim": "Who was saved?"}]
    batch, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run("--batch", str(batch), "--out", str(out), archive=filled, parts=parts) == 5
    first, second = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert (first["id"], first["verdict"]) == (7, "supported")
    assert second["id"] == "q"
    assert "attest ask" in second["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no claim was given"),
        ([" "], "the claim is empty"),
        (["Who won?"], "the claim is a question"),
        (["word " * 5000], "expected at most 2,000"),
        (["A claim", "--batch", "in.jsonl"], "a claim and --batch were both given"),
        (["A claim", "--out", "out.jsonl"], "--out needs --batch"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: list[str], message: str, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, archive=filled, parts=parts) == 2
    assert message in one_sentence(capsys.readouterr().err)
