"""`attest show ARTICLE --against OTHER`."""

import json
from pathlib import Path

import pytest

from index.article import Article, ArticleMeta
from rag.edits import edits
from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main
from ui.edits_terminal import altered_words, render_edits

BEFORE = (
    "Storm\n\nThe storm left 41 people dead on Monday. Schools in the valley were closed. The river rose by a metre.\n"
)
AFTER = (
    "Storm\n\nThe storm left 97 people dead on Monday. The river rose by a metre. Aid was promised by the ministry.\n"
)


@pytest.fixture
def two(tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> list[str]:
    for name, text in (("before.txt", BEFORE), ("after.txt", AFTER)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    where = ["--archive", str(tmp_path / "archive")]
    assert main(["ingest", str(tmp_path / "before.txt"), str(tmp_path / "after.txt"), *where], parts) == 0
    capsys.readouterr()
    return where


def test_what_was_changed_is_told_by_signs(
    two: list[str], parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "before.txt", "--against", "after.txt", *two], parts) == 0
    out = capsys.readouterr().out
    assert "3 sentences differ: 1 added (+), 1 removed (-), 1 altered (~)" in out
    assert "~ The storm left [-41-] {+97+} people dead on Monday.\n    “41” became “97”: may change the meaning" in out
    assert "\n+ Aid was promised by the ministry." in out
    assert "\n- Schools in the valley were closed." in out
    assert "river" not in out
    assert "\x1b" not in out


def test_the_edits_as_json_point_into_both_texts(
    two: list[str], parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "before.txt", "--against", "after.txt", "--json", *two], parts) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["first"]["source_id"], document["second"]["source_id"]) == ("before.txt", "after.txt")
    [altered] = [edit for edit in document["edits"] if edit["change"] == "altered"]
    assert altered["words"] == [{"op": "replace", "said": "97", "found": "41", "meaning": True, "why": "a number"}]
    assert altered["first_text"] == "The storm left 41 people dead on Monday."


def test_an_article_against_itself_differs_in_nothing(
    two: list[str], parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "before.txt", "--against", "before.txt", *two], parts) == 0
    assert "No sentence differs in its words." in capsys.readouterr().out


def test_another_article_that_is_not_there_is_one_sentence(
    two: list[str], parts: FakeParts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "before.txt", "--against", "nowhere.txt", *two], parts) == 2
    assert "nowhere.txt" in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("He did not go.", "He did go.", "He did [-not-] go."),
        ("It rose.", "It rose again.", "It rose {+again.+}"),
        ("“It rose,” she said.", '"It rose", she said.', '"It rose", she said.'),
        ("One two.", "Three four.", "[-One two.-] {+Three four.+}"),
    ],
)
def test_words_taken_out_and_put_in_stand_in_their_marks(first: str, second: str, shown: str) -> None:
    assert altered_words(first, second) == shown


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    first, second = (
        Article(key=text, source_id=text[:5], path="p", text=text)
        for text in (BEFORE, AFTER.replace("dead", "dead and hurt"))
    )
    out = render_edits(ArticleMeta.of(first), ArticleMeta.of(second), edits(first, second), width)
    assert all(len(line) <= width for line in out.splitlines())
