import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.alignment import EDIT, Piece, best_places, trace
from rag.pattern import read_pattern
from rag.wording import Wording, read_words

WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "go", "not"]), min_size=1, max_size=25)


def found(article: Wording, pieces: list[Piece]) -> str:
    return article.slice(pieces[0].found[0], pieces[-1].found[1])


@given(WORDS, st.data())
def test_any_slice_of_words_is_found_without_an_edit(words: list[str], data: st.DataObject) -> None:
    article = read_words(" ".join(words))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    pattern = read_pattern(" ".join(words[first:last]))
    places = best_places(pattern, article, [])
    assert all(place.cost == 0 for place in places)
    assert all(article.words[place.first : place.last] == pattern.words for place in places)


@given(WORDS, st.data())
def test_a_changed_word_always_costs_an_edit(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    changed = [*words[:at], "omega", *words[at + 1 :]]
    [place] = best_places(read_pattern(" ".join(changed)), read_words(" ".join(words)), [])
    assert place.cost >= EDIT


@given(WORDS, WORDS)
def test_a_trace_accounts_for_every_word_of_both_sides(said: list[str], have: list[str]) -> None:
    pattern, article = read_pattern(" ".join(said)), read_words(" ".join(have))
    place = best_places(pattern, article, [])[0]
    pieces = trace(pattern, article, [], place)
    assert [at for piece in pieces for at in range(*piece.said)] == list(range(len(said)))
    assert [at for piece in pieces for at in range(*piece.found)] == list(range(place.first, place.last))
    for piece in pieces:
        if piece.op == "equal":
            assert list(pattern.words[slice(*piece.said)]) == list(article.words[slice(*piece.found)])


@given(WORDS, WORDS)
def test_no_alignment_is_dearer_than_the_plain_edit_distance_to_a_slice(said: list[str], have: list[str]) -> None:
    assume(len(said) <= 8)
    place = best_places(read_pattern(" ".join(said)), read_words(" ".join(have)), [])[0]
    least = min(distance(said, have[first:last]) for first in range(len(have)) for last in range(first, len(have) + 1))
    assert place.edits == least


def distance(one: list[str], other: list[str]) -> int:
    """Levenshtein's, by the book."""
    row = list(range(len(other) + 1))
    for number, word in enumerate(one, start=1):
        last, row[0] = row[0], number
        for at, against in enumerate(other, start=1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (word != against))
    return row[-1]


ARTICLE = read_words("He rose. “I will go,” he said, “but not now. We always wanted the truth.” It was late.")
SAID = (ARTICLE.words.index("said") - 1, ARTICLE.words.index("said") + 1)  # "he said"


@pytest.mark.parametrize(
    ("quotation", "quote", "edits"),
    [
        ("I will go, but not now", "I will go,” he said, “but not now", 0),
        ("I will go he said but", "I will go,” he said, “but", 0),
        ("I will ... the truth", "I will go,” he said, “but not now. We always wanted the truth", 0),
        ("We [never, and he said this more than once, ever] wanted the truth", "We always wanted the truth", 0),
        ("We [never] wanted the truth", "We always wanted the truth", 0),
        ("[W]e always want[ed] the truth", "We always wanted the truth", 0),
        ("We wanted the truth", "We always wanted the truth", 1),
        ("I shall go, but not now", "I will go,” he said, “but not now", 1),
        ("We always wanted a lie", "We always wanted the truth", 2),
    ],
)
def test_the_place_of_a_quotation(quotation: str, quote: str, edits: int) -> None:
    pattern = read_pattern(quotation)
    place = best_places(pattern, ARTICLE, [SAID])[0]
    assert place.edits == edits
    assert found(ARTICLE, trace(pattern, ARTICLE, [SAID], place)) == quote


def test_words_are_stepped_over_only_where_the_article_interrupts_itself() -> None:
    assert best_places(read_pattern("I will go, but not now"), ARTICLE, [])[0].edits == 2


def test_an_ellipsis_reaches_only_so_far() -> None:
    far = read_words("first " + "filler " * 300 + "last")
    assert best_places(read_pattern("first ... last"), far, [])[0].edits >= 1
    near = read_words("first " + "filler " * 30 + "last")
    assert best_places(read_pattern("first ... last"), near, [])[0].edits == 0


def test_every_place_with_the_words_is_listed() -> None:
    article = read_words("we go. they stay. we go.")
    assert [(place.first, place.last) for place in best_places(read_pattern("We go"), article, [])] == [(0, 2), (4, 6)]
