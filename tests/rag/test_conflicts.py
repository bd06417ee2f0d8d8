import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Citation, Conflict, Sentence
from rag.answer_conflicts import MOST, answer_conflicts, between
from rag.ask import Asker
from rag.conflicts import Disagreement, disagreements
from rag.particulars import particulars
from tests.rag.samples import meta, passage


def found(first: str, second: str, dates: tuple[str, str] = ("2031-05-02", "2031-05-03")) -> list[tuple[str, str, str]]:
    both = disagreements(particulars(first, dates[0]), particulars(second, dates[1]))
    return [(one.kind, one.first, one.second) for one in both]


def test_two_tolls_of_one_accident_are_a_conflict_with_what_each_writes() -> None:
    one = "The tram crash at Quell Square killed 41 people."
    other = "The ministry said the tram crash at Quell Square left 97 people dead."
    assert found(one, other) == [("number", "41 people", "97 people")]


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("The Alma dam was finished in May 1961.", "The Alma dam was finished in June 1963.", "date"),
        ("The Alma dam was designed by Ida Roth.", "The Alma dam was designed by Paul Venn.", "name"),
        ("The owner confirmed that the Alma dam leaks.", "The owner denied that the Alma dam leaks.", "polarity"),
        ("The inspector said the Alma dam is safe.", "The Alma dam is not safe, the inspector said.", "polarity"),
    ],
)
def test_each_kind_of_disagreement_is_told(first: str, second: str, kind: str) -> None:
    assert [one[0] for one in found(first, second)] == [kind]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("About 40 people died in the fire at Quell.", "In the fire at Quell 41 people died."),
        ("The ferry will cost 18 pounds from August, the firm said.", "The work costs 3.2 million pounds, she said."),
        ("The fire at Quell killed 41 people.", "The fire at Quell injured 97 people."),
        ("A fire at Quell killed 41 people.", "A fire at Morden killed 97 people."),
        ("In 2019 the Alma mine killed 41 people.", "In 2027 the Alma mine killed 97 people."),
        ("The Alma dam, begun in 1955, will be raised.", "The Alma dam will be raised; its road opened in 1999."),
        ("Mayor Ida Roth opened the Alma dam.", "Ms Roth opened the Alma dam."),
        ("The owner may close the Alma dam.", "The owner has not closed the Alma dam."),
        ("Is the Alma dam safe?", "The Alma dam is not safe."),
    ],
)
def test_what_only_looks_like_a_disagreement_is_none(first: str, second: str) -> None:
    assert found(first, second) == []


def test_a_weekday_is_counted_from_the_day_of_publication() -> None:
    one, other = "The Alma bridge was closed on Sunday.", "The Alma bridge was closed on 4 May 2031."
    assert found(one, other, ("2031-05-05", "2031-05-06")) == []
    assert found(one, other, ("2031-05-12", "2031-05-13")) == [("date", "Sunday", "4 May 2031")]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_are_compared_without_an_error_and_none_with_itself(first: str, second: str) -> None:
    assert disagreements(particulars(first), particulars(first)) == ()
    for one in disagreements(particulars(first), particulars(second)):
        assert isinstance(one, Disagreement)


@given(st.text(alphabet="abc 0123456789.,-$%€ ", max_size=60))
def test_what_a_number_writes_stands_in_the_sentence(text: str) -> None:
    for one in particulars(text).numbers:
        assert one.written.split()[0] in text[one.start :]
        assert 0 <= one.start < one.end <= len(text)


FIRST = "The tram crash at Quell Square killed 41 people."
SECOND = "The tram crash at Quell Square killed 97 people."


def cite(text: str, name: str, published_at: str | None) -> Citation:
    return Citation(meta(name, title=None, published_at=published_at), 0, len(text), text)


@pytest.mark.parametrize("older", ["2031-05-01", None])
def test_the_newer_article_comes_first_and_an_unknown_date_last(older: str | None) -> None:
    conflict = between(cite(FIRST, "old.txt", older), cite(SECOND, "new.txt", "2031-05-04"))
    assert conflict is not None
    assert conflict.says == "97 people against 41 people"
    assert [side.citation.article.source_id for side in conflict.sides] == ["new.txt", "old.txt"]


def test_an_article_is_in_no_conflict_with_itself() -> None:
    assert between(cite(FIRST, "a.txt", None), cite(SECOND, "a.txt", None)) is None


def test_an_answer_is_compared_with_the_other_articles_and_each_conflict_shown_once() -> None:
    shown = Sentence(FIRST, "supported", 1.0, (cite(FIRST, "a.txt", "2031-05-01"),))
    article = meta("b.txt", title=None, published_at="2031-05-02")
    passages = [passage("Rain fell.", SECOND, SECOND, row=2, article=article), passage(FIRST, article=meta("c.txt"))]
    [conflict] = answer_conflicts([shown], passages)
    assert conflict.to_json()["says"] == "97 people against 41 people"
    newer = conflict.sides[0].citation
    assert (newer.start, newer.quote) == (11, SECOND)
    assert answer_conflicts([], passages) == ()


def test_many_conflicts_are_cut() -> None:
    shown = Sentence(FIRST, "supported", 1.0, (cite(FIRST, "a.txt", "2031-05-01"),))
    passages = [
        passage(SECOND.replace("97", str(100 + at)), row=at, article=meta(f"{at}.txt", title=None)) for at in range(20)
    ]
    assert len(answer_conflicts([shown], passages)) == MOST


@pytest.mark.model
def test_the_sample_has_two_sources_that_disagree_on_a_march_and_the_answer_shows_both(asker: Asker) -> None:
    answer = asker.ask("How many people marched in Hong Kong on 16 June 2019?")
    [conflict] = answer.conflicts
    assert isinstance(conflict, Conflict)
    assert conflict.says == "338,000 people against two million people"
    dates = [side.citation.article.published_at for side in conflict.sides]
    assert dates == ["2019-06-17", "2019-06-16"]
    assert answer.timings_ms["conflicts"] < 500
