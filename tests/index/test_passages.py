"""Passages: exact slices, whole sentences, one kind of block each."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article, Block, BlockKind
from index.cleaning import label_blocks
from index.passages import cut_passages
from index.sentences import split_sentences

ANY = st.characters(codec="utf-8")
NASTY = st.lists(
    st.one_of(
        st.sampled_from([*" .!?\n\u00a0\u200b\u200d\u0301İ😀aB1”—", "Photo: ", "ADVERTISEMENT\n", "\n\nThe end. "]),
        ANY,
    ),
    max_size=100,
).map("".join)
SENTENCE = "The council met on Monday and agreed on a new bridge over the river. "


def article(text: str, blocks: tuple[Block, ...] = ()) -> Article:
    return Article(key="id:1", source_id="1", path="-", text=text, blocks=blocks)


@settings(deadline=None)
@given(text=NASTY, max_chars=st.integers(1, 80), labelled=st.booleans())
def test_every_passage_is_an_exact_slice_of_citable_text(text: str, max_chars: int, labelled: bool) -> None:
    blocks = label_blocks(text) if labelled else (Block(0, len(text), "body"),)
    whole = article(text, blocks)
    passages = cut_passages(whole, max_chars=max_chars)
    for passage in passages:
        assert whole.text[passage.start : passage.end] == passage.text
        assert passage.article_id == whole.id
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end
        assert any(
            block.kind == passage.kind and block.start <= passage.start and passage.end <= block.end for block in blocks
        )
        assert len(passage.text) <= max_chars or (len(passage.sentences) == 1 and len(passage.text) <= 2 * max_chars)
    assert all(before.end <= after.start for before, after in pairwise(passages))


@settings(deadline=None)
@given(text=NASTY)
def test_every_sentence_belongs_to_exactly_one_passage(text: str) -> None:
    passages = cut_passages(article(text), max_chars=1000)
    found = [span for passage in passages for span in passage.sentences]
    assert found == split_sentences(text)  # none here is over 2,000 characters, so none is cut


def test_a_title_and_boilerplate_give_no_passage_and_other_kinds_stay_apart() -> None:
    text = "A title\nBody one.\nPhoto: a bridge\nBody two.\nSubscribe\nI disagree."
    ends = [(0, 7), (8, 17), (18, 33), (34, 43), (44, 53), (54, 65)]
    kinds: tuple[BlockKind, ...] = ("title", "body", "caption", "body", "boilerplate", "comment")
    blocks = tuple(Block(start, end, kind) for (start, end), kind in zip(ends, kinds, strict=True))
    assert [(passage.kind, passage.text) for passage in cut_passages(article(text, blocks))] == [
        ("body", "Body one."),
        ("caption", "Photo: a bridge"),
        ("body", "Body two."),
        ("comment", "I disagree."),
    ]


def test_passages_balance_rather_than_leave_a_short_tail() -> None:
    passages = cut_passages(article((SENTENCE * 13).strip()), max_chars=800)
    assert len(passages) == 2
    assert min(len(passage.text) for passage in passages) > 400


def test_a_passage_ends_with_a_paragraph_where_that_fits() -> None:
    text = "\n\n".join([(SENTENCE * 4).strip()] * 4)
    assert [passage.text.count("\n\n") for passage in cut_passages(article(text), max_chars=700)] == [1, 1]


def test_a_signature_stays_with_the_quotation_it_signs() -> None:
    text = (SENTENCE * 11).strip() + "\n\n-Mayor Ann Lee\n\n" + (SENTENCE * 11).strip()
    [signed] = [passage for passage in cut_passages(article(text), max_chars=800) if "-Mayor Ann Lee" in passage.text]
    assert not signed.text.startswith("-Mayor")


def test_a_long_sentence_stands_alone_and_a_very_long_one_is_cut_at_white_space() -> None:
    long = "Word " * 200 + "end."
    very_long = "Word " * 600 + "end."
    passages = cut_passages(article(f"Short one. {long}\n{very_long}"), max_chars=800)
    assert passages[1].text == long
    assert all(len(passage.text) <= 800 for passage in passages[2:])
    assert " ".join(passage.text for passage in passages[2:]) == very_long


def test_text_without_white_space_is_cut_where_no_letter_loses_its_accent() -> None:
    passages = cut_passages(article("e\u0301" * 1000), max_chars=101)
    assert all(len(passage.text) % 2 == 0 for passage in passages)
    assert "".join(passage.text for passage in passages) == "e\u0301" * 1000


def test_no_passage_can_be_empty() -> None:
    assert cut_passages(article(" \n ")) == []
    with pytest.raises(ValueError, match="max_chars is 0"):
        cut_passages(article("x"), max_chars=0)
