from dataclasses import replace

from rag.evidence import CHEAP, asked_for, candidates, measure, offered, starts_dependent
from tests.rag.samples import meta, passage


def test_candidates_are_exact_slices_with_their_neighbours() -> None:
    found = candidates([passage("The dam at Orle opened today.", "It cost 9 million euros in all.", start=100)])
    assert [item.text for item in found] == ["The dam at Orle opened today.", "It cost 9 million euros in all."]
    assert (found[1].start, found[1].end) == (130, 161)
    assert found[1].previous == found[0].text
    assert found[0].following == found[1].text


def test_a_sentence_printed_in_two_articles_is_a_candidate_once() -> None:
    twice = [
        passage("The dam at Orle opened today.", row=1),
        passage("The dam at  Orle opened today.", row=2, article=meta("b.txt")),
    ]
    assert [item.passage.row for item in candidates(twice)] == [1]


def test_what_a_question_asks_for_is_told_by_its_words() -> None:
    assert asked_for("Who opened the dam?") == {"person"}
    assert asked_for("How many people came, and when?") == {"number", "time"}
    assert asked_for("Why did it break?") == {"reason"}
    assert asked_for("What did the minister say?") >= {"speech"}


def test_a_sentence_offers_only_what_the_question_does_not_hold() -> None:
    assert "person" in offered("The dam was opened by Marta Kovar.", "Who opened the dam?")
    assert "person" not in offered("Marta opened it.", "What did Marta open?")
    assert "number" in offered("Some 40 people came.", "How many people came?")
    assert "number" not in offered("All of them came.", "Did the 40 come?")


def test_a_leading_pronoun_leans_on_the_sentence_before() -> None:
    assert starts_dependent("“He left.”")
    assert starts_dependent("But the dam held.")
    assert not starts_dependent("Theresa left.")


def test_measures_have_one_row_a_candidate_and_prefer_the_sentence_that_says_it() -> None:
    found = candidates(
        [passage("Marta Kovar opened the dam at Orle in May.", "Rain fell on the hills that whole week.")]
    )
    rows = measure("Who opened the dam at Orle?", found, weight=lambda stem: 1.0)
    assert rows.shape == (2, len(CHEAP))
    assert rows[0, CHEAP.index("coverage")] > rows[1, CHEAP.index("coverage")]
    assert rows[0, CHEAP.index("asked_offered")] == 1.0


def test_no_candidates_give_no_rows() -> None:
    assert measure("Who?", [], weight=lambda stem: 1.0).shape == (
        0,
        len(CHEAP),
    )


def test_a_reader_comment_is_never_a_candidate_even_when_comments_were_searched() -> None:
    said = passage("Elvis opened the dam at Orle himself.", row=1)
    assert len(candidates([said])) == 1
    assert candidates([replace(said, kind="comment")]) == []
