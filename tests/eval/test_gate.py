"""The quality gate: the sample archive's questions, asked with the real models, against `eval/baseline.json`."""

import json

import pytest

from eval.gate import BASELINE, document, fingerprint, lost_beyond_noise, problems
from index.archive import Archive
from rag.ask import Asker
from rag.settings import Settings


@pytest.mark.model
def test_answers_on_the_sample_are_no_worse_than_the_baseline(asker: Asker, sample_archive: Archive) -> None:
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    assert problems(document(asker, sample_archive, Settings()), baseline) == []


def outcome(passed: dict[str, bool], *, inexact: int = 0, mark: str = "same") -> dict[str, object]:
    return {"fingerprint": mark, "inexact_quotes": inexact, "passed": passed, "figures": {}}


def test_four_lost_questions_are_a_problem_and_name_them() -> None:
    before = outcome({f"q{number}": True for number in range(20)})
    after = outcome({f"q{number}": number > 3 for number in range(20)})
    assert "q0, q1, q2, q3" in problems(after, before)[0]


def test_as_many_won_as_lost_is_noise() -> None:
    before = {f"q{number}": number % 2 == 0 for number in range(8)}
    lost, won, chance = lost_beyond_noise(before, {name: not passed for name, passed in before.items()})
    assert (len(lost), len(won)) == (4, 4)
    assert chance > 0.5


def test_a_question_that_was_not_asked_counts_as_lost() -> None:
    assert lost_beyond_noise({"q1": True}, {})[0] == ["q1"]


def test_no_change_is_no_problem() -> None:
    same = outcome({"q1": True, "q2": False})
    assert problems(same, same) == []


def test_one_inexact_quote_is_a_problem_whatever_the_figures() -> None:
    assert "exact slice" in problems(outcome({"q1": True}, inexact=1), outcome({"q1": True}))[0]


def test_other_data_or_settings_need_a_new_baseline() -> None:
    assert "--pin" in problems(outcome({"q1": True}, mark="other"), outcome({"q1": True}))[0]


def test_the_fingerprint_changes_with_models_and_settings_but_not_with_the_folder() -> None:
    usual = fingerprint({"writer": "a"}, Settings())
    assert fingerprint({"writer": "b"}, Settings()) != usual
    assert fingerprint({"writer": "a"}, Settings(max_words=30)) != usual
    assert fingerprint({"writer": "a"}, Settings(archive=Settings().archive / "elsewhere")) == usual
