"""What counts as an answer in the public question sets."""

import re
from pathlib import Path

import pytest

from eval.datasets.formats import load_format
from tests.eval.made import FAIR
from tests.eval.test_datasets import lines


@pytest.mark.parametrize(("answer", "said"), [("$20,000", "for $20,000."), ("9%", "by 9% more"), ("9%", "by 9%")])
def test_a_quiz_answer_may_begin_or_end_with_a_sign(answer: str, said: str, tmp_path: Path) -> None:
    lines(tmp_path / "articles-0.jsonl", {"url": "u", "title": "T", "text": FAIR})
    row = {"id": "1", "question": "?", "answer": answer, "articles_containing_answer": ["u"]}
    [question] = load_format("newsquiz", [lines(tmp_path / "questions.jsonl", row), tmp_path]).questions
    assert re.search(question.patterns[0], said)
    assert not re.search(question.patterns[0], f"1{answer}0")


def test_rgb_wants_every_part_of_an_answer_in_one_of_its_forms(tmp_path: Path) -> None:
    answers = [[["21 July 2017", "July 21, 2017"]], ["Paris", ["11 million", "11m"]]]
    rows = [{"id": at, "query": "?", "answer": answer, "positive": ["p"]} for at, answer in enumerate(answers)]
    one, both = load_format("rgb", [lines(tmp_path / "r.json", *rows)]).questions
    assert one.strings == ("21 July 2017", "July 21, 2017")
    assert re.search(both.patterns[0], "11M live\nin Paris.", re.IGNORECASE)
    assert not re.search(both.patterns[0], "Paris is large.", re.IGNORECASE)
