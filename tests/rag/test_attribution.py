import pytest

from rag.attribution import Attribution, around
from rag.clauses import Capitals, read_tokens
from rag.lexicon import sections, verb_forms, word_list
from rag.paragraphs import Paragraphs
from rag.quoted_spans import quoted_spans
from rag.source_features import candidates, links


def kinds(text: str) -> list[str]:
    tokens = read_tokens(text, 0, len(text), quoted_spans(text), 0, Capitals.of(text))
    return [f"{token.text or 'Q'}/{token.kind}" for token in tokens]


def test_a_paragraph_is_read_as_classed_tokens_with_its_quotations_folded() -> None:
    assert kinds("But a spokesman for Sen. Bill de Blasio (D-N.Y.) said “we will see” on Monday.") == [
        "But/CONJ",
        "a/DET",
        "spokesman/ROLE",
        "for/PREP",
        "Sen/TITLE",
        "Bill/NAME",
        "de/NAME",
        "Blasio/NAME",
        "said/SPEECH",
        "Q/QUOTE",
        "on/PREP",
        "Monday/WORD",
        "./END",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the report said so", "report/ROLE"),
        ("they report it", "report/SPEECH"),
        ("the executive order reads so", "order/ROLE"),
        ("in May he went, May said", "May/NAME"),
        ("He met Matthew Prince there", "Prince/NAME"),
        ("He met Prince Matthew there", "Prince/TITLE"),
        ("Mr. Will said so", "Will/NAME"),
    ],
)
def test_a_word_of_two_classes_is_told_by_its_neighbours(text: str, kind: str) -> None:
    assert kind in kinds(text)


def test_verbs_are_conjugated_from_their_base_forms() -> None:
    forms = verb_forms("speech_verbs")
    assert {"say", "says", "said", "saying", "tweeted", "quipped", "replies", "replied", "went", "retweeting"} <= forms
    assert "sayed" not in forms


def test_word_lists_are_in_lower_case_and_have_their_sections() -> None:
    for name in ("titles", "offices", "source_nouns", "male_names", "female_names", "grammar", "differences"):
        words = word_list(name)
        assert words
        assert all(word == word.lower() for word in words)
    assert not word_list("male_names") & word_list("female_names")
    assert {"pronouns", "auxiliaries", "organisations and places"} <= sections("grammar").keys()


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Kelner said “no”.", {"Kelner": "direct"}),
        ("Kelner, who is 44, said “no”.", {"Kelner": "over"}),
        ("“No,” said Kelner.", {"Kelner": "inverted"}),
        ("“No,” according to Kelner.", {"Kelner": "according"}),
    ],
)
def test_a_source_hangs_on_its_verb(text: str, ways: dict[str, str]) -> None:
    near = around(Paragraphs(text), 0)
    found = {
        near.tokens[place].text: link.way
        for place in candidates(near.tokens)
        for link in links(near.tokens, place)
        if near.tokens[place].text in ways
    }
    assert found == ways


def test_beliefs_are_shares_and_leave_room_for_nobody() -> None:
    attribution = Attribution(Paragraphs("“It is over,” Kelner told Dorsey.\n\nThe book “Walls and Water” sold well."))
    for quote in (0, 1):
        total = sum(source.probability for source in attribution.sources(quote))
        assert 0 < total < 1
    assert attribution.sources(0)[0].token.text == "Kelner"
    assert attribution.sources(0)[0].probability > 0.8


def test_a_quotation_without_words_around_has_no_source() -> None:
    assert Attribution(Paragraphs("“It is over.”")).sources(0) == []
