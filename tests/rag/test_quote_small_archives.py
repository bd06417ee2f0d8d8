"""Quotations against small archives of our own."""

import json
from pathlib import Path

from index.archive import Archive, Filters
from index.ingest import ingest
from index.readers import read_paths
from rag.quote import Quoter
from tests.ui.fakes import FakeEmbedder


def archive_of(folder: Path, **articles: str) -> Archive:
    """An archive of texts; each name is id and date: `a_2021_03_04`, or `a` without a date."""
    source = folder / "articles"
    source.mkdir()
    for name, text in articles.items():
        id, _, date = name.partition("_")
        lines = [f"The story of {id} in full", *([date.replace("_", "-")] if date else []), text]
        (source / f"{id}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    embedder = FakeEmbedder()
    archive = Archive.open(folder / "archive", embedder=embedder.identity, writable=True, create=True)
    ingest(archive, read_paths([source]), embedder)
    return archive


LINE = "We will not close the harbour while a single boat is out"


def test_every_article_that_has_it_is_a_variant_and_the_earliest_dated_is_first_seen(tmp_path: Path) -> None:
    with archive_of(
        tmp_path,
        a=f"“{LINE},” said Ada Quist, the harbour master.",
        b_2021_03_04=f"“{LINE},” Ms. Quist said again.",
        c_2020_05_06=f"Ada Quist said on the quay: “{LINE}.”",
        d_2019_01_02=f"“{LINE.replace('single', 'fishing')},” said Ada Quist.",
        e_2018_01_02="Nothing was said about the harbour that day, and no boat was out at sea.",
    ) as archive:
        found = Quoter(archive).quote(LINE)
    assert found.status == "verbatim"
    assert [(one.citation.article.source_id, one.status) for one in found.variants] == [
        ("c.txt", "verbatim"),
        ("b.txt", "verbatim"),
        ("a.txt", "verbatim"),
        ("d.txt", "altered"),
    ]
    assert found.first_seen is not None
    assert found.first_seen.article.source_id == "c.txt"
    assert found.citation == found.first_seen
    assert found.speaker == "Ada Quist"


def test_an_altered_wording_was_first_seen_where_the_same_wording_stands(tmp_path: Path) -> None:
    with archive_of(
        tmp_path,
        a_2021_03_04=f"“{LINE},” said Ada Quist, the harbour master.",
        b_2020_03_04=f"“{LINE},” said Ada Quist.",
        c_2019_03_04=f"“{LINE.replace('harbour', 'northern bay')},” said Ada Quist.",
    ) as archive:
        found = Quoter(archive).quote(LINE.replace("boat", "ship"))
    assert found.status == "altered"
    assert found.first_seen is not None
    assert found.first_seen.article.source_id == "b.txt"


def test_a_quotation_in_a_headline_alone_is_not_found_and_the_headline_is_named(tmp_path: Path) -> None:
    row = {
        "id": "loan",
        "title": "Mayor: “I will not resign over the harbour loan”",
        "source": "City Post",
        "text": "Mayor Ruth Vance faced questions over the harbour loan on Friday. She had signed nothing improper.",
        "published_at": "2022-11-04",
    }
    source = tmp_path / "news.jsonl"
    source.write_text(json.dumps(row), encoding="utf-8")
    embedder = FakeEmbedder()
    with Archive.open(tmp_path / "a", embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, read_paths([source]), embedder)
        found = Quoter(archive).quote("I will not resign over the harbour loan")
        other = Quoter(archive).quote("I will resign over the harbour loan")
    assert found.status == "not_found"
    assert "in the headline of “Mayor" in found.notes[0]
    assert "City Post" in found.notes[0]
    assert other.notes == ()


def test_a_quotation_in_copies_of_one_agency_report_is_said_to_be(tmp_path: Path) -> None:
    rest = " ".join(f"Harbour master Olaf Lund spoke of wave {number} that hit pier {number}." for number in range(20))
    report = f"“{LINE},” said Ada Quist. {rest}"
    with archive_of(
        tmp_path,
        a_2021_03_04=f"{report}\n\nReporting by Ann Lee for Reuters; editing by Bo Chan",
        b_2021_03_05=f"ORLE (Reuters) - {report}",
        c_2021_03_06="Nothing was said about the harbour that day, and no boat was out at sea.",
    ) as archive:
        found = Quoter(archive).quote(LINE)
    assert found.notes == ("the 2 articles that have it are copies of one report, which name Reuters as their source",)
    alone = tmp_path / "alone"
    alone.mkdir()
    with archive_of(alone, a=f"“{LINE},” said Ada Quist.", b=f"Ada Quist stood on the quay: “{LINE}.”") as archive:
        assert Quoter(archive).quote(LINE).notes == ()


def test_a_quotation_may_cross_from_one_passage_into_the_next(tmp_path: Path) -> None:
    filler = " ".join(
        f"Boat number {number} came home before the storm had reached the outer wall." for number in range(30)
    )
    with archive_of(tmp_path, a_2021_03_04=f"{filler} {LINE}. {filler}") as archive:
        rows = [hit.row for hit in archive.lexical(["boat"], 50, Filters())]
        assert len(archive.passages(rows)) > 2
        found = Quoter(archive).quote(f"{filler[len(filler) // 2 :].partition(' ')[2]} {LINE}. {filler[:900]}")
    assert found.status == "verbatim"


def test_what_a_reader_wrote_below_the_article_is_not_what_the_article_has(tmp_path: Path) -> None:
    story = "\n\n".join(
        f"Boat number {number} came home in the early morning, before the storm had reached the wall."
        for number in range(8)
    )
    with archive_of(tmp_path, a=f"{story}\n\nComments\n\nAnna: {LINE}, that is what I say.") as archive:
        assert "comment" in {block.kind for article in archive.articles() for block in article.blocks}
        found = Quoter(archive).quote(LINE)
        altered = Quoter(archive).quote(LINE.replace("boat", "lorry"))
    assert (found.status, found.citation) == ("not_found", None)
    assert found.in_comment is not None
    assert found.in_comment.quote == LINE
    assert found.notes[0].startswith("these words stand only in a reader comment of “")
    assert found.in_comment.article.id in found.notes[0]
    assert (altered.status, altered.in_comment, altered.notes) == ("not_found", None, ())


def test_the_cited_place_is_the_quoted_one_where_the_words_stand_twice(tmp_path: Path) -> None:
    with archive_of(tmp_path, a=f"{LINE}, she thought.\n\nThen the wind rose.\n\n“{LINE},” said Ada Quist.") as archive:
        found = Quoter(archive).quote(LINE)
        assert found.citation is not None
        text = archive.article(found.citation.article.id).text
    assert text[found.citation.start - 1] == "“"
    assert found.speaker == "Ada Quist"


def test_words_left_out_and_put_in_are_told_apart_in_the_notes(tmp_path: Path) -> None:
    with archive_of(tmp_path, a=f"“{LINE},” said Ada Quist.") as archive:
        found = Quoter(archive).quote("We will not close [it] ... while a single boat is out")
    assert found.status == "verbatim"
    assert "[it]" in found.notes[0]


def test_what_is_typed_around_the_marks_is_left_aside_where_all_of_it_is_not_found(tmp_path: Path) -> None:
    around = "Asked by the Gazette late on Friday night whether the storm might change her mind, the old lady answered"
    with archive_of(tmp_path, a=f"“{LINE},” said Ada Quist, the harbour master.") as archive:
        found = Quoter(archive).quote(f'{around}: "{LINE}"')
        changed = Quoter(archive).quote(f"“{LINE},” cried Ada Quist, the harbour master.")
    assert found.status == "verbatim"
    assert found.citation is not None
    assert found.citation.quote == LINE
    assert found.notes == ("only the words between the quotation marks were looked for",)
    assert changed.status == "altered"


def test_other_words_outside_the_quotation_do_not_stand_in_for_its_own(tmp_path: Path) -> None:
    with archive_of(tmp_path, a=f"She told the crew. “{LINE},” said Ada Quist.") as archive:
        found = Quoter(archive).quote(f"Frankly {LINE}")
    assert found.citation is not None
    assert found.citation.quote == LINE
    assert [(one.op, one.said, one.found) for one in found.differences] == [("insert", "Frankly", "")]
