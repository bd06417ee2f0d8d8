"""Metadata from the text: found where it is given, unknown where it is not."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.cleaning import label_blocks
from index.metadata import Found, as_authors, as_line, find_authors, find_date, find_source, find_title, normalise_date

PROSE = "The council of Eastport agreed on Monday to build a new bridge over the river, the mayor said."
TITLE = "A bridge at last for Eastport"


def found(finder: object, *lines: str) -> Found | None:
    text = "\n\n".join(lines)
    return finder(text, label_blocks(text))  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-03-24", "2021-03-24"),
        ("2021-3-4", "2021-03-04"),
        ("2021-03", "2021-03"),
        ("2021", "2021"),
        ("2021-03-24T10:05:00Z", "2021-03-24T10:05:00Z"),
        ("2021-03-24 10:05:00.123+0530", "2021-03-24T10:05:00+05:30"),
        ("Wed, 24 Mar 2021 10:00:00 GMT", "2021-03-24T10:00:00Z"),
        ("March 24, 2021 1:05 pm", "2021-03-24T13:05"),
        ("24 de marzo de 2021", "2021-03-24"),
        ("24 березня 2021", "2021-03-24"),
        ("24/03/2021", "2021-03-24"),
        ("12/29/17", "2017-12-29"),
        ("05/05/2021", "2021-05-05"),
        ("20210324", "2021-03-24"),
        (20210324, "2021-03-24"),
        (1616580000, "2021-03-24T10:00:00Z"),
        (1616580000000, "2021-03-24T10:00:00Z"),
        (date(2021, 3, 24), "2021-03-24"),
        (datetime(2021, 3, 24, 10), "2021-03-24T10:00:00"),
        ("03/04/2021", None),
        ("2021-02-30", None),
        ("0001-11-30", None),
        ("3021-01-01", None),
        ("2021-03-24T25:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (2021, None),
        (True, None),
        (None, None),
        (float("nan"), None),
        (10**400, None),
        (["2021-03-24"], None),
    ],
)
def test_a_date_is_as_precise_as_it_was_given_and_none_when_unsure(value: object, expected: str | None) -> None:
    assert normalise_date(value) == expected


@settings(deadline=None)
@given(st.one_of(st.text(), st.integers(), st.floats(), st.dates(), st.datetimes()))
def test_any_value_is_a_date_or_none_and_a_date_stays_itself(value: object) -> None:
    result = normalise_date(value)
    assert result is None or normalise_date(result) == result


@settings(deadline=None)
@given(st.dates(date(1850, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_from_its_usual_forms(day: date) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%b %d %Y"):
        assert normalise_date(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("By Ann\u00a0 Lee\u00a0 \u00a0 EASTPORT\u00a0 COURIER", ("Ann Lee",)),
        ("By Ann Lee and Bo van Dyk", ("Ann Lee", "Bo van Dyk")),
        ("By Ann Lee, CNN Senior Producer", ("Ann Lee",)),
        ("By Friday the bridge was open", None),
    ],
)
def test_authors_come_from_a_byline(line: str, expected: tuple[str, ...] | None) -> None:
    result = found(find_authors, TITLE, line, PROSE, PROSE)
    assert (result and result.value) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((TITLE, PROSE, PROSE, "Source: Eastport Courier", "NEXT Another story"), ("Eastport Courier", "source line")),
        ((TITLE, "By Ann Lee EASTPORT COURIER", PROSE), ("Eastport Courier", "byline")),
        ((TITLE, "EASTPORT (AP) — " + PROSE), ("Associated Press", "dateline")),
        ((TITLE, PROSE, "Source: Bridge Statistics Office", PROSE), None),  # a chart's source
        ((TITLE, PROSE), None),
    ],
)
def test_the_outlet_comes_from_where_it_is_named(lines: tuple[str, ...], expected: tuple[str, str] | None) -> None:
    result = found(find_source, *lines)
    assert (result and (result.value, result.where)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((TITLE, "Published: 24 March 2021", PROSE), ("2021-03-24", "date line")),
        ((TITLE, "March 24, 2021 at 10:05 am", PROSE), ("2021-03-24T10:05", "date line")),
        ((TITLE, "By Ann Lee | March 24, 2021", PROSE), ("2021-03-24", "byline")),
        ((TITLE, "KYIV, March 3, 2022 (Reuters) — " + PROSE), ("2022-03-03", "dateline")),
        ((TITLE, "(credit: city.example) The bridge (24 March 2021) at noon.", PROSE), ("2021-03-24", "caption date")),
        ((TITLE, "FILE PHOTO: The bridge (24 March 1999) at noon.", PROSE), None),
        ((TITLE, PROSE, "Published: 24 March 2021"), None),
        ((TITLE, "On March 24, 2021, " + PROSE), None),
        ((TITLE, PROSE + " The old one fell on 3 May 1999."), None),
    ],
)
def test_a_date_counts_only_where_it_is_the_articles_own(
    lines: tuple[str, ...], expected: tuple[str, str] | None
) -> None:
    result = found(find_date, *lines)
    assert (result and (result.value, result.where)) == expected


def test_the_title_is_the_first_headline() -> None:
    assert found(find_title, "ADVERTISEMENT", TITLE, PROSE) == Found(TITLE, "headline")
    assert found(find_title, PROSE, PROSE) is None


def test_names_come_apart_from_a_string_or_a_list() -> None:
    assert as_authors("By Ann Lee, Bo Chan and Cy Dee, Jr.") == ("Ann Lee", "Bo Chan", "Cy Dee, Jr.")
    assert as_authors(["Ann Lee", {"name": "Bo Chan"}, "", None, "Ann Lee"]) == ("Ann Lee", "Bo Chan")
    assert as_authors("Sandy Anderson") == ("Sandy Anderson",)
    assert as_authors(7.5) == ()


def test_a_line_of_metadata_has_single_spaces_and_is_never_empty() -> None:
    assert as_line(" A\u00a0 title\n") == "A title"
    assert as_line(42) == "42"
    assert [as_line(value) for value in ("", " ", None, True, ["x"])] == [None] * 5
