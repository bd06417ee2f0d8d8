from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import RetrievedPassage
from rag.reader import Page, Reading
from rag.reranking import Reranker
from tests.rag.samples import meta, passage

PAGE_ONLY: dict[str, object] = {"weights": {"page": 1.0}}


def reading_of(word: str) -> "Likes":
    return Likes(word)


class Likes:
    """A reader that likes sentences with one word, and counts what it read."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.pages: list[Page] = []

    def __call__(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        self.pages += pages
        return [self._one(page) for page in pages]

    def _one(self, page: Page) -> Reading:
        texts = [page.text[start:end] for start, end in page.sentences]
        scores = np.asarray([3.0 if self.word in text else -3.0 for text in texts], dtype=np.float32)
        spans = tuple((start, start + 3) for start, _ in page.sentences)
        return Reading(scores, spans, scores, scores - 9.0)


def found(count: int, answer: int) -> list[RetrievedPassage]:
    """`count` passages of as many articles; number `answer` has the word."""
    return [
        passage(
            "A line about the weather.",
            "The dam is grey." if at == answer else "The ferry is late.",
            row=at,
            rank=at + 1,
            score=1.0 - at / count,
            article=meta(f"{at}.txt"),
            start=50,
        )
        for at in range(count)
    ]


def test_the_passage_that_answers_comes_first_with_what_was_read_in_it() -> None:
    order = Reranker(reading_of("dam"), weights=PAGE_ONLY)("Which colour is the dam?", found(5, 3))
    assert [item.row for item in order] == [3, 0, 1, 2, 4]
    assert [read.answers for read in order[0].read] == [-3.0, 3.0]
    assert order[0].read[1].span == (50 + 26, 50 + 29)  # offsets into the article, not into the passage


def test_only_the_first_are_read_and_the_others_stay_behind_in_their_order() -> None:
    likes = reading_of("dam")
    order = Reranker(likes, depth=3, weights=PAGE_ONLY)("Which colour is the dam?", found(6, 5))
    assert len(likes.pages) == 3
    assert [item.row for item in order] == [0, 1, 2, 3, 4, 5]
    assert [bool(item.read) for item in order] == [True, True, True, False, False, False]


def test_a_comment_is_not_read() -> None:
    from dataclasses import replace

    likes = reading_of("dam")
    passages = [replace(item, kind="comment") for item in found(2, 0)]
    order = Reranker(likes, weights=PAGE_ONLY)("Which colour is the dam?", passages)
    assert likes.pages == []
    assert [item.row for item in order] == [0, 1]


@given(count=st.integers(0, 30), answer=st.integers(0, 29), depth=st.integers(0, 30))
def test_no_passage_is_lost_and_scores_fall(count: int, answer: int, depth: int) -> None:
    order = Reranker(reading_of("dam"), depth=depth, weights=PAGE_ONLY)("Which dam?", found(count, answer))
    assert sorted(item.row for item in order) == list(range(count))
    scores = [item.score for item in order]
    assert scores == sorted(scores, reverse=True)
