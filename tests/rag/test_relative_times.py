import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.relative_times import with_times_of


@pytest.mark.parametrize(
    ("half", "other", "told"),
    [
        ("how was it judged a month later", "in April 2020", "how was it judged in May 2020"),
        ("what was it two months earlier", "in January 2020", "what was it in November 2019"),
        ("what did he bank on a year later", "in September 2014", "what did he bank on in 2015"),
        ("what was said three days later in Orle", "on November 29, 2013", "what was said on December 2, 2013 in Orle"),
        ("what was the poll two weeks later", "in mid-October 2012", "what was the poll in October 2012"),
        ("what did he say the next day", "on July 31, 2019", "what did he say on August 1, 2019"),
        ("who led the month before", "in January 2016", "who led in December 2015"),
        ("what did he announce later that day", "on March 2, 2017", "what did he announce on March 2, 2017"),
        ("what did he say that same night", "in March 2017", "what did he say in March 2017"),
        ("what did he do days later", "on September 3, 2015", "what did he do in September 2015"),
        ("what was asked earlier that month of it", "in late March 2020", "what was asked in March 2020 of it"),
        ("what won him the House that year", "in May 2016", "what won him the House in 2016"),
        ("what was it in August 2013 of that year", "in April 2013", "what was it in August 2013"),
        ("what was it in December 2018 that year", "in March 2018", "what was it in December 2018"),
    ],
)
def test_a_time_that_is_told_by_the_other_half_is_named(half: str, other: str, told: str) -> None:
    assert with_times_of(half, f"What was said {other}") == told


@pytest.mark.parametrize(
    ("half", "other"),
    [
        ("what did he do a month later", "in 2019"),  # a year is not exact enough
        ("what was the poll two weeks later", "in October 2012"),
        ("what did he do a month later", "in May 2019 or June 2019"),  # which of the two?
        ("what did he do a month later", "of the dam"),
        ("what did he do a year later in November 2013", "in May 2012"),  # it is named
        ("what was signed at the end of the month", "in March 2020"),
        ("what happened the day after the vote", "on March 2, 2017"),
        ("what had failed four years earlier", "in January 2013"),
        ("who came after two days of rain", "on March 2, 2017"),
    ],
)
def test_what_cannot_be_told_stays_as_it_is(half: str, other: str) -> None:
    assert with_times_of(half, f"What was said {other}") == half


@given(st.text(max_size=60), st.dates())
def test_a_half_that_tells_no_time_by_another_is_unchanged(words: str, day: object) -> None:
    half = "".join(letter for letter in words if letter not in "ht")  # no "that", "the", "month" nor "night"
    if "year" not in half.lower() and "week" not in half.lower() and "day" not in half.lower():
        assert with_times_of(half, f"What was said on {day}") == half
