"""What the sample archive promises: enough articles, exact quotes, every special case, no real outlet."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SAMPLE = Path(__file__).parents[2] / "eval" / "sample"
OUTLETS = {"Harbour Wire", "Meridian Post", "North Quay Courier", "Lantern Science Review", "Saltmarsh Sport"}
REAL_OUTLETS = re.compile(
    r"\b(Reuters|Associated Press|AFP|BBC|CNN|Guardian|New York Times|Washington Post|Deutsche Welle|Al Jazeera"
    r"|Bloomberg|Financial Times|Le Monde|El País|Der Spiegel|Politico|Fox News|Ukrinform|Ukrainska Pravda)\b",
    re.IGNORECASE,
)
BYLINE_OUTLET = re.compile(
    r"^(?:(?:Source|Fuente|Джерело): (?P<foot>.+)|(?P<head>[A-Z][^|\n]+?)  \|  \d.*)$", re.MULTILINE
)
DATE_LINE = re.compile(r"^(?:.+  \|  )?\(?\d{1,2} (?:de )?\w+ (?:de )?20\d\d\)?(?:  \|  .+)?$", re.MULTILINE)
AGENCY = ("hw-razoni-agency", "mp-razoni-agency", "nq-razoni-agency")
MESSY = "nq-2021-03-29-ever-given.txt"


def collapse(text: str) -> str:
    return " ".join(text.split())


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


RECORDS = json_lines(SAMPLE / "articles" / "desk.jsonl")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((SAMPLE / "articles").glob("*.txt"))}
TEXTS = PAGES | {record["id"]: record["text"] for record in RECORDS}
QUESTIONS = json_lines(SAMPLE / "questions.jsonl")
ANSWERABLE = [row for row in QUESTIONS if row["kind"] != "unanswerable"]


def evidence(row: dict[str, Any]) -> list[tuple[str, str]]:
    if row["kind"] == "multi":
        return [(item["article_id"], item["quote"]) for item in row["evidence"]]
    return [(row["article"], row["quote"])]


def test_there_are_at_least_thirty_articles_with_distinct_ids() -> None:
    assert len(PAGES) + len(RECORDS) == len(TEXTS) >= 36


def test_articles_are_short_but_not_stubs() -> None:
    outside = {name: len(text.split()) for name, text in TEXTS.items() if not 150 <= len(text.split()) <= 350}
    assert set(outside) <= {MESSY}


def test_every_record_has_its_metadata_and_an_example_org_address() -> None:
    for record in RECORDS:
        assert set(record) == {"id", "title", "source", "authors", "published_at", "url", "text"}
        assert re.match(r"20\d\d-\d\d-\d\d", record["published_at"])
        assert (urlsplit(record["url"]).hostname or "").endswith(".example.org")


def test_there_are_enough_questions_of_each_kind_with_distinct_ids() -> None:
    kinds = [row["kind"] for row in QUESTIONS]
    assert len({row["id"] for row in QUESTIONS}) == len(QUESTIONS) >= 60
    assert set(kinds) == {"ask", "multi", "unanswerable"}
    assert kinds.count("unanswerable") >= 15
    assert kinds.count("multi") >= 5


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: row["id"])
def test_every_quote_is_in_its_article_and_holds_the_answer(row: dict[str, Any]) -> None:
    quotes = evidence(row)
    assert all(collapse(quote) in collapse(TEXTS[article]) for article, quote in quotes)
    together = " ".join(quote for _, quote in quotes)
    assert any(re.search(pattern, together, re.IGNORECASE) for pattern in row["answers"])


def test_two_article_questions_use_two_articles_and_exact_offsets() -> None:
    for row in (row for row in QUESTIONS if row["kind"] == "multi"):
        assert len({item["article_id"] for item in row["evidence"]}) == 2
        assert all(TEXTS[item["article_id"]][item["start"] : item["end"]] == item["quote"] for item in row["evidence"])


def test_every_unanswerable_question_says_why_and_names_the_articles_that_come_close() -> None:
    for row in (row for row in QUESTIONS if row["kind"] == "unanswerable"):
        assert row["why"]
        assert row["near"]
        assert set(row["near"]) <= set(TEXTS)


def test_every_outlet_is_one_of_ours_and_no_text_names_a_real_one() -> None:
    for name, text in PAGES.items():
        if name != MESSY:  # a page whose outlet is named only in its caption and its adverts
            found = BYLINE_OUTLET.search(text)
            assert found, name
            assert (found["foot"] or found["head"]) in OUTLETS
    assert {record["source"] for record in RECORDS} <= OUTLETS
    everything = json.dumps(RECORDS, ensure_ascii=False) + "".join(PAGES.values())
    assert REAL_OUTLETS.search(everything) is None


def test_one_agency_story_is_printed_by_three_outlets_with_small_edits() -> None:
    printed = [record for record in RECORDS if record["id"] in AGENCY]
    assert len({record["source"] for record in printed}) == 3
    assert all("Tidewater" in record["text"] and "Tidewater Press Agency" in record["authors"] for record in printed)
    for one, other in combinations([set(re.split(r"(?<=\.)\s+", record["text"])) for record in printed], 2):
        assert one != other
        assert len(one & other) >= 3


def test_a_corrected_article_stands_beside_its_first_version() -> None:
    assert "now takes 23 minutes less" in TEXTS["mp-dart-first"]
    assert "Correction" not in TEXTS["mp-dart-first"]
    assert TEXTS["mp-dart-corrected"].startswith("Correction, ")
    assert "32 minutes less" in TEXTS["mp-dart-corrected"]


def test_two_pairs_of_articles_disagree_on_a_number() -> None:
    assert "almost two million people" in TEXTS["nq-2019-06-16-hong-kong-march.txt"]
    assert "338,000 people" in TEXTS["hw-2019-06-17-hong-kong-police-figure.txt"]
    assert "official figure of 64" in TEXTS["mp-2017-12-20-maria-official-toll.txt"]
    assert "2,975 more deaths" in TEXTS["hw-2018-08-28-maria-final-toll.txt"]


def test_the_messy_page_keeps_adverts_headline_lists_and_comments_and_no_answer_rests_on_them() -> None:
    page = TEXTS[MESSY]
    for trace in ("ADVERTISEMENT", "cookies", "Share this", "Recommended articles", "PREV ", "NEXT ", "Comments (4)"):
        assert trace in page
    reporting = page[: page.index("JOIN THE COURIER CLUB")]
    quotes = [quote for row in ANSWERABLE for article, quote in evidence(row) if article == MESSY]
    assert quotes
    assert all(quote in reporting for quote in quotes)
    assert sum(row.get("near") == [MESSY] for row in QUESTIONS) >= 4


def test_one_page_is_in_spanish_and_one_in_ukrainian() -> None:
    assert "tomará posesión" in TEXTS["nq-2024-06-03-sheinbaum-es.txt"]
    assert len(re.findall(r"[іїєґ]", TEXTS["hw-2022-05-15-kalush-uk.txt"])) > 20


def test_only_the_undated_page_has_no_date_line() -> None:
    undated = {name for name, text in PAGES.items() if not DATE_LINE.search(text)}
    assert undated == {"mp-undated-gotthard-explainer.txt"}


def test_one_fact_is_only_in_a_photo_caption() -> None:
    page = TEXTS["ls-2022-07-12-webb-deep-field.txt"]
    holders = [line for line in page.splitlines() if "12.5 hours" in line]
    assert len(holders) == 1
    assert " Photo: " in holders[0]


def test_named_speakers_are_quoted() -> None:
    page = TEXTS["mp-2023-01-19-ardern.txt"]
    assert page.count("“") >= 3
    assert "Anthony Albanese" in page
    assert "Jacinda Ardern" in page
