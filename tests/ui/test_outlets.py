"""An outlet that the archive does not have, as it is typed: a misspelling must not pass for a silent archive."""

from pathlib import Path

import pytest

from tests.ui.fakes import FakeParts
from ui.cli import main

COMMANDS = ("ask", "search", "trace", "timeline")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_outlet_that_the_archive_does_not_have_is_said_with_those_that_it_has(
    command: str, with_outlet: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "lighthouse", "--archive", str(with_outlet), "--source", "Harbor Wire"], parts) == 0
    said = "attest: the archive has nothing by the outlet 'Harbor Wire'; expected one of: Harbour Wire\n"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_said_of_an_outlet_that_it_has(
    command: str, with_outlet: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "lighthouse", "--archive", str(with_outlet), "--source", "harbour wire "], parts) == 0
    assert "outlet" not in capsys.readouterr().err


@pytest.mark.parametrize(("command", "key"), [("ask", "question"), ("trace", "claim")])
def test_a_batch_says_it_once(
    command: str, key: str, with_outlet: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(f'{{"id": "1", "{key}": "lighthouse"}}\n{{"id": "2", "{key}": "ferry"}}\n', encoding="utf-8")
    files = ["--batch", str(asked), "--out", str(tmp_path / "out.jsonl")]
    assert main([command, *files, "--archive", str(with_outlet), "--source", "Harbor Wire"], parts) == 0
    assert capsys.readouterr().err.count("nothing by the outlet") == 1


def test_an_archive_without_any_outlet_says_so(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "ferry", "--archive", str(filled), "--source", "Harbour Wire"], parts) == 0
    assert "no article in it names its outlet" in capsys.readouterr().err
