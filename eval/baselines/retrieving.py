"""The product over other passages: found by one search alone, the gold ones, or those of another question."""

import numpy as np
import numpy.typing as npt

from eval.datasets.model import Dataset, Question, articles_of
from eval.measures.coverage import covers
from eval.runs.model import Passage
from eval.runs.running import Document
from index.archive import Archive, Filters
from index.article import ArticleMeta
from index.embedding import Embedder, passage_input
from index.passages import cut_passages
from rag.answer import RetrievedPassage
from rag.ask import Asker
from rag.question_dates import named_periods, timely
from rag.retrieval import POOL, HybridRetriever

Vector = npt.NDArray[np.float32]


class LexicalRetriever(HybridRetriever):
    """BM25 alone."""

    def _dense(self, query: Vector, k: int, filters: Filters) -> dict[int, float]:
        del query, k, filters
        return {}


class DenseRetriever(HybridRetriever):
    """Similarity of embeddings alone."""

    def _lexical(self, question: str, k: int, filters: Filters) -> dict[int, float]:
        del question, k, filters
        return {}


class OracleRetriever(HybridRetriever):
    """The archive's passages that hold the evidence of `question`; what the product finds where there is none."""

    question: Question | None = None

    def __init__(self, archive: Archive, embedder: Embedder) -> None:
        super().__init__(archive, embedder)
        self._cut = archive
        self._embed = embedder

    def pool(
        self, question: str, query: Vector, *, k: int = POOL, filters: Filters | None = None
    ) -> list[RetrievedPassage]:
        if self.question is None or not self.question.evidence:
            return super().pool(question, query, k=k, filters=filters)
        found: list[RetrievedPassage] = []
        periods = named_periods(question)
        for name in sorted(articles_of(self.question)):
            article = self._cut.article(name)
            spans = [span for one in self.question.evidence for span in one if span.article_id == name]
            for passage in cut_passages(article):
                held = Passage(name, passage.start, passage.end, passage.text)
                if not any(covers(span, [held]) for span in spans):
                    continue
                similarity = float(self._embed.embed_passages([passage_input(article, passage)])[0] @ query)
                found.append(
                    RetrievedPassage(
                        row=len(found),
                        article=ArticleMeta.of(article),
                        start=passage.start,
                        end=passage.end,
                        text=passage.text,
                        score=1.0,
                        rank=0,
                        kind=passage.kind,
                        sentences=passage.sentences,
                        similarity=similarity,
                        timely=timely(article.published_at, periods),
                    )
                )
        return found


class SwappedRetriever(HybridRetriever):
    """What is found for another question, on another article: a system that reads must fall."""

    question: Question | None = None

    def __init__(self, archive: Archive, embedder: Embedder, dataset: Dataset) -> None:
        super().__init__(archive, embedder)
        self._embed = embedder
        self._other = others(dataset)

    def pool(
        self, question: str, query: Vector, *, k: int = POOL, filters: Filters | None = None
    ) -> list[RetrievedPassage]:
        del query
        other = self._other[self.question.id] if self.question is not None else question
        return super().pool(other, self._embed.embed_queries([other])[0], k=k, filters=filters)


def others(dataset: Dataset) -> dict[str, str]:
    """Question id -> the text of the question half the set away, or the next that is not in the same cluster."""
    questions = dataset.questions
    found = {}
    for at, question in enumerate(questions):
        after = [questions[(at + len(questions) // 2 + step) % len(questions)] for step in range(len(questions))]
        mine = dataset.clusters[question.id]
        found[question.id] = next((one.text for one in after if dataset.clusters[one.id] != mine), question.text)
    return found


class Asking:
    """The product, over its own passages or those of a retriever that is told the question."""

    def __init__(self, name: str, asker: Asker, retriever: OracleRetriever | SwappedRetriever | None = None) -> None:
        self.name = name
        self._retriever = retriever
        self._asker = asker if retriever is None else asker.with_parts(retriever=retriever)

    def answer(self, question: Question) -> Document:
        if self._retriever is not None:
            self._retriever.question = question
        filters = Filters(as_of=question.as_of) if question.as_of else None
        return self._asker.ask(question.text, filters=filters, id=question.id).to_json()
