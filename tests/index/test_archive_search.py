from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive, Filters
from index.database import Database
from index.embedding import passage_input
from index.errors import ArchiveError, UsageError
from index.filtering import PassageTable
from index.records import RawRecord
from tests.index.fakes import numbered, record
from tests.index.made_archives import EMBEDDER, everything, make


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
        with pytest.raises(UsageError, match="expected its id, file name or path"):
            archive.article("news/other.txt")


@pytest.mark.parametrize(
    ("article", "passage"),
    [((1, "2021", "a"), (1, 1, b"[[671,819]")), ((1, b"2021", "a"), (1, 1, 0)), ((1, None, "a"), (1, 1, 0))],
)
def test_a_damaged_row_of_another_kind_is_an_archive_error(
    article: tuple[object, ...], passage: tuple[object, ...], tmp_path: Path
) -> None:
    """One flipped bit in 2,000 moved the columns of a passage, and a search ended in a traceback."""

    class Damaged(Database):
        def __init__(self) -> None:
            self.folder = tmp_path

        def rows(self, sql: str, values: Sequence[object] = ()) -> list[object]:
            return [article if "FROM articles" in sql else passage]

    with pytest.raises(ArchiveError, match=r"is damaged .*put back a copy of it"):
        PassageTable(Damaged())
