import hashlib
import threading
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from index.errors import ModelError, UsageError
from rag.download import Downloaded, download

BODY = b"GGUF" + bytes(range(256)) * 4096
SHA256 = hashlib.sha256(BODY).hexdigest()


@dataclass
class Hub:
    """A server on this machine that answers as told, and what it was asked."""

    body: bytes = BODY
    etag: str = '"one"'
    cuts: list[int] = field(default_factory=list)  # hang up after so many bytes, once each
    status: int = 200
    content_type: str = "application/octet-stream"
    says_length: bool = True
    linked_sha256: str | None = None
    redirect_to: str | None = None
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        hub = self.hub
        if self.path == "/link":
            self.send_response(302)
            self.send_header("Location", hub.redirect_to or "/model.gguf")
            if hub.linked_sha256:
                self.send_header("X-Linked-ETag", f'"{hub.linked_sha256}"')
            self.end_headers()
            return
        asked = self.headers.get("Range")
        hub.ranges.append(asked)
        if hub.status >= 400:
            self.send_error(hub.status)
            return
        start = 0
        if asked and self.headers.get("If-Range") == hub.etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(hub.body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(hub.body)}")
                self.end_headers()
                return
        rest = hub.body[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(hub.body) - 1}/{len(hub.body)}")
        self.send_header("ETag", hub.etag)
        self.send_header("Content-Type", hub.content_type)
        if hub.says_length:
            self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: hub.cuts.pop(0)] if hub.cuts else rest)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a test's output is its failures."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield hub
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(hub: Hub, target: Path, *, path: str = "/model.gguf", sha256: str | None = None) -> Downloaded:
    return download(f"{hub.url}{path}", target, sha256=sha256, magic=b"GGUF", attempts=2, pause_s=0.0, timeout_s=5.0)


def test_a_whole_file_is_in_place_with_its_checksum_and_nothing_beside_it(hub: Hub, tmp_path: Path) -> None:
    target = tmp_path / "models" / "m.gguf"
    assert fetch(hub, target) == Downloaded(target, SHA256, len(BODY))
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]


def test_progress_ends_at_the_whole(hub: Hub, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    download(f"{hub.url}/m", tmp_path / "m", progress=lambda here, total: seen.append((here, total)))
    assert seen[-1] == (len(BODY), len(BODY))


def test_a_cut_connection_is_resumed_where_it_ended(hub: Hub, tmp_path: Path) -> None:
    hub.cuts = [1000, 5000]
    assert fetch(hub, tmp_path / "m.gguf").sha256 == SHA256
    assert hub.ranges == [None, "bytes=1000-", "bytes=6000-"]


def test_a_later_run_goes_on_from_what_an_earlier_one_kept(hub: Hub, tmp_path: Path) -> None:
    hub.cuts = [1000, 0, 0]
    with pytest.raises(ModelError, match="kept"):
        fetch(hub, tmp_path / "m.gguf")
    assert (tmp_path / "m.gguf.part").read_bytes() == BODY[:1000]
    assert not (tmp_path / "m.gguf").exists()
    hub.cuts = []
    assert fetch(hub, tmp_path / "m.gguf").sha256 == SHA256
    assert hub.ranges[-1] == "bytes=1000-"


def test_a_file_that_changed_on_the_server_is_fetched_anew(hub: Hub, tmp_path: Path) -> None:
    hub.cuts = [1000, 0, 0]
    with pytest.raises(ModelError):
        fetch(hub, tmp_path / "m.gguf")
    hub.cuts, hub.etag, hub.body = [], '"two"', b"GGUF another and shorter"
    fetch(hub, tmp_path / "m.gguf")
    assert (tmp_path / "m.gguf").read_bytes() == hub.body


def test_without_a_strong_tag_a_part_is_not_trusted(hub: Hub, tmp_path: Path) -> None:
    hub.etag, hub.cuts = 'W/"weak"', [1000]
    assert fetch(hub, tmp_path / "m.gguf").sha256 == SHA256
    assert hub.ranges == [None, None]


def test_a_part_that_is_whole_already_is_put_in_place(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(BODY)
    (tmp_path / "m.gguf.part.etag").write_text(hub.etag)
    assert fetch(hub, tmp_path / "m.gguf").sha256 == SHA256


def test_a_part_longer_than_the_file_is_fetched_anew(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(BODY + b"more")
    (tmp_path / "m.gguf.part.etag").write_text(hub.etag)
    assert fetch(hub, tmp_path / "m.gguf").sha256 == SHA256


def test_another_checksum_is_refused_and_removed(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"SHA-256 .* expected 000000000000"):
        fetch(hub, tmp_path / "m.gguf", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_checksum_that_the_hub_names_on_the_way_is_held_to(hub: Hub, tmp_path: Path) -> None:
    hub.linked_sha256 = SHA256
    assert fetch(hub, tmp_path / "m.gguf", path="/link").sha256 == SHA256
    hub.linked_sha256 = "0" * 64
    with pytest.raises(ModelError, match="SHA-256"):
        fetch(hub, tmp_path / "other.gguf", path="/link")


def test_an_html_page_is_named_as_one(hub: Hub, tmp_path: Path) -> None:
    hub.content_type, hub.body = "text/html; charset=utf-8", b"<!DOCTYPE html>Log in"
    with pytest.raises(ModelError, match="HTML page, expected a model file"):
        fetch(hub, tmp_path / "m.gguf")
    assert list(tmp_path.iterdir()) == []


def test_a_page_sent_as_bytes_is_refused_and_removed(hub: Hub, tmp_path: Path) -> None:
    hub.body = b"<!DOCTYPE html>Log in"
    with pytest.raises(ModelError, match="expected b'GGUF'"):
        fetch(hub, tmp_path / "m.gguf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "hint", "asked"), [(404, "has moved", 1), (403, "account", 1), (429, "later", 1), (503, "later", 2)]
)
def test_a_refusal_says_what_to_do_and_only_a_broken_server_is_asked_again(
    hub: Hub, tmp_path: Path, status: int, hint: str, asked: int
) -> None:
    hub.status = status
    with pytest.raises(ModelError, match=rf"answered {status} .*{hint}"):
        fetch(hub, tmp_path / "m.gguf")
    assert len(hub.ranges) == asked


def test_a_length_that_is_not_said_is_refused(hub: Hub, tmp_path: Path) -> None:
    hub.says_length = False
    with pytest.raises(ModelError, match="how long"):
        fetch(hub, tmp_path / "m.gguf")


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be fetched"):
        download("http://127.0.0.1:9/m.gguf", tmp_path / "m.gguf", attempts=2, pause_s=0.0, timeout_s=2.0)


def test_a_full_disk_is_noticed_before_the_first_byte(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10, 5, 5))
    with pytest.raises(ModelError, match=r"0\.0 GB free .* ATTEST_MODELS_DIR"):
        fetch(hub, tmp_path / "m.gguf")
    assert not (tmp_path / "m.gguf").exists()


@pytest.mark.parametrize("url", ["http://example.org/m.gguf", "ftp://127.0.0.1/m.gguf", "file:///etc/hosts", "m.gguf"])
def test_only_https_is_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="https:// only"):
        download(url, tmp_path / "m.gguf")


def test_a_redirect_down_to_http_is_refused(hub: Hub, tmp_path: Path) -> None:
    hub.redirect_to = "http://example.org/m.gguf"
    with pytest.raises(UsageError, match="https:// only"):
        fetch(hub, tmp_path / "m.gguf", path="/link")
