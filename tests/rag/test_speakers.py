"""Who speaks, in small articles of our own. The pattern in each is one that newspapers use every day."""

import pytest

from index.article import Article, Block
from rag.speakers import Speakers


def article(text: str, **fields: object) -> Article:
    return Article(key="file:a.txt", source_id="a.txt", path="a.txt", text=text, **fields)  # type: ignore[arg-type]


def speaker(text: str, quote: str, **fields: object) -> str | None:
    start = text.index(quote)
    return Speakers(article(text, **fields)).speaker(start, start + len(quote))


MAYOR = "Jerry Kelner, the mayor of Port Ellis, opened the new harbour wall on Monday. "


@pytest.mark.parametrize(
    "attribution",
    [
        "“{quote},” Mr. Kelner said.",
        "“{quote},” Kelner said on Tuesday.",
        "“{quote},” said Kelner, who was first elected in 2011.",
        "“{quote},” he said.",
        "“{quote},” the mayor told reporters.",
        "Kelner said: “{quote}.”",
        "Kelner said that “{quote}.”",
        "“{quote},” Kelner wrote on Twitter.",
        "Kelner tweeted: “{quote}!”",
        "“{quote},” according to Kelner.",
        "According to Kelner, “{quote}.”",
        "“It is done,” Kelner said. “{quote}.”",
        "“It is done,” he said, adding that “{quote}.”",
    ],
)
def test_an_attribution_before_after_or_within_gives_the_full_name(attribution: str) -> None:
    quote = "this wall will hold for another hundred years"
    assert speaker(MAYOR + "\n\n" + attribution.format(quote=quote), quote) == "Jerry Kelner"


def test_a_pronoun_means_the_last_subject_of_its_gender() -> None:
    text = (
        "Senator Linda Marsh met Governor Paul Dorsey in the capital.\n\n"
        "“We agreed on the ferry and on nothing else,” she said.\n\n“I expected a little more than that,” he said."
    )
    assert speaker(text, "We agreed on the ferry and on nothing else") == "Linda Marsh"
    assert speaker(text, "I expected a little more than that") == "Paul Dorsey"


def test_who_is_only_spoken_about_does_not_speak() -> None:
    text = "Paul Dorsey answered Linda Marsh.\n\n“Senator Marsh has never once run a ferry,” Dorsey told reporters."
    assert speaker(text, "Senator Marsh has never once run a ferry") == "Paul Dorsey"


def test_a_paragraph_that_is_all_quotation_goes_on_with_the_speaker_before_it() -> None:
    text = (
        "“The tide came in at four and took the boats with it,” said Ada Quist, the harbour master.\n\n"
        "“Nobody had ever seen the water rise so fast in that bay.”\n\nThe port reopened a day later."
    )
    assert speaker(text, "Nobody had ever seen the water rise so fast in that bay.") == "Ada Quist"


def test_a_quotation_of_several_paragraphs_has_one_speaker() -> None:
    text = "“The tide came in at four.\n\n“It took the boats with it and the pier as well,” said Ada Quist."
    assert speaker(text, "The tide came in at four.") == "Ada Quist"


def test_the_paper_that_reports_is_not_the_speaker() -> None:
    text = "“We cannot pay for a bridge of that size this year,” said Paul Dorsey, according to the Port Ellis Gazette."
    assert speaker(text, "We cannot pay for a bridge of that size this year") == "Paul Dorsey"


def test_somebody_without_a_name_is_described_as_the_article_does() -> None:
    text = "“The wall was never tested in a storm like this,” said a senior official of the port authority."
    assert speaker(text, "The wall was never tested in a storm like this") == "a senior official of the port authority"


@pytest.mark.parametrize(
    "source",
    [
        "the harbour master, Ada Quist,",
        "former candidate and harbour master Ada Quist",
        "a spokeswoman for the port, Ada Quist,",
        "Gazette columnist Ada Quist",
        "Ada Quist (R-N.Y.)",
        "Rep. Ada Quist, D-N.Y.,",
    ],
)
def test_a_name_beside_a_description_is_the_speaker(source: str) -> None:
    assert speaker(f"“The wall was never tested,” {source} said on Monday.", "The wall was never tested") == "Ada Quist"


def test_a_sentence_that_begins_with_a_capital_does_not_begin_with_a_name() -> None:
    text = (
        "Jerry Kelner spoke.\n\nOutside Spain the wind fell. It blew outside for days, he said, “and then it was over”."
    )
    assert speaker(text, "and then it was over") == "Jerry Kelner"


def test_an_unnamed_many_is_nobody() -> None:
    text = "“The wall was never tested,” some said.\n\nOthers kept silent."
    assert speaker(text, "The wall was never tested") is None


def test_a_title_in_quotation_marks_has_no_speaker() -> None:
    text = "The exhibition “Walls and Water of the Northern Ports” opens in June. It is free for children."
    assert speaker(text, "Walls and Water of the Northern Ports") is None


def test_reporting_is_nobodys_speech() -> None:
    text = MAYOR + "The wall cost twelve million and took three years to build."
    assert speaker(text, "The wall cost twelve million and took three years to build.", authors=("Ada Quist",)) is None


INTERVIEW = (
    "A talk with the governor\n\nQUIST: Will the ferry run in winter?\n\nDORSEY: It will, and it will run on time.\n\n"
    "QUIST: And who is going to pay for that?\n\nDORSEY: The county pays half.\n\nThe state pays for the rest.\n\n"
    "Paul Dorsey has been governor since 2019."
)


def test_the_lines_of_an_interview_belong_to_their_labels() -> None:
    assert speaker(INTERVIEW, "It will, and it will run on time.") == "Paul Dorsey"
    assert speaker(INTERVIEW, "The state pays for the rest.") == "Paul Dorsey"
    assert speaker(INTERVIEW, "And who is going to pay for that?") == "QUIST"


def test_headings_with_colons_are_no_speakers() -> None:
    text = "\n\n".join(f"Related: Story {number}\n\nThe port is open again." for number in range(4))
    assert speaker(text, "The port is open again.") is None


def test_a_posted_message_is_its_signers() -> None:
    post = "The wall stands and so do we. — Jerry Kelner (@jkelner) May 4, 2017"
    text = f"The mayor answered at night.\n\n{post}\n\nHe slept."
    assert speaker(text, "The wall stands and so do we.") == "Jerry Kelner"
    assert speaker(text, "The mayor answered at night.") is None


def test_a_statement_without_marks_is_that_of_whoever_is_said_to_make_it() -> None:
    text = f"{MAYOR}Mr. Kelner said in a statement:\n\nThe wall stands and so do we.\n\nThe storm passed at noon."
    assert speaker(text, "The wall stands and so do we.") == "Jerry Kelner"
    assert speaker(text, "The storm passed at noon.") is None


def test_an_opinion_piece_speaks_for_its_author() -> None:
    text = "I have lived beside this wall for forty years. It will fall.\n\nNo council ever listened to me."
    assert speaker(text, "It will fall.", authors=("Ada Quist",)) == "Ada Quist"
    assert speaker(text, "It will fall.", authors=("Ada Quist", "Paul Dorsey")) is None
    assert speaker(text, "It will fall.") is None


def test_who_is_named_in_a_caption_is_not_who_speaks() -> None:
    caption = "A wave breaks over the wall. Photo by Carl Barria"
    text = f"Jerry Kelner spoke at noon.\n\n{caption}\n\n“The wall will hold for a hundred years,” he said."
    start = text.index(caption)
    blocks = (Block(0, start, "body"), Block(start, start + len(caption), "caption"))
    assert speaker(text, "The wall will hold for a hundred years", blocks=blocks) == "Jerry Kelner"


def test_links_printed_inside_a_sentence_do_not_hide_the_name() -> None:
    links = "Ann Marie KelnerOvernight: Two things happened | Dorsey says no MORE"
    text = f"“It is a good bill,” said Rep. Ann Kelner {links} (D-Me.), who wrote it."
    assert speaker(text, "It is a good bill") == "Ann Kelner"


def test_of_two_with_one_surname_it_is_the_one_named_last() -> None:
    text = (
        "“This bridge,” said councillor Mary Ash, “will carry us all.”\n\n"
        "Her colleague Peter Ash, of the Greens, voted against. “It is a monument to the car,” Ash said."
    )
    assert speaker(text, "It is a monument to the car") == "Peter Ash"
    often = f"Mary Ash spoke. Mary Ash won. Mary Ash left.\n\n{text}"
    assert speaker(often, "It is a monument to the car") == "Mary Ash"


def test_a_man_named_before_a_woman_of_his_surname_is_not_her() -> None:
    text = (
        "Mr Kelner, of the works council, spoke of three letters. “They put them in a drawer,” he said.\n\n"
        "The mayor, Ines Kelner, who is not related to him, promised a meeting."
    )
    assert speaker(text, "They put them in a drawer") == "Kelner"


def test_somebody_of_an_organisation_speaks_and_not_the_organisation() -> None:
    text = "Olav Berg of the Lakes Commission called it “a small miracle for the lakes”."
    assert speaker(text, "a small miracle for the lakes") == "Olav Berg"
    alone = "The Lakes Commission called it “a small miracle for the lakes”."
    assert speaker(alone, "a small miracle for the lakes") == "Lakes Commission"
