"""What each form of a report shows: no markup or formula of a text, and in the drafts no more than is known."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from tests.ui.dossiers import CLAIM, dossier, problems, saved
from tests.ui.fakes import traced
from tests.ui.ferry import FACT, FERRY, HOSTILE
from ui.dossier_table import COLUMNS, harmless, to_csv
from ui.exporting import FORMS


def test_nothing_of_a_text_becomes_markup_or_a_link_to_a_script() -> None:
    html = FORMS[".html"](dossier(claim='<script>alert("x")</script> --> </script>'))
    assert HOSTILE.split("<")[0] in html or "&lt;" in html
    assert html.count("<script") == 1
    assert html.count("</script>") == 1
    assert "<img" not in html
    assert 'href="javascript' not in html
    text = FORMS[".md"](dossier(claim="<b>x</b> --> [a](b) `c` | d"))
    assert text.count("-->") == 1
    assert "\\<b\\>x" in text
    assert "\\[a\\](b) \\`c\\` \\| d" in text


def test_the_html_names_no_file_or_host_that_a_browser_would_fetch() -> None:
    html = FORMS[".html"](dossier())
    tags = re.findall(r"<[^!/][^>]*>", html)
    assert {tag.split()[0].strip("<>") for tag in tags}.isdisjoint({"link", "img", "iframe", "object", "embed", "base"})
    assert not [tag for tag in tags if " src=" in tag or "background" in tag]
    assert not re.search(r"@import|url\(", html.split("</style>")[0])
    assert "default-src 'none'" in html
    assert "<svg" in html


@pytest.mark.parametrize(
    ("given", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t'=1"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ('a,"=1"', 'a,"\'=1"'),
        ("plain - words", "plain - words"),
        (-3, "-3"),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(given: object, cell: str) -> None:
    assert harmless(given) == cell


@given(st.text(max_size=40))
def test_no_text_makes_a_cell_that_begins_a_formula_whatever_divides_the_columns(text: str) -> None:
    for cell in re.split(r"[;,\t\r\n]", harmless(text)):
        assert not re.match(r"\s*[\"']{0,0}[=+\-@]", cell)


def test_the_table_has_a_row_for_each_quote() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(dossier()))))
    assert len(rows) == 3
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["quote"] == FACT
    assert rows[0]["own_verdict"] == "refutes"


def test_the_claim_review_is_a_draft_without_a_rating() -> None:
    review = json.loads(FORMS[".jsonld"](dossier(claim="The ferry carried 214 passengers.")))
    assert review["@type"] == "ClaimReview"
    assert review["claimReviewed"] == "The ferry carried 214 passengers."
    assert "reviewRating" not in review
    assert review["citation"][0]["hasPart"]["text"] == FACT
    with pytest.raises(UsageError, match="reviews a claim"):
        FORMS[".jsonld"](dossier("ask"))


def test_a_claim_review_says_of_nobody_and_of_no_article_what_stands_there_in_other_words() -> None:
    def made(status: str) -> Any:
        document = dossier(speaker="Ada Quist")
        quotes = [{**one, "role": status, "first_seen": True} for one in document["quotes"]]
        return json.loads(FORMS[".jsonld"]({**document, "verdict": status, "quotes": quotes}))["itemReviewed"]

    assert made("verbatim")["author"]["name"] == "Ada Quist"
    assert {"appearance", "firstAppearance"} <= set(made("verbatim"))
    assert set(made("altered")) == {"@type", "text"}


def test_what_is_not_counted_is_no_appearance_of_the_claim() -> None:
    document = dossier()
    quotes = [{**one, "role": "supports", "counts": False} for one in document["quotes"]]
    assert "appearance" not in json.loads(FORMS[".jsonld"]({**document, "quotes": quotes}))["itemReviewed"]


@pytest.mark.parametrize("kind", [".md", ".html"])
def test_statements_with_their_verdicts_and_notes_are_in_the_report(tmp_path: Path, kind: str) -> None:
    result: Any = traced(CLAIM).to_json()
    [part] = result["parts"]
    seen = next(one for one in result["evidence"] if one["article"]["title"] == FERRY.title)
    first = {**part, "claim": "It ran aground.", "verdict": "supported", "first_seen": seen}
    document = dossier(parts=[first, {**part, "claim": "It sank."}], notes=["all of them are copies"])
    path = saved(tmp_path, document, kind)
    text = path.read_text(encoding="utf-8").replace("\\", "")
    assert "1. Supported: “It ran aground.”, first seen in Harbour Wire · Ferry runs aground · 2021-03-24" in text
    assert "2. Refuted: “It sank.”" in text
    assert "Note: all of them are copies" in text
    assert problems(path) == []
