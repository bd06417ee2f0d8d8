import json
from pathlib import Path

import pytest

from eval.questions import Question, covered, grams, judge, read_questions
from index.errors import UsageError
from rag.answer import Answer, Sentence
from rag.verification import Draft
from rag.writing import cite
from tests.rag.samples import evidence, passage

PROOF = "The mayor Marta Kovar opened the new dam at Orle in May."
QUESTION = Question("q1", "ask", "Who opened the dam?", ("Kovar",), (PROOF,))


def answer(*texts: str) -> Answer:
    drafts = [Draft(item.candidate.text, (cite(item.candidate),)) for item in evidence(*texts)]
    return Answer(
        question=QUESTION.text,
        status="answered" if texts else "abstained",
        reason=None if texts else "nothing",
        sentences=tuple(Sentence(draft.text, "supported", 1.0, draft.citations) for draft in drafts),
        withheld=(),
        passages=(passage(PROOF),),
        timings_ms={"total": 12.0},
    )


def test_a_right_answer_that_cites_its_proof_passes() -> None:
    outcome = judge(QUESTION, answer(PROOF))
    assert (outcome.answered, outcome.right, outcome.cited, outcome.evidence, outcome.passed) == (True,) * 5
    assert outcome.words == 12


def test_a_right_answer_with_another_citation_does_not_pass() -> None:
    outcome = judge(QUESTION, answer("It was Kovar who had said so at the fair."))
    assert (outcome.right, outcome.cited, outcome.passed) == (True, False, False)


def test_an_unanswerable_question_passes_when_it_is_not_answered() -> None:
    question = Question("q2", "unanswerable", "Who closed the dam?", (), ())
    assert judge(question, answer()).passed
    assert not judge(question, answer(PROOF)).passed


def test_half_of_the_five_grams_cover_a_quote() -> None:
    quote = "one two three four five six seven eight"  # four 5-grams
    assert covered(quote, ["zero one two three four five six end"])
    assert not covered(quote, ["zero one two three four five end"])
    assert not covered(quote, [])


def test_a_short_quote_is_one_gram() -> None:
    assert grams("Yes, we can") == {("yes", "we", "can")}


def test_rows_are_read_with_their_quotes_and_other_kinds_are_left_out(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "kind": "ask", "question": "Who?", "answers": ["a"], "article": "x.txt", "quote": "a b"},
        {
            "id": "2",
            "kind": "multi",
            "question": "Who?",
            "answers": ["a"],
            "evidence": [{"quote": "a"}, {"quote": "b"}],
        },
        {"id": "3", "kind": "unanswerable", "question": "Why?", "why": "it is not said"},
        {"id": "4", "kind": "claim", "claim": "It rains."},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    read = read_questions(file)
    assert [(question.id, question.quotes) for question in read] == [("1", ("a b",)), ("2", ("a", "b")), ("3", ())]


def test_a_bad_row_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"kind": "ask", "id": "1"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="line 1"):
        read_questions(file)
