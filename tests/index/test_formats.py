"""Formats: the article of each kind of file, its metadata, and nothing that was hidden in it."""

import gzip
from pathlib import Path

import lxml.html
import pytest

from eval import file_samples as samples
from eval.file_samples import HIDDEN, SENTENCES, STORY, TITLE
from index.documents import build_article
from index.formats.document import Document, NoArticleError
from index.formats.hidden import remove_hidden
from index.formats.parsing import Parsed, parse, parse_plainly
from index.readers import read_paths
from index.records import RawRecord, ReadFailure


def read(folder: Path, **files: bytes) -> list[RawRecord | ReadFailure]:
    """What is read of the files, whose names have `_` for the dot."""
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return list(read_paths([folder]))


def articles(found: list[RawRecord | ReadFailure]) -> list[RawRecord]:
    return [item for item in found if isinstance(item, RawRecord)]


def reasons(found: list[RawRecord | ReadFailure]) -> list[str]:
    return [item.reason for item in found if isinstance(item, ReadFailure)]


def one(kind: Parsed, raw: bytes) -> Document:
    [document] = parse(kind, raw)
    return document


def test_a_page_without_its_menu_has_a_date_with_provenance() -> None:
    page = one("html", samples.html_page())
    assert all(sentence in page.text for sentence in SENTENCES)
    assert "Cookie policy" not in page.text
    assert page.fields["published_at"] == "2021-03-24"
    assert page.provenance == {"published_at": "html: htmldate"}


HIDING = {
    "attribute": "<p hidden>{}</p>",
    "display": '<div style="display: none"><p>{}</p></div>',
    "visibility": '<p style="visibility:hidden">{}</p>',
    "size": '<p style="font-size:0">{}</p>',
    "one pixel": '<p><span style="font-size:1px">{}</span></p>',
    "white on white": '<p style="color:#fff">{}</p>',
    "white on a white box": '<div style="background:white"><p style="color:rgb(254,255,255)">{}</p></div>',
    "black on black": '<p style="color:#000;background-color:#000000">{}</p>',
    "transparent": '<p style="color:rgba(0,0,0,0)">{}</p>',
    "far away": '<p style="position:absolute;left:-9999px">{}</p>',
    "style sheet": '<style>.q7 {{ display:none !important }}</style><p class="q7">{}</p>',
    "comment": "<!-- {} -->",
}


@pytest.mark.parametrize("markup", HIDING.values(), ids=HIDING)
def test_what_a_page_hides_is_not_evidence(markup: str) -> None:
    body = markup.format(HIDDEN)
    assert HIDDEN not in one("html", samples.html_page(body=body)).text
    assert HIDDEN not in parse_plainly("html", samples.html_page(body=body), "a test")[0].text
    letter = f"<html><body><p>{SENTENCES[0]}</p>{body}<p>{SENTENCES[1]}</p></body></html>"
    assert one("mail", samples.mail(page=letter)).text == f"{SENTENCES[0]}\n\n{SENTENCES[1]}"


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color:#fff;background:#003366">{}</p>',
        '<div style="background-color:#000"><p style="color:white">{}</p></div>',
        '<table><tr><td bgcolor="#000000"><font color="white">{}</font></td></tr></table>',
        "<style>@media print {{ .a9 {{ display:none }} }}</style><p class='a9'>{}</p>",
        '<style>.b9 {{display:none}} .b9 {{display:block}}</style><p class="b9">{}</p>',
        '<p style="font-size:10px">{}</p>',
    ],
)
def test_what_a_page_shows_is_kept(markup: str) -> None:
    shown = "White letters on a dark ground can be read by anyone, said the printer."
    page = f"<html><body><p>{SENTENCES[0]}</p>{markup.format(shown)}</body></html>"
    assert shown in one("mail", samples.mail(page=page)).text
    tree = lxml.html.fromstring(page)
    remove_hidden(tree)
    assert shown in tree.text_content()


def test_text_after_a_hidden_element_stays() -> None:
    body = f"<p>{SENTENCES[4]} <span hidden>{HIDDEN}</span>And so they did, on a Friday in the rain.</p>"
    text = one("html", samples.html_page(body=body)).text
    assert "And so they did" in text
    assert HIDDEN not in text


@pytest.mark.parametrize("depth", [3_000, 20_000])
def test_a_page_nested_too_deeply_is_read_as_plain_text(depth: int) -> None:
    raw = b"<html><body>" + b"<div>" * depth + STORY.encode() + b"</div>" * depth
    page = one("html", raw)
    assert all(sentence in page.text for sentence in SENTENCES)


def test_a_short_article_is_not_taken_for_a_failure_because_readers_say_much() -> None:
    talk = "".join(f"<p>Reader {at} thinks that the harbour ought to have been left as it was.</p>" for at in range(90))
    page = samples.html_page(SENTENCES[:4]).replace(
        b"</article>", b"</article><div id='comments'>%b</div>" % talk.encode()
    )
    assert one("html", page).note is None
    [comments] = [block for block in labelled(one("html", page)) if "Reader 7" in block[1]]
    assert comments[0] == "comment"


LAST = "So the boats stayed out that night, and came in with the morning's tide at six."
CAPTION = "Fishing boats wait for the tide below the old lighthouse."
COMMENTS = [
    "I was there and there were nine hundred people on the quay.",
    "Nobody asked those of us who live by the harbour, as usual.",
]
FIGURE = f"<figure><img src='boats.jpg'><figcaption>{CAPTION}</figcaption></figure>"


def labelled(page: Document) -> list[tuple[str, str]]:
    """The blocks of the article that the page becomes: kind and text."""
    raw = RawRecord("p.html", None, page.text, page.fields, "html", "p.html", page.provenance, page.note, page.labels)
    return [(block.kind, page.text[block.start : block.end]) for block in build_article(raw).blocks]


def test_comments_and_captions_of_a_page_are_kept_and_labelled() -> None:
    said = "".join(f"<li><p>{comment}</p><button>Reply</button></li>" for comment in COMMENTS)
    below = f"<section id='comments'><h3>2 comments</h3><ul>{said}</ul><form>Your name <p>Be kind to all.</p></form>"
    page = samples.html_page(body=f"{FIGURE}<p>{LAST}</p>").replace(
        b"</article>", f"</article>{below}</section>".encode()
    )
    blocks = labelled(one("html", page))
    assert [text for kind, text in blocks if kind == "caption"] == [CAPTION]
    assert [text for kind, text in blocks if kind == "comment"] == ["\n".join(COMMENTS)]
    body = "\n".join(text for kind, text in blocks if kind == "body")
    assert all(sentence in body for sentence in SENTENCES)
    assert blocks[-2][1] == LAST  # the caption stands where the picture did


def test_comments_below_a_single_sentence_are_not_the_articles_reporting() -> None:
    page = samples.html_page([STORY[:300]]).replace(
        b"</article>", f"</article><div class='comments'><p>{COMMENTS[0]}</p></div>".encode()
    )
    assert labelled(one("html", page))[-1] == ("comment", COMMENTS[0])


def test_a_caption_of_another_storys_picture_stays_out() -> None:
    teaser = f"<aside><div><div><div><div>{FIGURE}<p>Read our guide to the coast.</p></div></div></div></div></aside>"
    page = samples.html_page().replace(b"<footer>", f"{teaser}<footer>".encode())
    assert CAPTION not in one("html", page).text


def test_labels_survive_the_child_process(tmp_path: Path) -> None:
    [record] = articles(read(tmp_path, p_html=samples.html_page(body=f"{FIGURE}<p>{LAST}</p>")))
    assert [record.text[start:end] for start, end, kind in record.labels if kind == "caption"] == [CAPTION]


def test_a_page_with_nothing_but_its_menu_is_no_article() -> None:
    with pytest.raises(NoArticleError, match="no article text"):
        parse("html", b"<html><body><nav><a href='/'>Home</a> <a href='/s'>Sport</a></nav></body></html>")


def test_a_parser_that_gives_up_leaves_the_text_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(page: str, url: str | None) -> None:
        raise IndexError("pop from empty list")

    monkeypatch.setattr("index.formats.html._extract", broken)
    page = one("html", samples.html_page())
    assert STORY in page.text
    assert page.note == "read as plain text: IndexError: pop from empty list"
    raw = RawRecord("p.html", None, page.text, page.fields, "html", "p.html", page.provenance, page.note)
    assert build_article(raw).provenance["text"] == page.note


def test_a_pdf_gives_paragraphs_and_its_title() -> None:
    paper = one("pdf", samples.pdf())
    assert paper.text == STORY
    assert paper.fields == {"title": TITLE}
    assert one("pdf", samples.pdf(info="/Title (Microsoft Word - final2.docx)")).fields == {}


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
    import io

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
    import io
    import zipfile

    parts = zipfile.ZipFile(io.BytesIO(samples.docx()))
    main = parts.read("word/document.xml")
    memo = one("docx", samples.zip_of({"word/document.xml": main}))
    assert all(sentence in memo.text for sentence in SENTENCES)
    assert memo.note is not None
    assert memo.note.startswith("read as plain text")


def test_a_book_gives_its_chapters_in_order(tmp_path: Path) -> None:
    found = articles(read(tmp_path, book_epub=samples.epub()))
    assert [(item.record, item.fields["title"]) for item in found] == [(1, TITLE), (2, "Who pays")]
    assert found[0].fields["source"] == "Eastport Quarterly"
    assert build_article(found[1]).key == "id:urn:eastport:12#OPS/two.xhtml@eastport quarterly"


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
    assert found[0].fields["published_at"] == "2021-03-24T08:00:00Z"
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
    assert reasons(found) == ["of its captures, 1 are no text (pictures, scripts)"]
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
    assert ["the 3 lines from here on" in reason for reason in reasons(found)] == [True]
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
