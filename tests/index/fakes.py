"""A tiny embedder and short texts of our own, for tests of storage that need no model."""

import hashlib
from collections.abc import Sequence

import numpy as np

from index.embedding import EmbedderIdentity, Vectors
from index.records import RawRecord

DIM = 16


class HashEmbedder:
    """Unit vectors from a hash: the same text has the same vector, another is nearly at a right angle to it."""

    def __init__(self, name: str = "hash", dim: int = DIM) -> None:
        self.identity = EmbedderIdentity(name, dim, hashlib.sha256(name.encode()).hexdigest())
        self.calls = 0

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def dim(self) -> int:
        return self.identity.dim

    @property
    def sha256(self) -> str:
        return self.identity.sha256

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        return self.embed_queries(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for at, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(f"{self.name} {text}".encode("utf-8", "replace")).digest()[:8], "big")
            vectors[at] = np.random.default_rng(seed).standard_normal(self.dim)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def record(
    text: str,
    *,
    id: str | None = None,
    path: str = "desk.jsonl",
    number: int | None = 1,
    **fields: object,
) -> RawRecord:
    """A JSONL record as the readers give it."""
    if id is not None:
        fields["id"] = id
    return RawRecord(path=path, record=number, text=text, fields=fields, format="jsonl")


def numbered(count: int) -> list[RawRecord]:
    """Records a0, a1, ... each with a text that no other has."""
    return [
        record(
            f"The ferry council met on day {at} of the harbour inquiry. Pilot number {at} told it that the "
            f"lighthouse had been dark for {at + 2} nights.",
            id=f"a{at}",
            number=at + 1,
            title=f"Harbour inquiry, day {at}",
            source="Harbour Desk" if at % 2 else "Coast Wire",
            published_at=f"2021-03-{at % 28 + 1:02d}",
        )
        for at in range(count)
    ]
