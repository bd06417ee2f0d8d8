from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import packed_bert
from index.arithmetic import Arithmetic
from index.byte_products import can_multiply_bytes
from index.errors import ModelError
from rag.evidence import UNREAD
from rag.models import find_embedder
from rag.reader import LONGEST_SPAN, MAX_TOKENS, Encoded, Encoder, Page, PassageReader, _reading, best_span, page_of
from tests.rag.samples import passage

ORLE = Page(
    "Dam opens · Harbour Wire · 2021-03-04",
    "Rain fell on the hills that whole week. Marta Kovar opened the dam at Orle on Monday. It cost 9 million euros.",
    ((0, 39), (40, 85), (86, 110)),
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(find_embedder(None))


@pytest.fixture(scope="module")
def reader() -> PassageReader:
    return PassageReader()


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Sentences of any characters, one space between them."""
    sentences = draw(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=6))
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Page(draw(st.text(max_size=30)), " ".join(sentences), tuple(spans))


@given(question=st.text(max_size=80), page=pages())
def test_every_token_of_a_sentence_lies_where_the_sentence_does(encoder: Encoder, question: str, page: Page) -> None:
    (row,) = encoder(question, [page])
    assert len(row.ids) == len(row.types) == len(row.sentence) == len(row.offsets) <= MAX_TOKENS
    for sentence, (start, end) in zip(row.sentence, row.offsets, strict=True):
        if sentence >= 0:
            assert page.sentences[sentence][0] <= start < page.sentences[sentence][1]
            assert end <= len(page.text)


def test_what_does_not_fit_is_cut_from_the_passage_not_from_the_question(encoder: Encoder) -> None:
    text = "A word. " * 600
    (row,) = encoder("Who opened the dam at Orle?", [Page("head", text, ((0, len(text)),))])
    assert len(row.ids) == MAX_TOKENS
    assert row.sentence[-1] == -1


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=60))
def test_the_best_span_is_the_highest_sum_that_is_in_order_and_short(logits: list[tuple[float, float]]) -> None:
    values = np.asarray(logits, dtype=np.float32)
    start, end, score = best_span(values)
    sums = [
        values[first, 0] + values[last, 1]
        for first in range(len(values))
        for last in range(first, min(len(values), first + LONGEST_SPAN))
    ]
    assert 0 <= end - start < LONGEST_SPAN
    assert score == pytest.approx(max(sums), abs=1e-5)


def test_the_log_of_a_span_is_that_of_its_start_and_end_among_all_words_of_the_page() -> None:
    row = Encoded([1, 2, 3, 4], [0, 1, 1, 1], [-1, 0, 0, 1], [(0, 0), (0, 3), (4, 7), (8, 11)])
    logits = np.log(np.asarray([[90, 90], [6, 1], [2, 7], [2, 2]], dtype=np.float32))  # the question's do not count
    read = _reading(row, np.zeros(2, dtype=np.float32), logits)
    assert read.spans == ((0, 7), (8, 11))
    assert np.exp(read.span_logs).tolist() == pytest.approx([0.6 * 0.7, 0.2 * 0.2])


@pytest.mark.model
def test_the_sentence_that_answers_scores_highest_and_its_words_are_found(reader: PassageReader) -> None:
    (reading,) = reader("Who opened the dam at Orle?", [ORLE])
    assert int(np.argmax(reading.scores)) == 1
    span = reading.spans[1]
    assert span is not None
    assert "Kovar" in ORLE.text[slice(*span)]
    assert ORLE.sentences[1][0] <= span[0] < span[1] <= ORLE.sentences[1][1]


@pytest.mark.model
def test_a_page_is_read_the_same_alone_and_among_others(reader: PassageReader) -> None:
    others = [Page("", "The ferry was late. " * count, ((0, 19),)) for count in (1, 9, 40)]
    alone = reader("Who opened the dam at Orle?", [ORLE])[0].scores
    among = reader("Who opened the dam at Orle?", [others[2], ORLE, others[0], others[1]])[1].scores
    assert np.abs(alone - among).max() < 0.2  # bfloat16 rounds


@pytest.mark.model
def test_a_sentence_past_what_is_read_says_so(reader: PassageReader) -> None:
    text = "A word and another. " * 200
    page = Page("", text, ((0, 19), (len(text) - 20, len(text) - 1)))
    (reading,) = reader("Which word?", [page])
    assert reading.scores[1] == UNREAD
    assert reading.spans[1] is None
    assert reader("Which word?", []) == []


def test_weights_that_are_not_the_named_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(ModelError, match="is missing or not the file"):
        PassageReader(tmp_path)
    (tmp_path / "SHA256").write_text("0" * 64)
    with pytest.raises(ModelError, match="is missing or not the file"):
        PassageReader(tmp_path)


def test_a_page_has_the_passage_under_its_heading_with_offsets_of_its_own() -> None:
    page = page_of(passage("Rain fell.", "Marta Kovar opened the dam.", start=100))
    assert page.head == "Dam works delayed · Harbour Wire · 2021-03-04"
    assert [page.text[start:end] for start, end in page.sentences] == ["Rain fell.", "Marta Kovar opened the dam."]


@pytest.mark.parametrize("arithmetic", ["bfloat16", "bytes"])
def test_a_reader_with_packed_weights_reads_as_one_without(
    arithmetic: Arithmetic, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (packed_bert.can_pack() if arithmetic == "bfloat16" else can_multiply_bytes()):
        pytest.skip("this processor has no such products of oneDNN")
    question = "Who opened the dam?"
    pages = [ORLE, Page("", "Nobody came.", ((0, 12),)), *[ORLE] * 40]  # more than one batch
    found = []
    for way in (arithmetic, "float32"):
        monkeypatch.setattr("rag.reader.fastest", lambda way=way: way)
        reader = PassageReader()
        assert isinstance(reader._network.encoder, packed_bert.PackedBert) == (way != "float32")
        found.append(reader(question, pages))
    for packed, plain in zip(*found, strict=True):
        np.testing.assert_allclose(packed.scores, plain.scores, atol=0.2)
        assert packed.spans == plain.spans
    assert any((packed.scores != plain.scores).any() for packed, plain in zip(*found, strict=True))
