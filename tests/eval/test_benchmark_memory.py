"""The measure of memory over an ingest: tenths by hand, and a small run with a stand-in for the model."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval import benchmark_memory
from eval.benchmark_memory import first, in_tenths
from index.embedding import Vectors
from index.records import Given, ReadFailure
from tests.index.fakes import HashEmbedder, numbered


def test_growth_is_that_of_the_last_tenth_over_the_first() -> None:
    million = 1_000_000
    samples = [(1, 100 * million), (9, 300 * million), (10, 900 * million), (95, 210 * million), (100, 330 * million)]
    found = in_tenths(samples, 100)
    assert found["mean_mb"] == [200, 900, *[None] * 7, 270]
    assert found["largest_mb"] == [300, 900, *[None] * 7, 330]
    assert (found["growth_of_mean"], found["growth_of_largest"]) == (0.35, 0.1)


def test_a_run_too_short_to_say_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="1 samples of 100 passages"):
        in_tenths([(5, 1)], 100)


def test_items_are_given_until_so_many_records_were_among_them() -> None:
    items: list[Given] = [ReadFailure("a", None, "no"), *numbered(3)]
    assert list(first(items, 2)) == items[:3]
    assert list(first(items, 9)) == items


class SlowEmbedder(HashEmbedder):
    """Slow enough to be looked at."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        time.sleep(0.05)
        return super().embed_passages(texts)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems say nothing of it in /proc")
def test_an_ingest_is_watched_from_its_first_batch_to_its_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("eval.benchmark_memory.EVERY_S", 0.005)
    monkeypatch.setattr("index.ingest.BATCH_PASSAGES", 2)
    monkeypatch.setattr("eval.benchmark_memory.MiniLmEmbedder.load", lambda quickly: SlowEmbedder())
    sample = Path(__file__).parents[2] / "eval" / "sample" / "articles"
    benchmark_memory.main([str(sample), "--articles", "24"])
    said = json.loads(capsys.readouterr().out)
    assert said["articles"] == 24
    assert said["mean_mb"][0] > 20
    assert said["largest_mb"][-1] >= said["mean_mb"][-1] > 20
    assert -0.5 < said["growth_of_mean"] < 0.5
