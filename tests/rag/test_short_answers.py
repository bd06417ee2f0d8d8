"""The words shown before an answer."""

from dataclasses import replace

import pytest

from rag.answer import Sentence, SentenceRead
from rag.evidence import candidates
from rag.selection import Evidence
from rag.short_answers import short_answers
from rag.writing import cite
from tests.rag.samples import passage

TEXT = "The dam at Orle opened in May 2019."
SEATS = "The Greens, with 72, have never had more, while the Liberals fell to nine."


def evidence(words: str, *, text: str = TEXT, sure: float = -1.0) -> list[Evidence]:
    """One sentence, 100 code points into its article, of which the reader takes `words` for the answer."""
    start = 100 + text.index(words)
    found = passage(text, start=100)
    read = replace(found, read=(SentenceRead(2.0, (start, start + len(words)), 9.0, sure),))
    (candidate,) = candidates([read])
    return [Evidence(candidate, 1.0)]


def shown(found: list[Evidence]) -> Sentence:
    candidate = found[0].candidate
    return Sentence(candidate.text, "supported", 1.0, (cite(candidate),))


def test_a_short_answer_is_a_slice_of_a_shown_sentence_and_only_where_the_reader_is_sure() -> None:
    found = evidence("May 2019")
    (words,) = short_answers([("When?", found)], [shown(found)], -2.0)
    assert words.quote == "May 2019"
    assert (words.start, words.end) == (126, 134)
    assert short_answers([("When?", evidence("May 2019", sure=-3.0))], [shown(found)], -2.0) == ()
    assert short_answers([("When?", found)], [], -2.0) == ()


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Is the dam at Orle open?", False),
        ("Didn't the dam open in 2018?", False),
        ("In 2019, did the dam at Orle open?", False),
        ("Did the dam open in May or in June?", True),
        ("What was opened in May 2019?", True),
        ("In what month was the dam opened?", True),
    ],
)
def test_a_question_of_yes_or_no_has_no_words_before_its_sentences(question: str, answers: bool) -> None:
    found = evidence("May 2019")
    assert bool(short_answers([(question, found)], [shown(found)], -2.0)) == answers


def test_the_same_words_for_both_halves_of_a_question_are_not_shown() -> None:
    found, other = evidence("May 2019"), evidence("The dam at Orle")
    halves = [("When did the dam open?", found), ("When did the bridge open?", found)]
    assert short_answers(halves, [shown(found)], -2.0) == ()
    assert len(short_answers([halves[0], ("What did open?", other)], [shown(found)], -2.0)) == 2


def test_a_number_asked_for_is_shown_without_what_goes_on_behind_it() -> None:
    found = evidence("72, have never had more, while the Liberals fell to nine", text=SEATS)
    (words,) = short_answers([("How many seats did the Greens win?", found)], [shown(found)], -2.0)
    assert words.quote == "72"
    assert words.end - words.start == 2
    (words,) = short_answers([("What is said of the Greens?", found)], [shown(found)], -2.0)
    assert words.quote.endswith("nine")
