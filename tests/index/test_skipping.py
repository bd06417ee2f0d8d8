import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from index import skipping
from index.archive import Archive
from index.ingest import IngestReport, ingest
from index.readers import find_sources, read_unknown
from index.records import FileRead, Given, KnownFile, RawRecord
from tests.index.fakes import HashEmbedder

EMBEDDER = HashEmbedder()


def take(archive: Path, path: Path, field_map: Mapping[str, str] | None = None) -> tuple[list[Given], IngestReport]:
    """What reading `path` gave, and what became of it."""
    given: list[Given] = []
    with Archive.open(archive, embedder=EMBEDDER.identity, writable=True, create=True) as opened:
        known = opened.known_files(field_map)
        items = read_unknown(find_sources([path]), known, field_map=field_map)
        report = ingest(opened, (item for item in items if given.append(item) is None), EMBEDDER)  # type: ignore[func-returns-value]
    return given, report


def is_skipped(given: list[Given]) -> bool:
    return all(isinstance(item, KnownFile) for item in given)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A file of three articles in a folder of its own."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "desk.jsonl"
    lines = [{"id": f"a{at}", "text": f"The ferry carried {at} herons.", "slugline": "Herons"} for at in range(3)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def digest(archive: Path) -> str:
    with Archive.open(archive) as opened:
        assert opened.verify() == []
        return opened.status().digest


def test_an_unchanged_file_is_not_read_and_each_of_its_records_counted(archive: Path, desk: Path) -> None:
    given, first = take(archive, desk)
    before = digest(archive)
    assert [type(item) for item in given] == [RawRecord] * 3 + [FileRead]
    given, second = take(archive, desk)
    assert is_skipped(given)
    assert (first.added, second.unchanged, second.records) == (3, 3, 3)
    assert digest(archive) == before


def test_a_changed_file_is_read_and_so_is_one_changed_back(archive: Path, desk: Path) -> None:
    take(archive, desk)
    old, before = desk.read_text(encoding="utf-8"), digest(archive)
    desk.write_text(old.replace("0 herons", "9 herons"), encoding="utf-8")
    assert take(archive, desk)[1].updated == 1
    desk.write_text(old, encoding="utf-8")
    assert take(archive, desk)[1].updated == 1
    assert digest(archive) != before  # the version between is kept
    assert is_skipped(take(archive, desk)[0])


def test_what_was_known_of_a_file_is_forgotten_when_a_reading_of_it_was_cut_short(archive: Path, desk: Path) -> None:
    take(archive, desk)
    old = desk.read_text(encoding="utf-8")
    desk.write_text(old.replace("0 herons", "9 herons"), encoding="utf-8")
    with Archive.open(archive, writable=True) as opened:
        items = list(read_unknown(find_sources([desk]), opened.known_files()))
        ingest(opened, items[:1], EMBEDDER)  # killed before the file's end
    desk.write_text(old, encoding="utf-8")
    assert take(archive, desk)[1].updated == 1
    with Archive.open(archive) as opened:
        assert "0 herons" in opened.article("a0").text


def test_other_settings_and_newer_code_read_the_file_again(
    archive: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(archive, desk)
    given, report = take(archive, desk, {"title": "slugline"})
    assert not is_skipped(given)
    assert report.updated == 3
    assert is_skipped(take(archive, desk, {"title": "slugline"})[0])
    monkeypatch.setattr(skipping, "code_version", lambda: "newer")
    assert not is_skipped(take(archive, desk, {"title": "slugline"})[0])


def test_the_version_of_the_code_is_that_of_every_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    skipping.code_version.cache_clear()
    before = skipping.code_version()
    skipping.code_version.cache_clear()
    monkeypatch.setattr(skipping, "version", lambda name: "99" if name == "trafilatura" else "1")
    assert skipping.code_version() != before
    skipping.code_version.cache_clear()


def test_a_file_with_a_failure_is_tried_again_each_time(archive: Path, desk: Path) -> None:
    with desk.open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    assert len(take(archive, desk)[1].failed) == 1
    given, report = take(archive, desk)
    assert not is_skipped(given)
    assert (report.unchanged, len(report.failed)) == (3, 1)


def test_a_removed_article_comes_back_with_its_file(archive: Path, desk: Path) -> None:
    take(archive, desk)
    before = digest(archive)
    with Archive.open(archive, writable=True) as opened:
        opened.remove(["a1"])
    assert take(archive, desk)[1].added == 1
    assert digest(archive) == before


def test_moved_files_are_not_read_and_known_at_their_new_place(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for at in range(3):
        (tmp_path / "in" / f"{at}.txt").write_text(f"The mill by the weir ground {at} sacks.", encoding="utf-8")
    take(archive, tmp_path / "in")
    with Archive.open(archive) as opened:
        before = [article.id for article in opened.articles()]
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    given, report = take(archive, tmp_path / "elsewhere")
    assert is_skipped(given)
    assert (report.unchanged, report.records) == (3, 3)
    with Archive.open(archive) as opened:
        assert opened.verify() == []
        assert [article.id for article in opened.articles()] == before
        assert [entry.outcome for entry in opened.read_from(str(tmp_path / "elsewhere"))] == ["unchanged"] * 3


def test_a_copy_of_a_file_that_is_still_there_is_an_article_of_its_own(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.txt").write_text("The mill by the weir ground ten sacks.", encoding="utf-8")
    take(archive, tmp_path / "in")
    (tmp_path / "in" / "two.txt").write_text("The mill by the weir ground ten sacks.", encoding="utf-8")
    assert take(archive, tmp_path / "in")[1].duplicates == 1


def test_what_was_skipped_in_an_archive_file_is_said_again(archive: Path, tmp_path: Path) -> None:
    payload = io.BytesIO()
    with zipfile.ZipFile(payload, "w") as members:
        members.writestr("story.txt", "The kiln was lit at dawn by two potters.")
        members.writestr("photo.png", b"picture")
    (tmp_path / "week.zip").write_bytes(payload.getvalue())
    _, first = take(archive, tmp_path / "week.zip")
    given, second = take(archive, tmp_path / "week.zip")
    assert is_skipped(given)
    assert (first.added, second.unchanged, second.skipped) == (1, 1, first.skipped)
    assert len(first.skipped) == 1
