import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from index.marks import Marks
from tests.ui.fakes import FakeArchive, FakeAsker, FakeParts, FakeQuoter, FakeTracer
from tests.ui.ferry import FERRY_PAGE, OVERVIEW
from tests.ui.reports import fake_dossiers
from ui.cli import main
from ui.overview import example_questions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "ferry.txt").write_text(FERRY_PAGE, encoding="utf-8")
    return articles


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def parts() -> FakeParts:
    return FakeParts()


@pytest.fixture
def filled(folder: Path, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["ingest", str(folder), "--archive", str(archive)], parts) == 0
    capsys.readouterr()
    return archive


@pytest.fixture
def with_outlet(filled: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> Path:
    """The archive with one more article, by Harbour Wire."""
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "The lighthouse was lit.", "source": "Harbour Wire"}\n', encoding="utf-8")
    assert main(["ingest", str(posts), "--archive", str(filled)], parts) == 0
    capsys.readouterr()
    return filled


# Chromium comes from the system; playwright only drives it.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Marks:
    return Marks(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def address(marks: Marks) -> Iterator[str]:
    from ui.app import Page as AttestPage
    from ui.app import build_page, launch_page
    from ui.quote_tab import QuotePage
    from ui.trace_tab import TracePage

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = AttestPage(FakeAsker(), FakeArchive(), OVERVIEW)
    quotes = QuotePage(FakeQuoter(), FakeArchive(), page.one_at_a_time)
    reports = fake_dossiers(marks)
    traces = TracePage(FakeTracer(), FakeArchive(), marks, reports, page.one_at_a_time)
    blocks = build_page(page, OVERVIEW, example_questions(OVERVIEW), quotes, traces)
    yield launch_page(blocks, host="127.0.0.1", port=port)
    blocks.close(verbose=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        pytest.fail(f"No browser found (looked for {', '.join(names)}); install one with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def requests() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, address: str, requests: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()
    yield page
    context.close()
