"""The formats that `attest eval import` knows, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eval.datasets import claims, collections, gold, judged, questions
from eval.datasets.model import Dataset
from index.errors import UsageError


@dataclass(frozen=True, slots=True)
class Format:
    """A loader and what it wants to be given, in words."""

    load: Callable[..., Dataset]
    paths: tuple[str, ...]


FORMATS = {
    "gold": Format(gold.load, ("rows.jsonl", "articles.jsonl(.gz|.xz) or a folder of them")),
    "newsquiz": Format(questions.newsquiz, ("questions.jsonl", "a folder of articles-*.jsonl.xz")),
    "squad": Format(questions.squad, ("SQuAD or XQuAD .json",)),
    "clapnq": Format(questions.clapnq, ("clapnq .jsonl",)),
    "rgb": Format(questions.rgb, ("RGB's fact .json",)),
    "beir": Format(collections.beir, ("a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv",)),
    "multihop": Format(collections.multihop, ("MultiHopRAG.json", "corpus.json")),
    "fever": Format(claims.fever, ("FEVER .jsonl",)),
    "averitec": Format(claims.averitec, ("AVeriTeC .json",)),
    "qags": Format(judged.qags, ("QAGS .jsonl",)),
    "summedits": Format(judged.summedits, ("SummEdits .json(.gz)",)),
    "wice": Format(judged.wice, ("WiCE .jsonl(.gz)",)),
    "expertqa": Format(judged.expertqa, ("ExpertQA .jsonl(.gz)",)),
    "begin": Format(judged.begin, ("BEGIN .tsv(.gz)",)),
    "faithbench": Format(judged.faithbench, ("FaithBench .json or .jsonl",)),
    "ragtruth": Format(judged.ragtruth, ("response.jsonl", "source_info.jsonl")),
}


def load_format(name: str, paths: list[Path]) -> Dataset:
    """The dataset at `paths` in the format `name`. Raises UsageError for another format or number of paths."""
    if name not in FORMATS:
        raise UsageError(f"{name!r} is no format; expected one of {', '.join(FORMATS)}")
    wanted = FORMATS[name].paths
    if len(paths) != len(wanted):
        raise UsageError(f"{len(paths)} paths were given; {name} needs {len(wanted)}: {', '.join(wanted)}")
    dataset = FORMATS[name].load(*paths)
    if not dataset.judged and next(dataset.items(), None) is None:
        raise UsageError(f"{paths[0]} holds nothing of the format {name}; expected {wanted[0]}")
    return dataset
