"""`attest watch` as a process of its own, with the real embedder: files come, change, move and go."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from index.archive import Archive

PATIENCE_S = 120.0
EVERY = "0.3"
# A shell that starts tests in the background lets them ignore Ctrl-C, and what they start inherits that.
AS_IN_A_TERMINAL = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from ui.cli import main
sys.exit(main())
"""


class Watching:
    """The running command, and its lines as they come."""

    def __init__(self, folder: Path, archive: Path, *options: str) -> None:
        command = [sys.executable, "-c", AS_IN_A_TERMINAL, "watch", str(folder), "--archive", str(archive)]
        self.process = subprocess.Popen(
            [*command, "--every", EVERY, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self.lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def expect(self, *words: str) -> str:
        """The next line, which must hold all `words`."""
        line = self.lines.get(timeout=PATIENCE_S)
        assert all(word in line for word in words), f"{line!r} lacks some of {words}"
        return line

    def nothing_for(self, seconds: float) -> bool:
        try:
            self.lines.get(timeout=seconds)
        except Empty:
            return True
        return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "one.txt").write_text("Ferry runs aground\n\nThe ferry carried 214 passengers. All were saved.\n")
    return folder


@pytest.fixture
def watching(news: Path, tmp_path: Path) -> Iterator[Watching]:
    running = Watching(news, tmp_path / "archive")
    yield running
    running.end()


def titles(archive: Path) -> list[str]:
    with Archive.open(archive) as opened:
        assert opened.verify() == []
        return sorted(str(article.title) for article in opened.articles())


def test_an_archive_follows_its_folder_until_ctrl_c(news: Path, tmp_path: Path, watching: Watching) -> None:
    watching.expect("watching", "stop with Ctrl-C")
    watching.expect("added", "one.txt")
    (news / "two.txt").write_text("Bridge over the sound opens\n\nThe bridge opened on Monday. It is 400 m long.\n")
    watching.expect("added", "two.txt")
    (news / "two.txt").write_text("Bridge over the sound opens\n\nThe bridge opened on Tuesday. It is 400 m long.\n")
    watching.expect("updated", "two.txt")
    (news / "one.txt").rename(news / "three.txt")
    watching.expect("moved", "three.txt", "from", "one.txt")
    os.utime(news / "three.txt")
    assert watching.nothing_for(2)
    (news / "three.txt").unlink()
    watching.expect("gone", "three.txt")
    (news / "drawing.psd").write_bytes(b"8BPS")
    watching.expect("skipped", "drawing.psd", "not a kind of file that is read")
    assert watching.stop() == 130
    watching.expect("interrupted: what was reported is in the archive")
    assert titles(tmp_path / "archive") == ["Bridge over the sound opens", "Ferry runs aground"]


def test_a_file_still_being_written_is_left_until_it_is_quiet(news: Path, tmp_path: Path, watching: Watching) -> None:
    watching.expect("watching")
    watching.expect("added", "one.txt")
    with (news / "slow.txt").open("w") as file:
        for paragraph in range(12):
            file.write(f"Paragraph {paragraph} of a long report on the harbour.\n\n")
            file.flush()
            time.sleep(0.15)
    watching.expect("added", "slow.txt")
    assert watching.stop() == 130
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.status().versions == 2
        assert "Paragraph 11 of" in archive.article("slow.txt").text


def test_files_deleted_meanwhile_take_their_articles_with_them_only_when_asked(news: Path, tmp_path: Path) -> None:
    (news / "two.txt").write_text("Bridge over the sound opens\n\nThe bridge opened on Monday. It is 400 m long.\n")
    first = Watching(news, tmp_path / "archive")
    first.expect("watching")
    first.expect("added", "one.txt")
    first.expect("added", "two.txt")
    assert first.stop() == 130
    first.end()
    (news / "one.txt").unlink()
    second = Watching(news, tmp_path / "archive")
    second.expect("gone", "one.txt", "its article stays", "attest remove")
    assert second.stop() == 130
    second.end()
    third = Watching(news, tmp_path / "archive", "--remove")
    third.expect("removed", "one.txt")
    third.expect("watching")
    third.expect("unchanged", "two.txt")
    (news / "two.txt").unlink()
    third.expect("removed", "two.txt")
    assert third.stop() == 130
    third.end()
    assert titles(tmp_path / "archive") == []
