import pytest

from index.article import Block
from rag.interruptions import interruptions
from rag.quoted_spans import quoted_spans
from rag.wording import read_words


def stepped_over(text: str, blocks: tuple[Block, ...] = ()) -> list[str]:
    wording = read_words(text)
    return [wording.slice(*part) for part in interruptions(text, wording, quoted_spans(text), blocks)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("“I will go,” he said, “but not now.”", ["he said"]),
        ("“I will go,” said Mr. Kelner, the mayor. “But not now.”", ["said Mr. Kelner, the mayor"]),
        ("“I will go,” she said.\n\n“But not now.”", ["she said"]),
        ("“I will go,” Ann said. Bob replied: “But not now.”", []),
        ("“I will go,” the sun rose over the bay, “but not now.”", []),
        ("We will pass [the bill] and go (Applause) home.", ["the bill", "Applause"]),
        ("Unless it opens, he said, there is no way.", ["he said"]),
        ("Unless it opens, Mr Kelner, there is no way.", []),
    ],
)
def test_only_what_is_no_part_of_the_speech_may_be_stepped_over(text: str, parts: list[str]) -> None:
    assert stepped_over(text) == parts


def test_a_caption_between_two_paragraphs_may_be_stepped_over_and_a_comment_may_not() -> None:
    text = "One.\n\nA bridge.\n\nTwo."
    start = text.index("A bridge.")
    assert stepped_over(text, (Block(start, start + 9, "caption"),)) == ["A bridge"]
    assert stepped_over(text, (Block(start, start + 9, "comment"),)) == []


def test_a_list_of_links_after_a_name_is_no_part_of_its_sentence() -> None:
    links = "Ann Kelner Ann Marie KelnerOvernight News: Two things happened | Three more MORE"
    assert stepped_over(f"Said Rep. {links} (D-Me.): we go.") == [links.removeprefix("Ann Kelner ")]
