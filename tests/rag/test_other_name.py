import pytest

from rag.other_name import other_name

QUOTE = "On Monday Marta Kovar met the ministers of Norland in Orle to sign the treaty on fishing."
ARTICLE = f"{QUOTE} Petra Hahn stayed away. Kovar spoke after the talks with the Osten delegation."


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (
            "On Monday Petra Hahn met the ministers of Norland in Orle to sign the treaty on fishing.",
            "Marta Kovar, not ",
        ),
        (
            "On Monday Marta Kovar met the ministers of Osten in Orle to sign the treaty on fishing.",
            "Norland, not Osten",
        ),
        ("Marta Kovar met the ministers of Norland in Osten to sign a treaty on fishing.", "Orle, not Osten"),
    ],
)
def test_a_name_in_the_place_of_another_is_told_with_both(sentence: str, reason: str) -> None:
    other = other_name(sentence, QUOTE, ARTICLE)
    assert other is not None
    assert other.reason.startswith(reason)


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTE,
        "On Monday Kovar met the ministers of Norland in Orle to sign the treaty on fishing.",
        "On Monday she met the ministers of Norland in Orle to sign the treaty on fishing.",
        "On Monday the Norlanders met Marta Kovar in Orle to sign the treaty on fishing.",
        "Petra Hahn would not come when the treaty on fishing was signed in Orle.",  # in other words
        "on monday petra hahn met the ministers of norland in orle to sign the treaty on fishing.",  # no capitals
    ],
)
def test_no_name_is_another_where_none_was_put_in_its_place(sentence: str) -> None:
    assert other_name(sentence, QUOTE, ARTICLE) is None


@pytest.mark.parametrize(
    ("quote", "name", "article"),
    [
        ("Voters in the east cheered as Bernie took the stage in Iowa.", "Sanders", "Bernie Sanders came to Iowa."),
        ("Voters in the east cheered as Sanders took the stage in Iowa.", "Bernie", "Bernie Sanders came to Iowa."),
        ("Voters in the east cheered as Mr. Sanders took the stage in Iowa.", "Bernie", "Bernie Sanders came to Iowa."),
        ("The army of the north was beaten by Iran after a long week of war.", "Iranians", ""),
        ("The army of the north was beaten by France after a long week of war.", "French", ""),
        ("The army of the north was beaten by U.S. forces after a long week of war.", "American", ""),
        ("A judge of the court told the Federal Bureau of Investigation to stop.", "FBI", ""),
        (
            "A judge of the court told the Orle Fishing Board to stop the boats.",
            "OFIB",
            "The Orle Fishing Board (OFIB) met.",
        ),
    ],
)
def test_two_names_of_one_thing_are_not_another(quote: str, name: str, article: str) -> None:
    old = next(
        part
        for part in (
            "Bernie",
            "Mr.",
            "Sanders",
            "Iran",
            "France",
            "U.S.",
            "Federal Bureau of Investigation",
            "Orle Fishing Board",
        )
        if part in quote
    )
    assert other_name(quote.replace(old, name), quote, f"{quote} {article}") is None
    other = other_name(quote.replace(old, "Kovar"), quote, f"{quote} {article}")
    assert other is not None
    assert "not Kovar" in other.reason


def test_forms_of_one_name_are_told_from_names_that_begin_alike() -> None:
    quote = "The minister said on Friday that Iran would sell no more oil to its neighbours."
    assert other_name(quote.replace("Iran", "Iraq"), quote, quote) is not None
    quote = "The minister said on Friday that Austria would sell no more oil to its neighbours."
    assert other_name(quote.replace("Austria", "Australia"), quote, quote) is not None
    assert other_name(quote.replace("Austria", "Austrians"), quote, quote) is None


def test_a_title_stands_for_a_first_name_and_for_no_other_name() -> None:
    quote = "The senate heard on Friday that Ted Hahn had left Orle with the papers."
    assert other_name(quote.replace("Ted", "Sen."), quote, quote) is None
    other = other_name(quote.replace("Ted Hahn", "Sen"), quote, quote)
    assert other is not None
    assert other.reason == "Ted Hahn, not Sen"
    quote = "The senate heard on Friday that Mr. Hahn had left Orle with the papers."
    assert other_name(quote.replace("Mr.", "Kovar"), quote, quote) is not None
    assert other_name(quote.replace("Mr. Hahn", "the president"), quote, quote) is None


def test_a_name_that_is_only_said_not_to_be_is_not_put_in_its_place() -> None:
    quote = "The treaty on fishing was signed by Kovar of Norland in Orle on Friday after long talks."
    assert other_name(quote.replace("of Norland", "and Hahn"), quote, quote) is not None
    assert other_name(quote.replace(" of Norland", ", not Hahn,"), quote, quote) is None


def test_names_that_change_places_are_not_told_here() -> None:
    quote = "On Friday Kovar and Hahn met the press of the two northern states in Orle."
    assert (
        other_name("On Friday Hahn and Kovar met the press of the two northern states in Orle.", quote, quote) is None
    )


def test_a_name_that_the_quote_has_elsewhere_is_another_where_all_else_is_the_same() -> None:
    quote = "Kovar said on Friday that Hahn would leave the party before the vote."
    other = other_name("Kovar said on Friday that Kovar would leave the party before the vote.", quote, quote)
    assert other is not None
    assert other.reason == "Hahn, not Kovar"
