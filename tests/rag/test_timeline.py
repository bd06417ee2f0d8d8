from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Citation
from rag.timeline import MOST_BUCKETS, Dated, timeline
from rag.topics import topic_evidence
from tests.rag.samples import meta, passage
from ui.timeline_svg import timeline_svg
from ui.timeline_terminal import render_timeline


def dated(published_at: str | None, name: str, role: str = "supports") -> Dated:
    return Dated(Citation(meta(name, published_at=published_at), 0, 4, "text"), role)


def test_evidence_is_grouped_by_day_in_the_order_of_time_and_an_unknown_date_kept_apart() -> None:
    found = timeline([dated("2031-05-02", "a"), dated(None, "b"), dated("2031-05-01T09:00Z", "c", "refutes")])
    assert found.unit == "day"
    assert [(one.label, one.counts()) for one in found.buckets] == [
        ("2031-05-01", {"refutes": 1}),
        ("2031-05-02", {"supports": 1}),
    ]
    assert [item.citation.article.source_id for item in found.undated] == ["b"]


def test_a_date_known_to_the_month_makes_months_of_all() -> None:
    found = timeline([dated("2031-05-02", "a"), dated("2031-04", "b")])
    assert [one.label for one in found.buckets] == ["2031-04", "2031-05"]


def test_more_days_than_a_screen_holds_become_months_and_then_years() -> None:
    months = [dated(f"2031-{month:02}-{day:02}", f"{month}-{day}") for month in (1, 2, 3) for day in range(1, 20)]
    assert timeline(months).unit == "month"
    years = [dated(f"{year}-{month:02}-01", f"{year}-{month}") for year in range(2000, 2010) for month in range(1, 13)]
    assert timeline(years).unit == "year"


def test_one_span_is_counted_once_with_what_it_was_first() -> None:
    [bucket] = timeline([dated("2031", "a", "cited"), dated("2031", "a", "disagrees")]).buckets
    assert bucket.counts() == {"cited": 1}


dates = st.dates().map(str) | st.sampled_from(["2031", "2031-02", None])


@given(st.lists(dates, max_size=60))
def test_every_piece_stands_in_one_place_and_the_picture_has_one_square_for_each(published: list[str | None]) -> None:
    found = timeline([dated(day, f"{at}.") for at, day in enumerate(published)])
    assert sum(len(one.items) for one in found.buckets) + len(found.undated) == len(published)
    assert [one.label for one in found.buckets] == sorted({one.label for one in found.buckets})
    assert found.unit == "year" or len(found.buckets) <= MOST_BUCKETS
    svg = timeline_svg(found.to_json())
    assert svg.count("<g>") == len(found.buckets)


def test_columns_of_neighbouring_days_do_not_cover_one_another() -> None:
    found = timeline([dated(day, day) for day in ("2016-01-01", "2019-06-16", "2019-06-17", "2023-01-01")])
    places = [float(part.split('"')[0]) for part in timeline_svg(found.to_json()).split('" x="')[1:]]
    assert all(one + 9 < two for one, two in pairwise(places))


def test_a_topic_shows_of_each_article_the_sentence_nearest_to_it() -> None:
    article = meta("dam.txt", title="News from Alma")
    passages = [
        passage("Rain fell all day.", "The Alma dam broke at noon.", article=article),
        passage("The Alma dam was old.", row=2, article=article),
        passage("Cats are sold in the market.", row=3, article=meta("cats.txt", title="Cats")),
    ]
    [found] = topic_evidence("Alma dam broke", passages)
    assert found.citation.quote == "The Alma dam broke at noon."
    assert passages[0].text[found.citation.start : found.citation.end] == found.citation.quote
    shown = render_timeline("Alma dam broke", timeline([found]), 80)
    assert "2021-03-04  ████████████████████ 1" in shown
    assert "“The Alma dam broke at noon.”" in shown
    assert render_timeline("x", timeline([]), 80) == "Nothing in the archive is about “x”."
