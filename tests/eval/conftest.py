"""What several tests of the harness ask: the sample archive without a model."""

from collections.abc import Iterator

import pytest

from eval.gate import SAMPLE
from index.archive import Archive
from index.ingest import ingest
from index.readers import read_paths
from tests.index.fakes import HashEmbedder


@pytest.fixture(scope="module")
def plain_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    embedder = HashEmbedder()
    folder = tmp_path_factory.mktemp("plain") / "archive"
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, read_paths([SAMPLE / "articles"]), embedder)
        yield archive
