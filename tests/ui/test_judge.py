import json
from pathlib import Path

import pytest

from eval.judges.roster import JUDGES
from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main
from ui.commands.judge import NAMES, share


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    rows = [
        {"claim": f"{count} gulls sat on the pier.", "evidence": f"Ten gulls sat on pier {pier}.", "label": label}
        for pier in range(6)
        for count, label in (("Ten", "SUPPORTS"), ("Forty", "REFUTES"))
    ]
    folder = tmp_path / "judged"
    folder.mkdir()
    (folder / "gulls.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "NOTES").write_text("ours")
    return folder


def test_one_table_says_what_each_judge_is_worth(
    claims: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "judge", "always-yes", "veto", "--data", str(claims)], parts) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split()[:3] == ["judge", "source", "yes/no"]
    assert out[1].split()[:5] == ["always-yes", "gulls", "6/6", "1", ".500"]
    assert out[1].endswith("uncalibrated")
    assert out[3].split()[:5] == ["veto", "gulls", "6/6", "1", "1.000"]
    assert "veto is a check of the product: it may not judge the product itself." in out
    assert any(line.startswith("always-yes is uncalibrated on gulls: 12 labels, of 150 needed") for line in out)
    assert out[-1] == "Not of a known format: 1 file, such as NOTES."


def test_json_has_the_same_with_counts_and_bars(
    claims: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["eval", "judge", "lexical", "--data", str(claims), "--limit", "4", "--texts", "2", "--json"]
    assert main(argv, parts) == 0
    document = json.loads(capsys.readouterr().out)
    (judge,) = document["judges"]
    (source,) = judge["sources"]
    assert (judge["judge"], judge["of_product"], source["calibrated"]) == ("lexical", False, False)
    assert source["agreement"]["supported"] + source["agreement"]["unsupported"] == 4
    assert source["label_free"]["flips"]["document emptied"]["accepted"] <= 2
    assert document["bars"]["ceiling_margin"] == 0.05


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["eval"], "required: ACTION"),
        (["eval", "judge", "lexical"], "required: --data"),
        (["eval", "judge", "oracle", "--data", "."], "no judge named 'oracle'"),
        (["eval", "judge", "lexical", "--data", "no-such-folder"], "is no file or folder"),
        (["eval", "judge", "lexical", "--data", ".", "--limit", "none"], "--limit is 'none', expected a whole number"),
        (["eval", "judge", "lexical", "--data", ".", "--texts", "0"], "--texts is '0', expected a whole number"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_2(
    argv: list[str], said: str, parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv, parts) == 2
    assert said in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.5, ".500"), (1.0, "1.000"), (-0.25, "-.250"), (-0.0001, ".000"), (0.9999, "1.000")],
)
def test_a_share_is_three_decimals(value: float | None, text: str) -> None:
    assert share(value) == text


def test_help_names_every_judge() -> None:
    assert tuple(JUDGES) == NAMES  # typed twice, so that help imports no judge
