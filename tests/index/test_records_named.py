"""What records are called in the exports of others."""

import json
from pathlib import Path

from index.documents import build_article
from tests.index.read_files import articles, one, read

TEXT = "The harbour board approved a breakwater on Monday."


def test_usual_names_of_fields_are_known_and_said_to_be_where_a_value_is_from(tmp_path: Path) -> None:
    record = {"text": TEXT, "headline": "Port", "date": "2021-03-04", "author": "Ann Lee", "publisher": "Bay Post"}
    lines = [record, record | {"title": "Own", "published_at": "2020-01-02"}]
    first, second = articles(read(tmp_path, a_jsonl="\n".join(map(json.dumps, lines)).encode()))
    article = build_article(first)
    assert (article.title, article.published_at, article.source) == ("Port", "2021-03-04", "Bay Post")
    assert article.provenance["published_at"] == "record: date"
    assert build_article(second).title == "Own"
    assert build_article(second).published_at == "2020-01-02"
    assert build_article(second).provenance["published_at"] == "record"


def test_the_list_with_texts_is_the_list_of_records_however_deep(tmp_path: Path) -> None:
    found = {"meta": {"n": 1}, "tags": [{"a": 1}, {"a": 2}], "data": {"articles": [{"text": TEXT}]}}
    assert [record.text for record in articles(read(tmp_path, a_json=json.dumps(found).encode()))] == [TEXT]


def mixed(kind: str, *parts: tuple[str, str]) -> bytes:
    body = "".join(f"--b\nContent-Type: {of}; charset=utf-8\n\n{content}\n" for of, content in parts)
    return f'From: a@b.example\nContent-Type: multipart/{kind}; boundary="b"\n\n{body}--b--\n'.encode()


def test_a_footer_in_html_does_not_take_the_place_of_the_message() -> None:
    footer = "<p>You get this mail from the list</p>"
    found = one("mail", mixed("mixed", ("text/plain", TEXT), ("text/html", footer)))
    assert found.text == f"{TEXT}\n\nYou get this mail from the list"


def test_of_alternatives_the_page_is_read_and_a_plain_twin_is_not_read_again() -> None:
    page = f"<p>{TEXT} All of it.</p>"
    for kind in ("alternative", "mixed"):
        assert one("mail", mixed(kind, ("text/plain", TEXT), ("text/html", page))).text == f"{TEXT} All of it."


def test_a_message_without_the_boundary_it_names_is_read() -> None:
    raw = f'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n{TEXT}\n'
    assert one("mail", raw.encode()).text == TEXT
