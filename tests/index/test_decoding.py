"""Texts from before UTF-8."""

from pathlib import Path

import pytest

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
