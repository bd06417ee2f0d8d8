import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from index.side_by_side import SideBySide


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
