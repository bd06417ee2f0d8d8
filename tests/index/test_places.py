"""Relative paths that are other files in other working directories."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from index.archive import Archive
from index.records import ReadFailure
from index.salvaging import salvage
from tests.index.desks import HARBOUR, SCHOOL, Desk
from tests.index.test_skipping import digest, is_skipped, take


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def texts(archive: Path) -> list[str]:
    with Archive.open(archive) as opened:
        assert opened.verify() == []
        return sorted(article.text.strip() for article in opened.articles())


@pytest.mark.parametrize("given", ["news", "news/001.txt", "./news/../news/001.txt"])
def test_one_relative_path_of_two_working_directories_is_two_articles(
    archive: Path, tmp_path: Path, at: Desk, given: str
) -> None:
    for _ in range(2):  # the second time nothing is new, and neither takes the place of the other
        for desk in ("city", "schools"):
            at(desk)
            take(archive, Path(given))
        assert texts(archive) == [SCHOOL, HARBOUR]
    at("city")
    assert is_skipped(take(archive, Path(given))[0])
    with Archive.open(archive) as opened:
        assert {article.path for article in opened.articles()} == {
            "news/001.txt" if given != "./news/../news/001.txt" else given.removeprefix("./"),
            str(tmp_path / "schools" / "news" / "001.txt"),
        }


def test_each_of_them_has_its_own_versions(archive: Path, tmp_path: Path, at: Desk) -> None:
    for desk in ("city", "schools"):
        at(desk)
        take(archive, Path("news"))
    (tmp_path / "schools" / "news" / "001.txt").write_text(SCHOOL + " A correction.", encoding="utf-8")
    assert take(archive, Path("news"))[1].updated == 1
    assert texts(archive) == [SCHOOL + " A correction.", HARBOUR]
    (tmp_path / "city" / "news" / "001.txt").write_text(HARBOUR + " It costs 4 million.", encoding="utf-8")
    at("city")
    assert take(archive, Path("news"))[1].updated == 1
    assert texts(archive) == [SCHOOL + " A correction.", HARBOUR + " It costs 4 million."]


def test_files_inside_a_zip_file_of_the_same_name_are_kept_apart(archive: Path, tmp_path: Path, at: Desk) -> None:
    for desk, text in (("city", HARBOUR), ("schools", SCHOOL)):
        payload = io.BytesIO()
        with zipfile.ZipFile(payload, "w") as members:
            members.writestr("001.txt", text)
        (tmp_path / desk / "week.zip").write_bytes(payload.getvalue())
        at(desk)
        assert take(archive, Path("week.zip"))[1].added == 1
    assert texts(archive) == [SCHOOL, HARBOUR]
    at("city")
    with Archive.open(archive) as opened:
        assert opened.places.on_disk("week.zip!/001.txt") == tmp_path / "city" / "week.zip"
        assert opened.places.name_of("week.zip!/001.txt") == "week.zip!/001.txt"
    at("schools")
    with Archive.open(archive) as opened:
        assert opened.places.name_of("week.zip!/001.txt") == f"{tmp_path / 'schools' / 'week.zip'}!/001.txt"
        failure = ReadFailure("week.zip", None, "damaged")
        assert opened.places.named(failure).path == str(tmp_path / "schools" / "week.zip")


def test_a_file_goes_by_the_name_it_was_first_read_by(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    before = digest(archive)
    file = tmp_path / "city" / "news" / "001.txt"
    at("city/news")
    for path in (Path("001.txt"), file, Path("../news"), file.parent):
        given, report = take(archive, path)
        assert (is_skipped(given), report.unchanged) == (True, 1)
    file.write_text(HARBOUR + " It costs 4 million.", encoding="utf-8")
    assert take(archive, Path("001.txt"))[1].updated == 1
    with Archive.open(archive) as opened:
        [article] = opened.articles()
        assert (article.path, article.key) == ("news/001.txt", "file:news/001.txt")
    assert digest(archive) != before


def test_a_file_first_read_by_its_absolute_path_keeps_it(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    take(archive, tmp_path / "city" / "news")
    given, report = take(archive, Path("news"))
    assert (is_skipped(given), report.unchanged) == (True, 1)
    with Archive.open(archive) as opened:
        assert opened.places.name_of("news/001.txt") == str(tmp_path / "city" / "news" / "001.txt")


def test_a_folder_that_was_moved_as_a_whole_keeps_its_names(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    before = digest(archive)
    (tmp_path / "city").rename(tmp_path / "town")
    at("town")
    given, report = take(archive, Path("news"))
    assert (is_skipped(given), report.unchanged) == (True, 1)
    assert digest(archive) == before
    (tmp_path / "town" / "news" / "001.txt").write_text(HARBOUR + " It costs 4 million.", encoding="utf-8")
    assert take(archive, Path("news"))[1].updated == 1
    with Archive.open(archive) as opened:
        assert opened.places.on_disk("news/001.txt") == tmp_path / "town" / "news" / "001.txt"


def test_a_name_whose_file_is_gone_is_not_taken_over_by_another(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    Path("news/001.txt").unlink()
    at("schools")
    assert take(archive, Path("news"))[1].added == 1
    assert texts(archive) == [SCHOOL, HARBOUR]


@pytest.mark.parametrize("between", [False, True])
def test_a_moved_folder_and_another_of_its_name_do_not_hide_each_other(
    archive: Path, tmp_path: Path, at: Desk, between: bool
) -> None:
    at("city")
    take(archive, Path("news"))
    (tmp_path / "city").rename(tmp_path / "town")
    if between:  # passed over, and yet its new place is noted
        at("town")
        assert is_skipped(take(archive, Path("news"))[0])
    for desk in ("schools", "town", "schools"):
        at(desk)
        take(archive, Path("news"))
    assert texts(archive) == [SCHOOL, HARBOUR]
    with Archive.open(archive) as opened:
        assert opened.places.on_disk("news/001.txt") == tmp_path / "town" / "news" / "001.txt"


def test_behind_a_link_the_folder_above_is_another(archive: Path, tmp_path: Path, at: Desk) -> None:
    (tmp_path / "schools" / "x.txt").write_text(SCHOOL, encoding="utf-8")
    (tmp_path / "city" / "x.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "city" / "link").symlink_to(tmp_path / "schools" / "news")
    at("city")
    take(archive, Path("x.txt"))
    take(archive, Path("link/../x.txt"))
    assert texts(archive) == [SCHOOL, HARBOUR]


def test_a_folder_whose_name_ends_in_an_exclamation_mark_is_no_archive_file(
    archive: Path, tmp_path: Path, at: Desk
) -> None:
    for desk, text in (("city", HARBOUR), ("schools", SCHOOL)):
        for folder in ("wow!", "!"):
            (tmp_path / desk / folder).mkdir()
            (tmp_path / desk / folder / "002.txt").write_text(f"{text} In {folder}.", encoding="utf-8")
            at(desk)
            take(archive, Path(folder))
    assert texts(archive) == sorted(f"{text} In {folder}." for text in (HARBOUR, SCHOOL) for folder in ("wow!", "!"))
    with Archive.open(archive) as opened:
        assert opened.places.name_of("wow!/002.txt") == str(tmp_path / "schools" / "wow!" / "002.txt")
    at("city")
    with Archive.open(archive) as opened:
        assert opened.places.on_disk("wow!/002.txt") == tmp_path / "city" / "wow!" / "002.txt"


def test_another_path_to_the_same_file_is_no_other_file(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    (tmp_path / "schools" / "news" / "001.txt").unlink()
    (tmp_path / "schools" / "news" / "001.txt").hardlink_to(tmp_path / "city" / "news" / "001.txt")
    at("schools")
    with Archive.open(archive) as opened:
        assert opened.places.name_of("news/001.txt") == "news/001.txt"
    assert is_skipped(take(archive, Path("news"))[0])


def test_of_a_name_that_is_no_utf_8_no_place_is_kept(archive: Path, tmp_path: Path, at: Desk) -> None:
    at("city")
    (tmp_path / "city" / "news" / os.fsdecode(b"caf\xe9.txt")).write_text(SCHOOL, encoding="utf-8")
    take(archive, Path("news"))
    with Archive.open(archive) as opened:
        assert opened.places.on_disk("news/caf\ufffd.txt") == Path("news/caf\ufffd.txt")
        assert opened.places.on_disk("news/001.txt") == tmp_path / "city" / "news" / "001.txt"


def test_where_the_working_directory_was_deleted_nothing_is_kept_of_it(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lost").mkdir()
    monkeypatch.chdir(tmp_path / "lost")
    (tmp_path / "lost").rmdir()
    with Archive.open(archive, writable=True, create=True) as opened:
        assert opened.places.name_of("news/001.txt") == "news/001.txt"
        opened.places.note(["-", "news/001.txt"])
        assert opened.places.on_disk("news/001.txt") == Path("news/001.txt")


def test_what_may_not_be_looked_at_counts_as_there(
    archive: Path, tmp_path: Path, at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("city")
    take(archive, Path("news"))
    (tmp_path / "schools" / "news" / "001.txt").write_text(HARBOUR, encoding="utf-8")  # the same bytes
    at("schools")
    exists = Path.exists

    def refusing(path: Path) -> bool:
        if str(path).startswith(str(tmp_path / "city")):
            raise PermissionError(13, "Permission denied")
        return exists(path)

    monkeypatch.setattr(Path, "exists", refusing)
    _, report = take(archive, Path("news"))
    assert (report.failed, report.unchanged) == ([], 1)
    with Archive.open(archive) as opened:
        assert not opened.places.is_gone("news/001.txt")


def test_a_salvaged_archive_keeps_the_places(archive: Path, at: Desk) -> None:
    at("city")
    take(archive, Path("news"))
    salvage(archive)
    at("schools")
    take(archive, Path("news"))
    with Archive.open(archive) as opened:
        assert {article.text.strip() for article in opened.articles()} == {HARBOUR, SCHOOL}
