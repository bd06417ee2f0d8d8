"""Records that an ingest embeds and stores together."""

from collections.abc import Iterator

import numpy as np

from index.article import Article, Passage
from index.embedding import Embedder, Vectors, passage_input
from index.ledger import Entry
from index.records import FileRead
from index.storing import Prepared


class Batch:
    """What is to be stored in one transaction: articles with their passages, and ledger lines."""

    def __init__(self) -> None:
        self.articles: list[tuple[Article, list[Passage]]] = []
        self.known: dict[str, Vectors] = {}  # what is embedded for a passage -> its vector, of earlier versions
        self.entries: list[Entry] = []
        self.files: list[FileRead] = []  # whose last record is in this batch or was in an earlier one
        self.keys: set[str] = set()
        self.updates = False  # whether an article of it takes the place of an earlier version
        self.texts: dict[bytes, str] = {}  # hash of the text -> article id
        self.passages = 0

    @property
    def is_empty(self) -> bool:
        return not self.entries and not self.files

    def vectors(self, embedder: Embedder) -> Vectors:
        """A vector for each passage; one that an article keeps when it is changed is not embedded again."""
        texts = [passage_input(article, passage) for article, passages in self.articles for passage in passages]
        vectors = np.empty((len(texts), embedder.dim), np.float32)
        fresh = [at for at, text in enumerate(texts) if text not in self.known]
        for at in set(range(len(texts))).difference(fresh):
            vectors[at] = self.known[texts[at]]
        if fresh:
            vectors[fresh] = embedder.embed_passages([texts[at] for at in fresh])
        return vectors

    def prepared(self, vectors: Vectors) -> Iterator[Prepared]:
        """The articles, each with its rows of `vectors`."""
        start = 0
        for article, passages in self.articles:
            yield Prepared(article, passages, vectors[start : start + len(passages)])
            start += len(passages)
