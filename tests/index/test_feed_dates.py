"""When the entries of a feed were published, as the feed says it."""

import pytest

from tests.index.read_files import one


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Thu, 04 Mar 2021 23:30:00 -0500", "2021-03-04T23:30:00-05:00"),
        ("2021-03-04T23:30:00-05:00", "2021-03-04T23:30:00-05:00"),
        ("Thu, 04 Mar 2021 23:30:00 GMT", "2021-03-04T23:30:00Z"),
        ("2021-03-04T23:30:00Z", "2021-03-04T23:30:00Z"),
        ("2021-03-04", "2021-03-04T00:00:00Z"),
    ],
)
def test_an_entry_is_of_the_day_that_it_was_where_it_was_published(said: str, found: str) -> None:
    item = f"<item><pubDate>{said}</pubDate><description>The pier was closed.</description></item>"
    feed = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Bay</title>{item}</channel></rss>"
    assert one("feed", feed.encode()).fields["published_at"] == found


def test_what_an_entry_is_called_is_no_address() -> None:
    space = "http://www.w3.org/2005/Atom"
    entry = "<entry><id>urn:7</id><title>T</title><content>The pier was closed.</content></entry>"
    found = one("feed", f"<feed xmlns='{space}'><title>Bay</title>{entry}</feed>".encode())
    assert found.fields["id"] == "urn:7"
    assert "url" not in found.fields
