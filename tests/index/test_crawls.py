"""Crawls as servers and browsers leave them: packed in several ways, in old encodings, with feeds and broken pages."""

import gzip
from pathlib import Path

import brotli
import zstandard

from tests.index.read_files import articles, read, reasons

SENTENCE = "The harbour board of Kestrel Bay approved a breakwater on Monday, at a cost of 42 million euros. "
POLISH = "Zarząd portu ogłosił w poniedziałek, że zatwierdził nowy falochron po dwóch latach rozmów. "
Page = tuple[bytes, str, dict[str, str]]  # body, content type, other headers


def page(text: str, encoding: str = "utf-8") -> bytes:
    story = f"<h1>Port</h1><p>{text * 3}</p><p>{text}</p>"
    return f"<html><body><article>{story}</article></body></html>".encode(encoding)


def crawl(*pages: Page) -> bytes:
    records = []
    for number, (body, kind, headers) in enumerate(pages):
        lines = [f"{name}: {value}" for name, value in {"Content-Type": kind, **headers}.items()]
        content = "\r\n".join(["HTTP/1.1 200 OK", *lines]).encode() + b"\r\n\r\n" + body
        head = ["WARC/1.0", "WARC-Type: response", f"WARC-Target-URI: http://bay.example/{number}"]
        head += ["Content-Type: application/http; msgtype=response", f"Content-Length: {len(content)}"]
        records.append(gzip.compress("\r\n".join(head).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"))
    return b"".join(records)


def test_a_page_is_read_however_the_server_packed_it_and_one_that_is_damaged_ends_no_crawl(tmp_path: Path) -> None:
    packed = [
        (brotli.compress(page(f"By br. {SENTENCE}")), "text/html", {"Content-Encoding": "br"}),
        (brotli.compress(page(SENTENCE))[:-20], "text/html", {"Content-Encoding": "br"}),
        (b"no brotli at all", "text/html", {"Content-Encoding": "br"}),
        (zstandard.compress(page(f"By zstd. {SENTENCE}")), "text/html", {"Content-Encoding": "zstd"}),
        (gzip.compress(page(f"By gzip. {SENTENCE}")), "text/html", {"Content-Encoding": "gzip"}),
    ]
    found = read(tmp_path, a_warc_gz=crawl(*packed))
    assert [item.record for item in articles(found)] == [1, 4, 5]
    assert all(f"By {name}." in item.text for name, item in zip(("br", "zstd", "gzip"), articles(found), strict=True))
    assert [reason.rpartition(" (")[0] for reason in reasons(found)] == ["the capture cannot be read: its packing"] * 2


def test_a_small_page_of_brotli_may_not_unpack_to_a_huge_one(tmp_path: Path) -> None:
    bomb = brotli.compress(b" " * (40 << 20))
    [reason] = reasons(read(tmp_path, a_warc_gz=crawl((bomb, "text/html", {"Content-Encoding": "br"}))))
    assert reason.startswith("longer than the 20 MiB")


def test_a_page_is_in_the_encoding_that_its_server_names(tmp_path: Path) -> None:
    bodies = [
        (page(POLISH, "iso8859-2"), "text/html; charset=iso-8859-2"),
        (POLISH.encode("cp1250"), "text/plain;charset=cp1250"),
    ]
    found = articles(read(tmp_path, a_warc_gz=crawl(*((body, kind, {}) for body, kind in bodies))))
    assert len(found) == 2
    assert all(POLISH.strip() in item.text for item in found)


def test_feeds_and_pages_of_no_said_kind_are_known_by_their_looks(tmp_path: Path) -> None:
    item = f"<item><description>{SENTENCE}</description></item>"
    feed = f"<?xml version='1.0'?><rss version='2.0'><channel>{item}</channel></rss>"
    bodies = [(feed.encode(), "text/xml"), (page(SENTENCE), ""), (b"<urlset></urlset>", "application/xml")]
    found = read(tmp_path, a_warc_gz=crawl(*((body, kind, {}) for body, kind in bodies)))
    assert [item.record for item in articles(found)] == [1, 2]
    assert reasons(found) == ["of its captures, 1 is no text (pictures, scripts)"]
