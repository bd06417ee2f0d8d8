"""Word documents with tables, notes and colours."""

import io
import zipfile

from eval import file_samples as samples
from tests.index.read_files import one

SPACE = "http://schemas.openxmlformats.org"
WORDS = "The board approved a breakwater on Monday."


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:r>{properties}<w:t>{text}</w:t></w:r></w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def test_a_table_row_is_a_line_and_columns_of_paragraphs_are_paragraphs() -> None:
    figures = table((paragraph("Year"), paragraph("Cost")), (paragraph("2019"), paragraph("4.5 million")))
    assert one("docx", samples.docx(paragraph(WORDS) + figures)).text == f"{WORDS}\n\nYear | Cost\n\n2019 | 4.5 million"
    columns = table((paragraph("One.") + paragraph("Two."), paragraph("Three.")))
    assert one("docx", samples.docx(columns)).text == "One.\n\nTwo.\n\nThree."


def test_white_words_on_a_coloured_cell_are_read_and_on_a_white_one_are_not() -> None:
    white = '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'
    dark, pale = (f'<w:tcPr><w:shd w:val="clear" w:fill="{fill}"/></w:tcPr>' for fill in ("1F3864", "FFFFFF"))
    row = table((dark + paragraph("Shown", white), pale + paragraph("Hidden", white)))
    assert one("docx", samples.docx(paragraph(WORDS) + row)).text == f"{WORDS}\n\nShown"


def test_footnotes_are_read_below_the_text() -> None:
    parts = zipfile.ZipFile(io.BytesIO(samples.docx(paragraph(WORDS))))
    files = {name: parts.read(name) for name in parts.namelist()}
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(b"</Types>", override.encode())
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{SPACE}/package/2006/relationships"><Relationship Id="rId9" Target="footnotes.xml" '
        f'Type="{SPACE}/officeDocument/2006/relationships/footnotes"/></Relationships>'
    ).encode()
    note = f'<w:footnote w:id="2">{paragraph("Later corrected to 43 million.")}</w:footnote>'
    files["word/footnotes.xml"] = (
        f'<w:footnotes xmlns:w="{SPACE}/wordprocessingml/2006/main">{note}</w:footnotes>'
    ).encode()
    assert one("docx", samples.zip_of(files)).text == f"{WORDS}\n\nLater corrected to 43 million."
