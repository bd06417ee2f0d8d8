import gzip
import json
import lzma
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from eval.judges.loading import Loaded, load_pairs
from index.errors import UsageError

Rows = Sequence[Mapping[str, object]]


def lines(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def labels(loaded: Loaded) -> list[tuple[str, str, bool]]:
    return [(pair.source, pair.claim, pair.supported) for pair in loaded.pairs]


def votes(*answers: str) -> list[dict[str, object]]:
    return [{"worker_id": at, "response": answer} for at, answer in enumerate(answers)]


def test_qags_takes_the_majority_and_keeps_the_votes(tmp_path: Path) -> None:
    summary = [
        {"sentence": "The ferry sank.", "responses": votes("yes", "no", "yes")},
        {"sentence": "It flew.", "responses": votes("no", "no", "no")},
        {"sentence": "It may float.", "responses": votes("yes", "no")},
    ]
    loaded = load_pairs(lines(tmp_path / "votes.jsonl", [{"article": "The ferry sank.", "summary_sentences": summary}]))
    assert labels(loaded) == [("qags/votes", "The ferry sank.", True), ("qags/votes", "It flew.", False)]
    assert loaded.pairs[0].votes == (True, False, True)
    assert loaded.left_out == {"votes are even": 1}
    assert len({pair.document for pair in loaded.pairs}) == 1


def test_summedits_names_its_domain_and_reads_gzip(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "doc": "Ten boats left.", "summary": "Ten boats left.", "label": 1, "edit_types": []},
        {"id": "2", "doc": "Ten boats left.", "summary": "Six boats left.", "label": 0, "edit_types": ["number"]},
    ]
    path = tmp_path / "summedits_boats.json.gz"
    path.write_bytes(gzip.compress(json.dumps(rows).encode()))
    expected = [("summedits/boats", "Ten boats left.", True), ("summedits/boats", "Six boats left.", False)]
    assert labels(load_pairs(path)) == expected


def test_wice_counts_partial_support_as_none_and_joins_the_page(tmp_path: Path) -> None:
    rows: Rows = [
        {"label": label, "claim": label, "evidence": ["Line one.", "Line two."], "supporting_sentences": [], "meta": {}}
        for label in ("supported", "partially_supported", "not_supported")
    ]
    path = tmp_path / "dev.jsonl.xz"
    path.write_bytes(lzma.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    loaded = load_pairs(path)
    assert [pair.supported for pair in loaded.pairs] == [True, False, False]
    assert loaded.pairs[0].evidence == "Line one.\nLine two."


def test_expertqa_strips_markers_and_leaves_out_what_has_no_verdict_or_evidence(tmp_path: Path) -> None:
    def claim(support: str | None, *evidence: str) -> dict[str, object]:
        return {"claim_string": f"Tides rise [1] {support}.", "support": support, "evidence": list(evidence)}

    cited = "[1] https://example.org/tides\n\nTides rise twice a day."
    given = [
        claim("Complete", cited),
        claim("Partial", cited),
        claim("Incomplete", cited),
        claim("Missing"),
        claim("N/A", cited),
        claim(None, cited),
    ]
    row = {"question": "Do tides rise?", "metadata": {}, "answers": {"system": {"claims": given}}}
    loaded = load_pairs(lines(tmp_path / "val.jsonl", [row]))
    assert labels(loaded) == [
        ("expertqa", "Tides rise Complete.", True),
        ("expertqa", "Tides rise Partial.", False),
        ("expertqa", "Tides rise Incomplete.", False),
    ]
    assert loaded.pairs[0].evidence == "Tides rise twice a day."
    assert loaded.left_out == {"no evidence to judge by": 1, "experts gave no verdict": 2}


BEGIN = "model_name\tdata_source\tknowledge\tmessage\tresponse\tbegin_label\n"
BEGIN_FIRST = "evidence\tprevious turn\tresponse\tgold label\tcoarse label\tfull label set\n"


def test_begin_takes_the_second_versions_label_of_a_row_that_recurs(tmp_path: Path) -> None:
    (tmp_path / "a_first.tsv").write_text(
        BEGIN_FIRST + 'skis were "long"\thello\tSkis were long\thallucination\tx\ty\nskis\thi\tno\toff-topic\tx\ty\n',
        encoding="utf-8",
    )
    (tmp_path / "second.tsv").write_text(
        BEGIN
        + 't5\twow\tSkis were "long" .\thello\tskis were long .\tFully attributable\n'
        + "t5\twow\tSkis\thello\tI like skis\tGeneric\n",
        encoding="utf-8",
    )
    loaded = load_pairs(tmp_path)
    assert labels(loaded) == [("begin/wow", "skis were long .", True), ("begin/v1", "no", False)]
    assert loaded.left_out == {
        "generic: it claims nothing that could be attributed": 1,
        "a copy of another row": 1,
    }


def test_a_lone_quotation_mark_in_a_tsv_is_a_character(tmp_path: Path) -> None:
    path = tmp_path / "dev.tsv"
    path.write_text(BEGIN + 't5\twow\t"Ten boats\thi\tTen boats\tFully attributable\nt5\twow\tb\thi\tc\tGeneric\n')
    assert load_pairs(path).pairs[0].evidence == '"Ten boats'


def test_faithbench_counts_unwanted_content_of_any_annotator(tmp_path: Path) -> None:
    def sample(name: str, *marks: list[str]) -> dict[str, object]:
        return {"source": "Ten boats.", "summary": name, "annotations": [{"label": mark} for mark in marks]}

    rows = [
        sample("clean"),
        sample("one says unwanted", ["Unwanted", "Unwanted.Instrinsic"], ["Benign"]),
        sample("unsure", ["Questionable"]),
    ]
    (tmp_path / "batch_1.json").write_text(json.dumps({"samples": rows}))
    loaded = load_pairs(tmp_path)
    assert labels(loaded) == [("faithbench", "clean", True), ("faithbench", "one says unwanted", False)]
    assert loaded.left_out == {"questionable or benign content only": 1}


def ragtruth(folder: Path, *responses: Mapping[str, object]) -> None:
    sources: Rows = [
        {"source_id": "1", "task_type": "Summary", "source_info": "Ten boats left. It rained."},
        {"source_id": "2", "task_type": "QA", "source_info": {"question": "How many?", "passages": "Ten boats."}},
        {"source_id": "3", "task_type": "Data2txt", "source_info": {"boats": 10}},
    ]
    lines(folder / "source_info.jsonl", sources)
    lines(folder / "response.jsonl", responses)


def test_ragtruth_judges_sentences_and_a_span_spoils_its_own(tmp_path: Path) -> None:
    text = "Ten boats left. It snowed."
    span = {"start": 19, "end": 25, "text": "snowed", "label_type": "Evident Conflict"}
    ragtruth(
        tmp_path,
        {"source_id": "1", "response": text, "labels": [span], "quality": "good"},
        {"source_id": "2", "response": "Ten of them.", "labels": [], "quality": "good"},
        {"source_id": "3", "response": "There are ten boats.", "labels": [], "quality": "good"},
        {"source_id": "1", "response": "I cannot", "labels": [], "quality": "incorrect_refusal"},
    )
    loaded = load_pairs(tmp_path)
    assert labels(loaded) == [
        ("ragtruth/Summary", "Ten boats left.", True),
        ("ragtruth/Summary", "It snowed.", False),
        ("ragtruth/QA", "Ten of them.", True),
        ("ragtruth/Data2txt", "There are ten boats.", True),
    ]
    assert [pair.evidence for pair in loaded.pairs[2:]] == ["Ten boats.", '{\n"boats": 10\n}']
    assert loaded.left_out == {"the response refuses or breaks off": 1}
    assert loaded.other_files == ("source_info.jsonl",)


def test_ragtruth_needs_its_sources(tmp_path: Path) -> None:
    lines(tmp_path / "response.jsonl", [{"source_id": "1", "response": "Ten.", "labels": [], "quality": "good"}])
    with pytest.raises(UsageError, match=r"no source_info\.jsonl"):
        load_pairs(tmp_path)
    ragtruth(tmp_path, {"source_id": "9", "response": "Ten.", "labels": [], "quality": "good"})
    with pytest.raises(UsageError, match="'source_id' is '9'"):
        load_pairs(tmp_path)


def test_claims_in_fevers_style_count_only_support(tmp_path: Path) -> None:
    rows: Rows = [
        {"claim": "Ten boats left.", "evidence": "Ten boats.", "label": "SUPPORTS"},
        {"claim": "Six boats left.", "evidence": ["Ten boats.", "Not six."], "label": "REFUTES"},
        {"claim": "Ten boats sank.", "evidence": "Ten boats.", "label": "NOT ENOUGH INFO"},
    ]
    loaded = load_pairs(lines(tmp_path / "fever_symmetric_dev.jsonl", rows))
    assert [pair.supported for pair in loaded.pairs] == [True, False, False]
    assert loaded.pairs[1].evidence == "Ten boats.\nNot six."
    assert loaded.pairs[0].source == "fever_symmetric_dev"


def test_fevers_own_files_name_pages_and_that_is_said(tmp_path: Path) -> None:
    path = lines(tmp_path / "dev.jsonl", [{"claim": "a", "label": "SUPPORTS", "evidence": [[[1, 2, "Page", 0]]]}])
    with pytest.raises(UsageError, match="names pages; expected the text"):
        load_pairs(path)


def test_climate_fever_has_a_pair_for_each_sentence_with_its_votes(tmp_path: Path) -> None:
    parts = [
        {"evidence": "Ice melts.", "evidence_label": "SUPPORTS", "votes": ["SUPPORTS", None, "REFUTES", "SUPPORTS"]},
        {"evidence": "Ice grows.", "evidence_label": "REFUTES", "votes": ["REFUTES", None, None, None]},
    ]
    row = {"claim": "Ice melts.", "claim_label": "DISPUTED", "evidences": parts}
    loaded = load_pairs(lines(tmp_path / "climate.jsonl", [row]))
    assert [(pair.supported, pair.votes) for pair in loaded.pairs] == [(True, (True, False, True)), (False, (False,))]


def test_averitec_reads_questions_and_answers_as_evidence(tmp_path: Path) -> None:
    answers = [
        {"answer": "Ten.", "answer_type": "Extractive"},
        {"answer": "Yes", "boolean_explanation": "It was seen."},
    ]
    row = {"claim": "Ten left.", "label": "Supported", "questions": [{"question": "How many?", "answers": answers}]}
    (tmp_path / "dev.json").write_text(json.dumps([row]))
    (pair,) = load_pairs(tmp_path).pairs
    assert (pair.source, pair.supported, pair.evidence) == ("averitec", True, "How many?\nTen.\nYes\nIt was seen.")


CLAIM = {"claim": "a", "evidence": "b", "label": "SUPPORTS"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", "{", "line 1 is no JSON"),
        ("a.jsonl", "[1]", "line 1 is a list"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[1]", "no list of objects"),
        ("a.tsv", "a\tb\nc\n", "line 2 has 1 fields; expected 2"),
        ("a.jsonl.gz", "plain", "cannot be read"),
        ("a.jsonl", json.dumps({**CLAIM, "label": "PERHAPS"}), "'label' is 'PERHAPS'; expected one of 'supports'"),
        ("a.jsonl", json.dumps({**CLAIM, "claim": 3}), "'claim' is 3; expected text"),
        ("a.jsonl", json.dumps({"article": "a", "summary_sentences": [3]}), "holds 3; expected objects"),
        ("a.jsonl", json.dumps({"article": "a", "summary_sentences": 3}), "is 3; expected a list"),
        ("a.jsonl", json.dumps({"question": "a", "metadata": {}, "answers": 3}), "'answers' is 3; expected an object"),
        ("a.jsonl", json.dumps({"source": "a", "summary": "b", "annotations": [{"label": "x"}]}), "says 'x'"),
        ("a.jsonl", json.dumps({"title": "no judgement"}), "holds no pair that people judged"),
        ("a.txt", "words", "holds no pair that people judged"),
        ("a.jsonl", "", "holds no pair that people judged"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_it(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_pairs(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no file or folder"):
        load_pairs(tmp_path / "nowhere")


def test_files_of_no_known_format_are_named_and_the_rest_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "LICENSE").write_text("free")
    lines(tmp_path / "deep" / "claims.jsonl", [CLAIM, {**CLAIM, "evidence": " "}])
    loaded = load_pairs(tmp_path)
    assert len(loaded.pairs) == 1
    assert loaded.other_files == ("LICENSE",)
    assert loaded.left_out == {"no evidence to judge by": 1}
