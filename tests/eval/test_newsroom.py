"""The rows we wrote for training are what their README says."""

import json
from collections import Counter
from importlib.resources import files
from typing import Any

from eval.spans import is_held_out


def read(name: str) -> list[dict[str, Any]]:
    text = files("eval").joinpath("newsroom", name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


ROWS, THREES, QUESTIONS = read("rows.jsonl"), read("threes.jsonl"), read("questions.jsonl")
TEXT = {"ask": "question", "multi": "question", "near_miss": "question", "claim": "claim"}


def test_every_row_says_something_and_points_to_spans() -> None:
    assert len(ROWS) > 5000
    everything = [*ROWS, *THREES, *QUESTIONS]
    assert len({row["id"] for row in everything}) == len(everything)
    for row in everything:
        assert len(row[TEXT[row["kind"]]].split()) >= 3, row["id"]
        assert len(row["evidence"]) == (2 if row["kind"] == "multi" else 1)
        for part in row["evidence"]:
            assert part.keys() == {"article_id", "start", "end"}, "no article text is kept"
            assert 0 <= part["start"] < part["end"]
        for (start, end), part in zip(row.get("answer", []), row["evidence"], strict=False):
            assert part["start"] <= start < end <= part["end"]


def test_claims_in_threes_are_about_one_sentence() -> None:
    threes = Counter(tuple(row["evidence"][0].values()) for row in THREES)
    stances = Counter((*row["evidence"][0].values(), row["stance"]) for row in THREES)
    assert (len(THREES), Counter(threes.values())) == (6474, {3: 2156, 2: 3})
    assert set(stances.values()) == {1}
    assert len({row["evidence"][0]["article_id"] for row in THREES}) == 720
    assert not any(is_held_out(row["evidence"][0]["article_id"]) for row in THREES)


def test_questions_for_the_readers_next_step_are_on_articles_of_their_own() -> None:
    assert Counter(row["kind"] for row in QUESTIONS) == {"ask": 3840, "near_miss": 1920}
    articles = {row["evidence"][0]["article_id"] for row in QUESTIONS}
    assert len(articles) == 960
    assert not any(is_held_out(article) for article in articles)
    assert articles.isdisjoint(part["article_id"] for row in [*ROWS, *THREES] for part in row["evidence"])
    assert all(row["answer"] for row in QUESTIONS if row["kind"] == "ask")


def test_two_articles_are_two() -> None:
    for row in ROWS:
        assert len({part["article_id"] for part in row["evidence"]}) == len(row["evidence"])


def test_every_kind_and_stance_is_there_in_training_and_held_out() -> None:
    for held in (True, False):
        part = [row for row in ROWS if is_held_out(row["evidence"][0]["article_id"]) == held]
        kinds = Counter((row["kind"], row.get("stance")) for row in part)
        assert len(kinds) == 6
        assert min(kinds.values()) >= 20
