from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from rag.edits import edits

LINES = [
    "The harbour was closed on Monday because of the storm.",
    "Forty boats stayed at the quay until the wind had dropped.",
    "The mayor thanked everybody who had helped.",
    "A ferry with 214 passengers waited outside for six hours.",
]


def article(*lines: str) -> Article:
    return Article(key="k", source_id="s", path="p", text="\n\n".join(lines))


def test_equal_stories_have_no_edits() -> None:
    assert edits(article(*LINES), article(*(line.replace("the", "the") for line in LINES))) == []


def test_sentences_added_removed_and_altered_are_named_with_their_words() -> None:
    changed = LINES[3].replace("214", "241")
    found = edits(article(*LINES), article(LINES[0], "Schools nearby were shut as well.", LINES[2], changed))
    assert [(edit.change, edit.first_text, edit.second_text) for edit in found] == [
        ("added", "", "Schools nearby were shut as well."),
        ("altered", LINES[3], changed),
        ("removed", LINES[1], ""),
    ]
    (words,) = found[1].words
    assert (words.said, words.found, words.why) == ("241", "214", "a number")


def test_a_sentence_in_another_place_was_moved() -> None:
    found = edits(article(*LINES), article(LINES[3], *LINES[:3]))
    assert [(edit.change, edit.second_text) for edit in found] == [("moved", LINES[3])]


@given(st.lists(st.sampled_from(LINES), max_size=6), st.lists(st.sampled_from(LINES), max_size=6))
def test_spans_are_slices_and_every_sentence_is_accounted_for(before: list[str], after: list[str]) -> None:
    first, second = article(*before), article(*after)
    found = edits(first, second)
    for edit in found:
        assert edit.first is None or first.text[slice(*edit.first)] == edit.first_text
        assert edit.second is None or second.text[slice(*edit.second)] == edit.second_text
    added = sum(edit.change == "added" for edit in found)
    removed = sum(edit.change == "removed" for edit in found)
    assert len(after) - added == len(before) - removed
