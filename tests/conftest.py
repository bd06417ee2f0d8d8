"""The sample archive, ingested once for the whole run with the real models: they are packages, so nothing is faked."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index.archive import Archive
from index.embedding import MiniLmEmbedder
from index.ingest import ingest
from index.readers import read_paths
from rag.ask import Asker
from rag.loading import load_tracer
from rag.settings import Settings
from rag.trace import Tracer

settings.register_profile("attest", deadline=None)  # a busy machine is no failing test
settings.load_profile("attest")

SAMPLE = Path(__file__).parent.parent / "eval" / "sample"


def pytest_unconfigure() -> None:
    """Close what llama-cpp-python opens when imported and never closes: Python warns of it after the last test."""
    opened = sys.modules.get("llama_cpp._utils")
    for name in ("outnull_file", "errnull_file"):
        if file := getattr(opened, name, None):
            file.close()


@pytest.fixture(scope="session")
def embedder() -> MiniLmEmbedder:
    return MiniLmEmbedder.load()


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory, embedder: MiniLmEmbedder) -> Path:
    """An archive of the sample articles; read only."""
    folder = tmp_path_factory.mktemp("sample") / "archive"
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, read_paths([SAMPLE / "articles"]), embedder)
    return folder


@pytest.fixture(scope="session")
def sample_archive(sample_folder: Path, embedder: MiniLmEmbedder) -> Iterator[Archive]:
    with Archive.open(sample_folder, embedder=embedder.identity) as archive:
        yield archive


@pytest.fixture(scope="session")
def asker(sample_archive: Archive, embedder: MiniLmEmbedder) -> Asker:
    return Asker.load(sample_archive, Settings(), embedder=embedder)


@pytest.fixture(scope="session")
def tracer(sample_archive: Archive, embedder: MiniLmEmbedder) -> Tracer:
    return load_tracer(sample_archive, Settings(), embedder=embedder)
