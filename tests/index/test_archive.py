import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive, Filters
from index.database import FILE_NAME
from index.embedding import EmbedderIdentity, passage_input
from index.errors import ArchiveError, UsageError
from index.ingest import ingest
from index.readers import RawRecord
from tests.index.fakes import HashEmbedder, numbered, record

EMBEDDER = HashEmbedder()


def make(folder: Path, records: list[RawRecord]) -> Path:
    with Archive.open(folder, embedder=EMBEDDER.identity, writable=True, create=True) as archive:
        ingest(archive, records, EMBEDDER)
    return folder


def everything(archive: Archive, filters: Filters | None = None) -> set[str]:
    """Source ids of what a dense search for anything finds."""
    hits = archive.dense(EMBEDDER.embed_queries(["?"])[0], 1000, filters or Filters())
    return {item.article.source_id for item in archive.passages([hit.row for hit in hits])}


def flip(path: Path, needle: bytes) -> None:
    """Change one byte of the file where `needle` stands."""
    whole = bytearray(path.read_bytes())
    at = whole.find(needle)
    assert at >= 0
    whole[at] ^= 0x01
    path.write_bytes(whole)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "archive", numbered(6))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive that tests only read."""
    with Archive.open(make(tmp_path_factory.mktemp("shared") / "archive", numbered(30))) as archive:
        yield archive


# Finding


def test_dense_search_finds_the_passage_whose_vector_was_asked(shared: Archive) -> None:
    article = shared.article("a7")
    [item] = [item for item in shared.passages(range(1, 31)) if item.article.source_id == "a7"]
    query = EMBEDDER.embed_passages([passage_input(article, item.passage)])[0]
    best = shared.dense(query, 3, Filters())[0]
    assert best.row == item.row
    assert best.score == pytest.approx(1, abs=1e-3)
    assert shared.vectors([item.row])[0] == pytest.approx(query, abs=2e-3)


def test_every_stored_passage_is_the_exact_slice(shared: Archive) -> None:
    stored = shared.passages(range(1, shared.passage_count + 1))
    assert len(stored) == shared.passage_count
    for item in stored:
        text = shared.article(item.article.id).text
        assert text[item.passage.start : item.passage.end] == item.passage.text
        assert all(item.passage.start <= start < end <= item.passage.end for start, end in item.passage.sentences)


def test_passages_come_in_the_order_asked_and_unknown_rows_are_left_out(shared: Archive) -> None:
    assert [item.row for item in shared.passages([9, 4_000_000, 2])] == [9, 2]
    assert shared.passages([]) == []
    assert not shared.vectors([4_000_000]).any()


def test_lexical_search_stems_and_ranks_the_passage_with_the_rare_word_first(shared: Archive) -> None:
    hits = shared.lexical(["lighthouses", "7"], 5, Filters())  # 7 is in the texts of a7 (pilot, day) and a5 (nights)
    first = shared.passages([hits[0].row])[0]
    assert first.article.source_id == "a7"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_lexical_search_reads_the_heading_too(shared: Archive) -> None:
    assert {
        item.article.source for item in shared.passages([hit.row for hit in shared.lexical(["wire"], 50, Filters())])
    } == {"Coast Wire"}


@given(terms=st.lists(st.text(max_size=30), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_lexical_search_takes_any_string(shared: Archive, terms: list[str]) -> None:
    for hit in shared.lexical(terms, 5, Filters()):
        assert np.isfinite(hit.score)
    for term in terms:
        assert 0 <= shared.document_frequency(term) <= shared.passage_count


@pytest.mark.parametrize(
    "term", ['"', "a OR b", "NEAR(a b)", "text:day", "day*", "\0", "\ud800", "-", "^day", "{a b}:c", "'"]
)
def test_query_syntax_means_nothing(shared: Archive, term: str) -> None:
    shared.lexical([term, "ferry"], 5, Filters())
    assert shared.lexical([], 5, Filters()) == []


def test_a_very_long_question_is_searched_by_its_rarest_words(shared: Archive) -> None:
    terms = (
        [f"unknown{at}" for at in range(3000)]
        + [str(at) for at in range(100)]
        + ["harbour", "ferry", "a"] * 50
        + ["17"]
    )
    assert "a17" in {
        item.article.source_id for item in shared.passages([h.row for h in shared.lexical(terms, 60, Filters())])
    }


def test_document_frequency_counts_passages_by_stem(shared: Archive) -> None:
    assert shared.document_frequency("ferries") == shared.passage_count  # "ferry" is in each
    assert shared.document_frequency("submarine") == 0
    assert shared.document_frequency("Wire") == 15


# Filters


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    dates = {"day": "2021-03-10", "time": "2021-03-10T23:59:00Z", "month": "2021-03", "year": "2021", "never": None}
    records = [
        record(f"A report called {name} about nothing.", id=name, number=at, source="Ünited WIRE", published_at=date)
        for at, (name, date) in enumerate(dates.items())
    ]
    with Archive.open(make(tmp_path_factory.mktemp("dated") / "archive", records)) as archive:
        yield archive


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"day", "time", "month", "year", "never"}),
        (Filters(since="2021-03-10"), {"day", "time"}),
        (Filters(since="2021-03-11"), set()),
        (Filters(since="2021-03"), {"day", "time", "month"}),
        (Filters(since="2021"), {"day", "time", "month", "year"}),
        (Filters(until="2021-03-10"), {"day", "time"}),
        (Filters(until="2021-03-09"), set()),
        (Filters(as_of="2021-03-30"), {"day", "time"}),  # "2021-03" may have been the 31st
        (Filters(as_of="2021-03"), {"day", "time", "month"}),
        (Filters(as_of="2021-12-31", until="2022"), {"day", "time", "month"}),
        (Filters(as_of="2021"), {"day", "time", "month", "year"}),
        (Filters(source="ünited wire "), {"day", "time", "month", "year", "never"}),
        (Filters(source="wire"), set()),
        (Filters(kinds=("comment",)), set()),
        (Filters(kinds=()), set()),
    ],
)
def test_filters_hold_in_both_searches(dated: Archive, filters: Filters, expected: set[str]) -> None:
    lexical = dated.passages([hit.row for hit in dated.lexical(["report"], 50, filters)])
    assert everything(dated, filters) == expected
    assert {item.article.source_id for item in lexical} == expected
    if filters.kinds == Filters().kinds:
        assert {article.source_id for article in dated.articles(filters)} == expected


@pytest.mark.parametrize("date", ["yesterday", "2021-3-1", "20210310", "2021-03-10x", ""])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(UsageError, match="is not a date; expected YYYY-MM-DD"):
        Filters(as_of=date)


# Naming an article


def test_an_article_goes_by_id_source_id_and_the_first_digits_of_its_id(shared: Archive) -> None:
    article = shared.article("a3")
    assert shared.article(article.id) == article
    assert shared.article(article.id[:12]) == article


@pytest.mark.parametrize("ref", ["a99", "", "abc", "ffffffffffffffff", "a\0", "\ud800"])
def test_an_unknown_article_is_a_sentence(shared: Archive, ref: str) -> None:
    with pytest.raises(UsageError, match="No article"):
        shared.article(ref)


def test_a_name_that_two_articles_share_lists_their_ids(tmp_path: Path) -> None:
    twins = [
        RawRecord(
            path=f"{name}/index.txt", record=None, text=f"The text of {name}.", fields={}, format="text", name=name
        )
        for name in ("one/index.txt", "two/index.txt")
    ]
    with Archive.open(make(tmp_path / "archive", twins)) as archive:
        ids = {article.source_id: article.id for article in archive.articles()}
        if len(ids) == 1:
            with pytest.raises(UsageError, match="names 2 articles"):
                archive.article(next(iter(ids)))


def test_an_article_is_also_found_by_the_path_that_stands_under_its_citations(tmp_path: Path) -> None:
    records = [
        RawRecord(path=path, record=record, text=text, fields={}, format="text", name=name)
        for path, record, text, name in (
            ("news/ferry.txt", None, "The ferry ran aground.", "ferry.txt"),
            ("news/desk.jsonl", 1, "The bridge was closed.", "desk-1"),
            ("news/desk.jsonl", 2, "The bridge was opened.", "desk-2"),
        )
    ]
    with Archive.open(make(tmp_path / "archive", records)) as archive:
        assert archive.article("news/ferry.txt").text == "The ferry ran aground."
        with pytest.raises(UsageError, match="names 2 articles"):
            archive.article("news/desk.jsonl")
        with pytest.raises(UsageError, match="expected its id, source id or path"):
            archive.article("news/other.txt")


# Opening


def test_no_archive_a_file_and_a_foreign_database_each_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"No archive at .*attest ingest"):
        Archive.open(tmp_path / "none")
    with pytest.raises(ArchiveError, match="No archive at"):
        Archive.open(tmp_path / "none", writable=True)
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("hello")
    with pytest.raises(ArchiveError, match="is a file and an archive is a folder"):
        Archive.open(tmp_path / "file", writable=True, create=True)
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / FILE_NAME).write_bytes(b"<html>" * 3000)
    for writable in (False, True):
        with pytest.raises(ArchiveError, match=r"is damaged \(file is not a database\)"):
            Archive.open(tmp_path / "junk", writable=writable, create=writable)
    (tmp_path / "foreign").mkdir()
    connection = sqlite3.connect(tmp_path / "foreign" / FILE_NAME)
    connection.execute("CREATE TABLE cats (name)")
    connection.close()
    with pytest.raises(ArchiveError, match="is not an Attest archive"):
        Archive.open(tmp_path / "foreign", writable=True, create=True)


def test_an_archive_whose_maker_was_killed_at_once_can_be_made_again(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert (tmp_path / FILE_NAME).stat().st_size > 0
    with pytest.raises(ArchiveError, match="No archive at"):
        Archive.open(tmp_path)
    assert everything(Archive.open(make(tmp_path, numbered(2)))) == {"a0", "a1"}


def test_an_archive_from_a_later_attest_is_refused(folder: Path) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ArchiveError, match=r"schema version 99 .*pip install --upgrade attest"):
        Archive.open(folder)


def test_another_embedder_is_refused_with_the_command_that_embeds_again(folder: Path) -> None:
    other = EmbedderIdentity("other", 16, "ab" * 32)
    with pytest.raises(ArchiveError, match=r"built with hash .* and other \(abababab\) .*attest ingest --reembed"):
        Archive.open(folder, embedder=other)
    Archive.open(folder).close()  # showing an article needs no embedder


def test_a_second_writer_is_refused_and_readers_are_not(folder: Path) -> None:
    with Archive.open(folder, writable=True):
        with pytest.raises(ArchiveError, match=f"is being written by process {os.getpid()} on"):
            Archive.open(folder, writable=True)
        with Archive.open(folder) as reader:
            assert len(everything(reader)) == 6


def test_a_reader_sees_what_a_writer_adds_while_it_is_open(folder: Path) -> None:
    with Archive.open(folder) as reader:
        assert len(everything(reader)) == 6
        assert reader.document_frequency("submarine") == 0
        make(folder, [record("A submarine surfaced off the pier.", id="new", number=99)])
        assert len(everything(reader)) == 7
        assert reader.document_frequency("submarine") == 1
        assert reader.notices == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_reader_without_write_permission_searches_all_the_same(folder: Path) -> None:
    next(folder.glob("vectors.*")).unlink()
    for path in [*folder.iterdir(), folder]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        with Archive.open(folder) as reader:
            assert len(everything(reader)) == 6
            assert reader.notices == ["The vector index is missing and has been rebuilt in memory from the articles."]
    finally:
        folder.chmod(0o755)


# Damage


def test_a_flipped_byte_in_the_vector_file_is_noticed_and_mended(folder: Path) -> None:
    path = next(folder.glob("vectors.*.faiss"))
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0x40
    path.write_bytes(whole)
    with Archive.open(folder) as archive:
        assert archive.notices == ["The vector index is damaged and has been rebuilt from the articles."]
        assert len(everything(archive)) == 6
    with Archive.open(folder) as archive:
        assert archive.notices == []
        assert archive.verify() == []


@pytest.mark.parametrize("name", ["manifest.json", "vectors.*.faiss"])
def test_a_missing_index_is_made_again_and_said_so(folder: Path, name: str) -> None:
    next(folder.glob(name)).unlink()
    with Archive.open(folder) as archive:
        assert archive.notices == ["The vector index is missing and has been rebuilt from the articles."]
        assert archive.verify() == []


def test_a_reader_beside_a_writer_rebuilds_in_memory(folder: Path) -> None:
    with Archive.open(folder, writable=True):
        next(folder.glob("vectors.*")).unlink()
        with Archive.open(folder) as reader:
            assert reader.notices == ["The vector index is missing and has been rebuilt in memory from the articles."]
            assert len(everything(reader)) == 6
        assert not list(folder.glob("vectors.*"))


def test_a_flipped_byte_in_an_article_is_named_and_never_quoted(folder: Path) -> None:
    with Archive.open(folder) as archive:
        article_id = archive.article("a4").id
    flip(folder / FILE_NAME, b"Pilot number 4")
    with Archive.open(folder) as archive:
        [said] = archive.verify()
        assert article_id in said
        assert everything(archive) == {"a0", "a1", "a2", "a3", "a5"}
        assert archive.notices == [f"Article {article_id} is damaged on disk and was left out; see: attest doctor"]
        with pytest.raises(ArchiveError, match=f"Article {article_id} is damaged on disk"):
            archive.article("a4")


def test_a_damaged_article_can_be_removed_and_read_again(folder: Path) -> None:
    flip(folder / FILE_NAME, b"Pilot number 4")
    with Archive.open(folder, writable=True) as archive:
        archive.remove(["a4"])
        assert archive.verify() == []
        report = ingest(archive, numbered(6), EMBEDDER)
        assert (report.added, report.unchanged) == (1, 5)
        assert archive.verify() == []
        assert len(everything(archive)) == 6


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE articles SET day = '1999-01-01' WHERE source_id = 'a2'", "columns it is found by"),
        ("UPDATE articles SET current = 0 WHERE source_id = 'a2'", "text or metadata"),
        ('UPDATE passages SET "end" = "end" - 1 WHERE row = 3', "passage 3 is not what was stored"),
        (
            "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE row = 1) WHERE row = 3",
            "the vector of passage 3",
        ),
        ("DELETE FROM vectors WHERE row = 3", "has no vector"),
        ("INSERT INTO full_text (rowid, heading, text) VALUES (77, 'x', 'forged')", 'disagrees .* "forg" first'),
    ],
)
def test_every_changed_row_is_a_breach(folder: Path, sql: str, said: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute(sql)
    connection.commit()
    connection.close()
    with Archive.open(folder) as archive:
        assert any(re.search(said, breach) for breach in archive.verify())


def test_bytes_flipped_anywhere_never_give_a_wrong_quotation(folder: Path) -> None:
    """One flip at a time over the whole file: each is refused, left out, or harmless; none is a traceback."""
    path = folder / FILE_NAME
    whole = path.read_bytes()
    with Archive.open(folder) as archive:
        honest = {item.passage.id: item.passage.text for item in archive.passages(range(1, 7))}
    unseen = 0
    for at in range(101, len(whole), 1499):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x04]) + whole[at + 1 :])
        try:
            with Archive.open(folder) as archive:
                for item in archive.passages(range(1, 7)):
                    assert honest[item.passage.id] == item.passage.text
                unseen += not archive.verify()
        except ArchiveError:
            continue
    path.write_bytes(whole)
    assert unseen < len(range(101, len(whole), 1499))


# Removing


def test_a_removed_article_is_gone_from_everything_on_the_disk(folder: Path) -> None:
    extra = record("Zyxwvutsr was the password of the quartermaster.", id="secret", number=50, title="Qpqpqp")
    make(folder, [extra])
    assert b"Zyxwvutsr" in b"".join(path.read_bytes() for path in folder.iterdir())
    with Archive.open(folder, writable=True) as archive:
        article_id = archive.article("secret").id
        assert archive.remove(["secret"]) == [article_id]
        assert archive.lexical(["zyxwvutsr", "qpqpqp"], 5, Filters()) == []
        assert len(everything(archive)) == 6
        with pytest.raises(UsageError):
            archive.article(article_id)
        assert archive.verify() == []
    left = b"".join(path.read_bytes() for path in folder.iterdir()).lower()
    assert b"zyxwv" not in left
    assert b"qpqpqp" not in left


def test_removing_an_unknown_article_removes_nothing(folder: Path) -> None:
    with Archive.open(folder, writable=True) as archive:
        with pytest.raises(UsageError, match='No article "nobody"'):
            archive.remove(["a1", "nobody"])
        assert archive.status().articles == 6


def test_status_says_what_the_contract_says(folder: Path) -> None:
    with Archive.open(folder) as archive:
        said = archive.status().to_json()
    assert {"articles", "passages", "failed", "skipped", "generation", "embedder", "bytes"} <= said.keys()
    assert said["articles"] == 6
    assert said["embedder"] == EMBEDDER.identity.to_json()
