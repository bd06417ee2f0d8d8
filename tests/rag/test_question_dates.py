"""The times a question names, and which articles could tell of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question_dates import BEFORE_IT, Period, named_periods, timely


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did the mayor say on 24 July 2017?", [("2017-07-24", "2017-07-24")]),
        ("What did the mayor say on July 24th, 2017?", [("2017-07-24", "2017-07-24")]),
        ("Who resigned on 2019-05-03?", [("2019-05-03", "2019-05-03")]),
        ("Who resigned in Feb. 2020?", [("2020-02-01", "2020-02-29")]),
        ("Who resigned in the May of 2018?", [("2018-05-01", "2018-05-31")]),
        ("How many seats fell in mid-January 2013?", [("2013-01-09", "2013-01-21")]),
        ("How many seats fell in early June 2013?", [("2013-06-01", "2013-06-12")]),
        ("What was promised in summer 2016?", [("2016-06-01", "2016-09-10")]),
        ("What was promised in the winter of 2016?", [("2015-12-01", "2017-03-10")]),
        ("What was promised in late 2016?", [("2016-08-15", "2016-12-31")]),
        ("Who won in 2016?", [("2016-01-01", "2016-12-31")]),
        (
            "How did it change between March 2013 and 2 April 2014?",
            [("2013-03-01", "2013-03-31"), ("2014-04-02", "2014-04-02")],
        ),
    ],
)
def test_times_are_read_as_exactly_as_they_are_named(question: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.first.isoformat(), one.last.isoformat()) for one in named_periods(question)] == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who may resign?",
        "How many of the 2,016 ships left?",
        "Who paid $2016 for it?",
        "What happened on 31 June 20177?",
        "Which 1300 people came?",
        "",
    ],
)
def test_other_numbers_are_no_times(question: str) -> None:
    assert named_periods(question) == ()


def test_a_day_that_is_none_is_not_read() -> None:
    assert named_periods("Who came on 31 June 2018?") == (Period(date(2018, 6, 1), date(2018, 6, 30)),)


MAY = (Period(date(2018, 5, 1), date(2018, 5, 31)),)


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        ("2018-04-29", BEFORE_IT),
        ("2018-04-30", 1.0),  # the day before, in another time zone
        ("2018-05-20T10:00:00Z", 1.0),
        ("2018-06-14", 1.0),
        ("2018-06-15", 0.0),  # looking back, perhaps
        ("2018", 1.0),  # known to the year
        ("2018-06", 1.0),
        ("2018-07", 0.0),
        ("2017", BEFORE_IT),
        (None, 0.0),
        ("soon", 0.0),
    ],
)
def test_an_article_of_the_time_is_timely(published_at: str | None, expected: float) -> None:
    assert timely(published_at, MAY) == expected


def test_no_article_is_timely_for_a_question_without_a_time() -> None:
    assert timely("2018-05-20", ()) == 0.0


@given(st.dates(date(1851, 1, 1), date(2099, 12, 30)))
def test_a_day_is_read_back_however_it_is_written(day: date) -> None:
    period = Period(day, day)
    for written in (f"{day:%d %B %Y}", f"{day:%B} {day.day}, {day:%Y}", day.isoformat()):
        assert named_periods(f"Who left on {written}?") == (period,)
    assert timely(day.isoformat(), (period,)) == 1.0


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    assert all(period.first <= period.last for period in named_periods(text))
