import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from index.side_by_side import SideBySide

ROOT = Path(__file__).parents[2]


def test_batches_run_at_once_each_on_one_core_and_come_back_in_order() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        side_by_side = SideBySide()
        together = threading.Barrier(2, timeout=20)

        def work(batch: int) -> tuple[int, int]:
            together.wait()  # breaks where one batch waits for the other
            return batch, torch.get_num_threads()

        assert side_by_side(work, [1, 2, 3, 4]) == [(1, 1), (2, 1), (3, 1), (4, 1)]
        assert torch.get_num_threads() == 2
        with ThreadPoolExecutor(1) as other:  # a thread that starts later still shares an operation among all cores
            assert other.submit(torch.get_num_threads).result() == 2
        assert side_by_side(work, [5, 6]) == [(5, 1), (6, 1)]
    finally:
        torch.set_num_threads(before)


def test_what_a_batch_raises_is_raised() -> None:
    def work(batch: int) -> int:
        return 1 // batch

    with pytest.raises(ZeroDivisionError):
        SideBySide()(work, [1, 0, 2])


FORKED = """
import os, sys
from index.side_by_side import SideBySide
side_by_side = SideBySide()
assert side_by_side(abs, [-1, -2, -3]) == [1, 2, 3]
if os.fork() == 0:
    os._exit(0 if side_by_side(abs, [-4, -5, -6]) == [4, 5, 6] else 1)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
def test_a_forked_process_has_threads_of_its_own() -> None:
    with subprocess.Popen([sys.executable, "-c", FORKED], start_new_session=True, cwd=ROOT) as process:
        try:
            assert process.wait(60) == 0
        finally:
            if process.poll() is None:  # the forked one too
                os.killpg(process.pid, signal.SIGKILL)
