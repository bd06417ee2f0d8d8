import pytest

from rag.alignment import Piece, best_places, trace
from rag.differences import Difference, differences
from rag.pattern import read_pattern
from rag.wording import read_words


def between(said: str, have: str) -> list[Difference]:
    pattern, article = read_pattern(said), read_words(have)
    return differences(trace(pattern, article, [], best_places(pattern, article, [])[0]), pattern, article)


@pytest.mark.parametrize(
    ("said", "have", "op", "left", "right", "why"),
    [
        ("we lost 41 boats", "we lost 97 boats", "replace", "41", "97", "a number"),
        ("we lost ten boats", "we lost two boats", "replace", "ten", "two", "a number"),
        ("the first boat sank", "the second boat sank", "replace", "first", "second", "a number"),
        ("it cost $5 then", "it cost €5 then", "replace", "$", "€", "a number"),
        ("there is a quick fix", "there is no quick fix", "replace", "a", "no", "a negation"),
        ("I did think so", "I did not think so", "delete", "", "not", "a negation"),
        ("I do see it", "I don’t see it", "replace", "do", "don’t", "a negation"),
        ("they must go home", "they may go home", "replace", "must", "may", "how certain it is"),
        ("all men go home", "some men go home", "replace", "all", "some", "how much or how often"),
        ("he paid for it", "they paid for it", "replace", "he", "they", "who is meant"),
        ("the port is shut", "the port was shut", "replace", "is", "was", "tense"),
        ("we met Mr Kelner there", "we met Mr Dorsey there", "replace", "Kelner", "Dorsey", "a name"),
        ("well inside the law", "well outside the law", "replace", "inside", "outside", "another word"),
        ("the huge old ship sank", "the old ship sank", "insert", "huge", "", "a word more"),
        ("the ship sank", "the old ship sank", "delete", "", "old", "a word less"),
    ],
)
def test_what_changes_the_meaning_is_marked(said: str, have: str, op: str, left: str, right: str, why: str) -> None:
    assert [one.to_json() for one in between(said, have)] == [
        {"op": op, "said": left, "found": right, "meaning": True, "why": why}
    ]


@pytest.mark.parametrize(
    ("said", "have", "why"),
    [
        ("we do not know", "we don't know", "contraction"),
        ("six boats sank", "6 boats sank", "the same number"),
        ("up 3 percent today", "up 3% today", "spelling"),
        ("the colour of it", "the color of it", "spelling"),
        ("it was the ship", "it was that ship", "a small word"),
        ("it was very cold", "it was cold", "a filler"),
        ("our health care plan", "our healthcare plan", "spelling"),
        ("the ship sails", "the ship sailed", "an ending"),
    ],
)
def test_what_changes_little_is_listed_as_such(said: str, have: str, why: str) -> None:
    [one] = between(said, have)
    assert (one.meaning, one.why) == (False, why)


@pytest.mark.parametrize(("said", "have"), [("by email now", "by e-mail now"), ("the U.S. fleet", "the US fleet")])
def test_a_hyphen_or_a_period_inside_a_word_is_no_difference(said: str, have: str) -> None:
    assert between(said, have) == []


def test_the_order_of_words_matters() -> None:
    pattern, article = read_pattern("x dog bites y"), read_words("x bites dog y")
    pieces = [Piece("equal", (0, 1), (0, 1)), Piece("edit", (1, 3), (1, 3)), Piece("equal", (3, 4), (3, 4))]
    assert [(one.meaning, one.why) for one in differences(pieces, pattern, article)] == [
        (True, "the order of the words")
    ]


def test_a_space_inside_a_word_is_one_of_spelling() -> None:
    assert [one.why for one in between("they go no where", "they go nowhere")] == ["spelling"]
