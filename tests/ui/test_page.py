import pytest

from tests.ui.fakes import FakeArchive, FakeAsker
from tests.ui.ferry import FACT, OVERVIEW
from ui.app import ANY_OUTLET, Page, check_port
from ui.html import problem_html
from ui.overview import Overview, example_questions, spread


@pytest.fixture
def asker() -> FakeAsker:
    return FakeAsker()


@pytest.fixture
def page(asker: FakeAsker) -> Page:
    return Page(asker, FakeArchive(), OVERVIEW)


def test_the_evidence_comes_first_then_sentences_as_they_pass_then_the_answer(page: Page) -> None:
    first, *answers = [answer for answer, _ in page.answer("How full was the ferry?", "", "", ANY_OUTLET)]
    assert 'role="status">Looking for passages' in first  # at once, for the evidence takes seconds
    assert "Reading 4 passages" in answers[0]
    assert 'class="sentence"' not in answers[0]
    assert FACT in answers[1].split("<details")[0]
    assert "Tuesday" not in answers[-2]  # drafted, checked and withheld: never on the page as part of an answer
    assert 'data-state="answered"' in answers[-1]


def test_the_filters_reach_the_asker(page: Page, asker: FakeAsker) -> None:
    list(page.answer("ferry?", "2021", "2021-03", "Harbour Wire"))
    filters = asker.asked[0][1]
    assert filters is not None
    assert (filters.since, filters.until, filters.source) == ("2021", "2021-03", "Harbour Wire")


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [("yesterday", "", "“From” is &#x27;yesterday&#x27;"), ("", "2021-02-30", "“To”"), ("2022", "2021", "later than")],
)
def test_a_date_that_is_none_is_explained_in_the_words_of_the_page(
    page: Page, asker: FakeAsker, since: str, until: str, said: str
) -> None:
    [(answer, _)] = list(page.answer("ferry?", since, until, ANY_OUTLET))
    assert said in answer
    assert 'role="alert"' in answer
    assert asker.asked == []


def test_an_empty_question_is_explained(page: Page) -> None:
    [(answer, _)] = list(page.answer("  ", "", "", ANY_OUTLET))
    assert "the question is empty" in answer
    shown = problem_html('expected words, such as: attest ask "Who won the election?"')
    assert "such as: “Who won the election?”" in shown


def test_a_bug_shows_one_sentence_and_keeps_its_traceback_for_the_terminal(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    *_, (answer, _) = page.answer("break", "", "", ANY_OUTLET)
    assert "RuntimeError" not in answer
    assert "a bug" in caplog.text


def test_the_page_goes_on_after_a_question_that_failed(page: Page) -> None:
    list(page.answer("break", "", "", ANY_OUTLET))
    assert 'data-state="answered"' in list(page.answer("ferry?", "", "", ANY_OUTLET))[-1][0]


def test_a_port_that_is_taken_is_said_before_anything_loads() -> None:
    import socket

    from index.errors import UsageError

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UsageError, match="cannot listen on"):
            check_port("127.0.0.1", other.getsockname()[1])


def test_example_questions_come_from_titles_unless_given() -> None:
    overview = Overview(articles=2, titles=("A\nB", "C"))
    assert example_questions(overview) == ["What is reported about “A B”?", "What is reported about “C”?"]
    assert example_questions(overview, ["Why?"]) == ["Why?"]


def test_a_spread_is_taken_from_all_over() -> None:
    assert spread([str(number) for number in range(100)], 4) == ["0", "25", "50", "75"]
