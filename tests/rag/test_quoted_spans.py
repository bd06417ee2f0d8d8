import pytest

from rag.quoted_spans import continues, quoted_spans


def inside(text: str) -> list[str]:
    return [text[span.start : span.end] for span in quoted_spans(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“I will go,” he said, “but not now.”", ["I will go,", "but not now."]),
        ('"I will go," he said, "but not now."', ["I will go,", "but not now."]),
        ("``Doubled,'' she wrote.", ["Doubled,"]),
        ("He called it ‘a very poor show’ again.", ["a very poor show"]),
        ("The voters' choice of the '90s isn't it, isn't the players' either.", []),
        ('He is 6\'2" tall and "big" there.', ["big"]),
        ("“Unclosed at the end", ["Unclosed at the end"]),
        ("“One lost its mark. “Two did not.”", ["One lost its mark. ", "Two did not."]),
        ("No marks at all.", []),
    ],
)
def test_what_stands_between_marks_is_found(text: str, found: list[str]) -> None:
    assert inside(text) == found


def test_a_forgotten_mark_does_harm_in_its_own_paragraph_only() -> None:
    assert inside('He said "no.\nThen "yes" she said.') == ["no.", "yes"]


def test_a_quotation_of_several_paragraphs_goes_on() -> None:
    text = "“One.\n\n“Two,” he said. “Three.”"
    first, second, third = quoted_spans(text)
    assert continues(text, first, second)
    assert not continues(text, second, third)
