import gzip
import io
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import IngestReport
from rag.answer import Citation
from tests.ui.ferry import ABSTAINED, ANSWERED, FERRY, PASSAGES, SENTENCES, cite
from ui.console import Console, print_json
from ui.html import answer_html
from ui.numbering import number_citations
from ui.overview import overview_of, read_examples
from ui.printable import printable, shortened
from ui.progress import Progress, RecordCount, duration
from ui.terminal import render_answer, render_passages, render_report, size


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(st.text())
def test_printing_changes_no_offset_and_leaves_no_control_character(text: str) -> None:
    safe = printable(text)
    assert len(safe) == len(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", safe)


@given(st.text(), st.integers(10, 60))
def test_a_shortened_text_is_never_longer_than_asked(text: str, max_chars: int) -> None:
    assert len(shortened(text, max_chars)) <= max_chars


@pytest.mark.parametrize("answer", [ANSWERED, ABSTAINED])
@pytest.mark.parametrize("width", [40, 72, 100])
def test_no_line_of_prose_is_wider_than_the_terminal(answer: object, width: int) -> None:
    hostile_free = [line for line in render_answer(answer, width).splitlines() if " " in line.strip()]  # type: ignore[arg-type]
    assert all(len(line) <= width or "window" in line or "similarity" in line for line in hostile_free)


def test_an_article_cannot_steer_the_terminal() -> None:
    quote = "\x1b]0;title\x07red \x1b[31mtext"
    citation = replace(cite(FERRY, "Ferry"), quote=quote)
    answer = replace(ANSWERED, sentences=(replace(SENTENCES[0], text=quote, citations=(citation,)),), withheld=())
    out = io.StringIO()
    Console(out, io.StringIO()).result(render_answer(answer))
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()


def test_a_stored_text_is_exact_in_a_pipe_and_harmless_on_a_terminal() -> None:
    text = "a\x1b[31mb\n\n"
    pipe, terminal = io.StringIO(), Terminal()
    Console(pipe, io.StringIO()).exact(text)
    Console(terminal, io.StringIO()).exact(text)
    assert pipe.getvalue() == text
    assert terminal.getvalue() == "a\ufffd[31mb\n\n"


def test_json_that_the_stream_cannot_encode_is_escaped() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_json({"text": "é \ud800"}, stream)
    assert raw.getvalue() == b'{"text": "\\u00e9 \\ud800"}\n'


def test_the_same_span_has_one_number() -> None:
    numbered = number_citations([SENTENCES[0], SENTENCES[1], SENTENCES[0]])
    assert [numbered.of(sentence.citations[0]) for sentence in SENTENCES] == [1, 2]
    assert len(numbered.citations) == 2


def test_a_reader_comment_is_called_one_in_a_list_of_passages() -> None:
    assert "reader comment" in render_passages([replace(PASSAGES[0], kind="comment")])


def test_sizes_and_durations_are_in_the_unit_people_use() -> None:
    assert [size(number) for number in (17, 98_362_432, 1_117_320_736)] == ["17 bytes", "98 MB", "1.1 GB"]
    assert [duration(seconds) for seconds in (40.2, 720, 12_600)] == ["40 s", "12 min", "3.5 h"]


def test_a_progress_line_says_how_much_time_is_left() -> None:
    progress = Progress(Console(io.StringIO(), io.StringIO()), "record")
    assert progress.line(50, 10.0) == "50 records"
    progress.total = 200
    assert progress.line(50, 10.0, "9 passages") == "50 of about 200 records, about 30 s left, 9 passages"
    assert progress.line(250, 10.0) == "250 of about 250 records"
    progress.total = 1
    assert progress.line(0, 1.0) == "0 of about 1 record"


def test_progress_is_a_bar_on_a_terminal_and_silent_for_a_quick_job_elsewhere() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with Progress(Console(io.StringIO(), stream), "record") as progress:
            progress.total = 10
            progress.start()
            progress.update(10)
    assert "10/10" in terminal.getvalue()
    assert pipe.getvalue() == ""


def test_records_are_counted_without_reading_them_as_articles(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("{}\n{}\n{}", encoding="utf-8")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b"{}\n{}\n"))
    (tmp_path / "d.jsonl.gz").write_bytes(b"not gzip")
    count = RecordCount([str(tmp_path)])
    for _ in range(100):
        if count.value is not None:
            break
        time.sleep(0.02)
    assert count.value == 1 + 3 + 2 + 1
    assert RecordCount(["-"]).value is None


def test_example_questions_are_read_from_lines_or_jsonl(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Who won?"}\n{broken\n{"other": 1}\nWhy was it closed?\n', encoding="utf-8")
    assert read_examples(file) == ["Who won?", "Why was it closed?"]


def test_an_overview_is_read_from_the_archive(tmp_path: Path) -> None:
    from index.archive import Archive
    from index.ingest import ingest
    from index.readers import read_paths
    from tests.ui.fakes import FakeEmbedder

    text = "The ferry carried 214 passengers. All were saved."
    lines = [f'{{"id": "{n}", "title": "Story {n}", "source": "Wire", "text": "{n} {text}"}}' for n in range(3)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    embedder = FakeEmbedder()
    with Archive.open(tmp_path / "archive", embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, read_paths([tmp_path / "a.jsonl"]), embedder)
        overview = overview_of(archive)
    assert (overview.articles, overview.first, overview.outlets) == (3, None, ("Wire",))
    assert overview.titles == ("Story 0", "Story 1", "Story 2")


def test_the_words_that_answer_stand_before_the_sentences_with_the_number_of_theirs() -> None:
    short = replace(ANSWERED, short=(cite(FERRY, "214 passengers"),))
    assert render_answer(short, 100).splitlines()[0] == "214 passengers [1]"
    assert "214 passengers [1]\n" not in render_answer(ANSWERED, 100)


def test_a_weekday_that_answers_is_shown_with_its_day() -> None:
    article = replace(cite(FERRY, "Ferry").article, published_at="2024-03-07")
    sentence = Citation(article, 50, 84, "Sweden became a member on Thursday")
    answer = replace(
        ANSWERED,
        sentences=(replace(SENTENCES[0], text=sentence.quote, citations=(sentence,)),),
        short=(Citation(article, 76, 84, "Thursday"),),
    )
    assert render_answer(answer, 80).splitlines()[0] == "Thursday (7 March 2024) [1]"
    assert "Thursday (7 March 2024)</span>" in answer_html(answer)


def test_words_outside_every_citation_have_no_number() -> None:
    numbered = number_citations(SENTENCES)
    assert numbered.holding(cite(FERRY, "brought ashore")) == 2
    with pytest.raises(ValueError, match="no citation holds"):
        numbered.holding(cite(FERRY, "Paragraph 7"))


def test_a_path_that_leaves_no_room_for_the_place_in_it_has_a_line_of_its_own() -> None:
    article = replace(PASSAGES[0].article, path="newsroom/desk/2021/03/24/" + "a-long-name-" * 4 + ".txt")
    lines = render_passages([replace(PASSAGES[0], article=article)], 80).splitlines()
    at = lines.index(f"     {article.path},")
    assert re.fullmatch(r"     characters \d+-\d+, score [0-9.]+", lines[at + 1])
    assert f"{article.path}, characters" in render_passages([replace(PASSAGES[0], article=article)])


def test_a_cut_at_the_end_of_a_sentence_has_one_mark() -> None:
    assert shortened("The dam opened in May. Rain fell on it for weeks.", 28) == "The dam opened in May…"


def test_a_passage_names_its_article_as_show_takes_it() -> None:
    shown = render_passages(PASSAGES)
    for passage in PASSAGES:
        assert f"attest show {passage.article.id}" in shown


def test_a_report_says_how_long_the_model_took_to_load() -> None:
    report = IngestReport(added=1, passages=10, seconds=2.0)
    assert render_report(report, 1.52).endswith("10 passages in 2.0 s (5 a second), after 1.5 s of loading the model")
    assert "loading" not in render_report(report, 0.01)
    assert "; 1 passage in 2.0 s" in render_report(replace(report, passages=1))


def test_a_note_on_an_abstention_stands_before_the_nearest_passages() -> None:
    shown = render_answer(replace(ABSTAINED, notes=("the question seems to be in Spanish",)), 80)
    assert shown.index("Note: the question seems to be in Spanish") < shown.index("Nearest passages:")
    assert shown.count("Note: ") == 1


def test_the_nearest_passages_are_numbered_by_likeness_to_the_question() -> None:
    alike = [0.1 * at for at in range(len(PASSAGES))]
    passages = tuple(replace(one, similarity=likeness) for one, likeness in zip(PASSAGES, alike, strict=True))
    shown = re.findall(r"similarity ([0-9.]+)", render_answer(replace(ABSTAINED, passages=passages)))
    assert shown == [f"{likeness:.2f}" for likeness in sorted(alike, reverse=True)[:3]]
