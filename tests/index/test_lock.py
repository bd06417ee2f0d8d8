import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import ArchiveError
from index.lock import WriterLock


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with WriterLock(tmp_path / "lock"), pytest.raises(ArchiveError, match=f"process {os.getpid()} on .+ since 20"):
        WriterLock(tmp_path / "lock", wait_s=0)


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    lock.release()
    lock.release()
    with WriterLock(tmp_path / "lock", wait_s=0):
        pass


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    script = "import os, sys; from pathlib import Path; from index.lock import WriterLock; "
    script += "lock = WriterLock(Path(sys.argv[1])); os._exit(9)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "lock")], cwd=Path(__file__).parents[2], check=False
    )
    assert done.returncode == 9
    assert "pid" in (tmp_path / "lock").read_text()  # it said that it held the lock, and nobody took that back
    with WriterLock(tmp_path / "lock", wait_s=0):
        pass


def test_a_lock_that_says_nothing_still_holds(tmp_path: Path) -> None:
    with WriterLock(tmp_path / "lock"):
        (tmp_path / "lock").write_text("")
        with pytest.raises(ArchiveError, match="another process"):
            WriterLock(tmp_path / "lock", wait_s=0)


def test_a_folder_that_is_not_there_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be written"):
        WriterLock(tmp_path / "missing" / "lock")
