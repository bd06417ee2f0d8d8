"""Quotations against the sample archive, and against small archives of our own."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from index.ingest import ingest
from index.readers import read_paths
from rag.names import may_be_one
from rag.quote import Quoter
from rag.wording import read_words
from tests.ui.fakes import FakeEmbedder

KEENAN = "I feel so privileged to be the first person vaccinated against Covid-19"


@pytest.fixture(scope="module")
def quoter(sample_archive: Archive) -> Quoter:
    return Quoter(sample_archive)


@pytest.mark.model
@pytest.mark.parametrize(
    "quotation",
    [
        KEENAN,
        f"“{KEENAN},”",
        KEENAN.upper(),
        "i feel so  privileged\nto be the first person vaccinated against covid-19.",
        "I feel so privileged to be the first person vaccinated against Covid-19. It’s the best early birthday present",
        "I feel ... vaccinated against Covid-19",
        "I feel so privileged to be the first [woman] vaccinated against Covid‑19",
        "[She] feel[s] so privileged to be the first person",
    ],
)
def test_typography_ellipses_brackets_and_attributions_leave_a_quotation_verbatim(
    quoter: Quoter, quotation: str
) -> None:
    found = quoter.quote(quotation)
    assert (found.status, found.differences, found.speaker) == ("verbatim", (), "Margaret Keenan")
    assert found.citation is not None
    assert found.citation.article.source_id == "hw-keenan-vaccine"
    assert found.first_seen == found.citation


@pytest.mark.model
@pytest.mark.parametrize(
    ("quotation", "said", "have"),
    [
        ("I feel so privileged to be the second person vaccinated against Covid-19", "second", "first"),
        ("I feel so privileged to be the first person not vaccinated against Covid-19", "not", ""),
        ("I feel privileged to be the first person vaccinated against Covid-19", "", "so"),
        ("I feel so privileged to be the first person vaccinated against Covid-20", "20", "19"),
    ],
)
def test_one_changed_word_makes_it_altered(quoter: Quoter, quotation: str, said: str, have: str) -> None:
    found = quoter.quote(quotation)
    assert found.status == "altered"
    assert [(one.said, one.found) for one in found.differences] == [(said, have)]
    assert found.speaker == "Margaret Keenan"


@pytest.mark.model
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_of_an_article_are_found_verbatim_at_an_exact_slice(
    data: st.DataObject, quoter: Quoter, sample_archive: Archive
) -> None:
    articles = list(sample_archive.articles())
    article = data.draw(st.sampled_from(articles))
    body = data.draw(st.sampled_from([block for block in article.blocks if block.kind == "body"]))
    wording = read_words(article.text[body.start : body.end])
    first = data.draw(st.integers(0, max(0, len(wording) - 5)))
    last = data.draw(st.integers(min(first + 4, len(wording)), min(first + 60, len(wording))))
    quotation = wording.slice(first, last)
    if "..." in quotation or "…" in quotation or "[" in quotation or not quotation:
        return
    found = quoter.quote(quotation)
    assert found.status == "verbatim"
    assert found.citation is not None
    assert article.id in {one.citation.article.id for one in found.variants}
    for one in found.variants:
        text = sample_archive.article(one.citation.article.id).text
        assert text[one.citation.start : one.citation.end] == one.citation.quote
    assert read_words(found.citation.quote).words == read_words(quotation).words


@pytest.mark.model
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_word_that_no_article_has_never_leaves_a_quotation_verbatim(
    data: st.DataObject, quoter: Quoter, sample_archive: Archive
) -> None:
    article = data.draw(st.sampled_from(list(sample_archive.articles())))
    words = article.text.split()
    first = data.draw(st.integers(0, max(0, len(words) - 12)))
    quotation = words[first : first + data.draw(st.integers(3, 40))]
    at = data.draw(st.integers(0, len(quotation) - 1))
    for changed in (
        [*quotation[:at], "xylophone", *quotation[at + 1 :]],
        [*quotation[:at], "xylophone", *quotation[at:]],
    ):
        assert quoter.quote(" ".join(changed)).status != "verbatim"


@pytest.mark.model
@pytest.mark.parametrize(
    "quotation",
    [
        "The harvest of the northern valleys was better than anybody had dared to hope",
        "Лебеди улетели на юг раньше обычного",
        "Who won the election?",
        "it is the of and",
    ],
)
def test_what_nobody_said_is_not_found(sample_archive: Archive, embedder: MiniLmEmbedder, quotation: str) -> None:
    found = Quoter(sample_archive, lambda: embedder).quote(quotation)
    assert (found.status, found.citation, found.speaker, found.first_seen) == ("not_found", None, None, None)
    assert any("question" in note for note in found.notes) == quotation.endswith("?")


@pytest.mark.model
def test_the_embedder_is_loaded_only_when_words_find_nothing(sample_archive: Archive, embedder: MiniLmEmbedder) -> None:
    loads: list[int] = []

    def load() -> MiniLmEmbedder:
        loads.append(1)
        return embedder

    quoter = Quoter(sample_archive, load)
    assert quoter.quote(KEENAN).models["embedder"] is None
    assert loads == []
    quoter.quote("Nobody ever said anything like this about the valley")
    found = quoter.quote("Nobody ever said anything like that about the hill")
    assert loads == [1]
    assert found.models["embedder"] == {"name": embedder.name, "dim": embedder.dim, "sha256": embedder.sha256}


@pytest.mark.model
def test_a_claimed_speaker_is_compared_with_the_one_found(quoter: Quoter) -> None:
    assert quoter.quote(KEENAN, speaker="Mrs Keenan").speaker_agrees is True
    assert quoter.quote(KEENAN, speaker="May Parsons").speaker_agrees is False
    assert quoter.quote(KEENAN).speaker_agrees is None


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


@pytest.mark.parametrize(
    ("claimed", "found", "agrees"),
    [
        ("Peter Ash", "Mary Ash", False),
        ("Ash", "Mary Ash", True),
        ("Councillor Ash", "Mary Ash", True),
        ("Joe Ash", "Joseph Ash", True),
        ("Bob Ash", "Robert Ash", True),
        ("P. Ash", "Peter Ash", True),
        ("Peter Ash", "Peter Lund", False),
    ],
)
def test_two_people_with_one_surname_are_not_one(claimed: str, found: str, agrees: bool) -> None:
    assert may_be_one(claimed.lower().split(), found.lower().split()) is agrees


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
