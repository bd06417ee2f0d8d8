from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import SentenceRead
from rag.evidence import candidates
from rag.selection import Evidence
from rag.writing import CONTEXT_WORDS, ExtractiveWriter
from tests.rag.samples import evidence, meta, passage


def test_the_best_sentence_is_the_answer_word_for_word() -> None:
    drafted = ExtractiveWriter().write("q", evidence("The dam opened in May.", "Rain fell.", scores=(5.0, 0.0)))
    assert [draft.text for draft in drafted.sentences] == ["The dam opened in May."]
    assert drafted.sentences[0].citations[0].quote == "The dam opened in May."


def test_a_close_second_is_shown_and_a_distant_one_is_not() -> None:
    drafted = ExtractiveWriter(margin=1.0).write(
        "q", evidence("One is here.", "Two is near.", "Three is far.", scores=(5.0, 4.5, 1.0))
    )
    assert [draft.text for draft in drafted.sentences] == ["One is here.", "Two is near."]


def test_a_sentence_that_says_he_brings_the_one_that_says_who() -> None:
    found = candidates([passage("Marta Kovar spoke in Orle today.", "She promised a new dam by spring.")])
    drafted = ExtractiveWriter().write("q", [Evidence(found[1], 3.0)])
    assert [draft.text for draft in drafted.sentences] == [
        "Marta Kovar spoke in Orle today.",
        "She promised a new dam by spring.",
    ]
    assert drafted.sentences[0].citations[0].start == found[0].start


def test_a_long_sentence_before_is_left_out() -> None:
    found = candidates([passage("word " * (CONTEXT_WORDS + 1) + ".", "She promised a new dam by spring.")])
    drafted = ExtractiveWriter().write("q", [Evidence(found[1], 3.0)])
    assert [draft.text for draft in drafted.sentences] == ["She promised a new dam by spring."]


def shown(best: int, other: int, *texts: str) -> list[str]:
    """What is written where of one passage's sentences `best` is first and `other` close behind."""
    found = candidates([passage(*texts)])
    drafted = ExtractiveWriter().write("q", [Evidence(found[best], 3.0), Evidence(found[other], 2.9)])
    return [draft.text for draft in drafted.sentences]


def test_the_best_sentence_leads_though_its_neighbour_comes_first_in_the_article() -> None:
    texts = ("Two thousand people worked in Orle.", "Gifts came to nine million euros.", "The dam opened in May.")
    assert shown(1, 0, *texts) == [texts[1], texts[0]]
    assert shown(1, 2, *texts) == [texts[1], texts[2]]


def test_what_the_best_sentence_leans_on_stays_before_it() -> None:
    texts = ("Orle has had a dam of its own.", "Marta Kovar spoke there today.", "She promised a new dam by spring.")
    assert shown(2, 1, *texts) == [texts[1], texts[2]]
    found = candidates([passage(*texts)])
    three = [Evidence(found[at], score) for at, score in ((2, 3.0), (0, 2.9))]
    drafted = ExtractiveWriter().write("q", three)
    assert [draft.text for draft in drafted.sentences] == [texts[1], texts[2], texts[0]]


def test_a_neighbour_that_says_he_stays_before_the_best_sentence() -> None:
    texts = ("She promised a new dam at Orle.", "Bo Chan called the plan mad.")
    assert shown(1, 0, *texts) == [texts[0], texts[1]]


def read_evidence(*rows: tuple[str, float, float], elsewhere: tuple[str, float, float]) -> list[Evidence]:
    """Sentences of one passage and one of another: text, the selector's score, the reader's log odds; best first."""
    here = passage(*(text for text, _, _ in rows), row=1)
    here = replace(here, read=tuple(SentenceRead(odds, None, 0.0) for _, _, odds in rows))
    there = replace(passage(elsewhere[0], row=2, article=meta("b.txt")), read=(SentenceRead(elsewhere[2], None, 0.0),))
    scores = [score for _, score, _ in (*rows, elsewhere)]
    found = [Evidence(item, score) for item, score in zip(candidates([here, there]), scores, strict=True)]
    return sorted(found, key=lambda item: -item.score)


BEST = ("The dam of Orle opened in May after nine years of work.", 9.0, 5.0)
ELSEWHERE = ("Officials in the town of Tern were glad of the news.", 8.0, 1.0)


@pytest.mark.parametrize(("odds", "second"), [(-0.9, "It cost"), (-1.1, "Officials")])
def test_a_sentence_beside_the_best_comes_before_one_elsewhere_that_answers_little_better(
    odds: float, second: str
) -> None:
    found = read_evidence(BEST, ("It cost nine million euros in the end.", -7.0, odds), elsewhere=ELSEWHERE)
    assert [text.startswith(second) for text in answer(found)][1]


def test_no_evidence_is_no_answer() -> None:
    assert ExtractiveWriter().write("q", []).sentences == ()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_only_a_first_sentence_may_pass_the_word_limit(lengths: list[int]) -> None:
    texts = [" ".join([f"word{at}"] * length) for at, length in enumerate(lengths)]
    drafted = ExtractiveWriter(max_words=60, margin=100.0).write("q", evidence(*texts))
    assert sum(len(draft.text.split()) for draft in drafted.sentences) <= max(60, lengths[0])
    assert all(draft.text == draft.citations[0].quote for draft in drafted.sentences)


def test_a_further_sentence_that_leans_on_one_not_shown_is_left_out() -> None:
    found = candidates([passage("Marta Kovar spoke in Orle today about dams.", "She promised a new one.", row=2)])
    best = evidence("The dam at Orle opened in May.")[0]
    drafted = ExtractiveWriter().write("q", [best, Evidence(found[1], best.score - 0.1)])
    assert [draft.text for draft in drafted.sentences] == ["The dam at Orle opened in May."]


LONG = "The dam at Orle " + "which is very old and very grey " * 7 + "opened in May."


def answer(found: list[Evidence]) -> list[str]:
    return [draft.text for draft in ExtractiveWriter(max_words=60).write("What, and how much?", found).sentences]


def test_each_part_of_a_question_has_room_and_a_margin_of_its_own() -> None:
    texts = (LONG, "It cost nine million euros in all.", "Rain fell on the hills.", "The state paid half of it.")
    found = evidence(*texts, scores=(2.0, -8.0, 1.9, -8.1))
    assert answer([replace(item, part=at % 2) for at, item in enumerate(found)]) == [
        LONG,
        "It cost nine million euros in all.",
        "The state paid half of it.",
    ]


def test_a_sentence_that_answers_both_parts_is_shown_once() -> None:
    (one,) = evidence("The dam opened in May and cost nine million.")
    assert answer([one, replace(one, part=1)]) == ["The dam opened in May and cost nine million."]
