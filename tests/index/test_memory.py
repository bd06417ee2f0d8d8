import os
import subprocess
import sys
from pathlib import Path

import pytest

from index import memory
from index.archive import Archive
from index.ingest import ingest
from index.memory import KEPT_KERNELS, bound_kernel_cache, release_freed
from tests.index.fakes import HashEmbedder, numbered

CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"


def test_the_kernel_cache_has_a_bound_and_a_value_of_the_user_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CAPACITY, "7")
    bound_kernel_cache()
    assert os.environ[CAPACITY] == "7"
    monkeypatch.delenv(CAPACITY)
    bound_kernel_cache()
    assert os.environ[CAPACITY] == KEPT_KERNELS
    monkeypatch.delenv(CAPACITY)


def test_loading_the_embedder_bounds_the_cache_before_a_model_runs() -> None:
    script = (
        "import os; from index.embedding import MiniLmEmbedder; MiniLmEmbedder.load(quickly=True); "
        f"print(os.environ['{CAPACITY}'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != CAPACITY}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=root, check=True
    )
    assert done.stdout.strip() == KEPT_KERNELS


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems say nothing of it in /proc")
def test_freed_memory_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    if memory._trim() is None:
        pytest.skip("this C library cannot be asked")
    before = resident()
    pieces = [bytearray(20_000) for _ in range(5_000)]  # below what is mapped on its own: 100 MB of the heap
    kept = pieces[-1]  # holds the end of the heap, so that freeing alone gives nothing back
    del pieces
    release_freed()
    assert resident() - before < 60 << 20
    assert kept


def test_every_batch_of_an_ingest_gives_back_what_it_freed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr("index.ingest.release_freed", lambda: calls.append(1))
    monkeypatch.setattr("index.ingest.BATCH_PASSAGES", 5)
    embedder = HashEmbedder()
    with Archive.open(tmp_path, embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, numbered(20), embedder)
    assert len(calls) == 4
