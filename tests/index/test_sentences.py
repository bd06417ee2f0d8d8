"""Sentence boundaries: what ends a sentence, what does not, and that nothing of the text is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import RUN_ON_CHARS, split_sentences

ANY = st.characters(codec="utf-8")
NASTY = st.lists(
    st.one_of(
        st.sampled_from([*' .!?;:"“”’\n\r\t\u00a0\u200b\u2028\u0301İı\u200d😀aAbB1(—…', "U.S. ", "said.The ", ".” "]),
        ANY,
    ),
    max_size=80,
).map("".join)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. fleet sailed. It came back.", ["The U.S. fleet sailed.", "It came back."]),
        ("He works for the U.S. The job is new.", ["He works for the U.S.", "The job is new."]),
        ("Sen. Smith met Gov. Lee Jr. on Monday.", ["Sen. Smith met Gov. Lee Jr. on Monday."]),
        ("They raised $5M. Nobody knew.", ["They raised $5M.", "Nobody knew."]),
        ("Doors open at 5 p.m. On Friday it rained.", ["Doors open at 5 p.m.", "On Friday it rained."]),
        ("A book by J. K. Rowling sold out.", ["A book by J. K. Rowling sold out."]),
        ("“We will stay.” He left.", ["“We will stay.”", "He left."]),
        ('"That was it." The end came.', ['"That was it."', "The end came."]),
        ("“Stop!” she said. No one did.", ["“Stop!” she said.", "No one did."]),
        ("(It was late.) We went home.", ["(It was late.)", "We went home."]),
        ("It is over, she said.The crowd went home.", ["It is over, she said.", "The crowd went home."]),
        ("See www.Example.com or ask.", ["See www.Example.com or ask."]),
        ("He fell ill. Doctors were called.", ["He fell ill.", "Doctors were called."]),
        ("It is the No. 1 cause. Few know.", ["It is the No. 1 cause.", "Few know."]),
        ("One ends.\u00a0Two begins.\u00a0 Three goes on.", ["One ends.", "Two begins.", "Three goes on."]),
        ("Wait ... there is more.", ["Wait ... there is more."]),
        ("Він сказав так. Потім пішов.", ["Він сказав так.", "Потім пішов."]),
        ("", []),
        (" \n\u00a0 ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_line_of_its_own_is_a_sentence() -> None:
    assert sentences("A heading without a stop\nThe story begins here.\n\nAnd goes on") == [
        "A heading without a stop",
        "The story begins here.",
        "And goes on",
    ]


def test_lines_wrapped_at_a_fixed_width_are_joined() -> None:
    text = (
        "The harbour master told the council on Tuesday evening that the old\n"
        "pier would be closed for the winter, and that the ferry to the Northern\n"
        "Islands would leave from the quay. Nobody objected.\n"
    )
    assert [" ".join(sentence.split()) for sentence in sentences(text)] == [
        "The harbour master told the council on Tuesday evening that the old pier would be closed for the winter, "
        "and that the ferry to the Northern Islands would leave from the quay.",
        "Nobody objected.",
    ]


def test_a_run_on_is_cut_at_its_semicolons() -> None:
    item = "the council of the village heard the report about the pier and put it off once more"
    parts = sentences("; ".join([item] * 12) + ".")
    assert len(parts) > 1
    assert all(len(part) <= RUN_ON_CHARS for part in parts)
    assert all(part.endswith((";", ".")) for part in parts)


def test_a_page_without_a_single_newline_is_split() -> None:
    assert len(sentences("The vote was held. It passed by ten. " * 200)) == 400


@settings(deadline=None)
@given(NASTY)
def test_sentences_are_trimmed_ordered_and_hold_all_that_is_not_white_space(text: str) -> None:
    spans = split_sentences(text)
    previous_end = 0
    for start, end in spans:
        assert previous_end <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[previous_end:start].strip()
        previous_end = end
    assert not text[previous_end:].strip()
