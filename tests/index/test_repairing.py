import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.archive import Archive, Filters
from index.checking import verify
from index.database import FILE_NAME
from index.embedding import Embedder
from index.errors import ArchiveError
from index.ingest import ingest
from index.lookup import read_article
from index.repairing import RepairReport, repair
from index.setting_aside import FOLDER
from tests.index.fakes import HashEmbedder, numbered, record

EMBEDDER = HashEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "archive", 40)
    return tmp_path / "archive"


def fill(folder: Path, count: int) -> int:
    with Archive.open(folder, embedder=EMBEDDER.identity, writable=True, create=True) as archive:
        report = ingest(archive, numbered(count), EMBEDDER)
        return report.added + report.updated


def mend(folder: Path) -> RepairReport:
    return repair(folder, lambda: EMBEDDER)


def change(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute(sql)
    connection.commit()
    connection.close()


def found(folder: Path) -> dict[str, list[str]]:
    """Source id -> what a search by meaning and one by words find of it."""
    with Archive.open(folder, embedder=EMBEDDER.identity) as archive:
        hits = archive.dense(EMBEDDER.embed_queries(["?"])[0], 1000, Filters())
        hits += archive.lexical(["lighthouse"], 1000, Filters())
        everything: dict[str, list[str]] = {}
        for item in archive.passages(sorted({hit.row for hit in hits})):
            everything.setdefault(item.article.source_id, []).append(item.passage.text)
        return everything


DERIVED = [
    ("DELETE FROM vectors WHERE row = 3", "has no vector"),
    ("UPDATE vectors SET vector = zeroblob(32) WHERE row = 3", "the vector of passage 3 is not what was stored"),
    ("UPDATE passages SET kind = 2 WHERE row = 3", "passage 3 is not what was stored"),
    ("DELETE FROM passages WHERE row = 3", "1 passage is in the lexical index and no longer in the archive"),
    ("DELETE FROM full_text_docsize WHERE id = 3", "not in the lexical index"),
    ("INSERT INTO full_text (full_text) VALUES ('delete-all')", "not in the lexical index"),
    ("UPDATE articles SET outlet = 'x' WHERE source_id = 'a2'", "the columns it is found by"),
    ("UPDATE meta SET value = '99' WHERE name = 'generation'", "the vector index is out of date"),
]


@pytest.mark.parametrize(("sql", "said"), DERIVED)
def test_whatever_is_derived_is_made_again_and_nothing_is_lost(folder: Path, sql: str, said: str) -> None:
    before = found(folder)
    change(folder, sql)
    looked = verify(folder, full=False)
    assert any(said in breach and "mend with: attest repair" in breach for breach in looked.breaches), looked
    report = mend(folder)
    assert (report.breaches, report.set_aside) == ([], [])
    assert verify(folder, full=True).breaches == ()
    assert found(folder) == before


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:900] + b"x" + path.read_bytes()[901:]), "is damaged"),
        (lambda path: path.unlink(), "is missing"),
    ],
)
def test_a_broken_vector_file_is_found_without_being_mended_and_then_repaired(
    folder: Path, harm: Callable[[Path], None], said: str
) -> None:
    [path] = folder.glob("vectors.*.faiss")
    harm(path)
    for _ in range(2):  # looking changes nothing
        [breach] = verify(folder, full=False).breaches
        assert breach == f"the vector index {said}; mend with: attest repair"
    assert mend(folder).breaches == []
    assert verify(folder, full=True).breaches == ()


def test_a_vector_index_of_other_vectors_is_found_by_asking_it(folder: Path) -> None:
    change(folder, "CREATE TABLE kept AS SELECT row, vector FROM vectors")
    import numpy as np

    from index import building, storing
    from index.database import open_database
    from index.vectors import VectorIndex

    database = open_database(folder, writable=False, create=False)
    rows = building.build_index(database, EMBEDDER.dim)[0].rows
    wrong = EMBEDDER.embed_passages([f"another text {row}" for row in rows])
    [old] = folder.glob("vectors.*.faiss")
    old.unlink()
    generation = storing.get_generation(database)
    VectorIndex.build(EMBEDDER.dim, [(rows, np.asarray(wrong))]).save(folder, generation, EMBEDDER.identity)
    database.close()
    assert verify(folder, full=False).breaches == ()
    [breach] = verify(folder, full=True).breaches
    assert "does not find" in breach
    assert mend(folder).breaches == []


def test_a_damaged_article_is_set_aside_and_ingest_of_its_path_brings_it_back(folder: Path) -> None:
    before = found(folder)
    change(folder, "UPDATE articles SET text = CAST(replace(text, 'Pilot number 7', 'Pilot number 8') AS BLOB)")
    report = mend(folder)
    [aside] = report.set_aside
    assert (report.breaches, aside.paths) == ([], ("desk.jsonl",))
    assert "Pilot number 8 told it" in (folder / FOLDER / f"{aside.id}.json").read_text()
    assert found(folder) == {name: texts for name, texts in before.items() if name != "a7"}
    with Archive.open(folder) as archive:
        [failed] = archive.status().failed
    assert (failed.path, failed.record) == ("desk.jsonl", 8)
    assert f"article {aside.id} was damaged on disk and set aside" in str(failed.reason)
    assert fill(folder, 40) == 1
    assert found(folder) == before
    assert not list((folder / FOLDER).iterdir())
    assert verify(folder, full=True).breaches == ()


def test_what_was_set_aside_can_be_removed_for_good(folder: Path) -> None:
    change(folder, "UPDATE articles SET metadata = replace(metadata, 'day 7', 'day 8') WHERE source_id = 'a7'")
    [aside] = mend(folder).set_aside
    with Archive.open(folder, writable=True) as archive:
        assert archive.remove([aside.id]) == [aside.id]
    assert not list((folder / FOLDER).iterdir())


def test_a_record_without_its_article_is_accounted_for_again(folder: Path) -> None:
    change(folder, "UPDATE ledger SET article = 'feedfeedfeedfeed' WHERE record = 3")
    [breach] = verify(folder, full=False).breaches
    assert breach.startswith("desk.jsonl, record 3 is said to be added and its article is gone")
    assert mend(folder).breaches == []
    with Archive.open(folder) as archive:
        assert [entry.record for entry in archive.status().failed] == [3]


def test_a_file_that_sqlite_cannot_read_through_is_salvaged_row_by_row(tmp_path: Path) -> None:
    """Every page but the first, overwritten one at a time: what is left answers, and ingest brings back the rest."""
    folder = tmp_path / "archive"
    fill(folder, 60)
    path = folder / FILE_NAME
    whole, complete = path.read_bytes(), found(folder)
    size = int.from_bytes(whole[16:18], "big")
    damaged = range(1, len(whole) // size, max(1, len(whole) // size // 6))
    losses = []
    for page in damaged:
        for left in folder.glob("*.damaged-*"):
            left.unlink()
        path.write_bytes(whole[: page * size] + b"\xa5" * size + whole[(page + 1) * size :])
        assert verify(folder, full=True).breaches != ()
        report = mend(folder)
        assert report.breaches == []
        left_over = found(folder)
        assert all(complete[name] == texts for name, texts in left_over.items())
        losses.append(len(complete) - len(left_over))
        fill(folder, 60)
        assert found(folder) == complete
        assert verify(folder, full=True).breaches == ()
    assert sorted(losses)[len(losses) // 2] <= 12  # a page holds that many articles


def lose_row(folder: Path, number: int) -> None:
    """Take an article out of its table and leave it in an index on it, as a flipped bit in a row's number does."""
    where = "sqlite_master WHERE name = 'articles_text_hash'"
    connection = sqlite3.connect(folder / FILE_NAME)
    entry = connection.execute(f"SELECT * FROM {where}").fetchone()
    connection.close()
    for sql, values in (
        (f"DELETE FROM {where}", ()),
        (f"DELETE FROM articles WHERE number = {number}", ()),
        ("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", entry),
    ):
        connection = sqlite3.connect(folder / FILE_NAME)  # anew: the schema is read when a file is opened
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(sql, values)
        connection.commit()
        connection.close()


def test_an_article_that_only_an_index_still_lists_is_found_out_and_mended(folder: Path) -> None:
    lose_row(folder, 3)
    said = verify(folder, full=True).breaches
    assert any("damaged" in breach for breach in said)
    assert any("its article is gone" in breach for breach in said)
    with Archive.open(folder) as archive, pytest.raises(ArchiveError, match="attest repair"):
        read_article(archive._database, 3)
    mend(folder)
    assert verify(folder, full=True).breaches == ()
    assert len(found(folder)) == 39


def test_missing_vectors_of_another_model_are_not_mixed_in(folder: Path) -> None:
    change(folder, "DELETE FROM vectors WHERE row = 3")
    with pytest.raises(ArchiveError, match="was built with hash and lacks vectors, and other is loaded"):
        repair(folder, lambda: HashEmbedder("other"))


def test_repairing_what_is_well_loads_no_model_and_changes_no_search(folder: Path) -> None:
    def load() -> Embedder:
        raise AssertionError

    before = found(folder)
    assert repair(folder, load).breaches == []
    assert found(folder) == before


def test_an_older_version_of_a_damaged_article_does_not_answer_in_its_place(tmp_path: Path) -> None:
    for text in ("The count was 41 votes.", "The count was 43 votes."):
        with Archive.open(tmp_path, embedder=EMBEDDER.identity, writable=True, create=True) as archive:
            ingest(archive, [record(text, id="c")], EMBEDDER)
    change(tmp_path, "UPDATE articles SET text = CAST(replace(text, '43', '44') AS BLOB)")
    assert len(mend(tmp_path).set_aside) == 1
    assert found(tmp_path) == {}


def test_no_archive_and_a_busy_one_are_each_a_sentence(tmp_path: Path, folder: Path) -> None:
    for act in (lambda place: verify(place, full=False), mend):
        with pytest.raises(ArchiveError, match="No archive at"):
            act(tmp_path / "none")
        with Archive.open(folder, writable=True), pytest.raises(ArchiveError, match="is being written by process"):
            act(folder)
