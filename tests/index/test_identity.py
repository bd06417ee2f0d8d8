"""Articles that share a name or a number and nothing else are all kept."""

from pathlib import Path

from index.archive import Archive
from index.ingest import IngestReport, ingest
from index.readers import read_paths
from tests.index.fakes import HashEmbedder, record
from tests.index.made_archives import run

HARBOUR = "The harbour board of Kestrel Bay approved a new breakwater on Monday."
SCHOOL = "Forty teachers went on strike over pay at two schools in Linden."


def read(archive_folder: Path, *paths: Path) -> IngestReport:
    with Archive.open(archive_folder, writable=True, create=True) as archive:
        return ingest(archive, read_paths(paths), HashEmbedder())


def texts(folder: Path) -> list[str]:
    with Archive.open(folder) as archive:
        assert archive.verify() == []
        return sorted(article.text.strip() for article in archive.articles())


def test_files_of_one_name_in_folders_of_one_name_are_two_articles(tmp_path: Path) -> None:
    for year, text in (("2019", f"{HARBOUR} In 2019."), ("2020", f"{HARBOUR} In 2020.")):
        (tmp_path / year / "news").mkdir(parents=True)
        (tmp_path / year / "news" / "001.txt").write_text(text)
    folders = [tmp_path / year / "news" for year in ("2019", "2020")]
    report = read(tmp_path / "archive", *folders)
    assert (report.added, report.updated) == (2, 0)
    assert texts(tmp_path / "archive") == [f"{HARBOUR} In 2019.", f"{HARBOUR} In 2020."]
    assert read(tmp_path / "archive", *folders).unchanged == 2
    (folders[1] / "001.txt").write_text(SCHOOL)
    assert read(tmp_path / "archive", *folders).updated == 1  # the file itself changed, so it is a version
    assert texts(tmp_path / "archive") == [SCHOOL, f"{HARBOUR} In 2019."]


def test_exports_that_both_count_from_1_do_not_replace_each_other(tmp_path: Path) -> None:
    first = [record(HARBOUR, id="1", path="2019.jsonl", number=1)]
    second = [record(SCHOOL, id="1", path="2020.jsonl", number=1)]
    assert run(tmp_path, [*first]).added == 1
    assert run(tmp_path, [*second]).added == 1
    assert texts(tmp_path) == [SCHOOL, HARBOUR]
    assert (run(tmp_path, [*first]).unchanged, run(tmp_path, [*second]).unchanged) == (1, 1)
    with Archive.open(tmp_path) as archive:
        [entry] = archive.read_from("2020.jsonl")
        assert entry.outcome == "unchanged"


def test_two_articles_with_one_id_in_one_file_are_both_kept(tmp_path: Path) -> None:
    report = run(tmp_path, [record(HARBOUR, id="7", number=1), record(SCHOOL, id="7", number=2)])
    assert (report.added, report.updated) == (2, 0)
    assert texts(tmp_path) == [SCHOOL, HARBOUR]


def test_a_corrected_article_in_a_newer_export_is_a_version(tmp_path: Path) -> None:
    run(tmp_path, [record(HARBOUR, id="1", path="monday.jsonl", number=1)])
    corrected = record(HARBOUR.replace("Monday", "Tuesday"), id="1", path="tuesday.jsonl", number=9)
    assert run(tmp_path, [corrected]).updated == 1
    rewritten = record(SCHOOL, id="1", title="One headline", path="a.jsonl", number=1)
    run(tmp_path / "titled", [record(HARBOUR, id="1", title="One headline", path="b.jsonl", number=1)])
    assert run(tmp_path / "titled", [rewritten]).updated == 1


def test_a_file_named_in_two_ways_is_one_article(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "001.txt").write_text(HARBOUR)
    read(tmp_path / "archive", tmp_path / "news")
    (tmp_path / "news" / "001.txt").write_text(HARBOUR.replace("Monday", "Tuesday"))
    assert read(tmp_path / "archive", tmp_path / "news" / ".." / "news").updated == 1


def test_an_agency_report_in_two_outlets_without_ids_is_two_articles(tmp_path: Path) -> None:
    both = [record(HARBOUR, source=outlet, number=at) for at, outlet in enumerate(("Bay Post", "Linden Times"), 1)]
    report = run(tmp_path, [*both, record(HARBOUR, number=3)])
    assert (report.added, report.duplicates, report.updated) == (1, 1, 1)  # the third may be either
    with Archive.open(tmp_path) as archive:
        assert len(list(archive.articles())) == 2
    assert run(tmp_path, [*both]).duplicates == 0


def test_long_articles_under_one_id_are_versions_when_they_share_a_tenth_of_what_they_say(tmp_path: Path) -> None:
    pier = [f"Crew {number} mended pier {number} of the harbour by hand." for number in range(30)]
    school = " ".join(f"Class {number} walked home from school {number} at noon." for number in range(30))
    rewritten = " ".join([*pier[:15], *(f"Nobody knows who paid boat {number} that day." for number in range(15))])
    read_as = [record(text, id="7", path=f"{at}.jsonl", number=1) for at, text in enumerate((" ".join(pier), school))]
    assert [run(tmp_path, [one]).added for one in read_as] == [1, 1]
    assert texts(tmp_path) == [school, " ".join(pier)]
    assert run(tmp_path, [record(rewritten, id="7", path="0.jsonl", number=2)]).updated == 1
    assert texts(tmp_path) == [school, rewritten]


def test_a_file_that_was_moved_and_then_changed_is_a_version_of_its_article(tmp_path: Path) -> None:
    folder, archive = tmp_path / "news", tmp_path / "archive"
    folder.mkdir()
    report = " ".join(f"The council met on day {day} and heard pilot number {day + 40}." for day in range(20))
    old, new = folder / "old.txt", folder / "new.txt"
    old.write_text(report, encoding="utf-8")
    assert read(archive, folder).added == 1
    old.rename(new)
    assert read(archive, folder).unchanged == 1
    new.write_text(f"{report} Corrected: it was the mayor.", encoding="utf-8")
    assert read(archive, folder).updated == 1
    assert texts(archive) == [f"{report} Corrected: it was the mayor."]
    new.write_text(f"{report} Corrected twice: it was her deputy.", encoding="utf-8")
    assert read(archive, folder).updated == 1
    # Other words at the same place are another article; the old report, back where it was first, is the same one.
    words = "Bananas, mangoes and figs were sold at half price while rain fell on every market of our coast."
    new.write_text(words, encoding="utf-8")
    old.write_text(f"{report} A report of old, put back.", encoding="utf-8")
    again = read(archive, folder)
    assert (again.added, again.updated) == (1, 1)
    assert texts(archive) == [words, f"{report} A report of old, put back."]
