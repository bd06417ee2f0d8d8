import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import files as datasets
from eval.datasets.model import Dataset, Question
from eval.runs import files
from eval.runs.environment import environment
from eval.runs.model import Run
from eval.runs.running import make_run, take_answers
from eval.scoring import score
from index.errors import UsageError
from rag.settings import Settings
from tests.eval.made import ANSWERS, ARTICLES, CARRIED, CLAIMS, DATASET, OPENED, QUOTATIONS, VISITORS, citation

ENVIRONMENT = {"system": "made", "peak_mb": 12.5}


def batch(path: Path, rows: list[dict[str, Any]] = ANSWERS) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return datasets.save(DATASET, tmp_path / "set")


@pytest.fixture
def run(tmp_path: Path, dataset: Dataset) -> Run:
    take_answers([batch(tmp_path / "out.jsonl")], dataset, tmp_path / "run", ENVIRONMENT)
    return files.read(tmp_path / "run", dataset)


class TestFiles:
    def test_a_run_ranks_articles_by_their_first_passage(self, run: Run, tmp_path: Path) -> None:
        assert run.ranked["q2"] == ("dam.txt",)
        assert run.ranked["q3"] == ("fair.txt", "ferry.txt")
        first = (tmp_path / "run" / "run.trec").read_text(encoding="utf-8").splitlines()[0]
        assert first.split() == ["q1", "Q0", "dam.txt:0-56", "1", "1.000000", "made"]

    def test_a_run_of_another_dataset_is_refused(self, run: Run, tmp_path: Path) -> None:
        other = datasets.save(replace(DATASET, name="other", articles={}), tmp_path / "other")
        with pytest.raises(UsageError, match="is a run on made"):
            files.read(tmp_path / "run", other)

    @pytest.mark.parametrize("name", ["answers.jsonl", "run.trec"])
    def test_a_changed_file_is_refused(self, name: str, run: Run, dataset: Dataset, tmp_path: Path) -> None:
        path = tmp_path / "run" / name
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        with pytest.raises(UsageError, match=r"is not the file that env\.json names"):
            files.read(tmp_path / "run", dataset)

    @pytest.mark.parametrize("told", ["[]", "{}", '{"system": "x", "dataset": {}}'])
    def test_half_an_environment_is_refused_in_a_sentence(
        self, told: str, run: Run, dataset: Dataset, tmp_path: Path
    ) -> None:
        (tmp_path / "run" / "env.json").write_text(told, encoding="utf-8")
        with pytest.raises(UsageError, match="does not name system, dataset and files"):
            files.read(tmp_path / "run", dataset)

    def test_missing_and_unknown_ids_are_refused(self, dataset: Dataset, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"lacks q1, q2, q3 \.\.\. \(5 of 6\)"):
            take_answers([batch(tmp_path / "a.jsonl", ANSWERS[5:])], dataset, tmp_path / "r", ENVIRONMENT)
        extra = [*ANSWERS, {**ANSWERS[0], "id": "q9"}]
        with pytest.raises(UsageError, match="unknown to the dataset: q9"):
            take_answers([batch(tmp_path / "b.jsonl", extra)], dataset, tmp_path / "r", ENVIRONMENT)
        with pytest.raises(UsageError, match="two answers of one id"):
            take_answers([batch(tmp_path / "c.jsonl", [*ANSWERS, ANSWERS[0]])], dataset, tmp_path / "r", ENVIRONMENT)
        assert not (tmp_path / "r").exists()

    def test_a_run_is_never_written_over(self, run: Run, dataset: Dataset, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="already holds a run"):
            take_answers([tmp_path / "out.jsonl"], dataset, tmp_path / "run", ENVIRONMENT)

    def test_an_article_is_found_by_address_or_by_the_name_of_its_file(self) -> None:
        articles = {"a": replace(ARTICLES["dam.txt"], id="a", url="https://example.org/a"), **ARTICLES}
        places = files.Places(replace(DATASET, articles=articles))
        assert places.find({"source_id": "x#3", "url": "https://example.org/a"}) == "a"
        assert places.find({"source_id": "folder/dam.txt", "url": None}) == "dam.txt"
        assert places.find({"source_id": "elsewhere", "url": None}) == "elsewhere"

    def test_the_environment_names_no_place_on_the_machine(self) -> None:
        settings = Settings(
            archive=Path("/secret/archive"), model="/secret/models/big.gguf", models_dir=Path("/secret")
        )
        found = environment("product", {"writer": {"name": "x"}}, settings, seed=3)
        assert "secret" not in json.dumps(found).replace("big.gguf", "")
        assert found["settings"]["model"] == "big.gguf"
        assert len(found["weights"]) == len(found["prompts"]) == 64


class Crashing:
    """Answers the first question and crashes on the others."""

    name = "crashing"

    def answer(self, question: Question) -> dict[str, Any]:
        if question.id != "q1":
            raise RuntimeError("out of memory")
        return ANSWERS[0]


def test_a_crash_is_a_miss_and_keeps_its_reason(dataset: Dataset, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    crashed = make_run(
        Crashing(), dataset, tmp_path / "run", lambda: {"system": "crashing"}, lambda *at: seen.append(at)
    )
    scores = score(dataset, files.read(tmp_path / "run", dataset))
    assert (crashed, scores.crashed) == (5, 5)
    assert scores.figure("ask_right") == pytest.approx(1 / 3)
    assert scores.figure("abstain_right") == 0.0  # a crash is no abstention
    assert "out of memory" in (tmp_path / "run" / "answers.jsonl").read_text(encoding="utf-8")
    assert seen[-1] == (6, 6)


def test_claims_are_not_asked_by_a_run(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--answers"):
        make_run(Crashing(), replace(dataset, claims=CLAIMS), tmp_path / "run", lambda: {"system": "x"})


def figures(dataset: Dataset, rows: list[dict[str, Any]], folder: Path) -> Mapping[str, float]:
    saved = datasets.save(dataset, folder / "made")
    take_answers([batch(folder / "made.jsonl", rows)], saved, folder / "made-run", ENVIRONMENT)
    return {figure.id: figure.value for figure in score(saved, files.read(folder / "made-run", saved)).figures}


class TestScoring:
    def test_figures_are_those_that_score_py_prints(self, run: Run, dataset: Dataset) -> None:
        """What shared/tools/score.py printed for these answers and questions, rounded to three digits by it.

        Its right_and_cited asks for any span of the evidence: right_and_any_cited here. Its ask_ms_ are ms_ here.
        """
        printed = {
            "abstain_right": 0.5, "ask_answer_words": 8.5, "ask_answered": 0.667, "ask_evidence@10": 1.0,
            "ask_evidence@5": 1.0, "ask_evidence_cited": 0.333, "ask_right": 0.667, "ask_right_and_any_cited": 0.333,
            "multi_answer_words": 12.0, "multi_answered": 1.0, "multi_evidence@10": 0.0, "multi_evidence@5": 0.0,
            "multi_evidence_cited": 0.0, "multi_right": 1.0, "multi_right_and_any_cited": 1.0,
            "quotes_not_in_article": 0,
            "ms_p50": 400, "ms_p95": 600,
        }  # fmt: skip
        scores = score(dataset, run)
        assert {name: round(scores.figure(name), 3) for name in printed} == printed

    def test_figures_that_it_does_not_print(self, run: Run, dataset: Dataset) -> None:
        scores = score(dataset, run)
        assert scores.figure("right_when_answered") == pytest.approx(3 / 4)  # q1, q2, q4 of q1, q2, q4, q6
        assert scores.figure("abstention_precision") == pytest.approx(1 / 2)  # q5 of q3 and q5
        assert scores.figure("multi_evidence_recall@10") == 0.5
        assert scores.figure("multi_right_and_cited") == 0.0  # one of two spans is cited
        assert scores.figure("unsupported_sentences@verbatim") == pytest.approx(1 / 4)  # that of q2
        assert scores.figure("citation_recall@verbatim") == pytest.approx(3 / 4)
        assert scores.figure("invalid_citations") == 0
        assert scores.figure("quote_exactness") == 1.0
        assert scores.figure("peak_mb") == 12.5
        # answers by confidence: q1, q2, q4 right, q6 wrong
        assert scores.figure("aurc") == pytest.approx(1 / 16)
        assert scores.figure("e_aurc") == pytest.approx(0, abs=1e-9)
        assert scores.figure("ask_RR@10") == pytest.approx((1 + 1 + 1 / 2) / 3)

    def test_scoring_the_same_files_twice_gives_the_same(self, run: Run, dataset: Dataset) -> None:
        assert score(dataset, run).to_json() == score(dataset, run).to_json()

    def test_four_hundred_questions_are_scored_in_under_ten_seconds(self) -> None:
        """Processor time of this process, so that a busy machine is no failing test."""
        many = [(replace(item, id=f"{item.id}-{copy}"), item.id) for copy in range(67) for item in DATASET.questions]
        places = files.Places(DATASET)
        given = {row["id"]: files.answer_of(row, places) for row in ANSWERS}
        dataset = replace(DATASET, questions=tuple(item for item, _ in many))
        run = Run("many", {item.id: replace(given[name], id=item.id) for item, name in many})
        began = time.process_time()
        assert len(score(dataset, run).rows) == 402
        assert time.process_time() - began < 10

    def test_a_shifted_citation_is_invalid(self, tmp_path: Path) -> None:
        shifted = json.loads(json.dumps(ANSWERS))
        shifted[0]["sentences"][0]["citations"][0]["start"] += 1
        found = figures(DATASET, shifted, tmp_path)
        assert (found["invalid_citations"], found["quotes_not_in_article"]) == (1, 0)

    def test_claims_and_quotations_are_scored_from_their_commands_output(self, tmp_path: Path) -> None:
        only = replace(DATASET, questions=(), claims=CLAIMS, quotations=QUOTATIONS)
        rows: list[dict[str, Any]] = [
            {
                "id": "c1",
                "claim": "x",
                "verdict": "supported",
                "evidence": [{"stance": "supports", **citation(OPENED)}],
            },
            {"id": "c2", "claim": "x", "verdict": "refuted", "evidence": [{"stance": "refutes", **citation(VISITORS)}]},
            {
                "id": "c3",
                "claim": "x",
                "verdict": "supported",
                "evidence": [{"stance": "supports", **citation(CARRIED)}],
            },
            {
                "id": "w1",
                "quotation": "x",
                "status": "verbatim",
                "citation": citation(VISITORS),
                "speaker": "Ivo Brandt",
            },
            {"id": "w2", "quotation": "x", "status": "not_found", "citation": None, "speaker": None},
        ]
        found = figures(only, rows, tmp_path)
        assert found["claim_right"] == pytest.approx(2 / 3)
        assert found["claim_right_not_found"] == 0.0
        assert found["claim_evidence@3"] == 0.5
        assert found["fever_score"] == pytest.approx(1 / 3)
        assert found["quotation_status_right"] == found["quotation_speaker_right"] == 0.5
        assert (found["invalid_citations"], found["quote_exactness"]) == (0, 1.0)  # of the evidence
        # supported: precision 1/2, recall 1; refuted: 1; not found: 0
        assert found["stance_macro_f1"] == pytest.approx((2 / 3 + 1 + 0) / 3)

    def test_a_set_that_judges_articles_has_ranking_figures_alone(self, tmp_path: Path) -> None:
        judged = replace(DATASET, questions=(Question("q1", "ask", "?", relevant={"ferry.txt": 1, "dam.txt": 0}),))
        found = figures(judged, ANSWERS[:1], tmp_path)
        assert found["ask_RR@10"] == 0.5
        assert "ask_right" not in found
        assert "ask_evidence@10" not in found
