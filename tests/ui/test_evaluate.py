"""`attest eval` from its arguments to what it prints and writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.eval.made import ANSWERS, ARTICLES, QUESTIONS
from tests.ui.fakes import FakeParts, one_sentence
from ui.cli import main

Capture = pytest.CaptureFixture[str]


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def dataset(tmp_path: Path, capsys: Capture) -> Path:
    articles = lines(tmp_path / "a.jsonl", [{"id": one.id, "text": one.text} for one in ARTICLES.values()])
    rows = []
    for question in QUESTIONS:
        spans = question.evidence[0] if question.evidence else ()
        evidence = [{"article_id": one.article_id, "start": one.start, "end": one.end} for one in spans]
        row = {"id": question.id, "kind": question.kind, "question": question.text, "answers": [*question.patterns]}
        rows.append({**row, "evidence": evidence})
    folder = tmp_path / "set"
    assert (
        main(["eval", "import", "gold", str(lines(tmp_path / "q.jsonl", rows)), str(articles), "--out", str(folder)])
        == 0
    )
    assert "3 articles, 6 questions" in capsys.readouterr().out
    return folder


@pytest.fixture
def run(tmp_path: Path, dataset: Path, capsys: Capture) -> Path:
    given = lines(tmp_path / "answers.jsonl", ANSWERS)
    assert main(["eval", "run", str(dataset), "--out", str(tmp_path / "run"), "--answers", str(given)]) == 0
    capsys.readouterr()
    return tmp_path / "run"


def document(capsys: Capture) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_run_of_a_batch_is_scored(dataset: Path, run: Path, capsys: Capture) -> None:
    assert main(["eval", "score", str(dataset), str(run), "--json"]) == 0
    [scores] = document(capsys)["runs"]
    figures = {one["id"]: one["value"] for one in scores["figures"]}
    assert figures["ask_right"] == pytest.approx(2 / 3)
    assert main(["eval", "score", str(dataset), str(run)]) == 0
    said = capsys.readouterr().out
    assert "ask_right " in said
    assert "\nalways abstain " in said  # what reads nothing is always in the table
    assert "\nalways yes " in said


def test_citations_are_judged_by_the_judge_that_is_named(dataset: Path, run: Path, capsys: Capture) -> None:
    recall = {}
    for name in ("always-yes", "always-no"):
        assert main(["eval", "score", str(dataset), str(run), "--judge", name, "--json"]) == 0
        figures = {one["id"]: one["value"] for one in document(capsys)["runs"][0]["figures"]}
        recall[name] = figures[f"citation_recall@{name}"]
    assert recall["always-yes"] > recall["always-no"] == 0


def test_a_comparison_and_a_report_take_the_judge_that_is_named(
    dataset: Path, run: Path, tmp_path: Path, capsys: Capture
) -> None:
    other, compared = tmp_path / "fewer", ["eval", "compare", str(dataset), str(run)]
    fewer = [{**row, "sentences": row["sentences"][:1]} for row in ANSWERS]
    given = lines(tmp_path / "fewer.jsonl", fewer)
    assert main(["eval", "run", str(dataset), "--out", str(other), "--answers", str(given)]) == 0
    capsys.readouterr()
    firsts = {}
    for name in ("always-yes", "always-no"):
        assert main([*compared, str(other), "--judge", name, "--json"]) == 0
        found = {one["measure"]: one["first"] for one in document(capsys)["differences"]}
        firsts[name] = found[f"citation_recall@{name}"]
        assert f"citation_precision@{name}" in found
        for suffix in ("html", "md"):
            out = tmp_path / f"{name}.{suffix}"
            argv = ["eval", "report", str(dataset), str(run), str(other), "--out", str(out), "--judge", name]
            assert main(argv) == 0
            text = out.read_text(encoding="utf-8")
            assert text.count(f"citation_recall@{name} (uncalibrated)") >= 2  # among the figures and compared
            assert "@verbatim" not in text
        capsys.readouterr()
    assert firsts["always-yes"] > firsts["always-no"] == 0
    assert main([*compared, str(other), "--json"]) == 0
    assert not [one for one in document(capsys)["differences"] if "@always" in one["measure"]]


def test_a_baseline_is_run_and_compared(dataset: Path, run: Path, tmp_path: Path, capsys: Capture) -> None:
    other = tmp_path / "abstaining"
    assert main(["eval", "run", str(dataset), "--out", str(other), "--system", "abstain", "--json"], FakeParts()) == 0
    assert document(capsys) == {"run": str(other), "items": 6, "crashed": 0}
    assert main(["eval", "compare", str(dataset), str(run), str(other), "--json"]) == 0
    found = {one["measure"]: one for one in document(capsys)["differences"]}
    assert (found["right"]["lost"], found["abstain_right"]["won"]) == (3, 1)


def test_the_product_is_asked_and_its_models_are_told(
    dataset: Path, filled: Path, parts: FakeParts, tmp_path: Path, capsys: Capture
) -> None:
    parts.fake_asker.models = {"writer": {"name": "fake"}}  # type: ignore[attr-defined]
    out = tmp_path / "product"
    assert main(["eval", "run", str(dataset), "--out", str(out), "--archive", str(filled)], parts) == 0
    assert len(parts.fake_asker.asked) == len(QUESTIONS)
    told = json.loads((out / "env.json").read_text(encoding="utf-8"))
    assert told["models"] == {"writer": {"name": "fake"}}
    assert str(tmp_path) not in json.dumps(told)


def test_the_embedder_of_a_baseline_is_told(dataset: Path, filled: Path, parts: FakeParts, tmp_path: Path) -> None:
    out = tmp_path / "dense"
    assert (
        main(["eval", "run", str(dataset), "--out", str(out), "--archive", str(filled), "--system", "dense"], parts)
        == 0
    )
    told = json.loads((out / "env.json").read_text(encoding="utf-8"))
    assert set(told["models"]["embedder"]) == {"name", "dim", "sha256"}


def test_reports_are_written(dataset: Path, run: Path, tmp_path: Path, capsys: Capture) -> None:
    for name, start in (("r.html", "<!doctype html>"), ("r.md", "# product on")):
        assert main(["eval", "report", str(dataset), str(run), "--out", str(tmp_path / name)]) == 0
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(start)
        assert "always yes" in text
    assert "bytes" in capsys.readouterr().out


def test_a_gate_pins_then_passes_then_holds(dataset: Path, run: Path, tmp_path: Path, capsys: Capture) -> None:
    baseline = str(tmp_path / "baseline.json")
    gate = ["eval", "gate", str(dataset), str(run), "--baseline", baseline]
    assert main([*gate, "--pin"]) == 0
    assert main(gate) == 0
    worse = tmp_path / "worse"
    silent = [{**row, "status": "abstained", "sentences": []} for row in ANSWERS]
    given = lines(tmp_path / "silent.jsonl", silent)
    assert main(["eval", "run", str(dataset), "--out", str(worse), "--answers", str(given)]) == 0
    capsys.readouterr()
    gate[3] = str(worse)
    assert main([*gate, "--json"]) == 1
    [problem] = document(capsys)["problems"]
    assert problem.startswith("right_and_cited fell")
    assert main([*gate, "--pin"]) == 2
    assert "--allow-regression" in one_sentence(capsys.readouterr().err)
    assert main([*gate, "--pin", "--allow-regression", "it is asked to be silent"]) == 0
    assert "asked to be silent" in Path(baseline).read_text(encoding="utf-8")


def test_a_split_says_what_both_sides_share(dataset: Path, capsys: Capture) -> None:
    assert main(["eval", "split", str(dataset), str(dataset), "--json"]) == 1
    assert {one["kind"] for one in document(capsys)["leaks"]} == {"article"}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["eval"], "required: ACTION"),
        (["eval", "score", "{tmp}", "{tmp}"], "attest eval import"),
        (["eval", "score", "{set}", "{set}"], "holds no finished run"),
        (["eval", "score", "{set}", "{run}", "--judge", "veto"], "may not judge the product"),
        (["eval", "score", "{set}", "{run}", "--judge", "lexical"], "expected --line"),
        (["eval", "score", "{set}", "{run}", "--judge", "lexical", "--line", "half"], "--line is 'half'"),
        (["eval", "score", "{set}", "{run}", "--line", "0.5"], "needs --judge"),
        (["eval", "compare", "{set}", "{run}", "{run}", "--judge", "veto"], "may not judge the product"),
        (["eval", "report", "{set}", "{run}", "--out", "{tmp}/r.md", "--line", "0.5"], "needs --judge"),
        (["eval", "run", "{set}", "--out", "{tmp}/x", "--system", "oracel"], "'oracel' is no system"),
        (["eval", "run", "{set}", "--out", "{run}", "--system", "yes"], "already holds a run"),
        (["eval", "report", "{set}", "{run}", "--out", "{tmp}/r.pdf"], "ends in .html or .md"),
        (["eval", "report", "{set}", "{run}", "--out", "{tmp}/no/r.md"], "cannot be written"),
        (["eval", "import", "word", "{tmp}", "--out", "{tmp}/y"], "'word' is no format"),
        (
            ["eval", "import", "gold", "{tmp}/q.jsonl", "{tmp}", "--out", "{tmp}/y", "--limit", "0"],
            "not a whole number",
        ),
        (["eval", "gate", "{set}"], "expected a run and --baseline"),
        (["eval", "gate", "{set}", "{run}", "--baseline", "{tmp}/none.json"], "cannot be read"),
        (["eval", "gate", "--allow-regression", "x"], "needs --pin"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_2(
    argv: list[str], said: str, dataset: Path, run: Path, tmp_path: Path, capsys: Capture
) -> None:
    filled_in = [part.format(tmp=tmp_path, set=dataset, run=run) for part in argv]
    assert main(filled_in, FakeParts()) == 2
    out, err = capsys.readouterr()
    assert said in one_sentence(err)
    assert out == ""
