"""What the reliability runs feed an ingest with: articles without end, and an embedder that outlives a fork."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from index.archive import Archive
from index.embedding import Embedder, MiniLmEmbedder
from index.ingest import ingest
from index.readers import read_paths
from index.records import RawRecord


def load_embedder(path: str) -> Embedder:
    """The bundled embedder, ready for forks of this process: one thread, and what a first ingest pays is paid.

    That is three quarters of a short ingest: for the copies of an article, datasketch imports SciPy.
    """
    import faiss
    import torch

    faiss.omp_set_num_threads(1)
    torch.set_num_threads(1)  # threads do not survive a fork
    embedder = MiniLmEmbedder.load(quickly=True)
    first = next(item for item in read_paths([path]) if isinstance(item, RawRecord))
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive.open(Path(folder), embedder=embedder.identity, writable=True, create=True) as archive,
    ):
        archive.known_files()
        ingest(archive, [first], embedder)
    return embedder


def texts(path: str) -> Iterator[str]:
    """The articles' texts for ever; from the second time on with a line that makes them others."""
    turn = 0
    while True:
        for item in read_paths([path]):
            if isinstance(item, RawRecord):
                yield f"{item.text}\n\nEdition {turn}.\n" if turn else item.text
        turn += 1
