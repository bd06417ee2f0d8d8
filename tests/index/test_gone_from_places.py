"""Files that are gone from where relative paths lay, and what of it is told and removed from another directory."""

import json
from pathlib import Path

import pytest

from index.archive import Archive
from index.database import open_database
from index.watching import articles_only_in, gone_before
from tests.index.desks import HARBOUR, SCHOOL, Desk
from tests.index.test_skipping import is_skipped, take


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def test_an_article_stays_while_another_moved_file_holds_it(archive: Path, tmp_path: Path, at: Desk) -> None:
    line = json.dumps({"id": "a", "text": HARBOUR}) + "\n"
    for folder in ("news", "wire"):
        (tmp_path / "city" / folder).mkdir(exist_ok=True)
        (tmp_path / "city" / folder / "a.jsonl").write_text(line, encoding="utf-8")
    at("city")
    for name in ("news/a.jsonl", "wire/a.jsonl"):
        take(archive, Path(name))
    (tmp_path / "city").rename(tmp_path / "town")
    at("town")
    Path("news/a.jsonl").unlink()
    with Archive.open(archive) as opened:
        assert articles_only_in(opened, "news/a.jsonl") == []


def test_what_is_gone_is_told_from_any_working_directory(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    Path("broken.jsonl").write_text("{broken\n", encoding="utf-8")
    Path("lost.jsonl").write_text("{lost\n", encoding="utf-8")
    for name in ("broken.jsonl", "lost.jsonl"):
        take(archive, Path(name))
    Path("lost.jsonl").unlink()
    for desk in ("city", "schools"):
        at(desk)
        with Archive.open(archive) as opened:
            failed = opened.status().to_json()["failed"]
        assert json.dumps([line["gone"] for line in failed]) == "[false, true]"  # type: ignore[attr-defined]


def test_a_watched_folder_is_not_taken_for_another_of_its_name(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    at("schools")
    Path("news/001.txt").unlink()
    with Archive.open(archive) as opened:
        assert list(gone_before(opened, Path("news"))) == []  # the file is there, in the city's folder
    Path("news/001.txt").write_text(SCHOOL, encoding="utf-8")
    take(archive, Path("news"))
    Path("news/001.txt").unlink()
    own = str(tmp_path / "schools" / "news" / "001.txt")
    with Archive.open(archive) as opened:
        assert list(gone_before(opened, Path("news"))) == [own]
        [article] = [one for one in opened.articles() if one.path == own]
        assert articles_only_in(opened, own) == [article.id]
        assert opened.places.name_of("news/001.txt") == own


@pytest.mark.parametrize("given", ["news", "../city/news", "full"])
def test_files_gone_from_a_watched_folder_are_found_by_whichever_path_they_were_read(
    archive: Path, tmp_path: Path, at: Desk, given: str
) -> None:
    at("")
    take(archive, Path("city/news"))
    at("city")
    Path("news/001.txt").unlink()
    folder = tmp_path / "city" / "news" if given == "full" else Path(given)
    with Archive.open(archive) as opened:
        assert list(gone_before(opened, folder)) == ["city/news/001.txt"]
        assert list(gone_before(opened, tmp_path / "city" / "new")) == []


def test_an_archive_from_before_places_were_kept_is_read_as_it_was(archive: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    database = open_database(archive, writable=True, create=False)
    database.run("DROP TABLE places")
    database.close()
    with Archive.open(archive) as opened:  # for reading: the table is not made
        assert opened.places.on_disk("news/001.txt") == Path("news/001.txt")
        assert not opened.places.is_gone("news/001.txt")
        assert opened.places.name_of("news/001.txt") == "news/001.txt"
        Path("news/001.txt").rename("news/002.txt")
        assert list(gone_before(opened, Path("news"))) == []  # it may have been another folder of that name
    Path("news/002.txt").rename("news/001.txt")
    assert is_skipped(take(archive, Path("news"))[0])
