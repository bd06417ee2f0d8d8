import pytest

from index.article import ArticleMeta
from rag.answer import Citation
from rag.first_seen import date_key, earliest, is_dated


def citation(date: str | None) -> Citation:
    return Citation(ArticleMeta(str(date), str(date), "p", None, None, (), date, None), 0, 1, "x")


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "garbage",
        "0001-11-30",
        "2020-13-01",
        "2020-02-31",
        "2020-1",
        "12 May 2020",
        "1970-01-01",
        "1970-01-01T00:00Z",
    ],
)
def test_what_is_no_date_is_never_first(date: str | None) -> None:
    known = citation("2021-01-01")
    assert earliest([citation(date), known]) == known
    assert earliest([citation(date)]) is None
    assert not is_dated(date)


def test_a_year_is_not_before_a_day_in_it() -> None:
    assert earliest([citation("2020"), citation("2020-06-01"), citation("2020-06-01T08:00+02:00")]) == citation(
        "2020-06-01T08:00+02:00"
    )


def test_moments_are_compared_in_one_zone() -> None:
    assert date_key("2020-06-01T01:00+02:00") < date_key("2020-05-31T23:30Z")


def test_a_day_still_to_come_is_never_first() -> None:
    assert earliest([citation("2091-05-01"), citation(None)]) is None
    assert earliest([citation("2091-05-01"), citation("2020")]) == citation("2020")
