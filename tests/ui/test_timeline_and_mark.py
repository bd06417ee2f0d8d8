import json
from pathlib import Path

import pytest

from tests.ui.fakes import FakeParts, one_sentence
from tests.ui.ferry import FERRY_PAGE
from ui.cli import main

FACT = "The ferry carried 214 passengers."
CLAIM = "The ferry carried 900 people"
START = FERRY_PAGE.index(FACT)
SPAN = f"ferry.txt:{START}-{START + len(FACT)}"

Run = tuple[int, str, str]


def run(arguments: list[str], archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> Run:
    code = main([*arguments, "--archive", str(archive)], parts)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_a_timeline_is_a_table_or_json(filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["timeline", "ferry passengers"], filled, parts, capsys)
    assert code == 0
    assert "2021-03-24" in out
    assert FACT in out
    _, out, _ = run(["timeline", "ferry passengers", "--json"], filled, parts, capsys)
    document = json.loads(out)
    [bucket] = document["buckets"]
    [item] = bucket["items"]
    assert FERRY_PAGE[item["start"] : item["end"]] == item["quote"]


def test_a_verdict_is_kept_listed_and_taken_back(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(["mark", CLAIM, SPAN, "refutes"], filled, parts, capsys)
    assert (code, out) == (0, f"Kept: refutes, for “{FACT}”\n")
    _, out, _ = run(["mark", CLAIM, "--json"], filled, parts, capsys)
    [mark] = json.loads(out)["marks"]
    assert (mark["stance"], mark["start"], mark["end"]) == ("refutes", START, START + len(FACT))
    assert run(["mark", CLAIM, SPAN, "none"], filled, parts, capsys)[1] == "Taken back.\n"
    assert run(["mark"], filled, parts, capsys)[1] == "No verdict was kept yet.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([CLAIM, SPAN], "no verdict was given"),
        ([CLAIM, "ferry.txt", "supports"], "names no span"),
        ([CLAIM, "ferry.txt:5-90000", "supports"], "is no span of that article"),
        ([CLAIM, "other.txt:5-9", "supports"], "No article"),
        ([CLAIM, SPAN, "true"], "invalid choice"),
    ],
)
def test_a_mistake_is_one_sentence(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code, _, err = run(["mark", *arguments], filled, parts, capsys)
    assert code == 2
    assert said in one_sentence(err)
