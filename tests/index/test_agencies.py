import pytest

from index.agencies import agency_named, credit
from index.article import Article

STORY = "\n\nThe council met on Monday.\n\nIt talked for hours.\n\nNobody left early.\n\nThe vote was put off."
STORY += "\n\nA new date was set.\n\nThe mayor was away.\n\n"


def article(text: str, *, authors: tuple[str, ...] = (), source: str | None = "Harbour Wire") -> Article:
    return Article(key="k", source_id="s", path="p", text=text, authors=authors, source=source)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        (f"Title{STORY}WASHINGTON", None),
        (f"Title\n\nWASHINGTON (AP) — The council met.{STORY}", "Associated Press"),
        (f"Title\n\nKYIV, March 3 (Reuters) - The council met.{STORY}", "Reuters"),
        (f"Title\n\nBy The Associated Press{STORY}", "Associated Press"),
        (f"Title\n\nBy ANN LEE, Associated Press{STORY}", "Associated Press"),
        (f"Title\n\nReuters{STORY}", "Reuters"),
        (f"Title\n\nAFP{STORY}", "Agence France-Presse"),
        (f"Title{STORY}(AP)", "Associated Press"),
        (f"Title{STORY}Source: Deutsche Welle", "Deutsche Welle"),
        (f"Title{STORY}(Reporting by Ann Lee; Editing by Bo Chan)", "Reuters"),
        (f"Title{STORY}Written by Tidewater Press Agency; shortened by the Courier.", "Tidewater Press Agency"),
        (f"Title{STORY}© 2019 The Associated Press. All rights reserved.", "Associated Press"),
        (f"Title\n\n(AP) The council met.{STORY}", "Associated Press"),
        (f"Title\n\nAnn Lee | AP{STORY}", "Associated Press"),
        (f"Title{STORY}© Reuters 2024", "Reuters"),
        (f"Title{STORY}This story was originally published by The Associated Press.", "Associated Press"),
        (f"Title{STORY}This story was originally published by the Harbour Ledger.", None),
        (f"Title\n\nAnn Lee | Harbour Ledger{STORY}", None),
        (f"Title{STORY}AFP contributed to this report.", None),
        (f"Title{STORY}The Associated Press was there (as were others).", None),
        (f"Title\n\nBy Ann Lee{STORY}", None),
    ],
)
def test_the_agency_is_read_where_the_article_names_it(text: str, agency: str | None) -> None:
    found = credit(article(text))
    assert (found and found.agency) == agency


def test_an_author_that_is_an_agency_is_one_and_a_person_is_not() -> None:
    found = credit(article("Text", authors=("Ann Lee", "AP")))
    assert found is not None
    assert (found.agency, found.where) == ("Associated Press", "author")
    assert credit(article("Text", authors=("Ann Reuter",))) is None


def test_an_outlet_that_names_itself_as_the_source_names_no_agency() -> None:
    assert credit(article(f"Title{STORY}Source: Harbour Wire")) is None


def test_short_names_count_in_capitals_only() -> None:
    assert agency_named("AP") == agency_named("the associated press") == "Associated Press"
    assert agency_named("ap") is None
    assert agency_named(None) is None
