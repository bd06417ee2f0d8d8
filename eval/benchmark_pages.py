"""How well the article is found in a news page: shingle F1 as the authors of article-extraction-benchmark define it.

    python -m eval.benchmark_pages FOLDER    with ground-truth.json and html/*.html.gz, as in that benchmark

Prints, as JSON, what is stored of a page (its captions and readers' comments aside, which are labelled and no part of
the body that people marked), what of it counts as evidence (without titles and page furniture), and trafilatura by
itself: as it is, and told to leave readers' comments out. A page that gives nothing counts as "".
"""

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from index.cleaning import label_blocks
from index.decoding import decode_html
from index.formats.document import NoArticleError
from index.formats.parsing import parse

SHINGLE = 4  # tokens
_TOKEN = re.compile(r"\w+")
Shares = tuple[float, float, float]  # true positives, false positives, false negatives; together 1, or all 0


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    truth = {
        key: row.get("articleBody", "") for key, row in json.loads((folder / "ground-truth.json").read_bytes()).items()
    }
    pages = {key: gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()) for key in truth}
    methods = {
        "stored": stored,
        "trafilatura": alone,
        "trafilatura, no comments": without_comments,
    }
    report: dict[str, object] = {"pages": len(pages)}
    for name, method in methods.items():
        method(next(iter(pages.values())))  # imports
        begun = time.perf_counter()
        found = {key: method(page) for key, page in pages.items()}
        seconds = time.perf_counter() - begun
        report[name] = {**measure(truth, found), "pages_per_second": round(len(pages) / seconds, 1)}
        if method is stored:
            report["evidence"] = measure(truth, {key: evidence(text) for key, text in found.items()})
    say(json.dumps(report, indent=2))


def measure(truth: dict[str, str], found: dict[str, str]) -> dict[str, float]:
    """Precision and recall, each the mean over the pages that have such a thing, and their harmonic mean."""
    shares = [shingle_shares(text, found[key]) for key, text in truth.items()]
    precision = statistics.mean(_ratio(hit, wrong, missed) for hit, wrong, missed in shares if hit + wrong > 0)
    recall = statistics.mean(_ratio(hit, missed, wrong) for hit, wrong, missed in shares if hit + missed > 0)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def shingle_shares(truth: str, found: str) -> Shares:
    """The shares of runs of four tokens that both have, that only `found` has, and that only `truth` has."""
    wanted, given = shingles(truth), shingles(found)
    hit, wrong, missed = (wanted & given).total(), (given - wanted).total(), (wanted - given).total()
    every = hit + wrong + missed
    return (hit / every, wrong / every, missed / every) if every else (0.0, 0.0, 0.0)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """How often each run of four tokens occurs; a text of fewer tokens is one run."""
    tokens = _TOKEN.findall(text)
    runs = (tuple(tokens[at : at + SHINGLE]) for at in range(max(1, len(tokens) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def stored(page: bytes) -> str:
    """The text that an archive would keep of the page, without the lines that its markup labels as beside the story."""
    try:
        document = parse("html", page)[0]
    except NoArticleError:
        return ""
    text = document.text
    for start, end, _ in reversed(document.labels):
        text = text[:start] + text[end:]
    return text


def evidence(text: str) -> str:
    """What of the stored text an answer may cite."""
    return "\n".join(text[block.start : block.end] for block in label_blocks(text) if block.kind in ("body", "caption"))


def alone(page: bytes) -> str:
    """trafilatura as it comes."""
    from trafilatura import extract

    return str(extract(decode_html(page)) or "")


def without_comments(page: bytes) -> str:
    """trafilatura, told to leave readers' comments out."""
    from trafilatura import extract

    return str(extract(decode_html(page), include_comments=False) or "")


def _ratio(hit: float, against: float, other: float) -> float:
    if against == other == 0:
        return 1.0
    return hit / (hit + against) if hit or against else 0.0


if __name__ == "__main__":
    main()
