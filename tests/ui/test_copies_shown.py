import json
from pathlib import Path

import pytest

from index.archive import Archive
from ui.archived_articles import ArchivedArticles
from ui.cli import main


def test_show_names_the_copies_beside_the_text_and_in_json(
    sample_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "mp-razoni-agency", "--archive", str(sample_folder)]) == 0
    shown = capsys.readouterr()
    with Archive.open(sample_folder) as archive:
        assert shown.out.rstrip("\n") == archive.article("mp-razoni-agency").text.rstrip("\n")
    assert "2 copies of this article, earliest first" in shown.err
    assert "probably from Tidewater Press Agency: 3 of 3" in shown.err
    assert main(["show", "mp-razoni-agency", "--json", "--archive", str(sample_folder)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [copy["article"]["source_id"] for copy in document["copies"]] == ["hw-razoni-agency", "nq-razoni-agency"]
    assert document["origin"]["agency"] == "Tidewater Press Agency"


def test_an_article_without_copies_is_shown_without_a_word_about_them(
    sample_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "ls-bennu-sample", "--archive", str(sample_folder)]) == 0
    assert "cop" not in capsys.readouterr().err


def test_status_counts_the_groups(sample_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--archive", str(sample_folder)]) == 0
    assert "copies      5 articles in 2 groups" in capsys.readouterr().out


def test_the_page_gets_the_copies_of_an_article_and_none_for_one_that_is_gone(sample_folder: Path) -> None:
    with Archive.open(sample_folder) as archive:
        articles = ArchivedArticles(archive)
        ref = articles.article("mp-razoni-agency").id
        assert [copy.article.source_id for copy in articles.copies(ref)] == ["hw-razoni-agency", "nq-razoni-agency"]
        assert articles.copies("no-such-article") == ()
