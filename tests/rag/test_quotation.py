from dataclasses import replace

import pytest

from index.errors import UsageError
from rag.answer import Citation
from rag.differences import Difference
from rag.first_seen import date_key
from rag.quotation import LONGEST_QUOTATION, Variant, checked_quotation, first_seen
from tests.rag.samples import meta


def variant(name: str, published_at: str | None) -> Variant:
    return Variant(Citation(meta(name, published_at=published_at), 0, 3, "yes"), (), 1.0, None)


def test_the_earliest_date_is_first_seen_and_an_unknown_one_never_is() -> None:
    variants = [variant("a", None), variant("b", "2021-03-04"), variant("c", "2020-12-31")]
    found = first_seen(variants)
    assert found is not None
    assert found.article.source_id == "c"
    assert first_seen([variant("a", None)]) is None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2021-03-04", "2021-03-05"),
        ("2021-03-04", None),
        ("2021-03-04T22:00:00", "2021-03-04"),  # a day without an hour may have been its last minute
        ("2021-03-04", "2021-03"),
        ("2021-12-31", "2021"),
        ("2021-03-04T23:30:00+02:00", "2021-03-04T22:00:00Z"),  # half past nine in UTC
        ("2021-03-04T10:00:00Z", "2021-03-04T10:00:01Z"),
    ],
)
def test_what_is_not_known_of_a_date_never_makes_an_article_first(earlier: str | None, later: str | None) -> None:
    assert date_key(earlier) < date_key(later)


def test_a_variant_with_differences_is_altered() -> None:
    same = variant("a", None)
    other = replace(same, differences=(Difference("insert", "not", "", True, "a negation"),))
    assert (same.status, other.status) == ("verbatim", "altered")


@pytest.mark.parametrize(
    ("quotation", "said"),
    [
        ("", "is empty"),
        (" “…” ", "is empty"),
        ("[sic]", "is empty"),
        ("word " * 5000, f"at most {LONGEST_QUOTATION:,}"),
    ],
)
def test_what_is_no_quotation_is_refused_in_one_sentence(quotation: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        checked_quotation(quotation)


def test_half_an_astral_character_is_no_reason_to_fail() -> None:
    assert checked_quotation(" we go \ud83d ") == "we go ?"
