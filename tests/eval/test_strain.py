"""The reliability runs in small; each is a process of its own, since it forks and threads do not survive that."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(module: str, *options: str) -> Any:
    """The document that a run prints at its end."""
    command = [sys.executable, "-m", f"eval.{module}", "eval/sample/articles", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    said = json.loads(done.stdout[done.stdout.index("{\n") :])
    assert said["breaches"] == []
    assert done.returncode == 0
    return said


def test_of_two_writers_that_start_at_once_one_writes_and_the_other_is_told_who() -> None:
    said = run("race_writers", "--races", "3")
    assert (said["races"], said["holders_killed"]) == (3, 1)
    assert said["slowest_refusal_s"] > 0


def test_readers_find_exact_slices_while_articles_come_change_and_go() -> None:
    said = run("read_while_writing", "--readers", "4", "--seconds", "8")
    assert said["searches"] >= 4
    assert said["results"] >= 40
    assert said["writer"]["rounds"] >= 1


def may_mount() -> bool:
    """Whether this process has Linux's capability number 21, CAP_SYS_ADMIN; root in a container mostly has not."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return any(line.startswith("CapEff") and int(line.split()[1], 16) >> 21 & 1 for line in lines)


@pytest.mark.skipif(not may_mount(), reason="mounting a file system is not allowed here")
def test_a_full_disk_and_a_read_only_one_cost_a_sentence_and_nothing_else() -> None:
    said = run("fill_disk", "--levels", "3", "--articles", "6")
    assert said["full"] >= 2
    assert any("is full" in sentence for sentence in said["sentences"])
    assert any("Read-only file system" in sentence for sentence in said["sentences"])
    assert min(said["log_bytes"]) > 0
    assert said["log_read"] == [True, False]
    assert any("what its writer left in the log" in sentence for sentence in said["sentences"])
