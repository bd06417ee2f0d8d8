"""Attest as LangChain sees it: a `BaseRetriever` over an archive and a Runnable that gives verified answers."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from index.archive import Filters
from rag.answer import Answer
from rag.ask import Asker


class AttestRetriever(BaseRetriever):
    """Passages of an archive as LangChain documents; `metadata` has the article, the offsets and the score."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    asker: Asker
    k: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager  # nothing happens between the call and its result that a callback could hear of
        return [
            Document(page_content=passage.text, metadata=passage.to_json(), id=f"{passage.article.id}:{passage.start}")
            for passage in self.asker.search(query, k=self.k, filters=self.filters)
        ]


def answerer(asker: Asker, *, filters: Filters | None = None) -> Runnable[str, Answer]:
    """A Runnable from a question to an `Answer`, to be composed: `answerer(asker) | RunnableLambda(...)`."""

    def ask(question: str) -> Answer:
        return asker.ask(question, filters=filters)

    return RunnableLambda(ask, name="attest")
