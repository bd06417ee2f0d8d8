"""PDFs whose title is what a program wrote there, and no headline."""

from typing import Any

import pytest

from eval import file_samples as samples
from eval.file_samples import SENTENCES, TITLE
from index.documents import build_article
from index.records import RawRecord
from tests.index.read_files import one

NO_TITLES = (
    "about:blank",
    "Untitled",
    "untitled-3",
    "Untitled document",
    "Microsoft Word - final2.docx",
    "Document1",
    "Harbour story v2.indd",
    "index.html",
    "https://courier.example/2021/harbour?id=7",
    "courier.example/2021/harbour",
    "localhost:8000/harbour",
)


@pytest.mark.parametrize("title", NO_TITLES)
def test_what_a_program_wrote_there_is_none_and_the_headline_is(title: str) -> None:
    document = one("pdf", samples.pdf(((TITLE, *SENTENCES),), info=f"/Title ({title})"))
    article = build_article(RawRecord("a.pdf", None, document.text, document.fields, "pdf"))
    assert (article.title, article.provenance["title"]) == (TITLE, "text: headline")


@pytest.mark.parametrize("title", NO_TITLES)
def test_nor_is_it_one_when_another_parser_reads_the_file(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(parser: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr("index.formats.pdf._document", broken)
    assert one("pdf", samples.pdf(info=f"/Title ({title})")).fields == {}


@pytest.mark.parametrize(
    "title",
    [
        "Untitled Rothko is sold for a record",
        "Document shows what the mayor knew",
        "Microsoft Azure - what the harbour pays for",
        "AC/DC come to Eastport",
        "Slide 14 buries the coast road",
    ],
)
def test_a_headline_that_begins_like_none_is_one(title: str) -> None:
    assert one("pdf", samples.pdf(info=f"/Title ({title})")).fields == {"title": title}
