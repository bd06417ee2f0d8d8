"""eval/benchmark_ingest.py: the encoder's share of an ingest."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval import benchmark_ingest
from eval.benchmark_ingest import rate, summary, timed
from index.embedding import MiniLmEmbedder, Vectors
from index.ingest import ingest


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    told: dict[str, Any] = summary(
        {
            "plain": [(10.0, 20.0), (20.0, 20.0), (10.0, 20.0)],
            "bare": [(20.0, 40.0), (20.0, 30.0), (40.0, 60.0)],
            "ingest": [(10.0, 36.0), (18.0, 15.0), (36.0, 51.0)],
        }
    )
    assert told["ingest_to_bare"] == {"median": 0.9, "rounds": [0.5, 0.9, 0.9]}
    assert told["ingest_to_bare_processor"] == {"median": 0.85, "rounds": [0.9, 0.5, 0.85]}
    assert told["bare_to_plain_processor"]["median"] == 2.0
    assert told["ingest_to_plain"]["rounds"] == [1.0, 0.9, 3.6]
    assert told["passages_per_second"] == {"plain": 10.0, "bare": 20.0, "ingest": 18.0}
    assert told["passages_per_processor_second"] == {"plain": 20.0, "bare": 40.0, "ingest": 36.0}


def test_a_rate_counts_the_clock_and_the_processor_apart() -> None:
    def idle() -> int:
        time.sleep(0.05)
        return 10

    by_clock, by_processor = rate(timed(idle))
    assert by_clock < 200 < by_processor


def test_the_rate_of_two_halves_is_of_all_their_passages_in_all_their_time() -> None:
    assert rate((256, 3.0, 5.0), (44, 1.0, 1.0)) == (75.0, 50.0)


@pytest.mark.model
def test_the_same_passages_are_embedded_and_ingested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = tmp_path / "a.jsonl"
    lines = [{"text": f"The council of Oslo voted on budget number {at}. It passed by one vote."} for at in range(4)]
    articles.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    embedded: list[tuple[MiniLmEmbedder, int]] = []
    embed = MiniLmEmbedder.embed_passages

    def noted(self: MiniLmEmbedder, texts: Sequence[str]) -> Vectors:
        embedded.append((self, len(texts)))
        return embed(self, texts)

    monkeypatch.setattr(MiniLmEmbedder, "embed_passages", noted)
    said: list[str] = []
    benchmark_ingest.main([str(articles), "--articles", "3", "--rounds", "1"], say=said.append)
    told = json.loads(said[0])
    assert told["articles"] == 3
    assert told["passages"] == 3
    assert told["passages_per_second"].keys() == {"plain", "bare", "ingest"}
    assert min(told["passages_per_processor_second"].values()) > 0
    assert len({id(embedder) for embedder, _ in embedded}) == 2  # the plain one and the product's
    assert [count for _, count in embedded] == [3] * 5  # two first calls, and a round of three


@pytest.mark.model
def test_an_ingest_is_between_halves_of_both_encoders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_ingest, "BATCH_PASSAGES", 1)
    articles = tmp_path / "a.jsonl"
    articles.write_text("".join(f'{{"text": "Oslo voted on budget number {at}."}}\n' for at in range(3)), "utf-8")
    steps: list[str] = []
    embed = MiniLmEmbedder.embed_passages

    def noted(self: MiniLmEmbedder, texts: Sequence[str]) -> Vectors:
        steps.append(f"{id(self)}: {texts[0][-2]}" if len(texts) == 1 else "first call")
        return embed(self, texts)

    def noted_ingest(*arguments: Any) -> Any:
        steps.append("ingest")
        return ingest(*arguments)

    monkeypatch.setattr(MiniLmEmbedder, "embed_passages", noted)
    monkeypatch.setattr("eval.benchmark_ingest.ingest", noted_ingest)
    benchmark_ingest.main([str(articles), "--rounds", "1"], say=lambda _: None)
    at = steps.index("ingest")
    bare, plain = (steps[at - 1].split(":")[0], steps[at - 3].split(":")[0])
    assert steps[2:at] == [f"{plain}: 0", f"{plain}: 1", f"{bare}: 0", f"{bare}: 1"]
    assert steps[-2:] == [f"{bare}: 2", f"{plain}: 2"]
    assert bare != plain
