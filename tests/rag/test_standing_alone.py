import pytest

from rag.standing_alone import stand_alone, with_what_was_done


@pytest.mark.parametrize(
    ("one", "two", "whole"),
    [
        ("What did Marta Kovar say in 2019", "what did she do in 2021", "what did Marta Kovar do in 2021"),
        ("Where did Marta Kovar stand", "what role did her vote play", "what role did Marta Kovar's vote play"),
        ("What did Kovar say of the dam", "who told her in May", "who told Kovar in May"),
        ("What size did Petra Horn expect", "what did he accuse him of", "what did Petra Horn accuse him of"),
        (
            "When did Kovar say that she would name Petra Horn as a judge",
            "by what margin did the council confirm her",
            "by what margin did the council confirm Petra Horn",
        ),
        ("What did Kovar plan", "how did The Post judge his plan", "how did The Post judge Kovar's plan"),
        # beside a person, "him" is another
        ("What did Kovar say", "what did Petra Horn want him to do", "what did Petra Horn want Kovar to do"),
        (
            "What did Kovar say of Petra Horn's plan",
            "how did he describe her in May",
            "how did Kovar describe Petra Horn in May",
        ),
        ("What did Marta Horn say", "what did Petra Horn ask of her", "what did Petra Horn ask of Marta Horn"),
        ("What was said of Al Bo and Cy Do", "what did Petra Horn ask him", "what did Petra Horn ask him"),
        ("What did Horn say", "what did Petra Horn ask of her", "what did Petra Horn ask of her"),
        ("What did Politico say of Lend Springs", "what was asked of him", "what was asked of him"),
        ("What did AP say of the dam", "how did she see it", "how did she see it"),
        # who is meant is not said, or is no person
        ("What did the mayor say in 2019", "what did he do in 2021", "what did he do in 2021"),
        ("What did Congress ask in 2019", "what did he do in 2021", "what did he do in 2021"),
        # the half names somebody itself
        ("What did Kovar say", "what did Petra Horn say of his plan", "what did Petra Horn say of his plan"),
    ],
)
def test_a_pronoun_becomes_the_person_whom_the_first_half_asks_about(one: str, two: str, whole: str) -> None:
    assert stand_alone(one, two) == (one, whole)


@pytest.mark.parametrize(
    ("one", "two", "whole"),
    [
        ("How many came to Orle in May 2019", "how many in June 2020", "How many came to Orle in June 2020"),
        (
            "Who had to settle the fate of the dam in Orle",
            "who in Lend",
            "Who had to settle the fate of the dam in Lend",
        ),
        ("How many came to Orle", "how many in June did leave", "how many in June did leave"),
        ("Who came", "how many in Lend", "how many in Lend"),
    ],
)
def test_a_half_without_a_verb_gets_what_is_asked(one: str, two: str, whole: str) -> None:
    assert with_what_was_done(one, two) == whole


@pytest.mark.parametrize(
    ("half", "other", "whole"),
    [
        ("what was said in June", "what was said in April 2013", "what was said in June 2013"),
        ("what was said on June 3 there", "what was said in 2013", "what was said on June 3 2013 there"),
        ("what was said in late May", "what was said in April 2013", "what was said in late May 2013"),
        ("what was said in June 2014", "what was said in April 2013", "what was said in June 2014"),
        ("what may be said", "what was said in April 2013", "what may be said"),
        ("what was said in June", "what was said in 2013 of 2014", "what was said in June"),
        ("what was said in June of 2012", "what was said in 2013", "what was said in June of 2012"),
    ],
)
def test_a_month_gets_the_one_year_of_the_other_half(half: str, other: str, whole: str) -> None:
    assert stand_alone(other, half) == (other, whole)
    assert stand_alone(half, other) == (whole, other)
