import io
import json
from pathlib import Path

import pytest

from index.archive import Archive
from index.ingest import _Run
from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main


class TestIngest:
    def test_no_rest_is_in_when_nothing_went_in(
        self, tmp_path: Path, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "records.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
        assert main(["ingest", str(tmp_path / "records.jsonl"), "--archive", str(archive)], parts) == 5
        assert "1 failed and 0 skipped of 1 record, and nothing went in" in one_sentence(capsys.readouterr().err)

    def test_standard_input_and_files_of_two_working_directories_all_go_in(
        self, tmp_path: Path, archive: Path, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts = ("The harbour board of Kestrel Bay met on Monday.", "Forty teachers went on strike in Linden.")
        for desk, text in zip(("city", "schools"), texts, strict=True):
            (tmp_path / desk).mkdir()
            (tmp_path / desk / "001.txt").write_text(text, encoding="utf-8")
            monkeypatch.chdir(tmp_path / desk)
            record = json.dumps({"id": desk, "text": f"The mill of the {desk} ground ten sacks of barley."})
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(record.encode())))
            assert main(["ingest", "001.txt", "-", "--archive", str(archive)], parts) == 0
        with Archive.open(archive) as opened:
            found = {article.text.strip() for article in opened.articles()}
        mills = {f"The mill of the {desk} ground ten sacks of barley." for desk in ("city", "schools")}
        assert found == {*texts, *mills}

    def test_what_failed_and_was_skipped_gives_code_5_and_the_rest_is_in(
        self, folder: Path, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "picture.txt").write_bytes(bytes(range(256)) * 40)
        (folder / "records.jsonl").write_text(
            '{"id": "a"}\n{"id": "b", "text": "The bridge opened."}\n', encoding="utf-8"
        )
        (folder / "drawing.psd").write_text("a,b\n", encoding="utf-8")
        (folder / "latin.txt").write_bytes("Café fermé\n\nLe café est fermé depuis le 3 mai.".encode("latin-1"))
        assert main(["ingest", str(folder), "--archive", str(archive), "--json"], parts) == 5
        out, err = capsys.readouterr()
        report = json.loads(out)
        assert report["added"] == 3
        assert {Path(line["path"]).name for line in report["failed"]} == {"picture.txt", "records.jsonl"}
        assert [Path(line["path"]).name for line in report["skipped"]] == ["drawing.psd"]
        assert "2 failed and 1 skipped of 6 records, and the rest is in" in one_sentence(err)
        assert report["loading_seconds"] >= 0
        assert main(["status", "--archive", str(archive), "--json"], parts) == 0
        status = json.loads(capsys.readouterr().out)
        assert status["articles"] == 3
        assert len(status["failed"]) == 2
        assert {"path", "record", "reason"} <= status["failed"][0].keys()

    def test_what_failed_in_a_file_that_is_gone_is_counted_and_not_listed(
        self, folder: Path, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("here.jsonl", "gone.jsonl"):
            (folder / name).write_text('{"id": "a"}\n', encoding="utf-8")
        assert main(["ingest", str(folder), "--archive", str(archive)], parts) == 5
        (folder / "gone.jsonl").unlink()
        capsys.readouterr()
        assert main(["status", "--archive", str(archive)], parts) == 0
        said = capsys.readouterr().out
        assert "1 failed:\n" in said
        assert "here.jsonl, record 1" in said
        assert "gone.jsonl" not in said
        assert said.endswith("1 failed, of files that are no longer there: attest status --json\n")

    def test_the_same_articles_again_are_unchanged(
        self, folder: Path, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ingest", str(folder), "--archive", str(filled)], parts) == 0
        assert "0 added, 0 updated, 1 unchanged" in capsys.readouterr().out

    def test_an_archive_path_that_is_a_file_is_code_3(
        self, folder: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "file"
        file.write_text("not an archive", encoding="utf-8")
        assert main(["ingest", str(folder), "--archive", str(file)], parts) == 3
        one_sentence(capsys.readouterr().err)
        assert file.read_text(encoding="utf-8") == "not an archive"

    def test_all_passages_can_be_embedded_again(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ingest", "--reembed", "--archive", str(filled), "--json"], parts) == 0
        assert json.loads(capsys.readouterr().out)["passages"] == 1

    def test_ctrl_c_says_what_is_safe_with_code_130(
        self, folder: Path, archive: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        class Interrupted(FakeParts):
            def embedder(self, settings: object, *, quickly: bool = False) -> object:  # type: ignore[override]
                raise KeyboardInterrupt

        assert main(["ingest", str(folder), "--archive", str(archive)], Interrupted()) == 130
        assert "the same command goes on from there" in one_sentence(capsys.readouterr().err)

    def test_ctrl_c_while_it_embeds_says_that_this_is_stored_first(
        self,
        tmp_path: Path,
        archive: Path,
        parts: FakeParts,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("index.ingest.BATCH_PASSAGES", 1)
        for name in "abc":
            (tmp_path / f"{name}.txt").write_text(f"The dam at Orle was opened by {name * 9}.", encoding="utf-8")
        take, taken = _Run.take, 0

        def interrupted(run: _Run, *given: object) -> None:
            nonlocal taken
            take(run, *given)  # type: ignore[arg-type]
            taken += 1
            if run.embeds:
                raise KeyboardInterrupt

        monkeypatch.setattr(_Run, "take", interrupted)
        assert main(["ingest", *map(str, sorted(tmp_path.glob("*.txt"))), "--archive", str(archive)], parts) == 130
        said = capsys.readouterr().err.splitlines()
        assert said[0].startswith("stopping: what is being embedded is stored first")
        assert "the same command goes on from there" in said[-1]
        with Archive.open(archive) as stored:
            assert stored.status().articles == taken


class TestIngestOptions:
    def test_a_second_ingest_opens_no_file_for_reading(
        self,
        folder: Path,
        archive: Path,
        parts: FakeParts,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        argv = ["ingest", str(folder), "--archive", str(archive), "--json"]
        assert main(argv, parts) == 0
        added = json.loads(capsys.readouterr().out)["added"]
        monkeypatch.setattr("index.file_reader.decompressed", lambda *_: pytest.fail("a known file was read"))
        assert main(argv, parts) == 0
        assert json.loads(capsys.readouterr().out)["unchanged"] == added > 0

    def test_the_archive_is_the_same_with_one_job_and_with_two(
        self, folder: Path, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        digests = []
        for jobs in ("1", "2"):
            archive = str(tmp_path / jobs)
            assert main(["ingest", str(folder), "--archive", archive, "--jobs", jobs], parts) == 0
            capsys.readouterr()
            assert main(["status", "--archive", archive, "--json"], parts) == 0
            digests.append(json.loads(capsys.readouterr().out)["digest"])
        assert digests[0] == digests[1]

    def test_nice_lowers_the_priority_by_what_was_said(
        self, folder: Path, archive: Path, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[int] = []
        monkeypatch.setattr("os.nice", said.append)
        assert main(["ingest", str(folder), "--archive", str(archive)], parts) == 0
        assert main(["ingest", str(folder), "--archive", str(archive), "--nice", "10"], parts) == 0
        assert said == [10]

    @pytest.mark.parametrize("argv", [["--jobs", "0"], ["--jobs", "many"], ["--nice", "-5"], ["--nice", "20"]])
    def test_impossible_jobs_and_niceness_are_code_2(
        self, argv: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ingest", str(folder), *argv]) == 2
        assert argv[0] in one_sentence(capsys.readouterr().err)
