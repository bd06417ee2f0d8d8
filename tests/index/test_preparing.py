import os
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from index import preparing
from index.archive import Archive
from index.embedding import Vectors
from index.ingest import ingest
from index.preparing import clean, clean_all
from index.records import Given, ReadFailure
from tests.index.fakes import HashEmbedder, numbered, record


def items() -> list[Given]:
    """More records than are cleaned ahead, a failure among them, one without words, and one that is changed later."""
    some: list[Given] = [*numbered(preparing.AHEAD_RECORDS + 30)]
    some[7:7] = [ReadFailure("gone.txt", None, "cannot be opened"), record("…", number=900)]
    return [*some, record("The toll was put at nine.", id="t", number=901), record("It is ten.", id="t", number=902)]


def test_several_processes_give_what_one_gives_in_the_same_order() -> None:
    assert list(clean_all(items(), jobs=2)) == list(clean_all(items()))


def test_the_archive_does_not_depend_on_the_number_of_jobs(tmp_path: Path) -> None:
    digests = []
    for jobs in (1, 2):
        embedder = HashEmbedder()
        with Archive.open(tmp_path / str(jobs), embedder=embedder.identity, writable=True, create=True) as archive:
            report = ingest(archive, items(), embedder, jobs=jobs)
            digests.append((archive.status().digest, report.added, report.updated, report.failed))
            assert archive.verify() == []
    assert digests[0] == digests[1]


def test_the_cleaning_is_done_elsewhere_with_two_jobs_and_here_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    here: list[int] = []
    monkeypatch.setattr(preparing, "build_article", lambda record: here.append(os.getpid()))
    list(clean_all(numbered(3), jobs=2))
    assert here == []
    list(clean_all(numbered(3)))
    assert here == [os.getpid()] * 3


def test_what_a_dead_process_had_not_answered_is_cleaned_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying:
        def __init__(self, *arguments: object) -> None:
            self._asked = 0

        def submit(self, *arguments: object) -> "Future[object]":
            self._asked += 1
            if self._asked > 2:
                raise BrokenProcessPool
            answer: Future[object] = Future()
            answer.set_exception(BrokenProcessPool())
            return answer

        def shutdown(self, **options: object) -> None:
            pass

    monkeypatch.setattr(preparing, "ProcessPoolExecutor", Dying)
    assert list(clean_all(numbered(5), jobs=2)) == [(item, clean(item)) for item in numbered(5)]


def test_no_process_is_left_when_the_ingest_fails(tmp_path: Path) -> None:
    class Broken(HashEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            raise KeyboardInterrupt

    embedder = Broken()
    with (
        Archive.open(tmp_path, embedder=embedder.identity, writable=True, create=True) as archive,
        pytest.raises(KeyboardInterrupt),
    ):
        ingest(archive, numbered(300), embedder, jobs=2)
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if children.exists():
        names = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children.read_text(encoding="ascii").split()]
        assert not any(b"spawn_main" in name for name in names)
