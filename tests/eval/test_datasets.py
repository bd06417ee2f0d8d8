import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import files
from eval.datasets.formats import FORMATS, load_format
from eval.datasets.locating import locate
from eval.datasets.model import Span
from index.errors import UsageError
from tests.eval.made import ARTICLES, CLAIMS, DAM, DATASET, FAIR, OPENED, QUOTATIONS

WHOLE = replace(DATASET, claims=CLAIMS, quotations=QUOTATIONS, notes={"licence": "ours"})


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


class TestFiles:
    def test_a_dataset_comes_back_as_it_was_saved(self, tmp_path: Path) -> None:
        saved = files.save(WHOLE, tmp_path / "set")
        assert files.load(tmp_path / "set") == saved
        assert len(saved.digest) == 64

    def test_a_changed_file_is_refused(self, tmp_path: Path) -> None:
        files.save(WHOLE, tmp_path)
        path = tmp_path / "questions.jsonl"
        path.write_text(path.read_text(encoding="utf-8").replace("Who", "Why"), encoding="utf-8")
        with pytest.raises(UsageError, match="not the file its manifest names"):
            files.load(tmp_path)

    def test_a_missing_file_is_refused(self, tmp_path: Path) -> None:
        files.save(WHOLE, tmp_path)
        (tmp_path / "claims.jsonl").unlink()
        with pytest.raises(UsageError, match=r"lacks claims\.jsonl"):
            files.load(tmp_path)

    def test_a_folder_without_a_manifest_is_no_dataset(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="attest eval import"):
            files.load(tmp_path)

    def test_a_dataset_is_never_written_over(self, tmp_path: Path) -> None:
        files.save(WHOLE, tmp_path)
        with pytest.raises(UsageError, match="already holds"):
            files.save(WHOLE, tmp_path)

    def test_the_digest_is_of_the_data_and_not_of_the_name(self, tmp_path: Path) -> None:
        one = files.save(WHOLE, tmp_path / "1").digest
        assert files.save(replace(WHOLE, name="other"), tmp_path / "2").digest == one
        assert files.save(replace(WHOLE, claims=()), tmp_path / "3").digest != one


def test_items_that_share_an_article_share_a_cluster() -> None:
    clusters = WHOLE.clusters
    assert clusters["q1"] == clusters["q2"] == clusters["q4"] == clusters["w1"]  # q4 joins the dam and the fair
    assert clusters["q3"] == clusters["c2"] != clusters["q1"]
    assert len({clusters["q5"], clusters["q6"], clusters["q1"]}) == 3


def test_a_story_joins_its_articles() -> None:
    told = {name: replace(article, story="spring") for name, article in ARTICLES.items()}
    assert len({replace(DATASET, articles=told).clusters[name] for name in ("q1", "q3", "q4")}) == 1


def test_a_quote_is_found_whatever_its_white_space() -> None:
    assert locate("He  said\xa0so.\nTwice.", "said so. Twice.") == (4, 19)
    assert locate("He said so.", "said no") is None
    assert locate("a (b) c", "(b)") == (2, 5)


class TestFormats:
    def test_gold_rows_have_their_evidence_as_spans(self, tmp_path: Path) -> None:
        articles = tmp_path / "a.jsonl.gz"
        articles.write_bytes(gzip.compress(json.dumps({"id": "dam", "text": DAM}).encode()))
        rows = lines(
            tmp_path / "rows.jsonl",
            {
                "id": "1", "kind": "ask", "question": "Who?", "answers": ["Kovar"],
                "evidence": [{"article_id": "dam", "start": 4, "end": 21}],
                "alternatives": [[{"article_id": "dam", "quote": "opened the new dam"}]],
            },
            {"id": "2", "kind": "unanswerable", "question": "Why?"},
            {
                "id": "3",
                "kind": "near_miss",
                "question": "When?",
                "evidence": [{"article_id": "dam", "start": 0, "end": 9}],
            },
            {"id": "4", "kind": "claim", "claim": "It rained.", "stance": "not_found"},
            {
                "id": "5", "kind": "quotation", "altered": True, "speaker": "K", "edits": [[1, 2, "duke"]],
                "evidence": [{"article_id": "dam", "start": 0, "end": 21}],
            },
        )  # fmt: skip
        dataset = load_format("gold", [rows, articles])
        first, second, third = dataset.questions
        assert first.evidence == (
            (Span("dam", 4, 21, "mayor Marta Kovar"),),
            (Span("dam", 22, 40, "opened the new dam"),),
        )
        assert (second.kind, third.kind, third.evidence) == ("unanswerable", "unanswerable", ())
        assert dataset.claims[0].stance == "not_found"
        assert dataset.quotations[0].text == "The duke Marta Kovar"
        assert dataset.notes["evidence"] == "3 of 3 evidence spans located in their articles"

    def test_a_gold_span_that_is_not_its_quote_is_refused(self, tmp_path: Path) -> None:
        articles = lines(tmp_path / "a.jsonl", {"id": "dam", "text": DAM})
        evidence = [{"article_id": "dam", "start": 4, "end": 9, "quote": "Marta"}]
        rows = lines(tmp_path / "r.jsonl", {"id": "1", "kind": "ask", "question": "?", "evidence": evidence})
        with pytest.raises(UsageError, match=r"row 1 .* are not its quote"):
            load_format("gold", [rows, articles])

    def test_seeds_rows_name_a_text_file_and_a_quote(self, tmp_path: Path) -> None:
        folder = tmp_path / "articles"
        folder.mkdir()
        (folder / "dam.txt").write_text(DAM.replace("new dam", "new\xa0 dam"), encoding="utf-8")
        row = {"id": "1", "kind": "ask", "question": "?", "answers": ["x"], "article": "dam.txt", "quote": "new dam at"}
        dataset = load_format("gold", [lines(tmp_path / "r.jsonl", row), folder])
        assert dataset.questions[0].evidence[0][0].start == DAM.index("new dam")

    def test_the_news_quiz_keeps_questions_with_a_named_article(self, tmp_path: Path) -> None:
        lines(tmp_path / "articles-0.jsonl", {"url": "https://example.org/a", "title": "T", "text": FAIR})
        rows = lines(
            tmp_path / "questions.jsonl",
            {"id": "1", "date": "2022-01-01", "question": "?", "answer": "“Ivo Brandt”",
             "articles_containing_answer": ["https://example.org/a"]},
            {"id": "2", "date": "2022-01-01", "question": "?", "answer": "x", "articles_containing_answer": []},
        )  # fmt: skip
        [question] = load_format("newsquiz", [rows, tmp_path]).questions
        assert question.evidence == ((Span("https://example.org/a"),),)
        assert question.patterns == (r"(?<!\w)Ivo\s+Brandt(?!\w)",)

    def test_squad_answers_are_spans_and_strings(self, tmp_path: Path) -> None:
        qas = [
            {"id": "1", "question": "Who?", "answers": [{"answer_start": 4, "text": "mayor"}]},
            {"id": "2", "question": "Why?", "answers": [], "is_impossible": True},
        ]
        document = {"data": [{"title": "Orle", "paragraphs": [{"context": DAM, "qas": qas}]}]}
        dataset = load_format("squad", [lines(tmp_path / "s.json", document)])
        assert dataset.questions[0].evidence == ((Span("Orle-0", 4, 9, "mayor"),),)
        assert dataset.questions[0].strings == ("mayor",)
        assert dataset.questions[1].kind == "unanswerable"
        assert dataset.articles["Orle-0"].story == "Orle"

    def test_a_wrong_squad_offset_is_refused(self, tmp_path: Path) -> None:
        qas = [{"id": "1", "question": "Who?", "answers": [{"answer_start": 5, "text": "mayor"}]}]
        document = {"data": [{"title": "Orle", "paragraphs": [{"context": DAM, "qas": qas}]}]}
        with pytest.raises(UsageError, match="are not the answer"):
            load_format("squad", [lines(tmp_path / "s.json", document)])

    def test_clapnq_sentences_of_each_annotator_are_one_set(self, tmp_path: Path) -> None:
        passages = [{"title": "Dam", "text": DAM, "sentences": []}]
        outputs = [
            {"answer": "Kovar", "selected_sentences": [OPENED.quote]},
            {"answer": "A lake", "selected_sentences": ["It cost 40 million crowns and holds a whole lake."]},
        ]
        path = lines(
            tmp_path / "c.jsonl",
            {"id": 1, "input": "who", "passages": passages, "output": outputs},
            {"id": 2, "input": "why", "passages": passages, "output": [{"answer": "", "selected_sentences": []}]},
        )
        answerable, other = load_format("clapnq", [path]).questions
        assert [[span.start for span in one] for one in answerable.evidence] == [[0], [57]]
        assert other.kind == "unanswerable"

    def test_rgb_has_true_false_and_other_articles(self, tmp_path: Path) -> None:
        row = {"id": 7, "query": "?", "answer": "A", "positive": ["p"], "positive_wrong": ["w"], "negative": ["n", "m"]}
        dataset = load_format("rgb", [lines(tmp_path / "r.json", row)])
        assert len(dataset.articles) == 4
        assert dataset.questions[0].evidence == ((Span("rgb-7-positive-0"),),)

    def test_beir_judgements_are_grades_of_articles(self, tmp_path: Path) -> None:
        lines(
            tmp_path / "corpus.jsonl", {"_id": "d1", "title": "T", "text": "x"}, {"_id": "d2", "title": "", "text": "y"}
        )
        lines(tmp_path / "queries.jsonl", {"_id": "1", "text": "?"}, {"_id": "2", "text": "unjudged"})
        (tmp_path / "qrels").mkdir()
        (tmp_path / "qrels" / "test.tsv").write_text(
            "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t0\n", encoding="utf-8"
        )
        dataset = load_format("beir", [tmp_path])
        assert [question.relevant for question in dataset.questions] == [{"d1": 2, "d2": 0}]
        assert dataset.articles["d2"].title is None

    def test_multihop_needs_every_fact_and_null_is_unanswerable(self, tmp_path: Path) -> None:
        corpus = lines(
            tmp_path / "corpus.json", [{"url": "u1", "body": DAM, "title": "Dam"}, {"url": "u2", "body": FAIR}]
        )
        facts = [{"url": "u1", "fact": "Marta  Kovar"}, {"url": "u2", "fact": "not in it"}]
        rows = [
            {"query": "?", "answer": "Yes", "question_type": "comparison_query", "evidence_list": facts},
            {"query": "?", "answer": "Insufficient information.", "question_type": "null_query", "evidence_list": []},
        ]
        dataset = load_format("multihop", [lines(tmp_path / "m.json", rows), corpus])
        [alternative] = dataset.questions[0].evidence
        assert [span.start for span in alternative] == [10, None]
        assert [question.kind for question in dataset.questions] == ["multi", "unanswerable"]
        assert dataset.questions[0].group == "comparison"
        assert dataset.notes["evidence"].startswith("1 of 2")

    def test_fever_keeps_alternative_sets(self, tmp_path: Path) -> None:
        sets = [[[0, 1, "Dam", 3], [0, 2, "Lake", 0]], [[1, 3, "Orle", 5]]]
        path = lines(
            tmp_path / "f.jsonl",
            {"id": 1, "claim": "x", "label": "REFUTES", "evidence": sets},
            {"id": 2, "claim": "y", "label": "NOT ENOUGH INFO", "evidence": [[[4, None, None, None]]]},
            {"id": 3, "claim": "z", "label": "SUPPORTS", "evidence": "A text of its own."},
        )
        dataset = load_format("fever", [path])
        assert dataset.claims[0].evidence == ((Span("Dam"), Span("Lake")), (Span("Orle"),))
        assert dataset.claims[1].evidence == ()
        assert len(dataset.articles) == 1

    def test_averitec_leaves_conflicting_claims_out_and_says_so(self, tmp_path: Path) -> None:
        questions = [{"question": "q", "answers": [{"answer": "a", "source_url": "u"}]}]
        rows = [
            {"claim": "x", "label": "Refuted", "questions": questions},
            {"claim": "y", "label": "Conflicting Evidence/Cherrypicking", "questions": questions},
        ]
        dataset = load_format("averitec", [lines(tmp_path / "d.json", rows)])
        assert [claim.stance for claim in dataset.claims] == ["refutes"]
        assert dataset.notes["left out"].startswith("1 claims")

    @pytest.mark.parametrize(
        ("name", "rows", "labels"),
        [
            (
                "qags",
                [{"article": "d", "summary_sentences": [
                    {"sentence": "s", "responses": [{"response": "yes"}, {"response": "no"}, {"response": "yes"}]}]}],
                ["supported"],
            ),
            ("summedits", [{"id": "a", "doc": "d", "summary": "s", "label": 0}], ["unsupported"]),
            (
                "wice",
                [{"meta": {"id": "a-1"}, "evidence": ["d"], "claim": "s", "label": "partially_supported"}],
                ["partial"],
            ),
            (
                "expertqa",
                [{"question": "q", "answers": {"s": {"claims": [
                    {"claim_string": "c", "evidence": ["e"], "support": "Complete"},
                    {"claim_string": "c", "evidence": [], "support": "Missing"}]}}}],
                ["supported"],
            ),
            (
                "faithbench",
                [{"source": "d", "summary": "s", "annotations": [{"label": ["Unwanted.Intrinsic"]}]},
                 {"source": "d", "summary": "t", "annotations": []},
                 {"source": "d", "summary": "u", "annotations": [{"label": ["Questionable"]}]}],
                ["unsupported", "supported"],
            ),
        ],
    )  # fmt: skip
    def test_judged_sets_keep_their_label(self, name: str, rows: list[Any], labels: list[str], tmp_path: Path) -> None:
        judged = load_format(name, [lines(tmp_path / "j.jsonl", *rows)]).judged
        assert [item.label for item in judged] == labels

    def test_begin_keeps_a_recurring_row_once_and_no_generic_reply(self, tmp_path: Path) -> None:
        heading = "knowledge\tmessage\tresponse\tbegin_label"
        rows = ["d\tm\tr\tFully attributable"] * 2 + ['d\tm\t"g\tGeneric', "d\tm\ts\tNot fully attributable"]
        path = tmp_path / "b.tsv"
        path.write_text("\n".join([heading, *rows]), encoding="utf-8")
        assert [item.label for item in load_format("begin", [path]).judged] == ["supported", "unsupported"]

    def test_ragtruth_joins_responses_and_sources(self, tmp_path: Path) -> None:
        responses = lines(tmp_path / "r.jsonl", {"id": 1, "source_id": 5, "response": "s", "labels": [{"start": 0}]})
        sources = lines(tmp_path / "s.jsonl", {"source_id": 5, "task_type": "QA", "source_info": {"passages": "d"}})
        [item] = load_format("ragtruth", [responses, sources]).judged
        assert (item.source, item.label, item.document) == ("ragtruth-qa", "unsupported", "d")

    def test_an_unknown_format_and_a_wrong_number_of_paths_are_said(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is no format"):
            load_format("word", [tmp_path])
        with pytest.raises(UsageError, match="gold needs 2"):
            load_format("gold", [tmp_path])

    @pytest.mark.parametrize("name", sorted(FORMATS))
    def test_a_file_of_another_format_is_one_sentence(self, name: str, tmp_path: Path) -> None:
        path = lines(tmp_path / "x.jsonl", {"something": "else"})
        with pytest.raises(UsageError):
            load_format(name, [path] * len(FORMATS[name].paths))
