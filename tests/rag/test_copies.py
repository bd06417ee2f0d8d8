import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.benchmark_copies import NoEmbedder
from index.archive import Archive
from index.article import Article
from index.ingest import ingest
from index.records import RawRecord
from index.shingles import overlap, shingles
from rag.copies import Copies, origin

STORY = " ".join(
    f"On day {number} the harbour master of port {number * 7} wrote that boat {number * 3} had left quay {number + 40}"
    f" with {number * 11} crates of {fish} for the market."
    for number, fish in enumerate("cod hake sole ling bass brill turbot plaice".split(), start=1)  # noqa: SIM905
)
SPEECH = "“" + " ".join(f"we will build {number} bridges over river {number + 5} before" for number in range(30)) + "”"


@pytest.fixture
def archive_of(tmp_path: Path) -> Callable[..., Archive]:
    def make(*articles: tuple[str, str, str | None]) -> Archive:
        archive = Archive.open(tmp_path / "a", embedder=NoEmbedder.identity, writable=True, create=True)
        add(archive, *articles)
        return archive

    return make


def add(archive: Archive, *articles: tuple[str, str, str | None]) -> None:
    records = [
        RawRecord("made", number, text, {"id": name, "source": f"Outlet {name}", "published_at": date}, "jsonl", "made")
        for number, (name, text, date) in enumerate(articles, start=1)
    ]
    assert not ingest(archive, records, NoEmbedder()).failed


def names(archive: Archive, ref: str) -> list[str]:
    found = Copies(archive)
    return [copy.article.source_id for copy in found.group(archive.article(ref).id)]


def test_one_agency_story_in_three_outlets_is_one_report_in_the_sample(sample_archive: Archive) -> None:
    ids = [sample_archive.article(f"{outlet}-razoni-agency").id for outlet in ("hw", "mp", "nq")]
    copies = Copies(sample_archive)
    chain = copies.chain(ids[2])
    assert [copy.article.id for copy in chain] == ids  # by date
    assert [copy.similarity for copy in chain if copy.article.id == ids[2]] == [1.0]
    assert copies.independent(ids) == 1
    source = origin(chain)
    assert source is not None
    assert (source.agency, source.article) == ("Tidewater Press Agency", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hw-2024-03-07-sweden-nato.txt", "hw-2023-04-04-finland-nato.txt"),
        ("nq-2019-06-16-hong-kong-march.txt", "hw-2019-06-17-hong-kong-police-figure.txt"),
        ("ls-2025-01-10-copernicus-2024.txt", "mp-2025-01-10-wmo-2024.txt"),
    ],
)
def test_articles_that_tell_of_it_independently_are_no_copies(sample_archive: Archive, one: str, other: str) -> None:
    ids = [sample_archive.article(ref).id for ref in (one, other)]
    copies = Copies(sample_archive)
    assert copies.group(ids[0]) == ()
    assert not copies.same_report(*ids)
    assert copies.independent(ids) == 2


def test_the_sample_counts_its_groups(sample_archive: Archive) -> None:
    status = sample_archive.status()
    assert (status.copy_groups, status.copied) == (2, 5)  # the agency's story, and a corrected one


def test_a_shortened_reprint_is_a_copy_and_unknown_dates_come_last(archive_of: Callable[..., Archive]) -> None:
    half = STORY[: len(STORY) // 2]
    with archive_of(("b", STORY, None), ("a", half, "2020-05-02"), ("c", STORY + " The end.", "2020-05-01")) as archive:
        chain = Copies(archive).chain(archive.article("b").id)
    assert [copy.article.source_id for copy in chain] == ["c", "a", "b"]


def test_a_long_quotation_in_two_reports_makes_neither_a_copy(archive_of: Callable[..., Archive]) -> None:
    mine = STORY.replace("harbour", "station").replace("boat", "train").replace("crates", "sacks")
    other = " ".join(f"Nobody in town {number} had expected to hear of item {number} so soon." for number in range(5))
    assert overlap(shingles(mine + SPEECH.strip("“”")), shingles(other + SPEECH.strip("“”"))).is_copy
    with archive_of(("a", f"{mine}\n\n{SPEECH}", None), ("b", f"{other}\n\n{SPEECH}", None)) as archive:
        assert names(archive, "a") == []


def test_furniture_in_one_place_makes_no_copy() -> None:
    furniture = " ".join(f"country number {number} of the long list," for number in range(25))
    one, other = STORY, " ".join(f"Quite another tale, part {number}, of some mountain." for number in range(40))
    near = overlap(shingles(f"{one} {furniture}"), shingles(f"{other} {furniture}"))
    assert near.contained >= 0.3
    assert not near.is_copy


def test_a_removed_article_leaves_its_group(archive_of: Callable[..., Archive]) -> None:
    with archive_of(("a", STORY, None), ("b", STORY + " More.", None)) as archive:
        assert names(archive, "a") == ["b"]
        archive.remove(["b"])
        assert names(archive, "a") == []
        assert archive.status().copy_groups == 0


def test_an_article_that_was_changed_leaves_its_group(archive_of: Callable[..., Archive]) -> None:
    with archive_of(("a", STORY, None), ("b", STORY + " More.", None)) as archive:
        add(archive, ("a", STORY, None), ("b", SPEECH.strip("“”"), None))
        assert names(archive, "a") == []


def test_an_archive_without_links_is_searched_and_gets_them_with_the_next_ingest(
    archive_of: Callable[..., Archive], tmp_path: Path
) -> None:
    with archive_of(("a", STORY, None), ("b", STORY + " More.", None), ("c", SPEECH.strip("“”"), None)):
        pass
    with sqlite3.connect(tmp_path / "a" / "archive.sqlite") as database:  # as an Attest from before copies left it
        for table in ("copy_pairs", "copy_bands", "copy_signatures"):
            database.execute(f"DROP TABLE {table}")
        database.execute("DELETE FROM meta WHERE name = 'copies'")
    database.close()
    with Archive.open(tmp_path / "a") as archive:
        ids = [archive.article(ref).id for ref in "abc"]
        assert archive.copy_links(ids[0]) is None
        assert archive.status().copy_groups is None
        assert names(archive, "a") == ["b"]
        assert Copies(archive).independent(ids) == 2
    with Archive.open(tmp_path / "a", writable=True) as archive:
        add(archive)
        assert archive.copy_links(ids[0]) is not None
        assert archive.status().copy_groups == 1
        assert names(archive, "a") == ["b"]


def test_the_same_passage_in_two_articles_counts_once(archive_of: Callable[..., Archive]) -> None:
    part = STORY[:200]
    with archive_of(("a", SPEECH.strip("“”"), None), ("b", STORY, None)) as archive:
        ids = [archive.article(ref).id for ref in "ab"]
        copies = Copies(archive)
        assert copies.independent(ids) == 2
        assert copies.independent(ids, [part, part]) == 1
        assert copies.independent([]) == 0


def test_overlap_is_the_same_whichever_text_comes_first() -> None:
    one, other = shingles(STORY), shingles(STORY[100:900] + SPEECH)
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one).contained == 1.0
    assert overlap(shingles(""), one).shared == 0


def test_an_article_without_words_enough_is_no_copy() -> None:
    article = Article(key="k", source_id="s", path="p", text="Watch the video above.")
    assert not overlap(shingles(article.text), shingles(article.text)).is_copy
