from pathlib import Path

import pytest

from tests.index.desks import HARBOUR, SCHOOL, Desk


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Goes to a desk of that name, each of which has a folder `news` with another article under the same name."""
    for name, text in (("city", HARBOUR), ("schools", SCHOOL)):
        (tmp_path / name / "news").mkdir(parents=True)
        (tmp_path / name / "news" / "001.txt").write_text(text, encoding="utf-8")
    return lambda name: monkeypatch.chdir(tmp_path / name)
