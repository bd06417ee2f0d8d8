"""From a file of articles to an answered search: Attest, txtai and LangChain with the same model, by turns in one run.

    python -m eval.benchmark_rivals ARTICLES [--rivals PYTHON] [--articles 1000] [--rounds 3] [--jobs 1]

PYTHON: an interpreter of an environment with `pip install --group rivals`; this one if none is given.
Each run is a new process and a new index on the disk. Timed is what comes after the imports and the loading of the
model: reading the file, cutting (the rivals into pieces of 1,000 characters, by LangChain's splitter), embedding,
storing (txtai with words and content), and one search. Prints seconds by the clock and of processor time, and how many
times Attest's each rival took: medians of the rounds.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

PIECE_CHARS = 1000
QUESTION = "Who said so, and when?"
SYSTEMS = ("attest", "txtai", "langchain")
Ready = Callable[[], tuple[int, int]]  # does all that is timed; pieces stored, results of the search


def attest(source: Path, folder: Path, model: str, jobs: int) -> Ready:
    """Attest, with its model loaded."""
    del model  # the bundled one is what the rivals are given
    from index.archive import Archive, Filters
    from index.embedding import MiniLmEmbedder
    from index.ingest import ingest
    from index.readers import read_paths

    embedder = MiniLmEmbedder.load(quickly=True)
    embedder.embed_passages([QUESTION])

    def whole() -> tuple[int, int]:
        with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
            report = ingest(archive, read_paths([source], children=jobs), embedder, jobs=jobs)
            found = archive.dense(embedder.embed_queries([QUESTION])[0], 10, Filters())
            found += archive.lexical(QUESTION.split(), 10, Filters())
        return report.passages, len(found)

    return whole


def txtai(source: Path, folder: Path, model: str, jobs: int) -> Ready:
    """txtai with an index of words beside the one of vectors, and the content stored."""
    del jobs
    from txtai import Embeddings

    embeddings = Embeddings(path=model, content=True, hybrid=True)
    embeddings.transform(QUESTION)
    splitter = _splitter()

    def whole() -> tuple[int, int]:
        pieces = list(_pieces(source, splitter))
        embeddings.index((at, {"text": text, **told}, None) for at, (text, told) in enumerate(pieces))
        embeddings.save(str(folder))
        return len(pieces), len(embeddings.search(QUESTION, 10))

    return whole


def langchain(source: Path, folder: Path, model: str, jobs: int) -> Ready:
    """LangChain's FAISS store with HuggingFaceEmbeddings."""
    del jobs
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(model_name=model, encode_kwargs={"normalize_embeddings": True})
    embeddings.embed_query(QUESTION)
    splitter = _splitter()

    def whole() -> tuple[int, int]:
        texts, told = zip(*_pieces(source, splitter), strict=True)
        store = FAISS.from_texts(list(texts), embeddings, metadatas=list(told))
        store.save_local(str(folder))
        return len(texts), len(store.similarity_search(QUESTION, k=10))

    return whole


def _splitter() -> Any:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(chunk_size=PIECE_CHARS, chunk_overlap=0)


def _pieces(source: Path, splitter: Any) -> Iterator[tuple[str, dict[str, object]]]:
    with source.open(encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            told = {name: article.get(name) for name in ("title", "url")}
            for text in splitter.split_text(article["text"]):
                yield text, told


def timed(system: str, source: Path, folder: Path, model: str, jobs: int) -> dict[str, float]:
    """Seconds and pieces of one system in this process; its model is loaded before the clock starts."""
    prepare: dict[str, Callable[[Path, Path, str, int], Ready]] = {
        "attest": attest,
        "txtai": txtai,
        "langchain": langchain,
    }
    whole = prepare[system](source, folder, model, jobs)
    processor, began = sum(os.times()[:4]), time.perf_counter()
    pieces, found = whole()
    seconds = time.perf_counter() - began
    assert found > 0
    return {"seconds": seconds, "processor_seconds": sum(os.times()[:4]) - processor, "pieces": pieces}


def _in_child(python: str, system: str, source: Path, folder: Path, model: str, jobs: int) -> dict[str, float]:
    command = [python, "-m", "eval.benchmark_rivals", str(source), "--jobs", str(jobs)]
    command += ["--system", system, "--folder", str(folder), "--model", model]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{system} failed in {python}:\n{done.stderr}")
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def _write_slice(path: str, count: int, to: Path) -> int:
    from index.readers import read_paths
    from index.records import RawRecord

    items = (item for item in read_paths([path]) if isinstance(item, RawRecord))
    lines = [json.dumps({**item.fields, "text": item.text}) + "\n" for item in itertools.islice(items, count)]
    to.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def summary(runs: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Medians of each system's rounds, and of its ratios to Attest's in the same round."""
    document: dict[str, Any] = {}
    for system, rounds in runs.items():
        document[system] = {
            name: round(statistics.median(each[name] for each in rounds), 1)
            for name in ("seconds", "processor_seconds", "pieces")
        }
        for name in ("seconds", "processor_seconds"):
            ratios = [one[name] / own[name] for one, own in zip(rounds, runs["attest"], strict=True)]
            document[system][f"{name}_to_attest"] = round(statistics.median(ratios), 2)
            document[system][f"{name}_to_attest_by_round"] = [round(ratio, 2) for ratio in ratios]
    return document


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--rivals", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="Attest's processes that clean")
    parser.add_argument("--system", choices=SYSTEMS, help=argparse.SUPPRESS)  # the child's own
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--model", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.system:
        say(json.dumps(timed(options.system, Path(options.path), options.folder, options.model, options.jobs)))
        return
    from index.embedding import bundled_folder

    runs: dict[str, list[dict[str, float]]] = {system: [] for system in SYSTEMS}
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "articles.jsonl"
        count = _write_slice(options.path, options.articles, source)
        for turn in range(options.rounds):
            for system in SYSTEMS:
                python = sys.executable if system == "attest" else options.rivals
                folder = Path(work) / f"{system}{turn}"
                runs[system].append(_in_child(python, system, source, folder, str(bundled_folder()), options.jobs))
    say(json.dumps({"articles": count, "rounds": options.rounds, **summary(runs)}, indent=2))


if __name__ == "__main__":
    main()
