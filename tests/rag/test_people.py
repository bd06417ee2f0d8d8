import pytest

from rag.paragraphs import Paragraphs
from rag.people import People

TEXT = (
    "Secretary of State Linda Marsh and her husband, Sen. Tom Marsh, arrived on Monday. Mrs. Marsh smiled.\n\n"
    "Prime Minister Wang Yi received them with Matthew Prince, a historian. Wang bowed. Prince did not.\n\n"
    "CNN host Jake Tapper asked H.R. Dorsey Jr. about it. The Fed was silent, and so was DORSEY."
)


@pytest.fixture(scope="module")
def people() -> People:
    return People(Paragraphs(TEXT))


def test_names_are_read_without_titles_and_offices(people: People) -> None:
    names = {person.name for person in people._persons if len(person.words) > 1}
    assert names == {"Linda Marsh", "Tom Marsh", "Wang Yi", "Matthew Prince", "Jake Tapper", "H.R. Dorsey Jr."}


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Tapper", "Jake Tapper"),
        ("TAPPER", "Jake Tapper"),
        ("Mr Tapper", "Jake Tapper"),
        ("Dorsey", "H.R. Dorsey Jr."),
        ("Wang", "Wang Yi"),
        ("Prince", "Matthew Prince"),
        ("Nobody Here", "Nobody Here"),
    ],
)
def test_a_short_name_is_made_full(people: People, label: str, name: str) -> None:
    assert people.full_name(label) == name


def test_a_title_tells_two_people_of_one_name_apart() -> None:
    paragraphs = Paragraphs(TEXT)
    tokens = paragraphs.tokens(0)
    place = max(at for at, token in enumerate(tokens) if token.text == "Marsh")
    person = People(paragraphs).named(0, place)
    assert person is not None
    assert person.name == "Linda Marsh"


def test_an_organisation_is_not_meant_by_a_pronoun() -> None:
    paragraphs = Paragraphs("The Harbour Commission met Jerry Kelner. The Commission voted. He left.")
    tokens = paragraphs.tokens(0)
    place = next(at for at, token in enumerate(tokens) if token.text == "He")
    person = People(paragraphs).by_pronoun(0, place, "he")
    assert person is not None
    assert person.name == "Jerry Kelner"
    assert People(paragraphs).by_pronoun(0, place, "it") is None
    assert People(paragraphs).by_pronoun(0, place, "she") is None


def test_the_president_is_the_one_that_the_article_is_about() -> None:
    text = (
        "President Ann Kelner spoke on Monday. Kelner praised the harbour. Kelner sailed at noon to meet President "
        "Paul Dorsey of the islands. The president was late."
    )
    paragraphs = Paragraphs(text)
    tokens = paragraphs.tokens(0)
    place = max(at for at, token in enumerate(tokens) if token.text == "president")
    person = People(paragraphs).by_office(0, place, "president")
    assert person is not None
    assert person.name == "Ann Kelner"
