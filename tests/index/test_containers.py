"""Archives of files: every member is read or refused with its reason, and none is ever written by its name."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from eval.file_samples import STORY, jsonl, tar_of, zip_of
from index.readers import read_paths
from index.records import RawRecord, ReadFailure


def outcome(path: Path, content: bytes) -> dict[str, str]:
    """For each file in the archive what was read of it, or the reason why not."""
    path.write_bytes(content)
    found: dict[str, str] = {}
    for item in read_paths([path]):
        name = item.path.removeprefix(str(path)).removeprefix("!/")
        found[name] = item.reason if isinstance(item, ReadFailure) else item.text
    return found


def test_members_are_named_by_archive_and_path(tmp_path: Path) -> None:
    path = tmp_path / "pile.zip"
    path.write_bytes(zip_of({"a/story.txt": STORY, "lines.jsonl": jsonl(2)}))
    found = [item for item in read_paths([tmp_path]) if isinstance(item, RawRecord)]
    assert [(item.path, item.record) for item in found] == [
        (f"{path}!/a/story.txt", None),
        (f"{path}!/lines.jsonl", 1),
        (f"{path}!/lines.jsonl", 2),
    ]
    assert found[0].name == f"{tmp_path.name}/pile.zip!/a/story.txt"
    assert found[0].text == STORY


def test_what_the_packing_system_left_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of({"__MACOSX/._a.txt": b"\x00\x05", ".DS_Store": b"\x00", "a.txt": "Fine."}))
    found = list(read_paths([path]))
    assert [item.skipped for item in found if isinstance(item, ReadFailure)] == [True, True]
    assert len(found) == 3


@pytest.mark.parametrize("packed", [False, True])
def test_a_tar_is_read_plain_and_compressed(tmp_path: Path, packed: bool) -> None:
    raw = tar_of({"a.txt": b"First.", "b.txt": b"Second."})
    content = gzip.compress(raw) if packed else raw
    name = "pile.tgz" if packed else "pile.tar"
    assert outcome(tmp_path / name, content) == {"a.txt": "First.", "b.txt": "Second."}


@pytest.mark.parametrize("name", ["../up.txt", "/etc/up.txt", "C:\\up.txt", "a/../../up.txt", "..\\up.txt"])
def test_a_name_that_points_outside_is_refused_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    for ending, made in (
        ("zip", zip_of({name: STORY, "ok.txt": "Fine."})),
        ("tar", tar_of({name: b"x", "ok.txt": b"Fine."})),
    ):
        found = outcome(tmp_path / f"pile.{ending}", made)
        assert found.pop("ok.txt") == "Fine."
        assert ["points outside" in reason for reason in found.values()] == [True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pile.tar", "pile.zip"]


def test_archives_nest_two_deep_and_no_deeper(tmp_path: Path) -> None:
    inner = zip_of({"deep.txt": "Too deep.", "x.txt": "y"})
    middle = zip_of({"inner.zip": inner, "middle.txt": "Two deep."})
    found = outcome(tmp_path / "outer.zip", zip_of({"middle.zip": middle, "outer.txt": "One deep."}))
    assert found["outer.txt"] == "One deep."
    assert found["middle.zip!/middle.txt"] == "Two deep."
    assert "more than 2 deep" in found["middle.zip!/inner.zip"]
    assert len(found) == 3


def test_links_doubles_and_locked_members_are_refused_one_by_one(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for _ in range(2):
            info = tarfile.TarInfo("same.txt")
            info.size = 4
            archive.addfile(info, io.BytesIO(b"Same"))
    found = list(read_paths([write(tmp_path / "a.tar", out.getvalue())]))
    assert [item.reason for item in found if isinstance(item, ReadFailure)] == [
        "a link or a device, not a file",
        "a second file of this name in the archive",
    ]
    locked = zip_of({"a.txt": STORY, "b.txt": "Open."})
    head, at = locked.index(b"PK\x03\x04"), locked.index(b"PK\x01\x02")
    raw = bytearray(locked)
    raw[head + 6] |= 1
    raw[at + 8] |= 1
    found_zip = outcome(tmp_path / "b.zip", bytes(raw))
    assert "encrypted" in found_zip["a.txt"]
    assert found_zip["b.txt"] == "Open."


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_bomb_in_a_zip_is_refused_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.formats.containers.FREE_BYTES", 1 << 20)
    made = zip_of({"bomb.txt": bytes(3 << 20), "ok.txt": "Fine."})
    found = outcome(tmp_path / "a.zip", made)
    assert "100 times its size" in found["bomb.txt"]
    assert found["ok.txt"] == "Fine."


def test_the_limits_hold_over_an_archive_and_all_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.formats.containers.Budget.__init__.__defaults__", (3, 1 << 30))
    nested = zip_of({"1.txt": "One.", "2.txt": "Two."})
    found = outcome(tmp_path / "a.zip", zip_of({"in.zip": nested, "3.txt": "Three.", "4.txt": "Four."}))
    assert set(found) == {"in.zip!/1.txt", "in.zip!/2.txt", ""}
    monkeypatch.setattr("index.formats.containers.Budget.__init__.__defaults__", (99, 2000))
    found = outcome(tmp_path / "b.zip", zip_of({"1.txt": b"x" * 1500, "2.txt": b"y" * 1500}))
    assert found["1.txt"] == "x" * 1500
    assert "unpacks to more" in found["2.txt"]


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_an_archive_that_is_cut_off_says_so(tmp_path: Path, share: float) -> None:
    files = {f"{at}.txt": f"Story {at}. {STORY}" for at in range(5)}
    whole = zip_of(files)
    assert any(
        "damaged or cut off" in reason
        for reason in outcome(tmp_path / "a.zip", whole[: int(len(whole) * share)]).values()
    )
    packed = gzip.compress(tar_of({name: text.encode() for name, text in files.items()}))
    found = outcome(tmp_path / "a.tar.gz", packed[: int(len(packed) * share)])
    assert any("cut off" in reason for reason in found.values())


def test_an_empty_archive_and_no_archive_are_failures(tmp_path: Path) -> None:
    assert "empty" in outcome(tmp_path / "a.zip", zip_of({}))[""]
    assert "damaged" in outcome(tmp_path / "b.zip", STORY.encode())[""]
    assert outcome(tmp_path / "c.tar", STORY.encode())[""]


def test_a_list_of_files_too_long_to_hold_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(*arguments: object) -> None:
        raise AssertionError("zipfile reads the whole list at once")

    made = zip_of({"a.txt": STORY})
    monkeypatch.setattr("index.formats.containers._DIRECTORY_BYTES", 10)
    monkeypatch.setattr(zipfile, "ZipFile", loaded)
    assert "lists more" in outcome(tmp_path / "a.zip", made)[""]
