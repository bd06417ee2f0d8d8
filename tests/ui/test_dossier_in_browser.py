"""An exported HTML file in a real browser: it opens from the disk and asks for nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.dossiers import dossier
from tests.ui.ferry import FACT
from ui.dossier_html import to_html

pytestmark = pytest.mark.browser


def test_the_file_opens_from_the_disk_requests_nothing_and_fits_a_telephone(
    browser: Browser,
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.html"
    path.write_text(to_html(dossier()), encoding="utf-8")
    requests: list[str] = []
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(path.as_uri())
    expect(page.get_by_text(FACT).first).to_be_visible()
    expect(page.locator("svg.timeline")).to_be_visible()
    assert requests == [path.as_uri()]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.pdf()[:5] == b"%PDF-"
    page.close()
