import threading
from pathlib import Path

import pytest

from index import backing_up
from index.archive import Archive
from index.backing_up import back_up
from index.checking import verify
from index.database import FILE_NAME
from index.errors import ArchiveError, UsageError
from index.ingest import ingest
from tests.index.fakes import HashEmbedder, numbered, record
from tests.index.test_repairing import change, fill, found

EMBEDDER = HashEmbedder()


def test_a_copy_made_while_a_writer_is_at_work_is_whole_and_of_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small steps, and a writer that commits between them: two articles at a time, so an odd number is half of one."""
    folder = tmp_path / "archive"
    fill(folder, 100)
    monkeypatch.setattr(backing_up, "STEP_PAGES", 4)
    stop = threading.Event()
    written = [0]

    def write() -> None:
        with Archive.open(folder, embedder=EMBEDDER.identity, writable=True) as archive:
            while not stop.is_set():
                at = written[0]
                pair = [record(f"Report {at} {half}: rain.", id=f"r{at}{half}", number=at) for half in "ab"]
                ingest(archive, pair, EMBEDDER)
                written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while written[0] < 2:
            pass
        copies = [back_up(folder, tmp_path / f"copy{at}") for at in range(4)]
    finally:
        stop.set()
        writer.join()
    assert written[0] > 4
    assert len({copy.articles for copy in copies}) > 1
    for copy in copies:
        assert copy.articles % 2 == 0
        assert verify(copy.path, full=True).breaches == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", *(f"copy{at}" for at in range(4))]
    assert {f"a{at}" for at in range(100)} <= set(found(copies[-1].path))


def test_a_copy_answers_and_grows_like_the_archive(tmp_path: Path) -> None:
    fill(tmp_path / "archive", 20)
    back_up(tmp_path / "archive", tmp_path / "copy")
    assert found(tmp_path / "copy") == found(tmp_path / "archive")
    assert fill(tmp_path / "copy", 21) == 1
    assert verify(tmp_path / "copy", full=True).breaches == ()


def test_a_damaged_archive_gives_no_copy_and_no_remains(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    fill(folder, 20)
    change(folder, "UPDATE vectors SET vector = zeroblob(32) WHERE row = 3")
    with pytest.raises(ArchiveError, match=r"the vector of passage 3 is not what was stored.*attest repair"):
        back_up(folder, tmp_path / "copy")
    path = folder / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ArchiveError):
        back_up(folder, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_a_copy_never_takes_the_place_of_what_is_there(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", embedder=EMBEDDER.identity, writable=True, create=True) as archive:
        ingest(archive, numbered(2), EMBEDDER)
    (tmp_path / "copy").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        back_up(tmp_path / "archive", tmp_path / "copy")
    with pytest.raises(ArchiveError, match="No archive at"):
        back_up(tmp_path / "none", tmp_path / "other")
    with pytest.raises(ArchiveError, match="could not be written"):
        back_up(tmp_path / "archive", tmp_path / "archive" / FILE_NAME / "copy")
