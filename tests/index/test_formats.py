"""Formats: the article of each kind of file, its metadata, and nothing that was hidden in it."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from eval import file_samples as samples
from eval.file_samples import HIDDEN, SENTENCES, STORY, TITLE
from index.documents import build_article
from index.formats.document import NoArticleError
from index.formats.parsing import parse
from index.readers import read_paths
from index.records import RawRecord, ReadFailure
from tests.index.read_files import articles, one, read, reasons


def test_a_pdf_gives_paragraphs_and_its_title() -> None:
    paper = one("pdf", samples.pdf())
    assert paper.text == STORY
    assert paper.fields == {"title": TITLE}


def test_a_pdf_loses_its_running_heads_and_page_numbers() -> None:
    pages = [("Eastport Courier, page 1", SENTENCES[at]) for at in range(4)]
    assert one("pdf", samples.pdf(pages)).text == "\n\n".join(SENTENCES[:4])


def test_white_letters_in_a_pdf_are_not_evidence_unless_something_is_behind_them() -> None:
    hidden = f"BT /F1 10 Tf 1 g 1 0 0 1 40 100 Tm ({HIDDEN}) Tj ET"
    assert one("pdf", samples.pdf(extra=hidden)).text == STORY
    assert HIDDEN in one("pdf", samples.pdf(extra=f"0 0 1 rg 20 80 500 60 re f {hidden}")).text
    assert one("pdf", samples.pdf(extra=hidden.replace("1 g", "1 1 1 rg").replace("10 Tf", "9 Tf"))).text == STORY


def test_a_pdf_that_one_parser_gives_up_on_is_read_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(parser: object) -> None:
        raise RuntimeError("no /Root object")

    monkeypatch.setattr("index.formats.pdf._document", broken)
    paper = one("pdf", samples.pdf())
    assert all(sentence in paper.text for sentence in SENTENCES)
    assert paper.note == "read by a second parser: RuntimeError: no /Root object"


def test_a_pdf_with_a_password_or_without_text_says_so() -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(samples.pdf()))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(NoArticleError, match="encrypted"):
        parse("pdf", out.getvalue())
    with pytest.raises(NoArticleError, match="text recognition"):
        parse("pdf", samples.pdf(((),)))
    with pytest.raises(NoArticleError, match="not a PDF"):
        parse("pdf", STORY.encode())
    with pytest.raises(NoArticleError, match="damaged or cut off"):
        parse("pdf", samples.pdf()[:200])


def test_a_word_document_gives_what_is_shown() -> None:
    assert one("docx", samples.docx()).text == f"{TITLE}\n\n{STORY}"
    assert one("docx", samples.docx()).fields["title"] == TITLE
    runs = "".join(
        f"<w:r><w:rPr>{how}</w:rPr><w:t>{HIDDEN}</w:t></w:r>"
        for how in ("<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>')
    )
    changed = f"<w:del><w:r><w:t>{HIDDEN}</w:t></w:r></w:del><w:ins><w:r><w:t>Added later.</w:t></w:r></w:ins>"
    memo = one("docx", samples.docx(f"<w:p><w:r><w:t>{SENTENCES[0]} </w:t></w:r>{runs}{changed}</w:p>"))
    assert memo.text == f"{SENTENCES[0]} Added later."


def test_a_word_document_with_a_broken_part_is_read_as_plain_text() -> None:
    import zipfile

    parts = zipfile.ZipFile(io.BytesIO(samples.docx()))
    main = parts.read("word/document.xml")
    memo = one("docx", samples.zip_of({"word/document.xml": main}))
    assert all(sentence in memo.text for sentence in SENTENCES)
    assert memo.note is not None
    assert memo.note.startswith("read as plain text")


def test_a_book_gives_its_chapters_in_order(tmp_path: Path) -> None:
    everything = read(tmp_path, book_epub=samples.epub())
    assert reasons(everything) == ["no running text in the chapter OPS/cover.xhtml: “Eastport Quarterly”"]
    found = articles(everything)
    assert [(item.record, item.fields["title"]) for item in found] == [(1, TITLE), (2, "Who pays")]
    assert found[0].fields["source"] == "Eastport Quarterly"
    assert build_article(found[1]).key == "id:urn:eastport:12#OPS/two.xhtml@eastport quarterly"


def test_a_short_chapter_of_a_book_is_said_to_be_left_out_and_its_lists_are_not(tmp_path: Path) -> None:
    story = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    chapters = {
        "picture.xhtml": "<img src='a.png'/>",
        "list.xhtml": "<nav epub:type='toc'><h1>Contents</h1><a href='one.xhtml'>Harbour</a></nav>",
        "short.xhtml": f"<h1>Ferry</h1><p>The ferry {'is late ' * 5}</p>",
        "one.xhtml": story,
    }
    book = samples.epub(chapters)
    found = read(tmp_path, book_epub=book)
    assert [(item.record, type(item)) for item in found] == [(1, RawRecord), (2, ReadFailure)]
    assert isinstance(found[1], ReadFailure)
    assert found[1].skipped
    assert found[1].reason.startswith("no running text in the chapter OPS/short.xhtml: “Ferry The ferry is late")
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    package = files["OPS/book.opf"].decode()
    for called in (
        package.replace('href="short.xhtml"', 'href="short.xhtml" properties="nav"'),
        package.replace("</spine>", '</spine><guide><reference type="toc" href="short.xhtml#a"/></guide>'),
    ):
        raw = samples.zip_of({**files, "OPS/book.opf": called})
        assert [document.skipped for document in parse("epub", raw)] == [None]


def test_a_book_without_its_list_and_a_locked_one() -> None:
    chapter = "<html><body>" + "".join(f"<p>{one}</p>" for one in SENTENCES) + "</body></html>"
    [document] = parse("epub", samples.zip_of({"OPS/a.xhtml": chapter}))
    assert document.text == STORY
    assert document.note is not None
    locked = samples.zip_of({"META-INF/encryption.xml": "<EncryptionMethod Algorithm='aes'/>", "a.xhtml": chapter})
    with pytest.raises(NoArticleError, match="locked"):
        parse("epub", locked)


def test_markdown_is_kept_without_its_marks() -> None:
    notes = one("markdown", samples.markdown())
    assert notes.text == f"{TITLE}\n\n{SENTENCES[0]} See the plan.\n\n" + "\n\n".join(SENTENCES[1:])
    assert notes.fields == {"title": TITLE, "published_at": "2021-03-24", "authors": "Zoë Lee"}


def test_a_feed_gives_its_entries_with_their_dates(tmp_path: Path) -> None:
    found = articles(read(tmp_path, feed_rss=samples.feed()))
    assert [item.fields["url"] for item in found] == ["https://courier.example/0", "https://courier.example/1"]
    assert found[0].fields["published_at"] == "2021-03-24T10:00:00+02:00"
    article = build_article(found[0])
    assert (article.provenance["published_at"], article.source) == ("feed: published", "Eastport Courier")
    assert article.key == "url:https://courier.example/0"


def test_xml_that_is_no_feed_is_skipped(tmp_path: Path) -> None:
    [failure] = read(tmp_path, data_xml=b"<?xml version='1.0'?><prices><price>3</price></prices>")
    assert isinstance(failure, ReadFailure)
    assert failure.skipped


def test_a_newsletter_is_what_its_reader_saw(tmp_path: Path) -> None:
    letter = one("mail", samples.mail())
    assert letter.text == STORY
    assert letter.fields == {
        "id": "letter-1@courier.example",
        "title": f"{TITLE}, part 1",
        "source": "Eastport Courier",
        "published_at": "2021-03-24T10:00:00+01:00",
    }
    assert [item.record for item in articles(read(tmp_path, a_mbox=samples.mbox(3)))] == [1, 2, 3]


def test_an_encrypted_or_empty_message_says_so() -> None:
    with pytest.raises(NoArticleError, match="encrypted"):
        parse("mail", b"From: a@b.example\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nAAAA\n--x--\n")
    with pytest.raises(NoArticleError, match="no text"):
        parse("mail", b"From: a@b.example\nSubject: x\n\n\n")


def test_a_crawl_gives_its_pages_and_counts_the_rest(tmp_path: Path) -> None:
    found = read(tmp_path, crawl_warc_gz=samples.warc())
    assert [(item.record, item.fields["url"]) for item in articles(found)] == [
        (2, "https://courier.example/harbour"),
        (4, "https://courier.example/notes.txt"),
    ]
    assert reasons(found) == ["of its captures, 1 is no text (pictures, scripts)"]
    assert articles(found)[0].fields["published_at"] == "2021-03-24"


def test_a_crawl_that_is_cut_off_keeps_the_pages_before(tmp_path: Path) -> None:
    found = read(tmp_path, crawl_warc=samples.warc(packed=False)[:-300])
    assert len(articles(found)) == 1
    assert any("cut off" in reason for reason in reasons(found))


def test_a_crawl_without_a_page_is_accounted_for(tmp_path: Path) -> None:
    assert reasons(read(tmp_path, a_warc=samples.warc([], packed=False))) == ["no page of a crawl in it"]
    assert len(reasons(read(tmp_path, a_warc=b"WARC"))) == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_gives_a_record_a_row(tmp_path: Path, delimiter: str) -> None:
    rows = samples.csv_table().decode().replace("id,title,text", delimiter.join(("id", "title", "text")))
    for at in range(3):
        rows = rows.replace(f'c{at},"{TITLE}",', delimiter.join((f"c{at}", f'"{TITLE}"', "")))
    found = articles(read(tmp_path, t_csv=rows.encode("cp1252")))
    assert [item.fields["id"] for item in found] == ["c0", "c1", "c2"]
    assert found[1].text == f'{SENTENCES[1]}\nIt was "late".'


def test_a_table_without_a_text_column_names_the_columns(tmp_path: Path) -> None:
    [reason] = reasons(read(tmp_path, t_csv=b"headline,body\nA,B\n"))
    assert "headline, body" in reason
    assert "--map text=" in reason
    [record] = articles(list(read_paths([tmp_path / "t.csv"], field_map={"text": "body", "title": "headline"})))
    assert (record.text, record.fields) == ("B", {"title": "A"})


def test_a_quotation_mark_that_is_never_closed_loses_no_line_silently(tmp_path: Path) -> None:
    found = read(tmp_path, t_csv=b'id,text\n1,First.\n2,"open\n3,lost\n4,lost\n')
    assert [item.text for item in articles(found)] == ["First."]
    assert ["so 3 lines from here on" in reason for reason in reasons(found)] == [True]
    [sloppy] = articles(list(read_paths([write(tmp_path / "s.csv", b'id,text\n1,"He "said" so"\n')])))
    assert "said" in sloppy.text


def test_a_table_with_the_line_ends_of_old_macintoshes_is_read(tmp_path: Path) -> None:
    assert [item.text for item in articles(read(tmp_path, t_csv=b"id,text\r1,First.\r2,Second.\r"))] == [
        "First.",
        "Second.",
    ]
    assert ["column" in reason for reason in reasons(read(tmp_path, t_csv=b'"id"\r,text\rx'))] == [True]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_json_may_be_a_record_a_list_or_hold_one(tmp_path: Path) -> None:
    found = articles(
        read(
            tmp_path,
            a_json=b'{"text": "Alone.", "title": "T"}',
            b_json=b'[{"text": "In a list."}]',
            c_json=samples.json_document(),
            d_json=samples.jsonl(2),
        )
    )
    assert [(item.text[:6], item.record) for item in found[:2]] == [("Alone.", None), ("In a l", 1)]
    assert [item.fields["id"] for item in found[2:]] == ["j0", "j1", "j2", "n0", "n1"]


@pytest.mark.parametrize("ending", ["gz", "xz", "bz2", "zst"])
def test_a_compressed_file_is_read_and_a_cut_one_says_so(tmp_path: Path, ending: str) -> None:
    raw = samples.SAMPLES[f"lines.jsonl.{ending}"]()
    assert len(articles(list(read_paths([write(tmp_path / f"a.jsonl.{ending}", raw)])))) == 3
    cut = list(read_paths([write(tmp_path / f"b.jsonl.{ending}", raw[:-9])]))
    assert ["cut off" in reason for reason in reasons(cut)] == [True]


def test_what_is_mostly_undecodable_is_no_article(tmp_path: Path) -> None:
    wrong = b"".join(b"%c\x81\x8d\xff\xfe" % letter for letter in STORY.encode()[:200])
    table = b"id\ttext\nt1\t" + "\ufffd\ufffd word".encode() + b"\n"
    letter = b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n" + wrong
    found = read(tmp_path, a_tsv=table, b_eml=letter)
    assert [item.text.count("\ufffd") for item in articles(found) if "\ufffd" in item.text] == []
    assert any("could not be decoded" in reason for reason in reasons(found))


def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.formats.opening.FREE_BYTES", 1 << 20)
    bomb = gzip.compress(b"\n" * (3 << 20))
    [reason] = reasons(read(tmp_path, a_jsonl_gz=bomb))
    assert "100 times its size" in reason
