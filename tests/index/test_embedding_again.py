from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.archive import Archive, Filters
from index.embedding import Vectors, passage_input
from index.errors import ArchiveError
from index.ingest import ReembedProgress, ingest, reembed
from index.records import RawRecord
from tests.index.fakes import HashEmbedder, numbered, record
from tests.index.made_archives import EMBEDDER, run


def test_another_embedder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    run(tmp_path, [*numbered(2)])

    def unread() -> Iterator[RawRecord]:
        raise AssertionError("nothing should be read")
        yield

    with Archive.open(tmp_path, writable=True) as archive, pytest.raises(ArchiveError, match="--reembed"):
        ingest(archive, unread(), HashEmbedder("other"))


def test_reembedding_replaces_every_vector_and_can_be_interrupted(tmp_path: Path) -> None:
    run(tmp_path, [*numbered(300)])
    other = HashEmbedder("other", dim=24)

    def stop(progress: ReembedProgress) -> None:
        assert progress.total == 300
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reembed(tmp_path, other, stop)
    with Archive.open(tmp_path, embedder=EMBEDDER.identity) as archive:  # still whole, still the old one
        assert archive.verify() == []
        assert archive.notices == []
    other.calls = 0
    assert reembed(tmp_path, other) == 300
    assert other.calls == 1  # the first 256 were not done again
    with Archive.open(tmp_path, embedder=other.identity) as archive:
        assert archive.notices == []
        assert archive.verify() == []
        assert archive.vectors([5]).shape == (1, 24)
        assert archive.dense(archive.vectors([5])[0], 1, Filters())[0].row == 5


def test_reembedding_what_is_no_archive_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No archive at"):
        reembed(tmp_path, EMBEDDER)
    assert not list(tmp_path.iterdir())


class CountingEmbedder(HashEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed_passages(texts)


def paragraphs(*endings: str) -> str:
    return "\n\n".join(
        f"The council of the harbour town met about the quay and the crane. {end}" * 12 for end in endings
    )


def test_only_the_changed_passages_of_an_article_are_embedded_again(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    run(tmp_path / "a", [record(paragraphs("It sat late.", "It voted.", "It rose."), id="h")], embedder)
    first, embedder.asked = embedder.asked, []
    report = run(tmp_path / "a", [record(paragraphs("It sat late.", "It voted.", "It fell."), id="h")], embedder)
    assert report.updated == 1
    assert 0 < len(embedder.asked) < len(first)
    assert not set(embedder.asked) & set(first)
    with Archive.open(tmp_path / "a") as archive:
        assert archive.verify() == []
        rows = [hit.row for hit in archive.lexical(["council"], 50, Filters())]
        for row, stored in zip(rows, archive.passages(rows), strict=True):
            text = passage_input(archive.article("h"), stored.passage)
            assert archive.vectors([row])[0] @ embedder.embed_queries([text])[0] > 0.999


def test_another_title_embeds_every_passage_again(tmp_path: Path) -> None:
    embedder, text = CountingEmbedder(), paragraphs("It sat late.", "It voted.", "It rose.")
    run(tmp_path, [record(text, id="h", title="Quay")], embedder)
    first, embedder.asked = embedder.asked, []
    run(tmp_path, [record(text, id="h", title="Crane")], embedder)
    assert len(embedder.asked) == len(first)
