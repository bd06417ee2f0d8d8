import sqlite3
from pathlib import Path

import pytest

from index.errors import ArchiveError, UsageError
from index.marks import FILE_NAME, Marks


def test_a_verdict_is_kept_for_the_claim_however_it_is_typed_and_the_last_one_counts(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    assert marks.of("The dam broke") == []
    assert not (tmp_path / FILE_NAME).exists()
    marks.mark("The dam broke", "a1", 3, 9, "supports")
    marks.mark(" the DAM\nbroke ", "a1", 3, 9, "refutes")
    [kept] = Marks(tmp_path).of("The dam  broke")
    assert (kept.article_id, kept.start, kept.end, kept.stance) == ("a1", 3, 9, "refutes")
    assert marks.of("Another claim") == []


def test_none_takes_a_verdict_back(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    marks.mark("c", "a1", 0, 1, "neither")
    assert marks.mark("c", "a1", 0, 1, None) is None
    assert marks.all() == []


@pytest.mark.parametrize(("claim", "start", "stance"), [("c", 0, "true"), ("  ", 0, "supports"), ("c", 5, "supports")])
def test_what_is_no_verdict_is_refused(tmp_path: Path, claim: str, start: int, stance: str) -> None:
    with pytest.raises(UsageError):
        Marks(tmp_path).mark(claim, "a1", start, 5, stance)


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database, and long enough to be looked at" * 40)
    with pytest.raises(ArchiveError, match=r"marks\.sqlite"):
        Marks(tmp_path).all()


def test_whoever_writes_a_verdict_does_not_wait_for_a_writer_of_the_archive(tmp_path: Path) -> None:
    archive = sqlite3.connect(tmp_path / "archive.sqlite")
    archive.execute("CREATE TABLE t (x)")
    archive.execute("BEGIN EXCLUSIVE")
    assert Marks(tmp_path).mark("c", "a1", 0, 1, "supports") is not None
    archive.close()
