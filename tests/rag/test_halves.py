"""What is done with a question that asks two things: pure functions of `rag.ask`."""

from hypothesis import given
from hypothesis import strategies as st

from rag.ask import interleaved, merged, together
from tests.rag.samples import evidence, meta, passage

FIRST = [passage("The dam opened in May.", row=row, article=meta(f"{row}.txt"), rank=row) for row in range(1, 9)]
SECOND = [passage("It cost nine million.", row=row, article=meta(f"{row}.txt"), rank=row) for row in range(5, 13)]


@given(st.integers(0, 8), st.integers(0, 8))
def test_both_pools_are_kept_each_passage_once_and_the_first_weighs_double(one: int, other: int) -> None:
    found = interleaved(FIRST[:one], SECOND[:other])
    assert sorted(item.row for item in found) == sorted({item.row for item in FIRST[:one] + SECOND[:other]})
    if one >= 2 and other:
        assert [item.row for item in found[:3]] == [1, 2, 5]


def test_the_passages_of_both_halves_alternate_and_no_text_is_shown_twice() -> None:
    shown = together([tuple(FIRST), tuple(SECOND)])
    assert len(shown) == 10
    assert [item.rank for item in shown] == list(range(1, 11))
    assert [item.row for item in shown[:4]] == [1, 5, 2, 6]
    assert len({item.article.id for item in shown}) == 10


def test_the_best_of_each_half_comes_first_and_every_piece_knows_its_half() -> None:
    one = evidence("The dam opened in May.", "Rain fell on the hills.", scores=(2.0, 1.5))
    two = evidence("It cost nine million in all.", scores=(-1.0,))
    order = merged([one, two])
    assert [item.candidate.text for item in order] == [
        "The dam opened in May.",
        "It cost nine million in all.",
        "Rain fell on the hills.",
    ]
    assert [item.part for item in order] == [0, 1, 0]
    assert merged([one]) == one
    assert merged([]) == []
