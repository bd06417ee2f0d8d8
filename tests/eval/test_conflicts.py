import pytest

from eval.conflicts import HALVES, Outcome, main, outcome, read_pairs, score
from rag.conflicts import Disagreement


def test_each_half_has_conflicts_of_every_kind_and_pairs_that_are_none() -> None:
    for half in HALVES:
        kinds = [row["kind"] for row in read_pairs(half)]
        assert {"number", "date", "name", "polarity", "none"} <= set(kinds)
        assert kinds.count("none") >= 28
        assert len(kinds) - kinds.count("none") >= 28


def test_no_pair_stands_in_both_halves() -> None:
    assert not {row["id"] for row in read_pairs("tune")} & {row["id"] for row in read_pairs("report")}


def test_precision_counts_what_was_found_and_recall_what_is_there() -> None:
    number = (Disagreement("number", "1", "2"),)
    outcomes = [
        Outcome("a", "number", ("", ""), number),
        Outcome("b", "date", ("", ""), number),  # of another kind: found, and wrong
        Outcome("c", "name", ("", ""), ()),
        Outcome("d", "none", ("", ""), number),
        Outcome("e", "none", ("", ""), ()),
    ]
    result = score(outcomes)
    assert (result.precision, result.recall) == (1 / 3, 1 / 3)
    assert (result.conflicts, result.others) == (3, 2)


def test_the_half_that_is_reported_keeps_the_required_figures() -> None:
    result = score([outcome(row) for row in read_pairs("report")])
    assert result.precision is not None
    assert result.recall is not None
    assert result.precision >= 0.9
    assert result.recall >= 0.8


def test_the_command_prints_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--half", "tune"]) == 0
    assert "(73 conflicts, 40 others)" in capsys.readouterr().out
