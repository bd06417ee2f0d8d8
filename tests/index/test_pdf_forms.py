"""PDFs whose pages are drawn as forms, as programs that stamp or impose pages write them."""

import io

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from eval import file_samples as samples
from eval.file_samples import HIDDEN, SENTENCES
from tests.index.read_files import one


def as_form(raw: bytes, number: int) -> bytes:
    """The PDF with what stands on that page (from 0) in a form that the page draws."""
    writer = PdfWriter(clone_from=io.BytesIO(raw))
    page = writer.pages[number]
    contents = page.get_contents()
    assert contents is not None
    form, drawing = DecodedStreamObject(), DecodedStreamObject()
    form.set_data(contents.get_data())
    drawing.set_data(b"/X1 Do")
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/BBox")], form[NameObject("/Resources")] = page["/MediaBox"], page["/Resources"]
    forms = DictionaryObject({NameObject("/X1"): writer._add_object(form)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): forms})
    page[NameObject("/Contents")] = writer._add_object(drawing)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_page_that_is_drawn_as_a_form_is_read_with_the_others() -> None:
    paper = one("pdf", as_form(samples.pdf(((SENTENCES[0],), (SENTENCES[1],))), 1))
    assert paper.text == f"{SENTENCES[0]}\n\n{SENTENCES[1]}"


def test_a_form_is_nothing_behind_white_letters_but_what_it_draws_is() -> None:
    white = f"BT /F1 10 Tf 1 g 1 0 0 1 40 100 Tm ({HIDDEN}) Tj ET"
    assert HIDDEN not in one("pdf", as_form(samples.pdf(extra=white), 0)).text
    assert HIDDEN in one("pdf", as_form(samples.pdf(extra=f"0 0 1 rg 20 80 500 60 re f {white}"), 0)).text
