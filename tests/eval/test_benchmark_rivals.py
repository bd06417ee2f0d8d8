"""The benchmark beside txtai and LangChain: turns, ratios and what each is given, with stand-ins for both."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from eval import benchmark_rivals
from eval.benchmark_rivals import PIECE_CHARS, summary, timed

STORY = "The ferry ran aground. " * 60
# Notes how it was called, and answers like a child: each turn takes a second longer.
STAND_IN = """#!{python}
import json, os, sys
with open({log!r}, "a+") as log:
    log.seek(0)
    turn = len(log.readlines())
    told = dict(zip(sys.argv[1:], sys.argv[2:]))
    source = sys.argv[3]
    offline = os.environ["HF_HUB_OFFLINE"] + os.environ["TRANSFORMERS_OFFLINE"]
    line = {{"name": {name!r}, "system": told["--system"], "folder": told["--folder"], "model": told["--model"]}}
    line |= {{"source": source, "lines": len(open(source).readlines()), "offline": offline}}
    log.write(json.dumps(line) + chr(10))
print("a library greets")
print(json.dumps({{"seconds": 1.0 + turn, "processor_seconds": 10.0, "pieces": 7}}))
"""


def interpreter(folder: Path, name: str, script: str = STAND_IN) -> str:
    path = folder / name
    path.write_text(script.format(python=sys.executable, log=str(folder / "log"), name=name), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    lines = [json.dumps({"id": str(at), "title": f"Ferry {at}", "text": f"{at}. {STORY}"}) + "\n" for at in range(5)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_the_three_take_turns_each_in_a_new_process_with_a_new_folder_and_the_same_articles(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rivals = interpreter(tmp_path, "rivals")
    monkeypatch.setattr(sys, "executable", interpreter(tmp_path, "ours"))
    said: list[str] = []
    benchmark_rivals.main([str(articles), "--rivals", rivals, "--articles", "3", "--rounds", "2"], say=said.append)
    calls = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    turns = [("ours", "attest"), ("rivals", "txtai"), ("rivals", "langchain")]
    assert [(call["name"], call["system"]) for call in calls] == turns * 2
    assert len({call["folder"] for call in calls}) == 6
    assert {(call["source"], call["model"]) for call in calls} == {(calls[0]["source"], calls[0]["model"])}
    assert {(call["lines"], call["offline"]) for call in calls} == {(3, "11")}
    document = json.loads(said[0])
    assert (document["articles"], document["rounds"]) == (3, 2)
    # seconds: attest 1 and 4, txtai 2 and 5, langchain 3 and 6
    assert document["attest"]["seconds"] == 2.5
    assert document["txtai"]["seconds_to_attest_by_round"] == [2.0, 1.25]
    assert document["langchain"]["seconds_to_attest"] == 2.25


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    def rounds(*seconds: float) -> list[dict[str, float]]:
        return [{"seconds": each, "processor_seconds": 2 * each, "pieces": 9} for each in seconds]

    found = summary({"attest": rounds(1, 2, 10), "txtai": rounds(3, 8, 11), "langchain": rounds(2, 2, 40)})
    assert found["txtai"]["seconds_to_attest_by_round"] == [3.0, 4.0, 1.1]
    assert found["txtai"]["seconds_to_attest"] == 3.0  # and not 8 / 2, the ratio of the medians
    assert found["langchain"]["processor_seconds_to_attest"] == 2.0
    assert (found["attest"]["seconds"], found["attest"]["seconds_to_attest"], found["attest"]["pieces"]) == (2, 1, 9)


def test_a_rival_that_fails_ends_the_run_with_what_it_said(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = interpreter(tmp_path, "broken", "#!{python}\nraise SystemExit('No module named txtai')\n")
    monkeypatch.setattr(sys, "executable", interpreter(tmp_path, "ours"))
    with pytest.raises(SystemExit, match=r"txtai failed in .*broken:\nNo module named txtai"):
        benchmark_rivals.main([str(articles), "--rivals", broken], say=print)


class Splitter:
    """Cuts after so many characters."""

    def __init__(self, chunk_size: int, chunk_overlap: int) -> None:
        assert (chunk_size, chunk_overlap) == (PIECE_CHARS, 0)
        self._size = chunk_size

    def split_text(self, text: str) -> list[str]:
        return [text[at : at + self._size] for at in range(0, len(text), self._size)]


class Store:
    """What a rival was given to index; both libraries' calls lead here."""

    stored: list[tuple[str, Any]]
    saved: str

    def __init__(self, **named: Any) -> None:
        self.named = named

    def transform(self, text: str) -> None:
        assert text

    embed_query = transform

    def index(self, rows: Iterator[tuple[int, dict[str, Any], None]]) -> None:
        Store.stored = [(row.pop("text"), row) for _, row, _ in rows]

    @classmethod
    def from_texts(cls, texts: list[str], embeddings: "Store", metadatas: list[Any]) -> "Store":
        assert embeddings.named["encode_kwargs"] == {"normalize_embeddings": True}
        Store.stored = list(zip(texts, metadatas, strict=True))
        return embeddings

    def save(self, folder: str) -> None:
        Store.saved = folder

    save_local = save

    def search(self, question: str, count: int) -> list[str]:
        assert question
        return [text for text, _ in Store.stored][:count]

    def similarity_search(self, question: str, k: int) -> list[str]:
        return self.search(question, k)


@pytest.mark.parametrize("system", ["txtai", "langchain"])
def test_a_rival_stores_every_piece_with_its_metadata_and_is_searched(
    system: str, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_ins: dict[str, dict[str, type]] = {
        "txtai": {"Embeddings": Store},
        "langchain_community.vectorstores": {"FAISS": Store},
        "langchain_huggingface": {"HuggingFaceEmbeddings": Store},
        "langchain_text_splitters": {"RecursiveCharacterTextSplitter": Splitter},
    }
    monkeypatch.setitem(sys.modules, "langchain_community", ModuleType("langchain_community"))
    for name, members in stand_ins.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    said = timed(system, articles, tmp_path / "index", "model", 1)
    assert said["pieces"] == len(Store.stored) == 10
    assert said["seconds"] > 0
    assert "".join(text for text, _ in Store.stored[:2]) == f"0. {STORY}"
    assert Store.stored[-1][1] == {"title": "Ferry 4", "url": None}
    assert Store.saved == str(tmp_path / "index")


@pytest.mark.model
def test_attest_ingests_the_same_file_and_is_searched(articles: Path, tmp_path: Path) -> None:
    said = timed("attest", articles, tmp_path / "archive", "", 1)
    assert said["pieces"] >= 5
    assert (tmp_path / "archive").is_dir()
