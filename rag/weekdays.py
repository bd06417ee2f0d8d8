"""The day that "on Thursday" was: news writes the weekday and leaves the date to the top of the page."""

import re
from calendar import month_name
from collections.abc import Iterator

from rag.answer import Citation
from rag.event_dates import EventDate, event_dates

_DATE_FOLLOWS = re.compile(r",? (?:the )?(?:\d|[A-Z][a-z]{2,8}\.? \d)")  # "Thursday, March 7", "Monday 3 June"


def bare_weekdays(sentence: str, published_at: str | None) -> Iterator[EventDate]:
    """The weekdays of a sentence without a date beside them, known to the day; none where its article's day is not."""
    for date in event_dates(sentence, published_at):
        known = date.year and date.month and date.day and date.written.endswith("day")
        if known and not _DATE_FOLLOWS.match(sentence, date.end):
            yield date


def day_meant(words: Citation, sentence: Citation) -> str | None:
    """The day that a weekday within `words` was, such as "7 March 2024"; None without one, or where it is not known.

    `sentence` is the citation in which the words stand: its tense says which week is meant.
    """
    start, end = words.start - sentence.start, words.end - sentence.start
    dates = [
        date
        for date in bare_weekdays(sentence.quote, sentence.article.published_at)
        if start <= date.start and date.end <= end
    ]
    return f"{dates[0].day} {month_name[dates[0].month or 1]} {dates[0].year}" if len(dates) == 1 else None
