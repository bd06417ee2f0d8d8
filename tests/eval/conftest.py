"""What several tests of the harness ask: the sample archive without a model, and the model that is trained."""

from collections.abc import Iterator
from typing import Any

import pytest

from eval.gate import SAMPLE
from eval.lora import load_base
from index.archive import Archive
from index.ingest import ingest
from index.readers import read_paths
from rag.models import find_language_model
from tests.index.fakes import HashEmbedder


@pytest.fixture(scope="module")
def plain_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    embedder = HashEmbedder()
    folder = tmp_path_factory.mktemp("plain") / "archive"
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, read_paths([SAMPLE / "articles"]), embedder)
        yield archive


@pytest.fixture(scope="session")
def loaded() -> tuple[Any, Any]:
    """The packaged model and its tokenizer, which take long to be made of the GGUF file; copy what is to change."""
    return load_base(find_language_model(None))
