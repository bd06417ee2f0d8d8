"""What is said beside an answer: an open half, and a later article that may say otherwise."""

from dataclasses import replace

import pytest

from rag.answer import RetrievedPassage, Sentence
from rag.answer_notes import later_article, open_part, other_language
from rag.ask import _Look, parted
from rag.evidence import candidates
from rag.selection import Evidence
from rag.writing import cite
from tests.rag.samples import evidence, meta, passage


def shown(item: Evidence) -> Sentence:
    return Sentence(item.candidate.text, "supported", 1.0, (cite(item.candidate),))


def test_a_half_whose_best_sentence_is_shown_is_not_called_open() -> None:
    one, other = evidence("The dam at Orle opened in May.", "The senator voted against the dam.")
    note = open_part("how did he vote?", [other], [shown(one)])
    assert note is not None
    assert note.endswith("how did he vote?")
    assert open_part("how did he vote?", [other], [shown(one), shown(other)]) is None
    assert open_part("how did he vote?", [], [shown(one)]) is not None


def _found(text: str, name: str, day: str | None, coverage: float, *, rank: int) -> tuple[RetrievedPassage, Evidence]:
    found = passage(text, row=rank, rank=rank, article=meta(name, title=f"About {name}", published_at=day))
    (candidate,) = candidates([found])
    return found, Evidence(candidate, 0.0, {"coverage_passage": coverage})


OLD = _found("The court allowed the dam at Orle.", "old", "2019-05-01", 0.8, rank=1)


@pytest.mark.parametrize(
    ("text", "day", "coverage", "named"),
    [
        ("The court forbade the dam at Orle.", "2019-06-01", 0.8, True),
        ("The court forbade the dam at Orle.", "2019-06-01T08:00:00", 0.8, True),
        ("The court forbade the dam at Orle.", "2019-05-01T23:00:00", 0.8, False),  # the same day
        ("The court forbade the dam at Orle.", "2018-06-01", 0.8, False),
        ("The court forbade the dam at Orle.", "2020", 0.8, False),  # no day: not known to be later
        ("The court forbade the dam at Orle.", None, 0.8, False),
        ("A court heard of a dam that week.", "2019-06-01", 0.7, False),  # covers less than what is cited
        ("The court  allowed the dam at Orle.", "2019-06-01", 0.8, False),  # prints the same sentence
    ],
)
def test_a_later_article_is_named_only_when_it_is_later_and_as_much_about_the_question(
    text: str, day: str | None, coverage: float, named: bool
) -> None:
    new = _found(text, "new", day, coverage, rank=2)
    note = later_article([shown(OLD[1])], [OLD[0], new[0]], [OLD[1], new[1]])
    assert (note is not None) is named
    if note:
        assert "About new (Harbour Wire, 2019-06-01), passage 2" in note


def test_a_comment_or_an_answer_without_a_day_brings_no_later_article() -> None:
    new = _found("The court forbade the dam at Orle.", "new", "2019-06-01", 0.8, rank=2)
    comment = replace(new[0], kind="comment")
    assert later_article([shown(OLD[1])], [OLD[0], comment], [OLD[1], new[1]]) is None
    undated = _found("The court allowed the dam at Orle.", "old", None, 0.8, rank=1)
    assert later_article([shown(undated[1])], [undated[0], new[0]], [undated[1], new[1]]) is None


def _look(item: Evidence, confidence: float) -> _Look:
    return _Look("?", (item.candidate.passage,), [item], confidence)


def test_a_half_is_believed_sooner_in_the_article_that_answers_the_other_half() -> None:
    one, other = evidence("The dam at Orle opened in May.", "The senator voted against the dam.")
    sure, near, far = _look(one, 0.5), _look(one, 0.2), _look(other, 0.2)
    assert parted([sure, near], 0.4) == ([sure, near], [])
    assert parted([near, sure], 0.4) == ([near, sure], [])
    assert parted([sure, far], 0.4) == ([sure], [far])
    elsewhere = _look(other, 0.31)  # beside a half that is surely answered, somewhat less than the threshold is enough
    assert parted([sure, elsewhere], 0.4) == ([sure, elsewhere], [])
    assert parted([elsewhere, elsewhere], 0.4) == ([], [elsewhere, elsewhere])
    assert parted([near, near], 0.4) == ([], [near, near])
    assert parted([sure, _look(one, 0.1)], 0.4)[0] == [sure]


@pytest.mark.parametrize(
    ("question", "languages", "note"),
    [
        (
            "¿Cuándo se inauguró el puente de Orle?",
            ("en", "en", "es"),
            "in Spanish, and most of the articles nearest",
        ),
        (
            "Wann wurde die Brücke in Orle eröffnet?",
            ("en",),
            "in German, and the articles nearest to it are in English: ask",
        ),
        ("¿Cuándo se inauguró el puente de Orle?", ("en", "es", "es"), None),
        ("¿Cuándo se inauguró el puente de Orle?", ("en", None, None), None),  # not known of most
        ("When was the bridge at Orle opened?", ("es", "es"), None),
    ],
)
def test_a_question_in_another_language_than_the_nearest_articles_is_told(
    question: str, languages: tuple[str | None, ...], note: str | None
) -> None:
    found = [
        passage("A bridge opened.", row=at, rank=at + 1, article=replace(meta(f"a{at}"), language=language))
        for at, language in enumerate(languages)
    ]
    said = other_language(question, found)
    assert note in said if note and said else said is None
