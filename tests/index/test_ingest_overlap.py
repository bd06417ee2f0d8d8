"""While a batch is embedded, the one before it is stored and the next one read: nothing else may change by that."""

import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.embedding import Vectors
from index.errors import ArchiveError
from index.ingest import IngestReport, ingest
from index.records import RawRecord
from tests.index.fakes import HashEmbedder, numbered, record
from tests.index.made_archives import run

WAIT_S = 20.0


class WaitingEmbedder(HashEmbedder):
    """Embeds its batches, from the `first` on, only when it is `told`; it waits in vain for 20 s at most."""

    def __init__(self, first: int = 1) -> None:
        super().__init__()
        self.told, self.first = threading.Event(), first
        self.vain = False

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.calls + 1 >= self.first:
            self.vain = not self.told.wait(WAIT_S) or self.vain
        return super().embed_passages(texts)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ingest.BATCH_PASSAGES", 4)


def ingest_into(folder: Path, records: Iterator[RawRecord], embedder: HashEmbedder) -> IngestReport:
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as archive:
        return ingest(archive, records, embedder)


def test_the_next_batch_is_read_while_one_is_embedded(tmp_path: Path) -> None:
    embedder = WaitingEmbedder()

    def records() -> Iterator[RawRecord]:
        for at, one in enumerate(numbered(12)):
            if at == 6:  # of the second batch: were the first one waited for, it would never be told
                embedder.told.set()
            yield one

    assert ingest_into(tmp_path, records(), embedder).added == 12
    assert not embedder.vain


def test_the_batch_before_is_stored_while_one_is_embedded(tmp_path: Path) -> None:
    embedder = WaitingEmbedder(first=2)
    with Archive.open(tmp_path, embedder=embedder.identity, writable=True, create=True) as archive:
        told: list[int] = []

        def progress(_: object) -> None:
            told.append(embedder.calls)
            embedder.told.set()

        ingest(archive, numbered(12), embedder, progress=progress)
    assert told[0] == 1  # the second had not been embedded
    assert not embedder.vain


def test_the_first_batches_are_small_so_that_the_encoder_need_not_wait_for_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.BATCH_PASSAGES", 8)
    monkeypatch.setattr("index.ingest.FIRST_PASSAGES", 2)
    sizes: list[int] = []

    class Noting(HashEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            sizes.append(len(texts))
            return super().embed_passages(texts)

    report = ingest_into(tmp_path, iter(numbered(25)), Noting())
    assert sizes == [2, 4, 8, 8, 3]
    assert report.passages == sum(sizes)


def test_an_interrupt_stores_the_batch_that_is_being_embedded(tmp_path: Path) -> None:
    embedder = WaitingEmbedder()

    def records() -> Iterator[RawRecord]:
        yield from numbered(12)[:6]
        embedder.told.set()
        raise KeyboardInterrupt

    told: list[int] = []
    with (
        Archive.open(tmp_path, embedder=embedder.identity, writable=True, create=True) as archive,
        pytest.raises(KeyboardInterrupt),
    ):
        ingest(archive, records(), embedder, stopping=lambda: told.append(archive.status().articles))
    assert told == [0]  # before it was stored, since that is what is waited for
    with Archive.open(tmp_path) as archive:
        assert archive.status().articles == 4
        assert archive.notices == []
        assert archive.verify() == []


def test_an_interrupt_with_nothing_to_store_is_not_announced(tmp_path: Path) -> None:
    def records() -> Iterator[RawRecord]:
        yield from numbered(2)
        raise KeyboardInterrupt

    embedder = HashEmbedder()
    with (
        Archive.open(tmp_path, embedder=embedder.identity, writable=True, create=True) as archive,
        pytest.raises(KeyboardInterrupt),
    ):
        ingest(archive, records(), embedder, stopping=lambda: pytest.fail("nothing is being embedded"))


def test_a_batch_that_cannot_be_stored_takes_the_one_after_it_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = Archive.write, 0

    def full(self: Archive, *given: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ArchiveError("The disk is full.")
        write(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Archive, "write", full)
    with pytest.raises(ArchiveError, match=r"^The disk is full\.$"):
        run(tmp_path, numbered(20))
    assert calls == 2
    monkeypatch.undo()
    with Archive.open(tmp_path) as archive:
        assert archive.status().articles == 4
        assert archive.notices == []
    assert run(tmp_path, numbered(20)).added == 16


def test_what_the_encoder_raises_ends_the_ingest_and_keeps_what_was_stored(tmp_path: Path) -> None:
    class Failing(HashEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            if self.calls == 2:
                raise MemoryError("no memory for this batch")
            return super().embed_passages(texts)

    with pytest.raises(MemoryError, match="no memory for this batch"):
        run(tmp_path, numbered(30), Failing())
    with Archive.open(tmp_path) as archive:
        assert archive.status().articles in (4, 8)
        assert archive.notices == []
        assert archive.verify() == []


def test_threads_take_quick_turns_while_it_runs_and_not_after_it(tmp_path: Path) -> None:
    seen: list[float] = []

    def records() -> Iterator[RawRecord]:
        for one in numbered(3):
            seen.append(sys.getswitchinterval())
            yield one
        raise KeyboardInterrupt

    before = sys.getswitchinterval()
    with pytest.raises(KeyboardInterrupt):
        ingest_into(tmp_path, records(), HashEmbedder())
    assert max(seen) < before / 5
    assert sys.getswitchinterval() == before


def test_no_thread_stays_when_an_ingest_is_over(tmp_path: Path) -> None:
    before = threading.active_count()
    run(tmp_path, numbered(12))
    for thread in threading.enumerate():
        if thread.name.startswith("embedding"):
            thread.join(WAIT_S)
    assert threading.active_count() == before


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=24))
def test_an_ingest_in_batches_judges_every_record_as_one_after_the_other(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, int]]
) -> None:
    records = [
        record(f"Report number {text} on the harbour, with {text + 3} boats.", id=f"a{key}", number=number)
        for number, (key, text) in enumerate(drawn, start=1)
    ]
    at_once, one_by_one = (tmp_path_factory.mktemp("archive") for _ in range(2))
    together = run(at_once, records)
    singly = [run(one_by_one, [each]) for each in records]
    for count in ("added", "updated", "unchanged", "duplicates", "passages"):
        assert getattr(together, count) == sum(getattr(each, count) for each in singly), count
    with Archive.open(at_once) as one, Archive.open(one_by_one) as other:
        assert one.status().digest == other.status().digest
        assert one.verify() == []
