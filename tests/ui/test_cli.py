import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.fakes import FakeParts, one_sentence
from tests.ui.ferry import FACT, FERRY_PAGE
from ui.cli import main


class TestUsage:
    @pytest.mark.parametrize(
        ("argv", "said"),
        [
            ([], "no command was given"),
            (["serach", "x"], "invalid choice"),
            (["ask"], "no question was given"),
            (["ask", "   "], "the question is empty"),
            (["ask", "w" * 10_000], "10,000 characters"),
            (["ask", "Why?", "--since", "soon"], "--since is 'soon', expected a date"),
            (["ask", "Why?", "--as-of", "2021-02-30"], "--as-of is '2021-02-30'"),
            (["ask", "Why?", "--since", "2022", "--until", "2021"], "later than"),
            (["ask", "Why?", "--out", "x.jsonl"], "--out needs --batch"),
            (["ask", "Why?", "--batch", "x.jsonl"], "both given"),
            (["ask", "--batch", "no-such-file.jsonl"], "cannot be read"),
            (["search", "x", "-k", "0"], "whole number from 1"),
            (["search", ""], "is empty"),
            (["serve", "--port", "99999"], "not a port"),
            (["ingest"], "no articles were named"),
            (["ingest", "/no/such/place"], "no file or folder"),
            (["ingest", ".", "--map", "headline"], "--map has"),
            (["show"], "required: ARTICLE"),
            (["models"], "required: ACTION"),
            (["ask", "Did", "Kovar", "win"], 'no quotation marks around it, expected them: attest ask "Did Kovar win"'),
            (["trace", "Kovar", "paid", "$5"], "expected them: attest trace 'Kovar paid $5'"),
            (["ask", "Why?", "--colour", "red"], "unrecognized arguments: --colour red; see: attest --help"),
            (["status", "now"], "unrecognized arguments: now; see: attest --help"),
        ],
    )
    def test_a_mistake_is_one_sentence_and_code_2(
        self, argv: list[str], said: str, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*argv, "--archive", str(archive)] if argv else argv, parts) == 2
        out, err = capsys.readouterr()
        assert said in one_sentence(err)
        assert out == ""
        assert parts.loads == 0
        assert not archive.exists()

    def test_an_empty_folder_is_said_and_makes_no_archive(
        self, tmp_path: Path, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "empty").mkdir()
        assert main(["ingest", str(tmp_path / "empty"), "--archive", str(archive)], parts) == 2
        assert "no articles were found in" in one_sentence(capsys.readouterr().err)
        assert not archive.exists()

    @pytest.mark.parametrize("argv", [["--help"], ["ask", "--help"], ["models", "pull", "--help"]])
    def test_help_is_a_result(self, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert main(argv) == 0
        assert "usage: attest" in capsys.readouterr().out

    def test_help_loads_nothing_heavy(self) -> None:
        heavy = ["torch", "gradio", "numpy", "faiss", "llama_cpp", "langchain_core", "sqlite3"]
        code = "import sys; from ui.cli import main; main(['--help']); "
        code += f"sys.exit(str([m for m in {heavy} if m in sys.modules]))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.stderr.strip() == "[]"

    def test_options_stand_before_or_after_the_command(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--archive", str(filled), "--json", "status"], parts) == 0
        before = capsys.readouterr().out
        assert main(["status", "--archive", str(filled), "--json"], parts) == 0
        assert capsys.readouterr().out == before


class TestArchive:
    def test_a_missing_archive_is_code_3_with_the_command_that_makes_one(
        self, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for argv in (
            ["status"],
            ["show", "x"],
            ["remove", "x"],
            ["search", "x"],
            ["ask", "Why?"],
            ["ingest", "--reembed"],
        ):
            assert main([*argv, "--archive", str(archive)], parts) == 3
            assert "attest ingest PATH" in one_sentence(capsys.readouterr().err)
        assert not archive.exists()

    def test_show_prints_exactly_the_stored_text(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["show", "ferry.txt", "--archive", str(filled)], parts) == 0
        assert capsys.readouterr().out == FERRY_PAGE
        assert main(["show", "ferry.txt", "--archive", str(filled), "--json"], parts) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["text"] == FERRY_PAGE
        assert document["source_id"] == "ferry.txt"

    def test_an_unknown_article_is_code_2(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["show", "nothing.txt", "--archive", str(filled)], parts) == 2
        one_sentence(capsys.readouterr().err)

    def test_a_removed_article_is_gone(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["remove", "ferry.txt", "--archive", str(filled), "--json"], parts) == 0
        assert len(json.loads(capsys.readouterr().out)["removed"]) == 1
        assert main(["show", "ferry.txt", "--archive", str(filled)], parts) == 2

    def test_remove_names_what_it_removed(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["remove", "ferry.txt", "--archive", str(filled)], parts) == 0
        assert re.fullmatch(r"removed [0-9a-f]{16}  .*Ferry.* · \S+\n", capsys.readouterr().out)

    def test_doctor_names_a_missing_archive_and_the_command_for_it(
        self, archive: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["doctor", "--archive", str(archive)], parts) == 3
        assert "WRONG archive: " in capsys.readouterr().out

    def test_doctor_notices_an_archive_of_another_embedder(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["doctor", "--archive", str(filled), "--json"], parts) == 3
        checks = json.loads(capsys.readouterr().out)["checks"]
        [wrong] = [check for check in checks if not check["ok"]]
        assert "attest ingest --reembed" in wrong["message"]


class TestAsk:
    def test_search_prints_the_contract_s_document(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["search", "ferry passengers", "--archive", str(filled), "--json"], parts) == 0
        document = json.loads(capsys.readouterr().out)
        assert document.keys() == {"query", "passages"}
        assert {"article", "start", "end", "text", "score", "rank"} <= document["passages"][0].keys()

    def test_an_answer_has_numbered_citations_with_their_quotes(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ask", "How full was the ferry?", "--archive", str(filled)], parts) == 0
        out = capsys.readouterr().out
        assert f"{FACT} [1]" in out
        assert "[1] Harbour Wire · Ferry runs aground · 2021-03-24" in out
        assert f"“{FACT}”" in out
        assert "1 drafted sentence was withheld" in out
        assert "(contradicted: the passage says Monday)" in out

    def test_an_abstention_is_done_and_lists_the_nearest_passages(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ask", "Who built the lighthouse?", "--archive", str(filled)], parts) == 0
        out = capsys.readouterr().out
        assert out.startswith("The archive does not say: no passage of the archive (3 articles")
        assert out.count("characters") == 3

    def test_json_is_one_document_on_stdout_and_nothing_else(
        self, with_outlet: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ask", "ferry?", "--source", "Harbour Wire", "--archive", str(with_outlet), "--json"], parts) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["status"] == "answered"
        assert err == ""
        filters = parts.fake_asker.asked[-1][1]
        assert filters is not None
        assert filters.source == "Harbour Wire"

    def test_a_bug_is_one_sentence_and_its_traceback_needs_debug(
        self, filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ask", "break it", "--archive", str(filled)], parts) == 1
        assert "RuntimeError: a bug" in one_sentence(capsys.readouterr().err)
        assert main(["ask", "break it", "--archive", str(filled), "--debug"], parts) == 1
        assert "Traceback" in capsys.readouterr().err


class TestModels:
    def test_the_list_says_which_are_in_use(self, parts: FakeParts, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["models", "list", "--json"], parts) == 0
        models = json.loads(capsys.readouterr().out)["models"]
        assert {model["name"] for model in models if model["in_use"]} == {"all-MiniLM-L6-v2", "SmolLM2-135M-Instruct"}

    def test_a_model_file_that_is_a_web_page_is_code_4(
        self, tmp_path: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        page = tmp_path / "model.gguf"
        page.write_text("<!doctype html><title>Sign in</title>", encoding="utf-8")
        assert main(["models", "use", str(page)], parts) == 4
        one_sentence(capsys.readouterr().err)

    def test_nothing_is_downloaded_without_consent(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from rag.settings import Settings

        class ElsewhereParts(FakeParts):
            def settings(self) -> Settings:
                return Settings(models_dir=tmp_path)

        monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody to ask
        assert main(["models", "pull", "Qwen3-4B"], ElsewhereParts()) == 2
        err = capsys.readouterr().err
        assert "licence Apache-2.0" in err
        assert "no consent was given" in err
        assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(filled: Path) -> None:
    code = f"import sys; from ui.cli import main; sys.exit(main(['show', 'ferry.txt', '--archive', {str(filled)!r}]))"
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
