"""Systems that show what was retrieved: the whole first passage, or the first sentence of its article.

Copying has perfect citations by construction (ALCE's shortcut table): citation figures alone say nothing.
"""

import time
from collections.abc import Callable

from eval.baselines.constant import document
from eval.datasets.model import Question
from eval.runs.running import Document
from index.archive import Archive, Filters
from index.sentences import split_sentences
from rag.answer import Citation, RetrievedPassage
from rag.retrieval import HybridRetriever

DEPTH = 10
Choose = Callable[[RetrievedPassage], Citation]


def whole(passage: RetrievedPassage) -> Citation:
    """The passage itself."""
    return Citation(passage.article, passage.start, passage.end, passage.text)


def lead(archive: Archive) -> Choose:
    """The first sentence of the reporting in the passage's article."""

    def first(passage: RetrievedPassage) -> Citation:
        article = archive.article(passage.article.id)
        blocks = [block for block in article.blocks if block.kind == "body"]
        begin, stop = (blocks[0].start, blocks[0].end) if blocks else (0, len(article.text))
        spans = split_sentences(article.text[begin:stop]) or [(0, stop - begin)]
        start, end = begin + spans[0][0], begin + spans[0][1]
        return Citation(passage.article, start, end, article.text[start:end])

    return first


class Copying:
    """Always answers with one slice of what it found first."""

    def __init__(self, name: str, retriever: HybridRetriever, choose: Choose = whole) -> None:
        self.name = name
        self._retriever = retriever
        self._choose = choose

    def answer(self, question: Question) -> Document:
        began = time.perf_counter()
        passages = self._retriever.retrieve(question.text, k=DEPTH, filters=Filters(as_of=question.as_of))
        if not passages:
            return document(status="abstained")
        cited = self._choose(passages[0])
        said = {"text": cited.quote, "verdict": "unchecked", "score": None, "citations": [cited.to_json()]}
        found = document(status="answered", sentences=[said], passages=[passage.to_json() for passage in passages])
        return {**found, "timings_ms": {"total": round((time.perf_counter() - began) * 1000, 1)}}
