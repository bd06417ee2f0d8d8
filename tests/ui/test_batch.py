import json
from pathlib import Path

import pytest

from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main


def test_one_object_a_line_in_order_and_a_bad_line_stops_nothing(
    filled: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        '{"id": 1, "question": "How full was the ferry?"}',
        "not JSON",
        "",
        '{"id": "three", "question": ""}',
        '{"id": "four", "question": "Who built the lighthouse?", "as_of": "2021-03"}',
        '{"id": "five"}',
        '{"id": "six", "question": "ferry?", "as_of": "someday"}',
    ]
    batch, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text("\n".join(lines), encoding="utf-8")
    assert main(["ask", "--batch", str(batch), "--out", str(out), "--archive", str(filled)], parts) == 5
    documents = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [document.get("id") for document in documents] == [1, None, "three", "four", "five", "six"]
    assert ["error" in document for document in documents] == [False, True, True, False, True, True]
    assert [document["line"] for document in documents if "error" in document] == [2, 4, 6, 7]
    assert parts.loads == 1
    filters = parts.fake_asker.asked[-1][1]
    assert filters is not None
    assert filters.as_of == "2021-03"
    assert "4 of 6 lines" in one_sentence(capsys.readouterr().err)


def test_answers_go_to_stdout_without_out(
    filled: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"question": "ferry?"}\n{"question": "ferry again?"}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(batch), "--archive", str(filled)], parts) == 0
    assert len([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == 2


def test_questions_are_never_overwritten_with_answers(filled: Path, tmp_path: Path, parts: FakeParts) -> None:
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"question": "ferry?"}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(batch), "--out", str(batch), "--archive", str(filled)], parts) == 2
    assert batch.read_text(encoding="utf-8") == '{"question": "ferry?"}\n'


def test_answers_before_an_interrupt_are_whole_lines(
    filled: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(question: str, **_: object) -> object:
        if question == "stop":
            raise KeyboardInterrupt
        return answer(question)

    answer = parts.fake_asker.ask
    parts.fake_asker.ask = interrupted  # type: ignore[method-assign, assignment]
    batch, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text('{"question": "ferry?"}\n{"question": "stop"}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(batch), "--out", str(out), "--archive", str(filled)], parts) == 130
    assert [json.loads(line)["status"] for line in out.read_text(encoding="utf-8").splitlines()] == ["answered"]
    assert "whole line" in one_sentence(capsys.readouterr().err)
