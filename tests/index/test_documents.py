"""Articles: keys, names, and the provenance of each field."""

from collections.abc import Mapping

import pytest

from index.documents import build_article
from index.errors import InputError
from index.records import Format, RawRecord

TEXT = (
    "A bridge at last for Eastport\n\nBy Ann Lee\n\n"
    "The council of Eastport agreed on Monday to build a new bridge over the river, the mayor said."
)


def raw(
    fields: Mapping[str, object] | None = None, *, form: Format = "jsonl", text: str = TEXT, name: str = ""
) -> RawRecord:
    return RawRecord("news/day.jsonl", 7 if form == "jsonl" else None, text, fields or {}, form, name)


def test_the_records_own_metadata_comes_first() -> None:
    article = build_article(raw({"title": "Own", "authors": "Bo Chan", "published_at": "24 March 2021", "id": 12}))
    assert (article.title, article.authors, article.published_at) == ("Own", ("Bo Chan",), "2021-03-24")
    assert (article.key, article.source_id) == ("id:12", "12")
    assert article.provenance == {"title": "record", "authors": "record", "published_at": "record"}


def test_what_the_record_lacks_comes_from_the_text_and_says_so() -> None:
    article = build_article(raw({"published_at": "soon", "source": None}))
    assert (article.title, article.authors) == ("A bridge at last for Eastport", ("Ann Lee",))
    assert (article.published_at, article.source) == (None, None)
    assert article.provenance == {"title": "text: headline", "authors": "text: byline"}


def test_an_article_is_known_by_id_then_address_then_file_then_text() -> None:
    assert build_article(raw({"id": "a", "url": "https://x.example/1"})).key == "id:a"
    assert build_article(raw({"id": "a", "source": "The Post"})).key == "id:a@the post"
    assert build_article(raw({"url": "https://x.example/1"})).key == "url:https://x.example/1"
    assert build_article(raw(form="text", name="2020/day.txt")).key == "file:2020/day.txt"
    assert build_article(raw()).key.startswith("text:")
    assert build_article(raw()).source_id == "day.jsonl:7"
    assert build_article(raw(form="text")).source_id == "day.jsonl"


def test_the_same_content_has_the_same_id_wherever_it_was_read() -> None:
    elsewhere = RawRecord("other/copy.jsonl", 1, TEXT, {"id": "a"}, "jsonl")
    assert build_article(raw({"id": "a"})).id == build_article(elsewhere).id
    assert build_article(raw({"id": "a"}, text=TEXT + " Correction.")).id != build_article(elsewhere).id


def test_the_text_is_kept_as_it_was_read() -> None:
    text = "\u00a0" + TEXT + " \u200b\n\n"
    assert build_article(raw(text=text)).text == text


def test_fields_of_a_page_say_html() -> None:
    article = build_article(raw({"title": "T", "url": "https://x.example"}, form="html", name="page.html"))
    assert article.provenance["title"] == article.provenance["url"] == "html"
    assert article.key == "file:page.html"


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(InputError, match="no words"):
        build_article(raw(text=" --- "))
