from pathlib import Path

import numpy as np
import pytest

from index import building, lists
from index.archive import Archive, Filters
from index.checking import verify
from index.embedding import EmbedderIdentity, Vectors
from index.errors import ArchiveError
from index.ingest import ingest
from index.vectors import EXACT_UP_TO, LEAST_FOR_LISTS, VectorIndex, kind_for, load_earlier, load_index
from tests.index.fakes import HashEmbedder, numbered

DIM, COUNT = 32, 6000
IDENTITY = EmbedderIdentity("hash", DIM, "ab")
EMBEDDER = HashEmbedder()
ROWS = np.arange(COUNT, dtype=np.int64) * 2 + 3


def clustered(count: int, seed: int = 0) -> Vectors:
    """Unit vectors around forty centres, as texts lie around their topics."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((40, DIM))
    vectors = centres[chance.integers(0, 40, count)] + 0.7 * chance.standard_normal((count, DIM))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


VECTORS = clustered(COUNT)


@pytest.fixture(scope="module")
def made() -> VectorIndex:
    return built()


def built() -> VectorIndex:
    sample = VECTORS[np.random.default_rng(1).permutation(COUNT)]
    return VectorIndex(lists.build(sample, COUNT, [(ROWS[:2500], VECTORS[:2500]), (ROWS[2500:], VECTORS[2500:])]))


def recall(index: VectorIndex, allowed: np.ndarray | None = None, k: int = 10) -> float:
    """The share of the true nearest that are among twice as many found, as the archive asks for them."""
    hits = 0
    for query in clustered(50, seed=5):
        scores = np.where(True if allowed is None else allowed, VECTORS @ query, -2)
        wanted = set(ROWS[np.argsort(-scores)[:k]].tolist())
        hits += len(wanted & {row for row, _ in index.search(query, k * lists.CANDIDATES, allowed)})
    return hits / (50 * k)


def test_small_archives_are_searched_exactly_unless_lists_are_asked_for() -> None:
    assert [kind_for("auto", count) for count in (0, EXACT_UP_TO, EXACT_UP_TO + 1)] == ["exact", "exact", "ivf"]
    assert [kind_for("ivf", count) for count in (LEAST_FOR_LISTS, LEAST_FOR_LISTS + 1)] == ["exact", "ivf"]
    assert kind_for("exact", 10**7) == "exact"


def test_lists_find_the_nearest_without_looking_into_all_of_them(made: VectorIndex) -> None:
    assert made.kind == "ivf"
    assert made.index.nlist == lists.list_count(COUNT) == 77
    assert 1 < made.index.nprobe < made.index.nlist // 2
    assert recall(made) >= 0.97
    assert made.rows.tolist() == ROWS.tolist()


def test_the_lists_looked_at_are_as_few_as_the_wanted_recall_allows(made: VectorIndex) -> None:
    other = built()
    other.index.nprobe = max(1, made.index.nprobe // 4)
    assert recall(other) < 0.97


@pytest.mark.parametrize("share", [0.5, 0.02, 0.002])
def test_a_filter_is_obeyed_and_costs_no_recall(made: VectorIndex, share: float) -> None:
    allowed = np.random.default_rng(3).random(COUNT) < share
    permitted = set(ROWS[allowed].tolist())
    found = made.search(VECTORS[0], 30, allowed)
    assert {row for row, _ in found} <= permitted
    assert len(found) == min(30, len(permitted))
    assert recall(made, allowed, k=5) >= 0.97


def test_another_filter_after_the_first_is_the_one_that_counts(made: VectorIndex) -> None:
    for half in (ROWS % 4 == 3, ROWS % 4 == 1):
        assert {row for row, _ in made.search(VECTORS[0], 40, half)} <= set(ROWS[half].tolist())


def test_a_saved_index_of_lists_comes_back_the_same_and_mapped(made: VectorIndex, tmp_path: Path) -> None:
    made.save(tmp_path, 4, IDENTITY)
    index, wrong = load_index(tmp_path, 4, IDENTITY, "ivf")
    assert index is not None
    assert not wrong
    assert index.search(VECTORS[7], 20) == made.search(VECTORS[7], 20)
    assert index.index.nprobe == made.index.nprobe
    assert load_index(tmp_path, 4, IDENTITY, "exact") == (None, "is out of date")
    path = tmp_path / "vectors.4.faiss"
    whole = path.read_bytes()
    for at in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert load_index(tmp_path, 4, IDENTITY, "ivf") == (None, "is damaged")


def test_rows_go_out_of_the_lists_and_come_in() -> None:
    index = built().index
    fresh = clustered(50, seed=8)
    lists.update(index, ROWS[:100], [(np.arange(50, dtype=np.int64) + 10**6, fresh)])
    updated = VectorIndex(index)
    assert updated.rows.tolist() == [*ROWS[100:].tolist(), *range(10**6, 10**6 + 50)]
    assert updated.search(fresh[3], 1)[0][0] == 10**6 + 3
    assert updated.search(VECTORS[5], 1)[0][0] != ROWS[5]


# In an archive


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("index.vectors.LEAST_FOR_LISTS", 500)
    monkeypatch.setattr(lists, "QUERIES", 10)
    monkeypatch.setattr(lists, "list_count", lambda count: count // 50)
    fill(tmp_path / "archive", 700)
    with Archive.open(tmp_path / "archive", writable=True) as archive:
        assert archive.reindex("ivf").kind == "ivf"
    return tmp_path / "archive"


def fill(folder: Path, count: int) -> None:
    with Archive.open(folder, embedder=EMBEDDER.identity, writable=True, create=True) as archive:
        ingest(archive, numbered(count), EMBEDDER)


def nearest(archive: Archive) -> list[list[tuple[int, float]]]:
    rows = range(1, archive.passage_count + 1, 37)
    found = [archive.dense(vector, 5, Filters(source="Coast Wire")) for vector in archive.vectors(rows)]
    return [[(hit.row, round(hit.score, 5)) for hit in hits] for hits in found]


def test_scores_are_those_of_the_stored_vectors_and_going_back_gives_the_exact_results(folder: Path) -> None:
    with Archive.open(folder) as archive:
        assert archive.notices == []
        approximate = nearest(archive)
        assert verify(folder, full=True).breaches == ()
    with Archive.open(folder, writable=True) as archive:
        assert archive.reindex("exact").kind == "exact"
    with Archive.open(folder) as archive:
        exact = nearest(archive)
    known = [dict(hits) for hits in exact]
    found = [(scores.get(row), score) for scores, hits in zip(known, approximate, strict=True) for row, score in hits]
    kept = [(one, other) for one, other in found if one is not None]
    assert len(kept) >= 0.9 * len(found)
    assert all(abs(one - other) < 2e-5 for one, other in kept)  # of 8 bits a value, they differ by .002


def test_an_ingest_adds_to_the_lists_without_training_them_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "build", None)  # calling it would be an error
    fill(folder, 800)
    with Archive.open(folder, writable=True) as archive:
        gone = archive.passages([5])[0]
        archive.remove([gone.article.id])
    with Archive.open(folder) as archive:
        assert archive.notices == []
        assert archive.dense(archive.vectors([790])[0], 1, Filters())[0].row == 790
        assert 5 not in {hit.row for hit in archive.dense(EMBEDDER.embed_passages(["x"])[0], 800, Filters())}
    assert verify(folder, full=True).breaches == ()


def test_an_archive_that_has_grown_much_trains_its_lists_again(folder: Path) -> None:
    fill(folder, 1300)
    with Archive.open(folder) as archive:
        archive.dense(archive.vectors([1])[0], 1, Filters())
    saved = load_earlier(folder, EMBEDDER.identity)
    assert saved is not None
    assert saved.index.nlist == lists.list_count(1300)


def test_lists_of_a_state_that_never_was_are_not_added_to(folder: Path, tmp_path: Path) -> None:
    """An older copy of the database is put back, and grows otherwise: the same rows are other passages."""
    old = (folder / "archive.sqlite").read_bytes()
    fill(folder, 760)
    (folder / "archive.sqlite").write_bytes(old)
    with Archive.open(folder, embedder=EMBEDDER.identity, writable=True) as archive:
        ingest(archive, numbered(790)[760:], EMBEDDER)
    assert verify(folder, full=True).breaches == ()
    with Archive.open(folder) as archive:
        for row in range(701, 731):
            assert archive.dense(archive.vectors([row])[0], 1, Filters())[0].row == row


def test_a_kill_between_the_wish_and_the_index_leaves_an_archive_that_mends_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with Archive.open(folder, writable=True) as archive, monkeypatch.context() as dying:
        dying.setattr(building, "build_index", die)
        with pytest.raises(KeyboardInterrupt):
            archive.reindex("exact")
    with Archive.open(folder) as archive:
        assert archive.notices == ["The vector index is out of date and has been rebuilt from the articles."]
    saved = load_earlier(folder, EMBEDDER.identity)
    assert saved is not None
    assert saved.kind == "exact"


def test_an_archive_without_passages_cannot_be_reindexed(tmp_path: Path) -> None:
    with (
        Archive.open(tmp_path, writable=True, create=True) as archive,
        pytest.raises(ArchiveError, match="no passages yet; add some with: attest ingest"),
    ):
        archive.reindex("ivf")
