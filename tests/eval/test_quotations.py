import random
from pathlib import Path

import pytest

from eval.quotations import altered, excerpts, is_source, measure_altered, measure_excerpts, quoted
from index.archive import Archive
from rag.quote import Quoter


def test_an_altered_quotation_differs_in_the_share_asked_for() -> None:
    words = [f"w{number}" for number in range(20)]
    for seed in range(30):
        changed = altered(" ".join(words), 0.2, ["other"], random.Random(seed)).split()
        assert 16 <= len(changed) <= 24
        assert len(set(words) - set(changed)) <= 4
        assert changed != words


def test_a_quotation_of_fit_length_is_drawn_from_each_text() -> None:
    texts = ["He said “one two three four five six seven”.", "He said “no”.", "Nothing."]
    assert list(quoted(texts, 5, random.Random(1))) == ["one two three four five six seven"]


@pytest.mark.model
def test_excerpts_of_the_sample_are_found_in_their_own_articles(sample_archive: Archive) -> None:
    articles = list(sample_archive.articles())
    figures = measure_excerpts(Quoter(sample_archive), articles, 20, random.Random(2))
    assert figures["excerpts"] == 20
    assert figures["right_article_outlet_date_first"] == 1.0
    assert figures["verbatim"] == 1.0


@pytest.mark.model
def test_altered_quotations_of_the_sample_are_found_and_never_called_verbatim(sample_archive: Archive) -> None:
    figures = measure_altered(Quoter(sample_archive), list(sample_archive.articles()), 10, random.Random(3))
    assert figures["unchanged_called_verbatim"] == 1.0
    assert figures["one_word_changed"]["falsely_verbatim"] == 0.0  # type: ignore[index]


@pytest.mark.model
def test_an_excerpt_of_another_article_is_not_right(sample_archive: Archive, tmp_path: Path) -> None:
    one, other = list(excerpts(list(sample_archive.articles()), 2, random.Random(4)))
    found = Quoter(sample_archive).quote(one.text)
    assert is_source(found, one)
    assert not is_source(found, other)
