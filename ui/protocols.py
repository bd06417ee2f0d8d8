"""What the faces need of an archive and of an asker. The real ones are `index.archive.Archive` and `rag.ask.Asker`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from index.article import Article
from rag.answer import Answer, Event, RetrievedPassage

if TYPE_CHECKING:
    from index.archive import Filters
    from rag.copies import Copy
    from rag.quotation import Quotation
    from rag.verdict import Trace


class Asks(Protocol):
    """Answers questions; its models are loaded."""

    def ask(self, question: str, *, filters: "Filters | None" = None, id: str | None = None) -> Answer: ...

    def stream(self, question: str, *, filters: "Filters | None" = None) -> Iterator[Event]: ...

    def search(self, query: str, *, k: int = 10, filters: "Filters | None" = None) -> list[RetrievedPassage]: ...


class Articles(Protocol):
    """Gives the stored text that citations point into, and the copies of it in other articles, earliest first."""

    def article(self, ref: str) -> Article: ...

    def copies(self, ref: str) -> "Sequence[Copy]": ...


class Searches(Protocol):
    """Finds passages."""

    def retrieve(self, question: str, *, k: int = 10, filters: "Filters | None" = None) -> list[RetrievedPassage]: ...


class Quotes(Protocol):
    """Looks for quotations."""

    def quote(
        self, quotation: str, *, speaker: str | None = None, filters: "Filters | None" = None, id: str | None = None
    ) -> "Quotation": ...


class Traces(Protocol):
    """Traces claims; its models are loaded."""

    def trace(self, claim: str, *, filters: "Filters | None" = None, id: str | None = None) -> "Trace": ...
