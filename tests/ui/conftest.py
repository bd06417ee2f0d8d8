from pathlib import Path

import pytest

from tests.ui.fakes import FERRY_PAGE, FakeParts
from ui.cli import main


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
