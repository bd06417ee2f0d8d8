"""Reading: every record comes, or a failure that names its file, line and reason; nothing else is lost."""

import gzip
import json
import lzma
import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import records as records_module
from index.errors import UsageError
from index.readers import parse_field_map, read_paths
from index.records import RawRecord, ReadFailure

ANY_BUT_NUL = st.characters(codec="utf-8", exclude_characters="\x00")
ANY_BUT_NUL_AND_CR = st.characters(codec="utf-8", exclude_characters="\x00\r")
STORY = "The ferry left at noon.\nIt came back at six."


def records(*paths: Path | str, **options: object) -> list[RawRecord]:
    return [found for found in read_paths(paths, **options) if isinstance(found, RawRecord)]  # type: ignore[arg-type]


def failures(*paths: Path | str) -> list[ReadFailure]:
    return [found for found in read_paths(paths) if isinstance(found, ReadFailure)]


def write_jsonl(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_a_folder_is_read_in_a_fixed_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/a.md", ".git/x.txt", ".hidden.txt", "notes.psd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(STORY)
    assert [record.name for record in records(tmp_path)] == [
        f"{tmp_path.name}/{name}" for name in ("a.md", "b.txt", "sub/a.md")
    ]
    assert {(Path(failure.path).name, failure.skipped) for failure in failures(tmp_path)} == {
        (".hidden.txt", True),
        ("notes.psd", True),
    }


def test_files_of_one_name_in_two_folders_stay_two_articles(tmp_path: Path) -> None:
    for folder in ("2020", "2021"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "index.txt").write_text(STORY)
    by_folder = [record.name for record in records(tmp_path / "2020", tmp_path / "2021")]
    by_file = [record.name for record in records(tmp_path / "2020" / "index.txt", tmp_path / "2021" / "index.txt")]
    assert len(set(by_folder)) == len(set(by_file)) == 2


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_of_json_lines_is_accounted_for(tmp_path: Path, content: str) -> None:
    (tmp_path / "n.jsonl").write_text(content)
    assert ["empty" in failure.reason for failure in failures(tmp_path)] == [True]


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(read_paths([tmp_path])) == []


def test_a_glob_names_files_below_its_fixed_part(tmp_path: Path) -> None:
    for name in ("2020/index.txt", "2021/index.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(STORY)
    assert [record.name for record in records(f"{tmp_path}/*/index.txt")] == ["2020/index.txt", "2021/index.txt"]


@pytest.mark.parametrize("path", ["no-such-file.txt", "no-such-*.txt", "-"])
def test_a_path_that_is_not_there_is_refused_before_anything_is_read(path: str) -> None:
    with pytest.raises(UsageError):
        read_paths([path])


def test_standard_input_is_jsonl() -> None:
    [record] = records("-", stdin=BytesIO(b'{"id": "n1", "text": "Snow fell."}\n'))
    assert (record.path, record.record, record.text, record.fields) == ("-", 1, "Snow fell.", {"id": "n1"})


def test_a_bad_line_is_named_and_the_next_ones_still_come(tmp_path: Path) -> None:
    path = write_jsonl(
        tmp_path / "n.jsonl",
        {"text": "First."},
        "{not json",
        "",
        "[1]",
        {"title": "no text"},
        {"text": " \n"},
        {"text": ["list"]},
        "[" * 100_000,
        {"text": "Last."},
    )
    assert [(record.record, record.text) for record in records(path)] == [(1, "First."), (9, "Last.")]
    assert [failure.record for failure in failures(path)] == [2, 4, 5, 6, 7, 8]
    assert "expected an object" in failures(path)[1].reason
    assert failures(path)[2].reason.startswith("no 'text' in the record, which has 'title'; say which")


def test_a_record_without_text_names_its_fields_and_the_likeliest_one(tmp_path: Path) -> None:
    many = {f"field {number}": number for number in range(20)}
    path = write_jsonl(tmp_path / "n.jsonl", {"headline": "A bridge", "content": "The bridge is agreed."}, many, {})
    reasons = [failure.reason for failure in failures(path)]
    assert "which has 'headline', 'content'" in reasons[0]
    assert reasons[0].endswith("attest ingest --map text=content")
    assert "'field 11' and 8 more" in reasons[1]
    assert reasons[1].endswith("--map text=NAME")
    assert reasons[2] == "no 'text' in the record, which has no fields"


def test_a_line_over_the_limit_is_passed_over_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_module, "MAX_RECORD_BYTES", 100_000)
    path = write_jsonl(tmp_path / "n.jsonl", {"text": "One."}, {"text": "x" * 1_000_000}, {"text": "Three."})
    assert [record.record for record in records(path)] == [1, 3]
    assert [failure.record for failure in failures(path)] == [2]
    big = tmp_path / "big.txt"
    big.write_text("word " * 50_000)
    assert "longer than" in failures(big)[0].reason


@pytest.mark.parametrize("ending", ["gz", "xz"])
def test_a_compressed_file_that_is_cut_off_keeps_what_was_read(tmp_path: Path, ending: str) -> None:
    lines = "".join(json.dumps({"text": f"Story {number}: {os.urandom(40).hex()}"}) + "\n" for number in range(3000))
    packed = (gzip if ending == "gz" else lzma).compress(lines.encode())
    path = tmp_path / f"n.jsonl.{ending}"
    path.write_bytes(packed)
    assert len(records(path)) == 3000
    path.write_bytes(packed[: len(packed) // 2])
    assert 0 < len(records(path)) < 3000
    assert "cut off" in failures(path)[0].reason
    path.write_bytes(b"not compressed at all")
    assert "damaged" in failures(path)[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_a_text_in_a_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Der Bürgermeister von Zürich sprach über die Straße. El niño comió piñas en París."
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert records(path)[0].text == text


def test_cyrillic_in_its_old_encoding_is_read(tmp_path: Path) -> None:
    text = "Президент сообщил журналистам, что выборы пройдут в марте. Парламент одобрил закон в первом чтении."
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("cp1251"))
    assert records(path)[0].text == text


@pytest.mark.parametrize("content", [b"\x00\x01\x02binary", b"%PDF-1.4 x", bytes(range(1, 256)) * 9, b"\xff\xfe\x00"])
def test_a_binary_called_txt_is_a_failure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    [failure] = failures(path)
    assert failure.reason.startswith("not text")
    assert not failure.skipped


def test_a_file_without_words_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(" \n\u200b--\n")
    assert "empty" in failures(path)[0].reason


def test_jsonl_in_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "Žižkov."}\r\n{"text": "Ωmega."}\r\n'.encode("utf-16"))
    assert [record.text for record in records(path)] == ["Žižkov.", "Ωmega."]


def test_what_cannot_be_stored_is_replaced_one_for_one() -> None:
    line = b'{"text": "a\\ud800b\\u0000c \\ud83d\\ude00", "title": "\\udfff", "authors": ["\\ud801"]}'
    [record] = records("-", stdin=BytesIO(line))
    assert record.text == "a\ufffdb\ufffdc 😀"
    assert record.fields == {"title": "\ufffd", "authors": ["\ufffd"]}


def test_line_ends_of_a_text_file_are_normalised(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"One.\r\nTwo.\rThree.")
    assert records(path)[0].text == "One.\nTwo.\nThree."


def test_field_names_can_be_mapped_into_nested_objects() -> None:
    mapping = parse_field_map("title=headline, published_at=meta.date,text=body")
    line = b'{"headline": "H", "meta": {"date": "2021-03-24"}, "body": "B.", "title": "no", "url": "u"}'
    [record] = records("-", stdin=BytesIO(line), field_map=mapping)
    assert record.text == "B."
    assert record.fields == {"title": "H", "published_at": "2021-03-24", "url": "u"}


@pytest.mark.parametrize("spec", ["title", "title=", "headline=title"])
def test_a_mapping_of_unknown_fields_is_refused(spec: str) -> None:
    with pytest.raises(UsageError):
        parse_field_map(spec)


def test_an_html_page_gives_its_story_and_metadata(tmp_path: Path) -> None:
    story = "".join(
        f"<p>The council of Eastport agreed on part {number} of the plan for the harbour after a long debate.</p>"
        for number in range(8)
    )
    page = f"""<html><head><title>Harbour plan agreed</title><meta charset="iso-8859-1">
      <meta property="og:title" content="Harbour plan agreed"><meta property="og:site_name" content="Eastport Courier">
      <meta name="author" content="Zoë Lee"><meta property="article:published_time" content="2021-03-24T10:00:00Z">
      </head><body><nav><a href="/">Home</a></nav><article><h1>Harbour plan agreed</h1>{story}</article>
      <footer>Cookie policy</footer></body></html>"""
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(page.encode("latin-1")))
    [record] = records(path)
    assert "part 7 of the plan" in record.text
    assert "Cookie policy" not in record.text
    assert record.fields["title"] == "Harbour plan agreed"
    assert record.fields["source"] == "Eastport Courier"
    assert record.fields["authors"] == "Zoë Lee"
    assert record.fields["published_at"] == "2021-03-24"


def test_an_html_page_without_a_story_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body></body></html>")
    assert "no article text" in failures(path)[0].reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(texts=st.lists(st.text(ANY_BUT_NUL), min_size=1, max_size=6))
def test_jsonl_comes_back_as_it_was_written(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "n.jsonl"
    path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), "utf-8")
    found = list(read_paths([path]))
    assert [one.record for one in found] == list(range(1, len(texts) + 1))
    for one, text in zip(found, texts, strict=True):
        if isinstance(one, RawRecord):
            assert one.text == text
        else:
            assert not any(map(str.isalnum, text))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(ANY_BUT_NUL_AND_CR))
def test_a_text_file_comes_back_as_it_was_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    [found] = read_paths([path])
    assert isinstance(found, ReadFailure) or found.text == text
