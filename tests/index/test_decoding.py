"""Texts from before UTF-8."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.alphabets import judged
from index.decoding import decode, decode_html
from tests.index.read_files import articles, read, reasons

POLISH = (
    "Zarząd portu ogłosił w poniedziałek, że zatwierdził nowy falochron po dwóch latach rozmów. "
    "Źródła mówią, że łódź będzie żeglować wiosną."
)
CZECH = "Rada přístavu v pondělí oznámila, že po dvou letech jednání schválila vlnolam. Práce začnou na jaře, řekla."
HUNGARIAN = "A kikötő igazgatósága hétfőn közölte, hogy kétévi tárgyalás után jóváhagyta az új hullámtörőt a városnak."
TURKISH = "Liman kurulu pazartesi günü iki yıllık görüşmelerin ardından yeni dalgakıranı onayladığını açıkladı."
FRENCH = "Le conseil du port a annoncé lundi avoir approuvé, après deux années de négociations, une digue de 300 m²."
GERMAN = "Der Hafenrat teilte mit, er habe nach zweijährigen Gesprächen einen Wellenbrecher für 42 Millionen genehmigt."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859_2"),
        (HUNGARIAN, "cp1250"),
        (TURKISH, "cp1254"),
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
    ],
)
def test_the_language_tells_the_encoding_of_a_latin_text(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


CROATIAN = (
    "Uprava luke objavila je u ponedjeljak da je nakon dvije godine razgovora odobrila novi lukobran. Ribari kažu da "
    "će se žaliti, jer ih nitko nije pitao."
)
SPANISH = "La autoridad del puerto anunció el lunes que aprobó, después de dos años de negociación, el dique más caro."
ENGLISH = "The harbour board said on Monday: “We won’t close it.” The pilots didn’t agree, and it’s not clear who pays."
RUSSIAN = (
    "Совет порта сообщил в понедельник, что после двух лет переговоров одобрил новый волнорез. Рыбаки говорят, что их "
    "никто не спрашивал, и намерены обратиться в суд. Работы начнутся весной и продлятся четырнадцать месяцев."
)
NBSP = "\u00a0"
ICELANDIC = "Hafnarstjórnin tilkynnti á mánudag að hún hefði samþykkt nýja brimbrjótinn eftir tveggja ára viðræður."


def page(text: str) -> str:
    """A page without a charset, with more English and script before the story than the story has words."""
    menu = "<a href='/news'>The latest news from the section</a> " * 30
    script = "var menu = new Menu('Read the latest news of the day');" * 30
    return f"<html><head><title>News</title><script>{script}</script></head><body>{menu}<p>{text}</p></body></html>"


def markdown(text: str) -> str:
    return f"---\ntitle: News\nauthor: Ann Lee\n---\n\n# News\n\n{text}\n\n* [Read more](https://x.example/)\n"


@pytest.mark.parametrize("form", [page, markdown, str])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (CZECH, "cp1250"),
        (HUNGARIAN, "cp1250"),
        (CROATIAN, "cp1250"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (FRENCH.replace("²", ""), "mac_roman"),
        (GERMAN, "mac_roman"),
        (SPANISH, "mac_roman"),
        (ENGLISH, "mac_roman"),
        (FRENCH, "cp1252"),
        (GERMAN, "cp1252"),
        (SPANISH, "cp1252"),
        (ENGLISH, "cp1252"),
        (ICELANDIC, "cp1252"),
        (FRENCH, "latin-1"),
    ],
)
def test_pages_and_notes_that_do_not_say_what_they_are_in_are_read_by_their_language(
    form: Callable[[str], str], text: str, encoding: str
) -> None:
    raw = form(text).encode(encoding)
    assert (decode_html if form is page else decode)(raw) == form(text)


@pytest.mark.parametrize(
    "raw",
    [
        b"They met at the Caf\x8e on Monday and agreed to go on.",  # one letter decides nothing
        b"<p title='\x8e \x8e'>They met at the port and agreed.</p>",
        b"<" * 5000 + b"\x8e",
        b"\x8eilina \x8eilina \x8eilina",
    ],
)
def test_where_little_is_said_windows_1252_stays(raw: bytes) -> None:
    assert decode(raw) == raw.decode("cp1252")


def test_arrows_and_spaces_of_a_menu_are_no_other_alphabet() -> None:
    arrows = f"<i>»{NBSP * 30}»</i>\n" * 200
    text = f"{arrows}<p>{FRENCH}</p>"
    assert decode_html(text.encode("cp1252")) == text


def test_foreign_names_make_no_other_encoding_of_an_english_page() -> None:
    text = page(ENGLISH + " Ms. Šoljić and Mr. Žižek of Åse, and Núñez, Peña and Brontë, were there.")
    assert decode_html(text.encode("cp1252", "xmlcharrefreplace")) == text.replace("ć", "&#263;")


@pytest.mark.parametrize(
    ("text", "letters", "expected"),
    [
        ("donÕt", "é", [False]),
        ("don’t", "é", [True]),
        ("éÉtÈ", "éè", [True, False, False]),
        ("ÉTÉ", "é", [True, True]),
        ("a–b", "é", [None]),
        ("a“b “c” ", "é", [False, True, True]),
        ("3½ a½ ¿é é¿", "é", [True, False, True, True, True, False]),
    ],
)
def test_what_stands_beside_the_letters_is_judged_by_where_it_stands(
    text: str, letters: str, expected: list[bool | None]
) -> None:
    assert judged(text, letters) == expected


def test_the_lines_of_a_table_are_all_in_one_encoding(tmp_path: Path) -> None:
    rows = "id;text\n1;Совет порта Кестрел сообщил в понедельник, что одобрил волнорез.\n2;Mostly English, one слово.\n"
    [first, second] = articles(read(tmp_path, t_csv=rows.encode("cp1251")))
    assert first.text.startswith("Совет порта")
    assert second.text == "Mostly English, one слово."


def test_a_row_that_a_stray_comma_cuts_is_refused_and_not_stored_by_halves(tmp_path: Path) -> None:
    rows = b'id,text,title\n1,It was, she said, on Monday, shut.,Closed\n2,"The pier, it said, is open.",Open\n'
    found = read(tmp_path, t_csv=rows)
    assert [record.text for record in articles(found)] == ["The pier, it said, is open."]
    assert reasons(found) == [
        '6 cells below 3 column names: a comma in one of them is not in quotation marks; write the cell as "..."'
    ]


def test_a_table_may_have_short_rows_one_column_a_column_twice_and_the_mark_of_excel(tmp_path: Path) -> None:
    found = read(tmp_path, t_csv=b"id,title,text\n1,A title alone\n2,Head,The text.\n")
    assert [record.text for record in articles(found)] == ["The text."]
    assert reasons(found) == ["'text' is empty: no words in it"]
    (tmp_path / "one").mkdir()
    assert (
        articles(read(tmp_path / "one", t_csv=b"text\nClosed, the board said.\n"))[0].text == "Closed, the board said."
    )
    (tmp_path / "two").mkdir()
    assert articles(read(tmp_path / "two", t_csv=b"text,id,text\nThe first.,7,\n"))[0].text == "The first."
    (tmp_path / "sep").mkdir()
    [record] = articles(read(tmp_path / "sep", t_csv=b"sep=;\nid;text\n1;Closed, she said.\n"))
    assert record.text == "Closed, she said."


def test_a_page_that_says_latin_1_means_what_browsers_make_of_it() -> None:
    page = '<meta charset="iso-8859-1"><p>She said “no” – at 4 €.</p>'
    assert decode_html(page.encode("cp1252")) == page
