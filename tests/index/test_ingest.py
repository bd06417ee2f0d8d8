import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from index.errors import ArchiveError
from index.ingest import IngestProgress, ingest
from index.readers import read_paths
from index.records import RawRecord, ReadFailure
from tests.index.fakes import HashEmbedder, numbered, record
from tests.index.made_archives import EMBEDDER, run

ROOT = Path(__file__).parents[2]


def found(archive: Archive, word: str) -> list[str]:
    """Ids of the articles that a lexical search for `word` finds."""
    return [item.article.id for item in archive.passages([hit.row for hit in archive.lexical([word], 50, Filters())])]


def test_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    first = run(tmp_path, [*numbered(20)])
    with Archive.open(tmp_path) as archive:
        before = archive.status()
    second = run(tmp_path, [*numbered(20)])
    with Archive.open(tmp_path) as archive:
        assert archive.status() == before
    assert (first.added, first.records, second.unchanged, second.records) == (20, 20, 20, 20)
    assert second.passages == 0


def test_a_changed_article_is_a_new_version_and_the_old_one_no_longer_answers(tmp_path: Path) -> None:
    run(tmp_path, [record("The bridge opened with seven toucans present.", id="b")])
    with Archive.open(tmp_path) as archive:
        old = archive.article("b")
    assert run(tmp_path, [record("Correction: the bridge opened with nine pelicans present.", id="b")]).updated == 1
    with Archive.open(tmp_path) as archive:
        assert found(archive, "toucans") == []
        assert found(archive, "pelicans") == [archive.article("b").id]
        assert archive.document_frequency("bridge") == archive.passage_count
        assert archive.article(old.id) == old  # an old citation can still be shown
        assert (archive.status().articles, archive.status().versions) == (1, 2)
        assert archive.verify() == []


def test_an_old_dump_read_again_changes_nothing_and_a_reverted_record_does(tmp_path: Path) -> None:
    old, new = record("The count was 41 votes.", id="c"), record("The count was 43 votes.", id="c")
    run(tmp_path, [old])
    run(tmp_path, [new])
    dump = record("The count was 41 votes.", id="c", path="old-dump.jsonl")
    assert run(tmp_path, [dump]).unchanged == 1
    with Archive.open(tmp_path) as archive:
        assert archive.article("c").text == new.text
    assert run(tmp_path, [old]).updated == 1  # the same record of the same file says 41 again
    with Archive.open(tmp_path) as archive:
        assert archive.article("c").text == old.text
        assert archive.status().versions == 2
        assert archive.verify() == []


def test_two_versions_in_one_file_leave_the_later_one_however_often_it_is_read(tmp_path: Path) -> None:
    both: list[RawRecord | ReadFailure] = [
        record("Rain is expected.", id="w", number=1),
        record("Snow is expected.", id="w", number=2),
    ]
    assert [
        (report.added, report.updated, report.unchanged) for report in (run(tmp_path, both), run(tmp_path, both))
    ] == [
        (1, 1, 0),
        (0, 0, 2),
    ]
    with Archive.open(tmp_path) as archive:
        assert archive.article("w").text == "Snow is expected."


def test_a_copy_under_another_key_is_kept_and_called_a_duplicate(tmp_path: Path) -> None:
    text = "The agency said the tunnel would reopen on Friday."
    report = run(tmp_path, [record(text, id="one", number=1), record(text, id="two", number=2)])
    assert (report.added, report.duplicates) == (1, 1)
    assert run(tmp_path, [record(text, id="three", number=3)]).duplicates == 1
    with Archive.open(tmp_path) as archive:
        assert len(found(archive, "tunnel")) == 3


def test_failures_and_skips_are_listed_until_the_record_can_be_read(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        [
            ReadFailure("desk.jsonl", 1, "line 1 has no text"),
            ReadFailure("photo.png", None, "not a text", skipped=True),
            record("  \n ", id="blank", number=2),
            record("Something was said.", id="fine", number=3),
        ],
    )
    assert [line[:2] for line in report.failed] == [("desk.jsonl", 1), ("desk.jsonl", 2)]
    assert report.skipped == [("photo.png", None, "not a text")]
    assert (report.added, report.records) == (1, 4)
    with Archive.open(tmp_path) as archive:
        said = archive.status()
    assert [(entry.path, entry.record) for entry in said.failed] == [("desk.jsonl", 1), ("desk.jsonl", 2)]
    assert said.skipped[0].reason == "not a text"
    run(tmp_path, [record("Now there is text.", id="mended", number=1)])
    with Archive.open(tmp_path) as archive:
        assert [entry.record for entry in archive.status().failed] == [2]


def test_nothing_at_all_makes_an_empty_archive_that_answers_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, []).records == 0
    with Archive.open(tmp_path, embedder=EMBEDDER.identity) as archive:
        assert archive.dense(EMBEDDER.embed_queries(["?"])[0], 5, Filters()) == []
        assert archive.lexical(["anything"], 5, Filters()) == []
        assert archive.notices == []
        assert archive.verify() == []


@given(text=st.text(min_size=1, max_size=300), title=st.none() | st.text(max_size=40))
@settings(deadline=None, max_examples=25)
def test_any_text_comes_back_code_point_for_code_point(
    tmp_path_factory: pytest.TempPathFactory, text: str, title: str | None
) -> None:
    text = f"Word. {text}\u00a0\u200b\u0130e\u0301 \ud83d"  # NBSP, zero width, dotted I, combining acute, half a pair
    folder = tmp_path_factory.mktemp("any")
    run(folder, [record(text, id="x", title=title)])
    with Archive.open(folder) as archive:
        assert archive.article("x").text == text
        for item in archive.passages(range(1, archive.passage_count + 1)):
            assert text[item.passage.start : item.passage.end] == item.passage.text
        assert archive.verify() == []


def test_progress_tells_only_of_what_is_on_the_disk(tmp_path: Path) -> None:
    seen: list[IngestProgress] = []
    with Archive.open(tmp_path, embedder=EMBEDDER.identity, writable=True, create=True) as archive:

        def look(progress: IngestProgress) -> None:
            seen.append(progress)
            with Archive.open(tmp_path) as reader:
                assert reader.status().articles == progress.articles

        ingest(archive, numbered(600), EMBEDDER, progress=look)
    assert len(seen) > 1
    assert seen[-1].articles == 600


def interrupted(records: list[RawRecord], after: int) -> Iterator[RawRecord]:
    yield from records[:after]
    raise KeyboardInterrupt


def test_an_interrupt_keeps_every_whole_batch_and_its_index(tmp_path: Path) -> None:
    with Archive.open(tmp_path, embedder=EMBEDDER.identity, writable=True, create=True) as archive:
        with pytest.raises(KeyboardInterrupt):
            ingest(archive, interrupted(numbered(600), 500), EMBEDDER)
        kept = archive.status().articles
        assert 0 < kept <= 500
    with Archive.open(tmp_path) as archive:
        assert archive.notices == []
        assert archive.verify() == []
    assert run(tmp_path, [*numbered(600)]).added == 600 - kept


WRITER = """
import sys
from pathlib import Path
from index.archive import Archive
from index.ingest import ingest
from tests.index.fakes import HashEmbedder, numbered
embedder = HashEmbedder()
with Archive.open(Path(sys.argv[1]), embedder=embedder.identity, writable=True, create=True) as archive:
    ingest(archive, numbered(20_000), embedder, progress=lambda said: print(said.articles, flush=True))
"""


def test_kill_minus_nine_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        try:
            said = [writer.stdout.readline() for _ in range(3)]
            with pytest.raises(ArchiveError, match=f"is being written by process {writer.pid} on"):
                Archive.open(tmp_path, writable=True)
        finally:
            writer.kill()
        said += re.findall(r"^\d+\n", writer.stdout.read(), re.MULTILINE)
    acknowledged = int(said[-1])
    with Archive.open(tmp_path, embedder=EMBEDDER.identity) as archive:
        kept = archive.status().articles
        assert kept >= acknowledged > 0
        assert archive.notices == ["The vector index is missing and has been rebuilt from the articles."]
        assert archive.verify() == []
        assert len(archive.dense(EMBEDDER.embed_queries(["?"])[0], kept + 1, Filters())) == archive.passage_count
        assert archive.article(f"a{acknowledged - 1}").source_id == f"a{acknowledged - 1}"
    assert run(tmp_path, [*numbered(kept + 1)]).added == 1  # and the dead writer's lock is gone


def test_a_full_disk_is_a_sentence_and_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n" + WRITER
    command = [sys.executable, "-c", limited, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search("ArchiveError: The archive .* could not be written .* nothing that was in is lost", done.stderr)
    with Archive.open(tmp_path, embedder=EMBEDDER.identity) as archive:
        assert archive.status().articles >= int(done.stdout.split()[-1]) > 0
        assert archive.verify() == []


@pytest.mark.model
def test_minilm_finds_what_was_ingested(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    run(
        tmp_path,
        [
            record("The mayor of Porto Alto resigned on Tuesday over the harbour contract.", id="mayor", number=1),
            record("Fog delayed the morning ferry by three hours.", id="fog", number=2),
        ],
        embedder,
    )
    with Archive.open(tmp_path, embedder=embedder.identity) as archive:
        hits = archive.dense(embedder.embed_queries(["Who stepped down?"])[0], 2, Filters())
        assert [item.article.source_id for item in archive.passages([hit.row for hit in hits])] == ["mayor", "fog"]


def test_a_moved_file_is_the_same_article_and_a_copy_is_one_of_its_own(tmp_path: Path) -> None:
    folder, archive_folder = tmp_path / "news", tmp_path / "archive"
    folder.mkdir()
    first, second = folder / "first.txt", folder / "second.txt"
    first.write_text("Ferry aground\n\nThe ferry carried 214 passengers.\n")
    embedder = HashEmbedder()
    assert run(archive_folder, [*read_paths([folder])], embedder).added == 1
    first.rename(second)
    report = run(archive_folder, [*read_paths([folder])], embedder)
    assert (report.unchanged, report.records, report.passages) == (1, 1, 0)
    assert run(archive_folder, [*read_paths([folder])], embedder).unchanged == 1
    first.write_text(second.read_text())
    assert run(archive_folder, [*read_paths([folder])], embedder).unchanged == 2  # moved back, and a copy of it
    third = folder / "third.txt"
    third.write_text(second.read_text())
    assert run(archive_folder, [*read_paths([folder])], embedder).duplicates == 1
    with Archive.open(archive_folder) as archive:
        assert archive.verify() == []
