import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.decompose import asked_of_both, halves


@pytest.mark.parametrize(
    ("question", "one", "two"),
    [
        (
            "When did Norden join the League and when did Osten?",
            "When did Norden join the League?",
            "when did Osten join the League?",
        ),
        (
            "How many seats did the Greens win in May 2019, and how many did the Liberals?",
            "How many seats did the Greens win in May 2019?",
            "how many did the Liberals win?",
        ),
        (
            "How did Kovar judge the dam in June 2013 and again in December 2014?",
            "How did Kovar judge the dam in June 2013?",
            "How did Kovar judge the dam in December 2014?",
        ),
        (
            "What did Kovar promise in May 2019, and what did The Post write of her plan a month later?",
            "What did Kovar promise in May 2019?",
            "what did The Post write of Kovar's plan in June 2019?",
        ),
        (
            "How many dams stood at Orle in 2019, and what did the last one cost?",
            "How many dams stood at Orle in 2019?",
            "what did the last one cost?",
        ),
        (
            "How did the price of sand change between March 2019 and May 2021?",
            "What was the price of sand in March 2019?",
            "What was the price of sand in May 2021?",
        ),
        (
            "How did the price of sand change from mid-April to mid-July 2020?",
            "What was the price of sand in mid-April 2020?",
            "What was the price of sand in mid-July 2020?",
        ),
        (
            "How did her stand shift between May 2018, according to the Herald, and June 2019?",
            "What was her stand in May 2018, according to the Herald?",
            "What was her stand in June 2019?",
        ),
        (
            "How did support for the dam in the poll of 2015 compare with that in the survey of April 2017?",
            "What was support for the dam in the poll of 2015?",
            "What was support for the dam in the survey of April 2017?",
        ),
        (
            "How did Marta Kovar and a Herald columnist disagree in 2019 over whether the dam leaks?",
            "What did Marta Kovar say in 2019 over whether the dam leaks?",
            "What did a Herald columnist say in 2019 over whether the dam leaks?",
        ),
        (
            "How did Marta Kovar in 2019 and Petra Horn in 2021 each defend the dam at Orle?",
            "How did Marta Kovar in 2019 defend the dam at Orle?",
            "How did Petra Horn in 2021 defend the dam at Orle?",
        ),
        (
            "What kind of bill did the mayor reject in June 2019 and in July 2021?",
            "What kind of bill did the mayor reject in June 2019?",
            "What kind of bill did the mayor reject in July 2021?",
        ),
        (
            "Where did Marta Kovar stand in the race in March 2016 and in late February 2020?",
            "Where did Marta Kovar stand in the race in March 2016?",
            "Where did Marta Kovar stand in the race in late February 2020?",
        ),
        (
            "How was the dam of 2018 judged by Marta Kovar in July and by an official in October?",
            "How was the dam of 2018 judged by Marta Kovar in July?",
            "How was the dam of 2018 judged by an official in October?",
        ),
        (
            "What does the Herald call the dam, and as what did Petra Horn describe it?",
            "What does the Herald call the dam?",
            "as what did Petra Horn describe it?",
        ),
        (
            "What was the price of sand in the slumps of January 2016 and November 2018?",
            "What was the price of sand in the slumps of January 2016?",
            "What was the price of sand in the slumps of November 2018?",
        ),
        (
            "What did Kovar say about the dam as a plan in October 2017 and as a building at Orle in January 2018?",
            "What did Kovar say about the dam as a plan in October 2017?",
            "What did Kovar say about the dam as a building at Orle in January 2018?",
        ),
        (
            "How did the Orle Herald in April 2020 and Marta Kovar in May 2020 assess the state of the dam?",
            "How did the Orle Herald in April 2020 assess the state of the dam?",
            "How did Marta Kovar in May 2020 assess the state of the dam?",
        ),
        (
            "How old were the mayors Marta Kovar in October 2018 and Petra Horn in March 2019?",
            "How old were the mayors Marta Kovar in October 2018?",
            "How old were the mayors Petra Horn in March 2019?",
        ),
        (
            "Contrast the minister's view of the dam in 2019 with the farmers' view in 2021",
            "the minister's view of the dam in 2019?",
            "the farmers' view in 2021?",
        ),
        (
            "Who opened the dam, and for how many years was it built by Strabag?",
            "Who opened the dam?",
            "for how many years was it built by Strabag?",
        ),
        (
            "The dam of Orle: what did it cost in May 2019, and who paid for it in June?",
            "The dam of Orle: what did it cost in May 2019?",
            "The dam of Orle: who paid for it in June 2019?",
        ),
        (
            "Kovar on the dam: what did she say about its walls, and about whether it leaks?",
            "Kovar on the dam: what did she say about its walls?",
            "Kovar on the dam: what did she say about whether it leaks?",
        ),
        (
            "What was said against the dam: a columnist in May 2019, and Petra Horn at the fair?",
            "What was said against the dam: a columnist in May 2019?",
            "What was said against the dam: Petra Horn at the fair?",
        ),
        (
            "Which flaw did each critic see: the Herald in May 2019 and the engineer of the ministry?",
            "Which flaw did each critic see: the Herald in May 2019?",
            "Which flaw did each critic see: the engineer of the ministry?",
        ),
        (
            "Contrast Kovar and Horn, both of Orle: how did each vote on the dam?",
            "Kovar, both of Orle: how did each vote on the dam?",
            "Horn, both of Orle: how did each vote on the dam?",
        ),
        (
            "To what did Marta Kovar in 2019 and Petra Horn in 2021 each ascribe the leak?",
            "To what did Marta Kovar in 2019 ascribe the leak?",
            "To what did Petra Horn in 2021 ascribe the leak?",
        ),
        (
            "To whom did Marta Kovar and Petra Østby each ascribe the leak?",
            "To whom did Marta Kovar ascribe the leak?",
            "To whom did Petra Østby ascribe the leak?",
        ),
        (
            "In late 2012, how did Marta Kovar and the Orle Herald each play down the leak?",
            "In late 2012, how did Marta Kovar play down the leak?",
            "In late 2012, how did the Orle Herald play down the leak?",
        ),
        (
            "How old were Marta Kovar and Petra Horn when each took office at Orle?",
            "How old were Marta Kovar when each took office at Orle?",
            "How old were Petra Horn when each took office at Orle?",
        ),
        (
            "How many houses would be lost under the plan of 2013 and under the minister's draft?",
            "How many houses would be lost under the plan of 2013?",
            "How many houses would be lost under the minister's draft?",
        ),
        (
            "What was the toll of the flood on May 20, 2012, compared with that reported of the storm in 2014?",
            "What was the toll of the flood on May 20, 2012?",
            "What was the toll of the flood reported of the storm in 2014?",
        ),
        (
            "How did the race between Kovar and Horn shift from the June 2012 poll to the Herald's of August?",
            "What was the race between Kovar and Horn in the June 2012 poll?",
            "What was the race between Kovar and Horn in the Herald's of August 2012?",
        ),
        (
            "In May 2016, where might Kovar come second, and in June 2016 where did Horn come third?",
            "In May 2016, where might Kovar come second?",
            "in June 2016 where did Horn come third?",
        ),
        (
            "The race of Orle: who won, and who lost?",
            "The race of Orle: who won?",
            "The race of Orle: who lost?",
        ),
        (
            "Compare the dam of the upper valley and the mill of the lower one: which leaks?",
            "the dam of the upper valley?",
            "the mill of the lower one: which leaks?",
        ),
        (
            "Who was mayor of Orle in 2013, and who in 2016?",
            "Who was mayor of Orle in 2013?",
            "Who was mayor of Orle in 2016?",
        ),
    ],
)
def test_two_questions_in_one_are_two(question: str, one: str, two: str) -> None:
    assert halves(question) == (one, two)


@pytest.mark.parametrize(
    "question",
    [
        "Who opened the dam at Orle?",
        "When and where did Marta Kovar speak?",
        "Which event did the police chief compare with the flood of 1997?",
        "What did Marta Kovar and Petra Horn say about the dam?",
        "How long did it take from start?",
        "What did Marta Kovar build between May 2018 and June 2019?",
        "Which dam was planned in 2018 and opened in June 2019?",
        "How many dams did Orle build in 2013 and 2014?",
        "How much did Kovar and her sister save on gas each month?",
        "How did Marta Kovar and Petra Horn treat each other in 2019?",
        "Who said at Orle: “we came, and we saw, and we built”?",
        "Which of them built it: Kovar, Horn or Strabag?",
        "The dam: who and why?",
        "",
        "and what?",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert halves(question) is None


@pytest.mark.parametrize(
    ("question", "one", "two"),
    [
        ("When did Norden and the Osten Union join the League?", "Norden join", "the Osten Union join"),
        ("In what year were Marta Kovar and Petra Horn both elected?", "Marta Kovar elected", "Petra Horn elected"),
        ("Where did Marta Kovar and the Duke of Orle live in 2019?", "Marta Kovar live", "the Duke of Orle live"),
        ("When did Émile Kovar and Åse Horn resign from it?", "Émile Kovar resign", "Åse Horn resign"),
    ],
)
def test_what_is_asked_of_two_is_asked_of_each(question: str, one: str, two: str) -> None:
    made = asked_of_both(question)
    assert halves(question) is None
    assert made is not None
    assert [(one in half, two in half) for half in made] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    "question",
    [
        "When did Marta Kovar and Petra Horn first meet?",
        "Where did Marta Kovar and Petra Horn publish their list?",
        "How much did Marta Kovar and the Greens spend in 2019?",
        "When did Marta Kovar open the dam and the mill?",
        "When did Marta Kovar in 2019 and Petra Horn in 2021 each open the dam?",
        "When did Marta Kovar resign?",
        "",
    ],
)
def test_what_two_did_together_is_asked_once(question: str) -> None:
    assert asked_of_both(question) is None


@given(st.text(alphabet="abhow ,?and whatcompretwn\n", max_size=120))
def test_halves_hold_only_words_of_the_question_and_of_asking(question: str) -> None:
    found = halves(question)
    if found is not None:
        words = set(question.replace("?", " ").replace(",", " ").split()) | {"What", "was", "in", "did", "say"}
        for half in found:
            assert set(half.replace("?", " ").replace(",", " ").split()) <= words
