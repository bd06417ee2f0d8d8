"""What the reliability runs feed an ingest with: articles without end, and an embedder that outlives a fork."""

from collections.abc import Iterator

from index.documents import build_article
from index.embedding import Embedder, MiniLmEmbedder
from index.passages import cut_passages
from index.readers import read_paths
from index.records import RawRecord


def load_embedder(path: str) -> Embedder:
    """The bundled embedder, ready for forks of this process: one thread, and what a first call pays is paid."""
    import torch

    torch.set_num_threads(1)  # threads do not survive a fork
    embedder = MiniLmEmbedder.load(quickly=True)
    first = next(item for item in read_paths([path]) if isinstance(item, RawRecord))
    embedder.embed_passages([passage.text for passage in cut_passages(build_article(first))])
    return embedder


def texts(path: str) -> Iterator[str]:
    """The articles' texts for ever; from the second time on with a line that makes them others."""
    turn = 0
    while True:
        for item in read_paths([path]):
            if isinstance(item, RawRecord):
                yield f"{item.text}\n\nEdition {turn}.\n" if turn else item.text
        turn += 1
