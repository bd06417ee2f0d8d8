"""Labels: all of the text gets one, prose is never furniture, and each kind is told from the others."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import BlockKind
from index.cleaning import label_blocks

PROSE = "The council of Eastport agreed on Monday to build a new bridge over the river, the mayor said."
MORE = "“We have waited ten years for it,” Ann Lee told reporters after the vote, which was ten to two."
ANY = st.characters(codec="utf-8")
LINES = st.one_of(
    st.text(ANY, max_size=40),
    st.sampled_from(
        [
            "",
            PROSE,
            MORE,
            "ADVERTISEMENT",
            "Read more:",
            "Reader comments",
            "Photo: a bridge",
            "A headline here",
            "\u00a0",
        ]
    ),
)


def labelled(text: str, title: str | None = None) -> list[tuple[BlockKind, str]]:
    return [(block.kind, text[block.start : block.end]) for block in label_blocks(text, title)]


def kind_of(line: str) -> BlockKind:
    """The label of a line in the middle of a story."""
    text = f"The bridge is agreed at last\n\n{PROSE}\n\n{MORE}\n\n{line}\n\n{PROSE} Again.\n\n{MORE}"
    return next(kind for kind, block in labelled(text) if line in block)


@settings(deadline=None)
@given(st.lists(LINES, max_size=12).map("\n".join), st.none() | st.text(max_size=20))
def test_blocks_are_in_order_and_hold_all_that_is_not_white_space(text: str, title: str | None) -> None:
    blocks = label_blocks(text, title)
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    covered = [False] * len(text)
    for block in blocks:
        assert block.start < block.end
        covered[block.start : block.end] = [True] * (block.end - block.start)
    assert all(char.isspace() for char, inside in zip(text, covered, strict=True) if not inside)


@pytest.mark.parametrize(
    "line",
    [
        "ADVERTISEMENT",
        "- Advertisement -",
        "Story continues below advertisement",
        "en | ua | ru",
        "Browse By",
        "PREV Old ferry sold to a museum",
        "NEXT Storm warning for the coast",
        "Share this article",
        "Facebook Twitter WhatsApp Email",
        "Follow us on Telegram",
        "We use cookies to improve your visit. Read our policy.",
        "Sign up for our daily newsletter",
        "Subscribe now!",
        "Source: The Eastport Courier",
        "Read more: Ferry to the islands cancelled",
        "You may also like: A guide to the harbour",
        "Copyright © 2020 The Eastport Courier. All rights reserved.",
        "Print Friendly, PDF & Email",
        "— —————–",
        "Email: desk@courier.example",
        "HOME NEWS SPORT OPINION",
        "HOME | WORLD | SPORT",
        "ADVERTISEMENT\n\nBuy two get one free at Holm's Boots this week only!",
    ],
)
def test_page_furniture_is_boilerplate(line: str) -> None:
    assert kind_of(line) == "boilerplate"


@pytest.mark.parametrize(
    "line",
    [
        PROSE,
        "Share prices fell.",
        "Search teams found the boat on Friday.",
        "Advertisement revenue fell by a third.",
        "Next, the court will hear the appeal.",
        "Subscribe to that theory and you will lose the election, he told her.",
        "Source: a diplomat who asked not to be named because the talks go on.",
        "Comments by the minister angered the unions.",
        "Follow the money, the prosecutor said.",
        "It is.",
        "Related charges were dropped.",
        "-Mayor Ann Lee",
        "The mayor spoke to Reuters.",
        "He spoke on March 3, 2021.",
        "Cookies were sold at the fair.",
        "Buy two get one free, the sign on the door of the ruined shop still said.",
        "WORLD HEALTH CHIEF WARNS",
        "LIVE SPORT",
    ],
)
def test_a_sentence_that_begins_like_furniture_is_body(line: str) -> None:
    assert kind_of(line) == "body"


@pytest.mark.parametrize(
    "line",
    [
        "Photo: The mayor opens the bridge",
        "(credit: city.example) View of the bridge on Friday (12 March 2021) at noon.",
        "The mayor opens the bridge. (Getty Images)",
        "The mayor opens the bridge on Friday. REUTERS/Jo Doe",
        "The mayor opens the bridge / AFP",
        "FILE PHOTO: The old bridge in winter",
        "Mayor Ann Lee and the engineer Bo Chan at the bridge March 12, 2021",
    ],
)
def test_a_picture_line_is_a_caption(line: str) -> None:
    assert kind_of(line) == "caption"


def test_the_story_goes_on_below_an_advert() -> None:
    text = f"A bridge at last\n\n{PROSE}\n\nADVERTISEMENT\n\nOrder was restored in the town by Friday.\n\n{MORE}"
    ordered = f"Order was restored in the town by Friday.\n\n{MORE}"
    assert labelled(text)[-2:] == [("boilerplate", "ADVERTISEMENT"), ("body", ordered)]


def test_headlines_below_recommended_are_boilerplate_until_prose_resumes() -> None:
    text = f"{PROSE}\n\n{MORE}\n\nRecommended articles\n\nFour hurt in tanker fire\n\nWho won the cup?\n\n{PROSE}"
    assert [kind for kind, _ in labelled(text, "A title")] == ["body", "boilerplate", "body"]
    assert "tanker fire" in labelled(text, "A title")[1][1]


def test_a_heading_after_a_single_link_stays_body() -> None:
    text = f"{PROSE}\n\nRead more\n\nWhat comes next for the bridge\n\n{MORE}"
    assert ("boilerplate", "Read more") in labelled(text, "A title")
    assert any("What comes next" in block for kind, block in labelled(text, "A title") if kind == "body")


def test_readers_comments_run_to_the_end() -> None:
    text = f"A bridge at last for Eastport\n\n{PROSE}\n\n{MORE}\n\n---\n\nReader comments\n\nBo\n\nI doubt it.\n{PROSE}"
    kinds = labelled(text)
    assert [kind for kind, _ in kinds] == ["title", "body", "boilerplate", "comment"]
    assert kinds[-1][1].endswith(PROSE)


def test_a_comments_button_at_the_top_opens_nothing() -> None:
    text = f"A bridge at last for Eastport\n\nComments\n\n{PROSE}\n\n{MORE}\n\n{PROSE}"
    assert "comment" not in [kind for kind, _ in labelled(text)]


def test_a_title_and_its_copies_are_titles_whatever_their_quotes() -> None:
    text = f"ADVERTISEMENT\n\nMayor: ‘It’s time’ for a bridge\n\nMayor: 'It's time' for a bridge\n\n{PROSE}"
    assert [kind for kind, _ in labelled(text)] == ["boilerplate", "title", "body"]
    assert [kind for kind, _ in labelled(text, "MAYOR: 'IT'S TIME' FOR A BRIDGE")] == ["boilerplate", "title", "body"]


@pytest.mark.parametrize(
    "credits",
    ["By Ann Lee\n\n", "24 March 2021\n", "By Ann Lee\nPublished: 24 March 2021\n", "By Ann Lee\nEASTPORT - Agreed.\n"],
)
def test_a_headline_directly_above_its_byline_or_date_is_a_title(credits: str) -> None:
    kinds = labelled(f"A bridge at last for Eastport\n{credits}{PROSE}\n\n{MORE}")
    assert [kind for kind, _ in kinds] == ["title", "boilerplate", "body"]
    assert kinds[0][1] == "A bridge at last for Eastport"


def test_a_line_above_nothing_but_a_byline_is_no_title() -> None:
    assert "title" not in [kind for kind, _ in labelled("A bridge at last for Eastport\nBy Ann Lee")]


def test_prose_at_the_top_is_no_title() -> None:
    assert [kind for kind, _ in labelled(f"{PROSE}\n\n{MORE}")] == ["body"]
    assert [kind for kind, _ in labelled("Only one line without an end")] == ["body"]
    wrapped = re.sub(r"(.{60}\S*) ", r"\1\n", f"{PROSE} {MORE}")
    assert "title" not in [kind for kind, _ in labelled(wrapped)]


def test_a_byline_and_a_date_line_at_the_top_are_no_evidence() -> None:
    text = f"A bridge at last for Eastport\n\nBy Ann Lee\n\nPublished: 24 March 2021\n\n{PROSE}\n\n{MORE}"
    assert [kind for kind, _ in labelled(text)] == ["title", "boilerplate", "body"]
