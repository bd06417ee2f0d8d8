from hypothesis import given
from hypothesis import strategies as st

from rag.terms import content_stems, names, numbers, query_terms, words


def test_question_words_are_no_query_terms() -> None:
    assert query_terms("Who opened the dam in 2019?") == ["opened", "dam", "2019"]


def test_a_question_of_function_words_still_searches() -> None:
    assert query_terms("Who is he?") == ["who", "is", "he"]


def test_possessives_and_inflections_share_a_stem() -> None:
    assert content_stems("Merkel's promises") == content_stems("Merkel promised")


def test_small_number_words_count_as_numbers() -> None:
    assert numbers("six of the 1,200 dams cost 3.5 million") == ["6", "1200", "3.5", "million"]
    assert content_stems("six dams") == content_stems("6 dams")


def test_the_first_word_of_a_sentence_is_no_name() -> None:
    assert names("Dams broke. Water reached Lviv and the NATO base.") == ["Lviv", "NATO"]


@given(st.text())
def test_terms_never_fail_and_come_back_lower_case(text: str) -> None:
    assert all(word == word.lower() for word in words(text))
    assert set(query_terms(text)) <= set(words(text))
    content_stems(text)
    names(text)
    numbers(text)
