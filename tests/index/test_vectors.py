from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import EmbedderIdentity, Vectors
from index.schema import decode_vectors, encode_vector
from index.vectors import Manifest, VectorIndex, load_index

IDENTITY = EmbedderIdentity("hash", 8, "ab")


def unit_vectors(count: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def build(count: int, first_row: int = 3) -> VectorIndex:
    return VectorIndex.build(8, [(np.arange(count, dtype=np.int64) * 2 + first_row, unit_vectors(count))])


@given(count=st.integers(1, 60), k=st.integers(1, 80), seed=st.integers(0, 99), share=st.floats(0, 1))
def test_search_agrees_with_numpy(count: int, k: int, seed: int, share: float) -> None:
    index, query = build(count), unit_vectors(1, seed + 1)[0]
    allowed = np.random.default_rng(seed).random(count) < share
    scores = unit_vectors(count) @ query
    expected = sorted((-float(scores[at]), int(index.rows[at])) for at in np.flatnonzero(allowed))[:k]
    found = index.search(query, k, allowed)
    assert [score for _, score in found] == pytest.approx([-score for score, _ in expected], abs=1e-5)
    assert {row for row, _ in found} <= {int(row) for row in index.rows[allowed]}
    assert len({row for row, _ in found}) == len(found)


def test_a_saved_index_comes_back_the_same(tmp_path: Path) -> None:
    build(40).save(tmp_path, 7, IDENTITY)
    index, wrong = load_index(tmp_path, 7, IDENTITY)
    assert index is not None
    assert not wrong
    query = unit_vectors(1, 5)[0]
    assert index.search(query, 10) == build(40).search(query, 10)
    assert [path.name for path in tmp_path.glob("vectors.*")] == ["vectors.7.faiss"]


def test_saving_a_generation_deletes_the_one_before_and_never_a_later_one(tmp_path: Path) -> None:
    build(4).save(tmp_path, 1, IDENTITY)
    build(5).save(tmp_path, 2, IDENTITY)
    build(4).save(tmp_path, 1, IDENTITY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "vectors.2.faiss"]


def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    build(20).save(tmp_path, 1, IDENTITY)
    path = tmp_path / "vectors.1.faiss"
    whole = path.read_bytes()
    for at in range(0, len(whole), 37):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert load_index(tmp_path, 1, IDENTITY) == (None, "is damaged")


@pytest.mark.parametrize("said", ["", "{", "[]", '{"file": 3}', '{"file": "x", "sha256": "", "generation": "now"}'])
def test_a_manifest_that_is_none_counts_as_damage(tmp_path: Path, said: str) -> None:
    (tmp_path / "manifest.json").write_text(said)
    assert load_index(tmp_path, 1, IDENTITY) == (None, "is damaged")


def test_missing_and_out_of_date_are_told_apart(tmp_path: Path) -> None:
    assert load_index(tmp_path, 1, IDENTITY) == (None, "is missing")
    build(4).save(tmp_path, 1, IDENTITY)
    assert load_index(tmp_path, 2, IDENTITY) == (None, "is out of date")
    assert load_index(tmp_path, 1, EmbedderIdentity("other", 8, "cd")) == (None, "is out of date")
    (tmp_path / "vectors.1.faiss").unlink()
    assert load_index(tmp_path, 1, IDENTITY) == (None, "is missing")


def test_a_manifest_names_no_file_outside_its_folder(tmp_path: Path) -> None:
    Manifest("../../elsewhere.faiss", "00", 1, 1, IDENTITY).write(tmp_path)
    manifest = Manifest.read(tmp_path)
    assert manifest is not None
    assert manifest.file == "elsewhere.faiss"


def test_half_precision_keeps_similarities_to_a_thousandth() -> None:
    vectors = unit_vectors(50)
    kept = decode_vectors([encode_vector(vector) for vector in vectors], 8)
    assert np.linalg.norm(kept, axis=1) == pytest.approx(np.ones(50), abs=1e-6)
    assert np.abs(kept @ kept.T - vectors @ vectors.T).max() < 1e-3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full device")
def test_a_full_disk_is_an_os_error_without_a_word_from_faiss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    unpatched = Path.open

    def full(_: Path, mode: str) -> object:
        return unpatched(Path("/dev/full"), mode)

    index = build(5000)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space left on device"):
        index.save(tmp_path, 1, IDENTITY)
    monkeypatch.undo()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []
