"""The children that parse: one for many files, ended when a file is too much, and never the end of the reading."""

import time
from pathlib import Path

import pytest

from eval.file_samples import SENTENCES, STORY, html_page
from index.formats import pool as pool_module
from index.formats.pool import ParserPool
from index.readers import read_paths
from index.records import RawRecord

# A child whose parser misbehaves on pages that say so; the rest is the real one.
CHILD = """
import sys; sys.path.insert(0, sys.argv[1])
import os, time
from index.formats import html, worker
real = html.parse_html
def parse_html(raw, url=None):
    if b"CRASH" in raw:
        os.abort()
    if b"HANG" in raw:
        while True:
            pass
    if b"SLEEP" in raw:
        time.sleep(600)
    if b"EAT" in raw:
        bytearray(4 << 30)
    if b"WRITE" in raw:
        open("written-by-a-parser", "w")
    if b"CONNECT" in raw:
        import socket
        socket.create_connection(("127.0.0.1", 9))
    return [html.Document(html.visible_text(raw.decode()), {"title": str(os.getpid())})]
html.parse_html = parse_html
worker.CPU_SECONDS_ELSE = 1
worker.main()
"""


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_START", CHILD)


@pytest.mark.usefixtures("misbehaving")
def test_one_child_serves_many_files_and_a_crash_costs_only_itself() -> None:
    with ParserPool() as pool:
        pages = [html_page(), html_page(), html_page(body="<p>CRASH</p>"), html_page()]
        outcomes = [future.result() for future in [pool.submit("html", page) for page in pages]]
    assert all(STORY in outcome.documents[0].text for outcome in outcomes)
    first, second, third, fourth = (outcome.documents[0] for outcome in outcomes)
    assert first.fields == second.fields != fourth.fields  # the title of this child is its process id
    assert third.note == "read as plain text: the parser crashed (signal 6)"


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize(
    ("word", "why"), [("HANG", "took too long"), ("EAT", "more memory"), ("WRITE", "may not"), ("CONNECT", "may not")]
)
def test_what_a_parser_may_not_do_ends_in_plain_text(word: str, why: str) -> None:
    with ParserPool() as pool:
        [document] = pool.submit("html", html_page(body=f"<p>{word}</p>")).result().documents
    assert SENTENCES[0] in document.text
    assert document.note is not None
    assert why in document.note
    assert not Path("written-by-a-parser").exists()


@pytest.mark.usefixtures("misbehaving")
def test_a_parser_that_waits_for_ever_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", 2.0)
    with ParserPool() as pool:
        [document] = pool.submit("html", html_page(body="<p>SLEEP</p>")).result().documents or [None]
        assert document is None or document.note == "read as plain text: the parser hangs"


@pytest.mark.usefixtures("misbehaving")
def test_closing_does_not_wait_for_a_parser() -> None:
    pool = ParserPool()
    pool.submit("html", html_page(body="<p>SLEEP</p>"))
    time.sleep(0.5)
    begun = time.monotonic()
    pool.close()
    assert time.monotonic() - begun < 30


@pytest.mark.usefixtures("misbehaving")
def test_files_come_out_in_their_order_whatever_took_longest(tmp_path: Path) -> None:
    for at in range(6):
        (tmp_path / f"{at}.html").write_bytes(
            html_page((f"Story {at} of the harbour was told at length by the pilot.",))
        )
        (tmp_path / f"{at}.txt").write_text(f"Text {at}.")
    (tmp_path / "2.html").write_bytes(html_page(body="<p>CRASH</p>"))
    found = [item for item in read_paths([tmp_path]) if isinstance(item, RawRecord)]
    assert [Path(item.path).name for item in found] == [f"{at}.{kind}" for at in range(6) for kind in ("html", "txt")]


def test_no_child_is_started_for_text_and_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*arguments: object) -> None:
        raise AssertionError("no parser is needed")

    monkeypatch.setattr(pool_module, "_Child", started)
    (tmp_path / "a.txt").write_text(STORY)
    (tmp_path / "b.jsonl").write_text('{"text": "One."}\n')
    assert len(list(read_paths([tmp_path]))) == 2
