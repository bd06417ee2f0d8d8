import pytest

from rag.pattern import read_pattern


@pytest.mark.parametrize(
    ("quotation", "kinds"),
    [
        ("we go", ["word", "word"]),
        ("we ... go", ["word", "left out", "word"]),
        ("we … go", ["word", "left out", "word"]),
        ("we [...] go", ["word", "left out", "word"]),
        ("we . . . go", ["word", "left out", "word"]),
        ("we [the crew] go", ["word", "put in", "word"]),
        ("...we go [there]", ["word", "word"]),
        ("we [had to] ... go", ["word", "put in", "left out", "word"]),
    ],
)
def test_marks_of_omission_and_insertion_stand_between_words(quotation: str, kinds: list[str]) -> None:
    assert [element.kind for element in read_pattern(quotation).elements] == kinds


def test_brackets_inside_a_word_only_change_its_form() -> None:
    pattern = read_pattern("[T]he crew want[ed] rest")
    assert pattern.words == ("the", "crew", "wanted", "rest")
    assert pattern.put_in == ()
    wanted = pattern.elements[2]
    words = ["want", "wants", "wanting", "wart"]
    assert pattern.matches(wanted, words, pattern.encode(words)).tolist() == [True, True, True, False]


def test_a_quotation_typed_without_capitals_may_mean_the_country() -> None:
    assert (read_pattern("give us aid").encode(["give", "US", "aid"]) >= 0).all()
    assert (read_pattern("Give us aid").encode(["give", "US", "aid"]) >= 0).tolist() == [True, False, True]


def test_a_quotation_of_brackets_alone_has_no_words() -> None:
    assert read_pattern("[sic] ...").words == ()
