"""Sentences about another event than the question's are told where it is plain, and nowhere else."""

import pytest

from rag.other_event import another_of_a_row, only_a_wish


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When did the ferry make its first crossing?", "Its final crossing was on 18 January.", True),
        ("When did the ferry make its first crossing?", "The maiden crossing was on 3 May.", False),
        ("When did the ferry make its first crossing?", "The second winter crossing took an hour.", True),
        ("When was the last ferry debate?", "The first and the last debate were held in Orle.", False),
        ("Who won the 3rd district?", "Ann Lee won the Fourth District.", True),
        ("Who won the 3rd district?", "Ann Lee won the third district.", False),
        ("How many crossings were made in the first year?", "There were 27 crossings last year.", False),
        ("When did the ferry make its first crossing?", "The first repair began a week after the crossing.", False),
        ("When did the ferry cross?", "Its final crossing was on 18 January.", False),
    ],
)
def test_another_of_a_numbered_row_is_told_by_the_word_before_the_same_noun(
    question: str, sentence: str, expected: bool
) -> None:
    assert another_of_a_row(question, sentence) is expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When did Orle join the union?", "Orle and Brand asked to join on 18 May 2031.", True),
        ("When did Orle join the union?", "Orle became the tenth member on Thursday.", False),
        ("When did Orle join the union?", "Orle joined in May 2033; it had asked to in 2031.", False),
        ("When did Orle ask to join the union?", "Orle and Brand asked to join on 18 May 2031.", False),
        ("When was Orle due to join the union?", "Orle hopes to join on 18 May 2031.", False),
        ("When did the mayor say Orle would join?", "Orle hopes to join on 18 May 2031.", False),
        ("Why did Orle join the union?", "Orle and Brand asked to join on 18 May 2031.", False),
    ],
)
def test_the_date_of_a_wish_is_not_when_it_came_true(question: str, sentence: str, expected: bool) -> None:
    assert only_a_wish(question, sentence) is expected
