import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from rag.answer import RetrievedPassage
from rag.ask import Asker
from rag.question_dates import BEFORE_IT, named_periods
from rag.retrieval import CROWD_LIMIT, HybridRetriever, fuse, in_time, number, spread, timed
from tests.rag.samples import meta, passage

scores = st.dictionaries(st.integers(1, 40), st.floats(-5, 5, allow_nan=False), max_size=20)


@given(scores, scores)
def test_fusing_keeps_every_row_once_with_scores_between_0_and_1(
    dense: dict[int, float], lexical: dict[int, float]
) -> None:
    fused = fuse(dense, lexical)
    assert sorted(scored.row for scored in fused) == sorted(dense.keys() | lexical.keys())
    assert all(0.0 <= scored.score <= 1.0 for scored in fused)
    assert all(one.score >= other.score for one, other in pairwise(fused))


def test_a_row_that_both_searches_like_comes_before_one_that_only_one_likes() -> None:
    fused = fuse({1: 0.9, 2: 0.8, 3: 0.1}, {2: 9.0, 4: 9.5, 5: 1.0})
    assert fused[0].row == 2
    assert math.isclose(fused[0].score, ((0.8 - 0.1) / 0.8 + (9.0 - 1.0) / 8.5) / 2)


@given(st.lists(st.integers(1, 4), max_size=40))
def test_spreading_loses_nothing_and_shows_at_most_two_of_an_article_first(articles: list[int]) -> None:
    found = [passage("x y z w", row=row, article=meta(f"{name}.txt", title=None)) for row, name in enumerate(articles)]
    spread_out = spread("a question", found)
    assert sorted(item.row for item in spread_out) == sorted(item.row for item in found)
    shown = sum(min(CROWD_LIMIT, count) for count in Counter(articles).values())  # what the limit leaves
    head = Counter(item.article.id for item in spread_out[: min(10, shown)])
    assert all(count <= CROWD_LIMIT for count in head.values())


def test_a_question_that_names_the_article_sees_more_of_it() -> None:
    found = [passage("x", row=row) for row in range(5)] + [passage("y", row=9, article=meta("b.txt"))]
    assert [item.row for item in spread("Why were the dam works delayed?", found)] == [0, 1, 2, 3, 4, 9]
    assert [item.row for item in spread("Why?", found)] == [0, 1, 9, 2, 3, 4]


def test_a_third_passage_that_goes_on_where_one_stopped_makes_it_longer(asker: Asker) -> None:
    parts = [passage("a b", row=1), passage("q", row=2, start=90), passage("c d", row=3, start=4)]
    whole = passage("a b", "c d", row=1)
    shown = spread("Why?", parts, join=lambda one, other: whole if {one.row, other.row} == {1, 3} else None)
    assert [(item.row, item.text) for item in shown] == [(1, "a b c d"), (2, "q")]


def test_every_passage_is_an_exact_slice_of_its_article(asker: Asker, sample_archive: Archive) -> None:
    for question in ("Ever Given Suez Canal ship crew", "Ingenuity helicopter flight on Mars", "Who joined NATO?"):
        found = asker.search(question)
        assert found
        for item in found:
            assert sample_archive.article(item.article.id).text[item.start : item.end] == item.text
            assert all(item.start <= start < end <= item.end for start, end in item.sentences)


def of(published_at: str | None, score: float, row: int) -> RetrievedPassage:
    return replace(passage("x", row=row, article=replace(meta(f"{row}.txt"), published_at=published_at)), score=score)


def test_articles_of_the_time_named_come_first_and_all_stay() -> None:
    found = [of("2016-03-01", 0.8, 1), of(None, 0.7, 2), of("2018-05-20", 0.6, 3), of("2018-05-02", 0.5, 4)]
    may = named_periods("Who resigned in May 2018?")
    assert [item.row for item in in_time(found, may)] == [3, 4, 2, 1]
    assert [item.timely for item in in_time(found, may)] == [1.0, 1.0, 0.0, BEFORE_IT]
    assert in_time(found, ()) == found


@given(st.lists(st.tuples(st.sampled_from([None, "2016", "2018-05", "2018-05-09", "2019-01-01"]), st.floats(0, 1))))
def test_scores_stay_between_0_and_1_and_fall(rows: list[tuple[str | None, float]]) -> None:
    found = [of(published_at, score, row) for row, (published_at, score) in enumerate(rows)]
    ordered = in_time(found, named_periods("Who resigned in May 2018?"))
    assert sorted(item.row for item in ordered) == list(range(len(rows)))
    assert all(0.0 <= item.score <= 1.0 for item in ordered)
    assert all(one.score >= other.score for one, other in pairwise(ordered))


def test_marking_what_is_timely_moves_nothing() -> None:
    found = [of("2016-03-01", 0.8, 1), of("2018-05-20", 0.6, 3)]
    marked = timed(found, named_periods("Who resigned in May 2018?"))
    assert [(item.row, item.score, item.timely) for item in marked] == [(1, 0.8, BEFORE_IT), (3, 0.6, 1.0)]


def test_a_question_finds_articles_of_the_time_it_names_and_a_claim_is_searched_without(
    asker: Asker, sample_archive: Archive, embedder: MiniLmEmbedder
) -> None:
    question = "What did voters decide in June 2016?"
    (query,) = embedder.embed_queries([question])
    with_time = HybridRetriever(sample_archive, embedder).pool(question, query)
    without = HybridRetriever(sample_archive, embedder, by_time=False).pool(question, query)
    assert not any(item.timely for item in without)
    assert with_time == in_time(without, named_periods(question))
    assert [item.row for item in with_time] != [item.row for item in without]
    assert asker.search(question)[0].timely == 1.0


def test_ranks_start_at_one() -> None:
    assert [item.rank for item in number([passage("x"), passage("y")])] == [1, 2]


def test_as_of_never_shows_an_article_published_later(asker: Asker) -> None:
    found = asker.search("NATO member Finland Sweden", filters=Filters(as_of="2023-12-31"))
    assert found
    assert all(
        item.article.published_at is not None and item.article.published_at[:10] <= "2023-12-31" for item in found
    )
    assert any((item.article.published_at or "") > "2023-12-31" for item in asker.search("NATO member Finland Sweden"))


def test_a_source_filter_shows_that_outlet_only(asker: Asker) -> None:
    outlet = next(item.article.source for item in asker.search("NATO") if item.article.source)
    found = asker.search("NATO", filters=Filters(source=outlet.upper()))
    assert found
    assert {item.article.source for item in found} == {outlet}


def test_comments_are_not_retrieved_unless_asked_for(asker: Asker) -> None:
    usual = asker.search("How much money did Egypt receive for letting the Ever Given go?")
    assert all(item.kind != "comment" for item in usual)
    comments = asker.search("Ever Given Egypt money", filters=Filters(kinds=("comment",)))
    assert comments
    assert all(item.kind == "comment" for item in comments)
