import json
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from eval.baselines.constant import AlwaysAbstain
from eval.comparing import compare
from eval.datasets import files as datasets
from eval.datasets.choosing import chosen
from eval.datasets.model import Claim, Dataset, Question
from eval.failures import failure
from eval.gate import answers
from eval.reports import page as page_module
from eval.reports.page import page
from eval.reports.tables import failures_of, failures_table, figures_table, named, with_interval
from eval.reports.text import markdown, markdown_report, plain, render_scores
from eval.runs import files
from eval.runs.model import Answer, Passage, Run, Said
from eval.runs.running import take_answers
from eval.scoring import Scores, score
from index.errors import UsageError
from tests.eval.made import ANSWERS, ARTICLES, CLAIMS, DATASET, QUESTIONS, QUOTATIONS

HOSTILE = '<script>window.pwned = 1</script> & <img src=x onerror="window.pwned = 2">'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    dataset = datasets.save(DATASET, tmp_path / "set")
    (tmp_path / "out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ANSWERS), encoding="utf-8")
    take_answers([tmp_path / "out.jsonl"], dataset, tmp_path / "run", {"system": "made", "cpu": "abacus"})
    return files.read(tmp_path / "run", dataset)


@pytest.fixture
def scores(run: Run) -> Scores:
    return score(DATASET, run)


@pytest.fixture
def abstaining() -> Scores:
    return score(DATASET, answers(AlwaysAbstain(), DATASET))


class TestFailures:
    def test_each_item_is_sorted_by_where_the_chain_broke(self, run: Run, scores: Scores) -> None:
        assert failures_of(DATASET, run, scores) == {
            "q1": "fine",
            "q2": "right, not proven",
            "q3": "wrongly abstained",
            "q4": "right, not proven",
            "q5": "fine",
            "q6": "wrongly answered",
        }

    def of(self, item: Question | Claim, given: Answer) -> str:
        dataset = Dataset("x", ARTICLES, *(((item,), ()) if isinstance(item, Question) else ((), (item,))))
        return failure(item, given, score(dataset, Run("x", {item.id: given})).rows[item.id])

    def test_a_crash_a_miss_in_retrieval_and_a_right_sentence_withheld(self) -> None:
        question = QUESTIONS[0]
        assert self.of(question, Answer("q1", "error")) == "crashed"
        assert self.of(question, Answer("q1", "abstained")) == "not retrieved"
        proof = files.answer_of(ANSWERS[0], files.Places(DATASET))
        withheld = replace(proof, status="abstained", sentences=(), withheld=proof.sentences)
        assert self.of(question, withheld) == "wrongly withheld"
        assert self.of(question, replace(proof, sentences=(Said("No.", "supported", ()),))) == "not selected"

    def test_claims_and_quotations(self) -> None:
        assert self.of(CLAIMS[0], Answer("c1", "refuted")) == "wrong stance"
        assert self.of(CLAIMS[2], Answer("c3", "not_found")) == "fine"
        row = {"quotation_status_right": 0.0}
        assert failure(QUOTATIONS[0], Answer("w1", "altered"), row) == "wrong quotation status"

    def test_they_are_counted_by_kind(self, run: Run, scores: Scores) -> None:
        table = failures_table(failures_of(DATASET, run, scores), dict(scores.kinds))
        assert table[0] == ["what went wrong", "ask", "multi", "unanswerable"]
        assert ["wrongly answered", "0", "0", "1"] in table
        assert ["right, not proven", "1", "1", "0"] in table


class TestComparison:
    def test_differences_are_by_item_and_signed(self, scores: Scores, abstaining: Scores) -> None:
        found = {one.measure: one for one in compare(scores, abstaining, DATASET.clusters)}
        right = found["right"]  # q1, q2 and q4 of four are right
        assert (right.first, right.second, right.lost, right.won) == (0.75, 0.0, 3, 0)
        assert right.interval.value == -0.75
        assert right.p_mcnemar == pytest.approx(2 / 2**3)
        assert found["abstain_right"].won == 1
        assert all(one.p_holm >= one.p for one in found.values())
        assert found["answered"].first == 0.75  # unanswerable questions are not in it

    def test_a_run_does_not_differ_from_itself(self, scores: Scores) -> None:
        assert {one.p for one in compare(scores, scores, DATASET.clusters)} == {1.0}

    def test_runs_on_other_items_are_refused(self, scores: Scores) -> None:
        fewer = replace(scores, rows={"q1": scores.rows["q1"]})
        with pytest.raises(UsageError, match="different items"):
            compare(scores, fewer, DATASET.clusters)


class TestText:
    def test_columns_are_aligned(self) -> None:
        assert plain([["a", "b"], ["long", "1.0"]]) == "a       b\nlong  1.0"

    def test_a_bar_in_a_cell_is_escaped(self) -> None:
        assert markdown([["a", "b"], ["x|y", "z"]]) == "| a | b |\n|---|---|\n| x\\|y | z |"

    def test_a_figure_shows_its_interval_and_a_count_does_not(self, scores: Scores) -> None:
        shown = {figure.id: with_interval(figure) for figure in scores.figures}
        assert re.fullmatch(r"0\.667 \[0\.\d{3}, 1\.000\]", shown["ask_right"])
        assert shown["invalid_citations"] == "0.000"

    def test_a_measure_that_rests_on_a_judge_is_called_uncalibrated(self, scores: Scores) -> None:
        names = [row[0] for row in figures_table(scores)]
        assert "citation_recall@verbatim (uncalibrated)" in names
        assert "ask_evidence@10" in names
        assert named("citation_recall@lexical-0.6") == "citation_recall@lexical-0.6 (uncalibrated)"

    def test_the_terminal_shows_systems_figures_and_what_the_size_can_tell(
        self, scores: Scores, abstaining: Scores
    ) -> None:
        text = render_scores([scores, abstaining])
        assert "always abstain" in text
        assert "ask_right_and_cited" in text
        assert "ask 3: 72 points" in text  # (1.96 + .8416) * sqrt(.2 / 3)

    def test_markdown_has_every_part(self, run: Run, scores: Scores, abstaining: Scores) -> None:
        failures = failures_table(failures_of(DATASET, run, scores), dict(scores.kinds))
        differences = compare(scores, abstaining, DATASET.clusters)
        text = markdown_report([scores, abstaining], differences, failures, [("cpu", "abacus")])
        for part in ("# made on made", "## always abstain less made", "| right | 0.750 | 0.000 |", "- cpu: abacus"):
            assert part in text


class TestPage:
    def test_it_asks_no_host_for_anything(self, run: Run, scores: Scores, abstaining: Scores) -> None:
        text = page(DATASET, [run, run], [scores, abstaining], compare(scores, abstaining, DATASET.clusters))
        assert "default-src 'none'" in text
        assert not re.search(r"""(?:src|href)\s*=|url\(|@import|https?://""", text)
        assert text.count("<svg") == 4  # differences, risk and coverage, reliability, intervals

    def test_a_failure_shows_answer_citation_in_its_article_and_gold(self, run: Run, scores: Scores) -> None:
        text = page(DATASET, [run], [scores], [])
        card = text[text.index("<b>q2</b>") :].split("</details>")[0]
        assert "<mark>The mayor Marta Kovar opened the new dam at Orle in May.</mark> It cost 40 million" in card
        assert "<mark>It cost 40 million crowns and holds a whole lake.</mark>" in card
        assert '<p class="said supported">It cost 40 million crowns.</p>' in card
        assert "<li class=gold>" in card

    def test_the_evidence_of_a_claim_is_shown_in_its_article(self) -> None:
        dataset = Dataset("claims", ARTICLES, claims=CLAIMS[:1])
        evidence = files.answer_of(ANSWERS[0], files.Places(DATASET)).citations
        run = Run("x", {"c1": Answer("c1", "supported", evidence=evidence)})
        card = page(dataset, [run], [score(dataset, run)], []).split("<h4>Gold</h4>")[0]
        assert "<mark>The mayor Marta Kovar opened the new dam at Orle in May.</mark> It cost 40 million" in card

    def test_what_went_wrong_comes_first(self, run: Run, scores: Scores) -> None:
        text = page(DATASET, [run], [scores], [])
        order = re.findall(r"<b>(q\d)</b>", text)
        assert order == ["q6", "q2", "q4", "q3", "q1", "q5"]

    def test_hostile_text_is_escaped_everywhere(self) -> None:
        articles = {HOSTILE: replace(ARTICLES["dam.txt"], id=HOSTILE, title=HOSTILE, text=HOSTILE, source=HOSTILE)}
        question = Question("q<i>", "ask", HOSTILE, (HOSTILE,), evidence=((replace(QUESTIONS[0].evidence[0][0]),),))
        dataset = Dataset(HOSTILE, articles, (question,))
        cited = Passage(HOSTILE, 0, len(HOSTILE), HOSTILE)
        wrong = replace(cited, start=1)
        said = Said(HOSTILE, HOSTILE, (cited, wrong), HOSTILE)
        given = Answer("q<i>", "answered", (said,), (said,), (cited,), (), (HOSTILE,), 0.5, HOSTILE, HOSTILE)
        run = Run(HOSTILE, {"q<i>": given}, {}, {"cpu": HOSTILE})
        text = page(dataset, [run], [score(dataset, run)], [])
        assert "<script>window" not in text
        assert "<img" not in text
        assert "<i>" not in text.replace(f"<i>{escape(HOSTILE)}</i>", "")

    def test_a_page_too_large_shows_fewer_passages(
        self, run: Run, scores: Scores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = page(DATASET, [run], [scores], [])
        assert "<ol" in whole
        monkeypatch.setattr(page_module, "LARGEST", len(whole) - 100)
        assert len(page(DATASET, [run], [scores], [])) < len(whole) - 100

    def test_a_page_too_large_without_any_passage_leaves_items_out_and_says_so(
        self, run: Run, scores: Scores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_module, "LARGEST", 1000)
        text = page(DATASET, [run], [scores], [])
        assert "<ol" not in text
        assert "6 more items are left out" in text
        assert text.count('class="item"') == 0


class TestChoosing:
    whole = replace(DATASET, claims=CLAIMS, quotations=QUOTATIONS)

    def test_only_one_sort_is_kept_with_all_articles(self) -> None:
        found = chosen(self.whole, "claims")
        assert (found.questions, found.claims, found.quotations) == ((), CLAIMS, ())
        assert found.articles == ARTICLES

    def test_a_limit_is_of_each_kind_and_the_same_every_time(self) -> None:
        found = chosen(self.whole, limit=1)
        assert sorted(one.kind for one in found.questions) == ["ask", "multi", "unanswerable"]
        assert (len(found.claims), len(found.quotations)) == (1, 1)
        assert chosen(self.whole, limit=1) == found
        assert chosen(self.whole, limit=99) == self.whole
