"""Questions on held-out articles, retrieved, read and measured as the product does: what its weights are fitted on."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from eval.fitting import SEED
from eval.reader_groups import with_patterns
from eval.spans import is_held_out, overlaps, proves
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from rag.adapter import find_adapter
from rag.answer import RetrievedPassage
from rag.ask import PASSAGES, IdfWeight
from rag.dated_pages import read_passages
from rag.evidence import CHEAP, Candidate, candidates
from rag.evidence import measure as measure_sentences
from rag.loading import load_judge
from rag.models import find_language_model
from rag.reader import Page, PassageReader, Reading
from rag.reranking import DEPTH, Reranker, with_reading
from rag.retrieval import HybridRetriever, number
from rag.selection import READ_BY_MODEL, answer_reader
from rag.settings import Settings

SPARE = 2  # sentences the language model reads here beyond those of the product, since the order is not known yet

Kind = Literal["ask", "near_miss", "removed"]
Single = npt.NDArray[np.float32]


def read_held_out(paths: Sequence[Path], seen: Callable[[bytes], None]) -> list[dict[str, Any]]:
    """Questions and near misses on held-out articles, in an order of the seed's; `seen` gets every file's bytes."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        data = path.read_bytes()
        seen(data)
        rows += [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] in ("ask", "near_miss")]
    rows = [row for row in rows if is_held_out(row["evidence"][0]["article_id"])]
    random.Random(SEED).shuffle(rows)
    return rows


@dataclass(slots=True)
class Asked:
    """One question with what was read and measured for it. NaN where the language model has not read."""

    row: dict[str, Any]
    kind: Kind
    patterns: tuple[re.Pattern[str], ...]  # of the answering words, where they are known
    pool: list[RetrievedPassage]  # read, in the order of retrieval
    passages: tuple[RetrievedPassage, ...] = ()  # reranked: what the product would show
    found: list[Candidate] = field(default_factory=list)
    cheap: Single = field(default_factory=lambda: np.zeros((0, len(CHEAP)), dtype=np.float32))
    judged: Single = field(default_factory=lambda: np.zeros((0, 2), dtype=np.float32))  # by the language model
    gold: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))  # sentences that prove

    @property
    def article_id(self) -> str:
        return str(self.row["evidence"][0]["article_id"])

    def holds(self, passage: RetrievedPassage) -> bool:
        """Whether the passage holds the proving sentence."""
        return self.kind == "ask" and any(
            passage.article.source_id == part["article_id"]
            and any(overlaps(*span, part["start"], part["end"]) for span in passage.sentences)
            for part in self.row["evidence"]
        )


class Collector:
    """Retrieves, reads and measures questions as the product does, with some to spare."""

    def __init__(self, archive: Archive, reader: PassageReader) -> None:
        self._embedder = MiniLmEmbedder.load()
        self._retriever = HybridRetriever(archive, self._embedder)
        self._weight = IdfWeight(archive)
        self._reader = reader
        self._archive = archive
        self._ids = {article.source_id: article.id for article in archive.articles(Filters())}
        self._model = answer_reader(load_judge(find_language_model(None), Settings(), adapter=find_adapter()))

    def read(self, row: dict[str, Any], kind: Kind) -> Asked:
        """The question of `row` with its passages read; its articles are taken away when `kind` is `removed`."""
        query = self._embedder.embed_queries([row["question"]])[0]
        pool = self._retriever.pool(row["question"], query)
        if kind == "removed":
            gone = {part["article_id"] for part in row["evidence"]}
            pool = [passage for passage in pool if passage.article.source_id not in gone]
        pages = [passage for passage in pool[:DEPTH] if passage.kind != "comment"]
        readings = read_passages(self._reader, row["question"], pages)
        answers = with_patterns(self._archive, self._ids, row).get("answers", ())
        patterns = tuple(re.compile(text, re.IGNORECASE) for text in answers)
        return Asked(
            row,
            kind,
            patterns,
            [with_reading(item, read) for item, read in zip(pages, readings, strict=True)] + pool[DEPTH:],
        )

    def measure(self, item: Asked, weights: dict[str, object]) -> None:
        """Reranks with `weights`, then measures every sentence of the passages that the product would show."""
        question, evidence = item.row["question"], item.row["evidence"]
        count = sum(bool(passage.read) for passage in item.pool)
        again = Reranker(_reads_nothing, depth=0, weights=weights)
        ordered = again.arrange_read(item.pool[:count], item.pool[count:])
        item.passages = tuple(number(self._retriever.arrange(question, ordered)[:PASSAGES]))
        item.found = candidates(item.passages)
        item.cheap = measure_sentences(question, item.found, weight=self._weight)
        answers = item.cheap[:, CHEAP.index("answers")]
        item.judged = np.full((len(item.found), len(self._model.names)), np.nan, dtype=np.float32)
        likely = np.argsort(-answers, kind="stable")[: READ_BY_MODEL + SPARE]
        if len(likely):
            item.judged[likely] = self._model.read(question, [item.found[at] for at in likely])
        item.gold = np.asarray(
            [
                item.kind == "ask"
                and any(proves(found, part["article_id"], part["start"], part["end"]) for part in evidence)
                for found in item.found
            ],
            dtype=bool,
        )


def _reads_nothing(question: str, pages: Sequence[Page]) -> list[Reading]:
    raise AssertionError(f"{len(pages)} pages were read once already for {question!r}")
