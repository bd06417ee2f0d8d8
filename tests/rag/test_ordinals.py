import pytest

from rag.ordinals import names_another
from rag.selection import FusedSelector
from tests.rag.samples import passage


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did the ferry make its first crossing?", "Its final crossing was on 3 May."),
        ("How long did the first crossing of the ferry last?", "Its final crossing was on 3 May."),
        ("Who won the second debate at Orle?", "Ann Lee won the first televised debate."),
        ("Where was the last meeting?", "The opening meeting was in Eastport."),
        ("When was the third vote?", "In the second vote, held in May, she lost."),
    ],
)
def test_another_one_of_the_kind_is_told(question: str, sentence: str) -> None:
    assert names_another(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did the ferry make its first crossing?", "The first crossing was in May, the last crossing in June."),
        ("When did the ferry make its first crossing?", "Last year the ferry was sold."),
        ("When did the ferry make its first crossing?", "It was the last of her plans."),
        ("Who was the last mayor before Lee to resign?", "Lee is the first mayor since Bo Chan in 1920 to stay."),
        ("Where were the first and second debates?", "The first debate was in Orle."),
        ("When did the ferry cross?", "Its final crossing was on 3 May."),
        ("Who met the mayor in the first week?", "In the second week Ann Lee met the mayor."),
    ],
)
def test_the_same_one_or_a_time_is_not_another(question: str, sentence: str) -> None:
    assert not names_another(question, sentence)


def test_a_sentence_about_another_one_stands_last_with_the_lowest_score() -> None:
    weights: dict[str, object] = {"stages": [{"weights": {"coverage": 1.0}}]}
    texts = (
        "The final crossing of the Orle ferry was in May.",
        "Ferry boats of Orle set out on Monday.",
        "Rain fell all day.",
    )
    selector = FusedSelector(weight=lambda stem: 1.0, weights=weights)
    plain, asked = (
        selector.select(question, [passage(*texts)])
        for question in ("When was the crossing of the Orle ferry?", "When was the first crossing of the Orle ferry?")
    )
    assert plain[0].candidate.text == texts[0]
    assert asked[-1].candidate.text == texts[0]
    assert asked[-1].score < asked[-2].score
