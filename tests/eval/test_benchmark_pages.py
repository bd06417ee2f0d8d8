"""The measure of article extraction, by hand and on a benchmark of one page."""

import gzip
import json
from pathlib import Path

from eval import benchmark_pages
from eval.benchmark_pages import measure, shingle_shares, shingles
from eval.file_samples import STORY, html_page


def test_shingles_are_runs_of_four_tokens() -> None:
    assert shingles("a b c d e") == {("a", "b", "c", "d"): 1, ("b", "c", "d", "e"): 1}
    assert shingles("a, b!") == {("a", "b"): 1}
    assert not shingles(" ... ")


def test_shares_count_hits_wrong_and_missed_runs() -> None:
    assert shingle_shares("a b c d e", "a b c d x") == (1 / 3, 1 / 3, 1 / 3)
    assert shingle_shares("", "") == (0.0, 0.0, 0.0)


def test_precision_and_recall_are_means_over_pages() -> None:
    truth = {"1": "a b c d", "2": "a b c d e f", "3": "a b c d"}
    found = {"1": "a b c d", "2": "a b c d", "3": ""}
    # precision: (1 + 1) / 2, page 3 has none; recall: (1 + 1/3 + 0) / 3
    assert measure(truth, found) == {"f1": 0.6154, "precision": 1.0, "recall": 0.4444}


def test_the_benchmark_measures_what_is_stored(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "p.html.gz").write_bytes(gzip.compress(html_page()))
    (tmp_path / "ground-truth.json").write_text(json.dumps({"p": {"articleBody": STORY}}))
    said: list[str] = []
    benchmark_pages.main([str(tmp_path)], say=said.append)
    report = json.loads(said[0])
    assert report["stored"]["recall"] == 1.0
    assert report["evidence"]["precision"] > 0.9
    assert set(report) == {"pages", "stored", "evidence", "trafilatura", "trafilatura, no comments"}
