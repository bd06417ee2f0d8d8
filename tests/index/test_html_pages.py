from pathlib import Path

import lxml.html
import pytest

from eval import file_samples as samples
from eval.file_samples import HIDDEN, SENTENCES, STORY
from index.documents import build_article
from index.formats.document import Document, NoArticleError
from index.formats.hidden import remove_hidden
from index.formats.parsing import parse, parse_plainly
from index.formats.plain import visible_text
from index.records import RawRecord
from tests.index.read_files import articles, one, read


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


PORT_STORY = (
    "<p>The harbour board of Kestrel Bay said on Monday that it had approved a new breakwater at a cost of 42 million "
    "euros, after two years of talks with the fishermen of the town.</p>"
)


def dated(head: str, body: str = "") -> Document:
    page = f"<html><head><title>Port</title>{head}</head><body><article><h1>Breakwater</h1>{body}{PORT_STORY}</article>"
    return one("html", f"{page}</body></html>".encode())


def test_a_page_is_dated_by_its_publication_and_not_by_its_last_change() -> None:
    meta = (
        '<meta property="article:published_time" content="2019-03-04T08:00:00Z">'
        '<meta property="article:modified_time" content="2021-09-10T08:00:00Z">'
    )
    assert dated(meta).fields["published_at"] == "2019-03-04"
    linked = '{"@type": "NewsArticle", "datePublished": "2018-05-06", "dateModified": "2020-11-12"}'
    assert dated(f'<script type="application/ld+json">{linked}</script>').fields["published_at"] == "2018-05-06"
    times = 'Updated <time datetime="2022-01-02">now</time>, first <time datetime="2016-01-02">then</time>'
    assert dated("", f"<p>{times}</p>").fields["published_at"] == "2016-01-02"
    assert dated('<meta name="date" content="1987-06-05">').fields["published_at"] == "1987-06-05"


def test_a_date_inside_a_sentence_stays_in_it_and_is_not_the_pages() -> None:
    sentence = 'The storm of <time datetime="2001-12-24">24 December 2001</time> took the old mole with it, she said.'
    found = dated("", f"<p>{sentence}</p>")
    assert "The storm of 24 December 2001 took the old mole" in found.text
    assert "published_at" not in found.fields


def test_the_date_of_another_story_on_the_page_is_not_the_pages() -> None:
    own, other = '<time datetime="2020-01-02">2 Jan</time>', '<time datetime="2014-01-02">older</time>'
    teasers = f"<aside>{other}</aside></article><article><h3>Another</h3>{other}"
    assert dated("", f"<p>{own}</p>{PORT_STORY}{teasers}").fields["published_at"] == "2020-01-02"


@pytest.mark.parametrize(
    "way",
    [
        'style="clip:rect(0,0,0,0);position:absolute"',
        'style="clip-path: inset(100%)"',
        'style="height:0;overflow:hidden"',
        'style="max-height:0px; overflow: hidden"',
        'style="transform:scale(0)"',
        'style="filter:opacity(0)"',
        'style="font:0/0 a"',
        'style="font-size:.01em"',
        'style="position:fixed;top:-200vh"',
        'style="right:-9999px;position:absolute"',
        'style="opacity:.01"',
        'style="content-visibility:hidden"',
        'class="sr-only"',
    ],
)
def test_newer_ways_to_hide_a_sentence_are_known_to_both_readers(way: str) -> None:
    page = f"<html><body><article>{PORT_STORY}<p {way}>{HIDDEN}</p><p>The last words.</p></article></body></html>"
    for text in (one("html", page.encode()).text, visible_text(page)):
        assert HIDDEN not in text
        assert "The last words." in text


def test_what_only_looks_like_hiding_is_kept() -> None:
    ways = ("height:0", "overflow:hidden", "opacity:.5", "font:10px/0 a", "transform:scale(0.5)", "top:-9px")
    more = ("clip:rect(0,90px,90px,0)", "clip-path:inset(10%)", "filter:opacity(0.5)", "font-size:.8em")
    for way in ways + more:
        assert HIDDEN in visible_text(f'<p style="{way}">{HIDDEN}</p>'), way


def test_a_head_that_is_never_closed_hides_nothing_of_the_body() -> None:
    assert visible_text("<html><head><title>T</title><style>p{}</style><body><p>Seen.</p>") == "Seen."
