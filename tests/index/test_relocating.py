"""The path that an article shows when its file was moved, and what is said of files that are gone."""

import json
from pathlib import Path

import pytest

from index import skipping
from index.archive import Archive
from index.checking import verify
from index.database import Database, open_database
from tests.index.test_skipping import digest, take

FERRY = "Ferry runs aground\n\nThe ferry carried 214 passengers when it left the quay on Monday. All were saved."
MILL = "Mill by the weir\n\nThe mill by the weir ground ten sacks of barley on Tuesday. Nobody had asked it to."


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "here" / "news"
    folder.mkdir(parents=True)
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    lines = [{"id": "mill", "text": MILL}, {"id": "kiln", "text": MILL.replace("mill", "kiln")}]
    (folder / "desk.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture
def archive(tmp_path: Path, news: Path) -> Path:
    take(tmp_path / "archive", news)
    return tmp_path / "archive"


def paths(archive: Path) -> dict[str, str]:
    """What each article of an undamaged archive shows, by its id."""
    assert verify(archive, full=True).breaches == ()
    with Archive.open(archive) as opened:
        return {article.id: article.path for article in opened.articles()}


def rows(archive: Path) -> list[object]:
    database = open_database(archive, writable=False, create=False)
    try:
        return [database.rows(f"SELECT * FROM {table} ORDER BY 1") for table in ("passages", "vectors")]
    finally:
        database.close()


def moved(folder: Path) -> Path:
    """The folder, below another one."""
    target = folder.parent.with_name("there") / folder.name
    target.parent.mkdir()
    return folder.rename(target)


@pytest.mark.parametrize("read_again", [False, True])
def test_articles_of_a_moved_folder_show_where_their_files_are(
    archive: Path, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_again: bool
) -> None:
    before, kept = paths(archive), rows(archive)
    if read_again:  # as after an update of Attest
        monkeypatch.setattr(skipping, "code_version", lambda: "newer")
    there = moved(news)
    _, report = take(archive, there)
    assert (report.unchanged, report.records) == (3, 3)
    assert paths(archive) == {id: path.replace(str(news), str(there)) for id, path in before.items()}
    assert rows(archive) == kept
    take(tmp_path / "fresh", there)
    assert digest(archive) == digest(tmp_path / "fresh")


def test_a_renamed_file_keeps_its_article_and_earlier_versions_go_along(archive: Path, news: Path) -> None:
    (news / "ferry.txt").write_text(FERRY + " A correction.", encoding="utf-8")
    take(archive, news)
    with Archive.open(archive) as opened:
        article = opened.article("ferry.txt")
    (news / "ferry.txt").rename(news / "renamed.txt")
    take(archive, news)
    assert paths(archive)[article.id] == str(news / "renamed.txt")
    with Archive.open(archive) as opened:
        assert opened.article(str(news / "renamed.txt")).id == article.id
        database = open_database(archive, writable=False, create=False)
        shown = {json.loads(row[0])["path"] for row in database.rows("SELECT metadata FROM articles")}
        database.close()
    assert str(news / "ferry.txt") not in shown


def test_a_path_stays_while_there_is_something_at_it(archive: Path, news: Path, tmp_path: Path) -> None:
    before = paths(archive)
    copy = tmp_path / "copy" / "news"
    copy.mkdir(parents=True)
    (copy / "ferry.txt").write_bytes((news / "ferry.txt").read_bytes())
    take(archive, copy)
    assert paths(archive) == before
    (news / "ferry.txt").unlink()
    take(archive, copy)  # known to the byte, and yet its article shows another path
    assert set(paths(archive).values()) - set(before.values()) == {str(copy / "ferry.txt")}


def test_a_path_is_changed_with_its_ledger_lines_or_not_at_all(
    archive: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(archive)
    there = moved(news)
    run = Database.run

    def failing(self: Database, sql: str, values: tuple[object, ...] = ()) -> int:
        if sql.startswith("UPDATE articles SET metadata"):
            run(self, sql, values)
            raise KeyboardInterrupt
        return run(self, sql, values)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "run", failing)
        with pytest.raises(KeyboardInterrupt):
            take(archive, there)
    assert digest(archive) == before
    with Archive.open(archive) as opened:
        assert opened.read_from(str(there)) == []
    take(archive, there)
    assert all(path.startswith(str(there)) for path in paths(archive).values())


def test_what_failed_in_a_file_that_is_gone_is_marked(archive: Path, news: Path) -> None:
    (news / "broken.jsonl").write_text("{broken\n", encoding="utf-8")
    (news / "other.jsonl").write_text("{broken\n", encoding="utf-8")
    (news / "drawing.psd").write_bytes(b"8BPS")
    take(archive, news)
    (news / "broken.jsonl").unlink()
    (news / "drawing.psd").unlink()
    with Archive.open(archive) as opened:
        status = opened.status()
    said = status.to_json()
    assert isinstance(said["failed"], list)
    assert isinstance(said["skipped"], list)
    marks = {Path(line["path"]).name: line["gone"] for line in [*said["failed"], *said["skipped"]]}
    assert marks == {"broken.jsonl": True, "other.jsonl": False, "drawing.psd": True}
    assert [Path(entry.path).name for entry in status.present(status.failed)] == ["other.jsonl"]
    assert status.present(status.skipped) == []


def test_a_relative_path_is_gone_only_where_its_folder_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "week.zip").write_bytes(b"PK")
    monkeypatch.chdir(tmp_path)
    with Archive.open(tmp_path / "archive", writable=True, create=True) as opened:
        is_gone = opened.places.is_gone
        assert is_gone("news/a.txt")
        assert is_gone(str(tmp_path / "nowhere" / "a.txt"))
        assert not is_gone("elsewhere/a.txt")  # as given in another working directory, perhaps
        assert not is_gone("a.txt")
        assert not is_gone("-")
        assert not is_gone("week.zip!/a.txt")
        assert not is_gone("news/" + "a" * 300 + ".txt")
