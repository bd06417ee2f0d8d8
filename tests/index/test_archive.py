import os
import re
import sqlite3
from pathlib import Path

import pytest

from index.archive import Archive, Filters
from index.database import FILE_NAME
from index.embedding import EmbedderIdentity
from index.errors import ArchiveError, UsageError
from index.ingest import ingest
from tests.index.fakes import numbered, record
from tests.index.made_archives import EMBEDDER, everything, make


def flip(path: Path, needle: bytes) -> None:
    """Change one byte of the file where `needle` stands."""
    whole = bytearray(path.read_bytes())
    at = whole.find(needle)
    assert at >= 0
    whole[at] ^= 0x01
    path.write_bytes(whole)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "archive", numbered(6))


# Opening


def test_no_archive_a_file_and_a_foreign_database_each_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"No archive at .*attest ingest"):
        Archive.open(tmp_path / "none")
    with pytest.raises(ArchiveError, match="No archive at"):
        Archive.open(tmp_path / "none", writable=True)
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("hello")
    with pytest.raises(ArchiveError, match="is a file and an archive is a folder"):
        Archive.open(tmp_path / "file", writable=True, create=True)
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / FILE_NAME).write_bytes(b"<html>" * 3000)
    for writable in (False, True):
        with pytest.raises(ArchiveError, match=r"is damaged \(file is not a database\)"):
            Archive.open(tmp_path / "junk", writable=writable, create=writable)
    (tmp_path / "foreign").mkdir()
    connection = sqlite3.connect(tmp_path / "foreign" / FILE_NAME)
    connection.execute("CREATE TABLE cats (name)")
    connection.close()
    with pytest.raises(ArchiveError, match="is not an Attest archive"):
        Archive.open(tmp_path / "foreign", writable=True, create=True)


def test_an_archive_whose_maker_was_killed_at_once_can_be_made_again(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert (tmp_path / FILE_NAME).stat().st_size > 0
    with pytest.raises(ArchiveError, match="No archive at"):
        Archive.open(tmp_path)
    assert everything(Archive.open(make(tmp_path, numbered(2)))) == {"a0", "a1"}


def test_an_archive_from_a_later_attest_is_refused(folder: Path) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ArchiveError, match=r"schema version 99 .*pip install --upgrade attest"):
        Archive.open(folder)


def test_another_embedder_is_refused_with_the_command_that_embeds_again(folder: Path) -> None:
    other = EmbedderIdentity("other", 16, "ab" * 32)
    with pytest.raises(ArchiveError, match=r"built with hash .* and other \(abababab\) .*attest ingest --reembed"):
        Archive.open(folder, embedder=other)
    Archive.open(folder).close()  # showing an article needs no embedder


def test_a_second_writer_is_refused_and_readers_are_not(folder: Path) -> None:
    with Archive.open(folder, writable=True):
        with pytest.raises(ArchiveError, match=f"is being written by process {os.getpid()} on"):
            Archive.open(folder, writable=True)
        with Archive.open(folder) as reader:
            assert len(everything(reader)) == 6


def test_a_reader_sees_what_a_writer_adds_while_it_is_open(folder: Path) -> None:
    with Archive.open(folder) as reader:
        assert len(everything(reader)) == 6
        assert reader.document_frequency("submarine") == 0
        make(folder, [record("A submarine surfaced off the pier.", id="new", number=99)])
        assert len(everything(reader)) == 7
        assert reader.document_frequency("submarine") == 1
        assert reader.notices == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_reader_without_write_permission_searches_all_the_same(folder: Path) -> None:
    next(folder.glob("vectors.*")).unlink()
    for path in [*folder.iterdir(), folder]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        with Archive.open(folder) as reader:
            assert len(everything(reader)) == 6
            assert reader.notices == ["The vector index is missing and has been rebuilt in memory from the articles."]
    finally:
        folder.chmod(0o755)


# Damage


def test_a_flipped_byte_in_the_vector_file_is_noticed_and_mended(folder: Path) -> None:
    path = next(folder.glob("vectors.*.faiss"))
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0x40
    path.write_bytes(whole)
    with Archive.open(folder) as archive:
        assert archive.notices == ["The vector index is damaged and has been rebuilt from the articles."]
        assert len(everything(archive)) == 6
    with Archive.open(folder) as archive:
        assert archive.notices == []
        assert archive.verify() == []


@pytest.mark.parametrize("name", ["manifest.json", "vectors.*.faiss"])
def test_a_missing_index_is_made_again_and_said_so(folder: Path, name: str) -> None:
    next(folder.glob(name)).unlink()
    with Archive.open(folder) as archive:
        assert archive.notices == ["The vector index is missing and has been rebuilt from the articles."]
        assert archive.verify() == []


def test_a_reader_beside_a_writer_rebuilds_in_memory(folder: Path) -> None:
    with Archive.open(folder, writable=True):
        next(folder.glob("vectors.*")).unlink()
        with Archive.open(folder) as reader:
            assert reader.notices == ["The vector index is missing and has been rebuilt in memory from the articles."]
            assert len(everything(reader)) == 6
        assert not list(folder.glob("vectors.*"))


def test_a_flipped_byte_in_an_article_is_named_and_never_quoted(folder: Path) -> None:
    with Archive.open(folder) as archive:
        article_id = archive.article("a4").id
    flip(folder / FILE_NAME, b"Pilot number 4")
    with Archive.open(folder) as archive:
        [said] = archive.verify()
        assert article_id in said
        assert everything(archive) == {"a0", "a1", "a2", "a3", "a5"}
        assert archive.notices == [f"Article {article_id} is damaged on disk and was left out; see: attest doctor"]
        with pytest.raises(ArchiveError, match=f"Article {article_id} is damaged on disk"):
            archive.article("a4")


def test_a_damaged_article_can_be_removed_and_read_again(folder: Path) -> None:
    flip(folder / FILE_NAME, b"Pilot number 4")
    with Archive.open(folder, writable=True) as archive:
        archive.remove(["a4"])
        assert archive.verify() == []
        report = ingest(archive, numbered(6), EMBEDDER)
        assert (report.added, report.unchanged) == (1, 5)
        assert archive.verify() == []
        assert len(everything(archive)) == 6


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE articles SET day = '1999-01-01' WHERE source_id = 'a2'", "columns it is found by"),
        ("UPDATE articles SET current = 0 WHERE source_id = 'a2'", "text or metadata"),
        ('UPDATE passages SET "end" = "end" - 1 WHERE row = 3', "passage 3 is not what was stored"),
        (
            "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE row = 1) WHERE row = 3",
            "the vector of passage 3",
        ),
        ("DELETE FROM vectors WHERE row = 3", "has no vector"),
        ("INSERT INTO full_text (rowid, heading, text) VALUES (77, 'x', 'forged')", 'disagrees .* "forg" first'),
    ],
)
def test_every_changed_row_is_a_breach(folder: Path, sql: str, said: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute(sql)
    connection.commit()
    connection.close()
    with Archive.open(folder) as archive:
        assert any(re.search(said, breach) for breach in archive.verify())


def test_bytes_flipped_anywhere_never_give_a_wrong_quotation(folder: Path) -> None:
    """One flip at a time over the whole file: each is refused, left out, or harmless; none is a traceback."""
    path = folder / FILE_NAME
    whole = path.read_bytes()
    with Archive.open(folder) as archive:
        honest = {item.passage.id: item.passage.text for item in archive.passages(range(1, 7))}
    unseen = 0
    for at in range(101, len(whole), 1499):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x04]) + whole[at + 1 :])
        try:
            with Archive.open(folder) as archive:
                for item in archive.passages(range(1, 7)):
                    assert honest[item.passage.id] == item.passage.text
                unseen += not archive.verify()
        except ArchiveError:
            continue
    path.write_bytes(whole)
    assert unseen < len(range(101, len(whole), 1499))


# Removing


def test_a_removed_article_is_gone_from_everything_on_the_disk(folder: Path) -> None:
    extra = record("Zyxwvutsr was the password of the quartermaster.", id="secret", number=50, title="Qpqpqp")
    make(folder, [extra])
    assert b"Zyxwvutsr" in b"".join(path.read_bytes() for path in folder.iterdir())
    with Archive.open(folder, writable=True) as archive:
        article_id = archive.article("secret").id
        assert archive.remove(["secret"]) == [article_id]
        assert archive.lexical(["zyxwvutsr", "qpqpqp"], 5, Filters()) == []
        assert len(everything(archive)) == 6
        with pytest.raises(UsageError):
            archive.article(article_id)
        assert archive.verify() == []
    left = b"".join(path.read_bytes() for path in folder.iterdir()).lower()
    assert b"zyxwv" not in left
    assert b"qpqpqp" not in left


def test_removing_an_unknown_article_removes_nothing(folder: Path) -> None:
    with Archive.open(folder, writable=True) as archive:
        with pytest.raises(UsageError, match='No article "nobody"'):
            archive.remove(["a1", "nobody"])
        assert archive.status().articles == 6


def test_status_says_what_the_contract_says(folder: Path) -> None:
    with Archive.open(folder) as archive:
        said = archive.status().to_json()
    assert {"articles", "passages", "failed", "skipped", "generation", "embedder", "bytes"} <= said.keys()
    assert said["articles"] == 6
    assert said["embedder"] == EMBEDDER.identity.to_json()
