"""Metadata from the text: found where it is given, unknown where it is not."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.cleaning import label_blocks
from index.credit_line import read_credit_line
from index.dates import normalise_date
from index.metadata import Found, as_authors, as_line, find_authors, find_date, find_source, find_title

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
        ("03-04-2021", None),
        ("04.03.2021", "2021-03-04"),
        ("4.3.2021 10:05", "2021-03-04"),
        ("03.24.2021", "2021-03-24"),  # in no other order a date
        ("04.03.21", None),
        ("31.02.2021", None),
        ("13.14.2021", None),
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


@pytest.mark.parametrize(
    ("byline", "date_line", "author"),
    [
        ("Por Inés Arrieta", "3 de junio de 2024", "Inés Arrieta"),
        ("Autora: Inés Arrieta", "Lunes, 3 de junio de 2024 10:05", "Inés Arrieta"),
        ("By Änne Gruber", "Montag, 3. Juni 2024, 10:05 Uhr", "Änne Gruber"),
        ("By Élise Martin", "Le 3 juin 2024", "Élise Martin"),
        ("Автор: Оксана Берег", "3 червня 2024 року", "Оксана Берег"),
        ("Автор: Ольга Лисова", "понедельник, 3 июня 2024 г.", "Ольга Лисова"),
    ],
)
def test_names_and_dates_in_other_languages_are_metadata_and_no_evidence(
    byline: str, date_line: str, author: str
) -> None:
    lines = (TITLE, byline, date_line, PROSE, PROSE)
    date_found = found(find_date, *lines)
    assert date_found is not None
    assert (str(date_found.value)[:10], date_found.where) == ("2024-06-03", "date line")
    assert found(find_authors, *lines) == Found((author,), "byline")
    text = "\n\n".join(lines)
    assert [block.kind for block in label_blocks(text)] == ["title", "boilerplate", "body"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By", ()),
        ("Von", ()),
        (["Par"], ()),
        ("Por:", ()),
        ("By: Ann Lee", ("Ann Lee",)),
        ("Von Änne Gruber und Kai Ost", ("Änne Gruber", "Kai Ost")),
        (["Por Inés Arrieta", {"name": "Par Élise Martin"}], ("Inés Arrieta", "Élise Martin")),
        ("Автор: Оксана Берег", ("Оксана Берег",)),
        ("Von Miller", ("Von Miller",)),
        ("Von der Heyde", ("Von der Heyde",)),
        ("Byron Lee", ("Byron Lee",)),
    ],
)
def test_a_credit_is_no_name_and_without_a_name_nobody_is_credited(value: object, expected: tuple[str, ...]) -> None:
    assert as_authors(value) == expected


@pytest.mark.parametrize(
    ("line", "outlet", "day", "author"),
    [
        ("Harbour Ledger | 25 January 2024 | By Jane Roe", "Harbour Ledger", "2024-01-25", "Jane Roe"),
        ("By Jane Roe  |  Harbour Ledger  |  January 25, 2024", "Harbour Ledger", "2024-01-25", "Jane Roe"),
        ("25 January 2024 · By Jane Roe · eastport.example.org", "eastport.example.org", "2024-01-25", "Jane Roe"),
        ("HARBOUR LEDGER – Updated 2024-01-25 – By Jane Roe", "Harbour Ledger", "2024-01-25", "Jane Roe"),
        ("Harbour Ledger | 25 January 2024 · 10:05 am", "Harbour Ledger", "2024-01-25T10:05", None),
        ("By Jane Roe | The Verge", "The Verge", None, "Jane Roe"),
        ("New York | 25 January 2024 | By Jane Roe | Political Editor", None, "2024-01-25", "Jane Roe"),
        ("UK politics | 25 January 2024 | By Jane Roe", None, "2024-01-25", "Jane Roe"),
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_outlet_date_and_byline_on_one_line_are_found_and_no_evidence(
    line: str, outlet: str | None, day: str | None, author: str | None, above: bool
) -> None:
    where = "byline" if author else "date line"
    lines = (line, TITLE, PROSE, PROSE) if above else (TITLE, line, PROSE, PROSE)
    assert found(find_title, *lines) == Found(TITLE, "headline")
    assert found(find_source, *lines) == (Found(outlet, where) if outlet else None)
    assert found(find_date, *lines) == (Found(day, where) if day else None)
    assert found(find_authors, *lines) == (Found((author,), "byline") if author else None)
    text = "\n\n".join(lines)
    assert [text[block.start : block.end] for block in label_blocks(text) if block.kind == "boilerplate"] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Home | World News | 25 January 2024 | Sport",
        "World News | 25 January 2024",
        "Breaking News | 25 January 2024",
        "The vote – 25 January 2024",
        "The council – which met on 25 January 2024 – kept the ferry.",
        "Ferry Times – 25 January 2024 – change for the winter",
        "The Ferry – By Popular Demand – sails again in May",
    ],
)
def test_a_menu_a_heading_or_a_sentence_with_dashes_gives_no_metadata(line: str) -> None:
    lines = (TITLE, PROSE, line, PROSE)
    assert [found(finder, *lines) for finder in (find_source, find_date, find_authors)] == [None, None, None]
    text = "\n\n".join((TITLE, line, PROSE, PROSE))
    assert all(line not in text[block.start : block.end] for block in label_blocks(text) if block.kind == "boilerplate")
    assert read_credit_line(line) is None


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
