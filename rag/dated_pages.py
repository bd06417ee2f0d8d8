"""Pages as a question about a time needs them read: "on Thursday" with the day that it was.

News says "on Thursday" of what happened that week, and its reader looks at the top of the page for the date. The
passage reader was trained to find words that say when, so for a question that asks when something happened it is given
the date after the weekday of a sentence that tells of it. What it finds there is led back to the weekday: no date is
ever shown as the article's words.

Which sentences those are is told by words alone. With every weekday dated, the reader's best sentence parted 38
answerable and near-miss questions on held-out articles (`gold/train.jsonl`, `eval/newsroom`) worse: area under the
curve .88 for .92, because "said on Thursday" dates who spoke. With these alone, the article of no near miss of 105
has such a sentence.
"""

import re
from calendar import month_name
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answer import RetrievedPassage
from rag.claim_dates import REPORTED
from rag.event_dates import event_dates
from rag.lexicon import sections, verb_forms
from rag.reader import Page, Reading, Span, page_of
from rag.terms import content_stems, names
from rag.weekdays import bare_weekdays

_ASKS_WHEN = re.compile(
    r"^\W*(?:(?:on|in|by|since|until|at|during) )?(?:when|(?:what|which) (?:exact )?(?:day|date|month|year|week))\b",
    re.IGNORECASE,
)

_HAPPENED = re.compile(r"\b(?:did|was|were)\b", re.IGNORECASE)
_PLANNED = re.compile(r"\b(?:will|would|due|to be|expected|scheduled|plan\w*|going to|supposed)\b", re.IGNORECASE)
_INTENTIONS = frozenset(sections("claims")["intentions"])

Read = Callable[[str, Sequence[Page]], list[Reading]]


@dataclass(frozen=True, slots=True)
class Insertion:
    """A date written into a text: `start` and `end` are the weekday's in the text as it was."""

    start: int
    end: int
    written: str


def asks_when(question: str) -> bool:
    """Whether the question asks when something happened: "When did ...", not "What did he say when ..."."""
    return bool(_ASKS_WHEN.search(question) and _HAPPENED.search(question) and not _PLANNED.search(question))


def tells_of(question: str, sentence: str, published_at: str | None) -> bool:
    """Whether the sentence may tell of what the question asks for, and its weekday be the day of that.

    It names all that the question names and has half of its words; the weekday is its only date; nobody is quoted or
    reported in it, and nothing is planned.
    """
    asked, said = set(content_stems(question)), set(content_stems(sentence))
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", sentence)}
    return (
        2 * len(asked & said) >= len(asked) > 0
        and all(name.lower() in sentence.lower() for name in names(question))
        and len(list(event_dates(sentence, published_at))) == 1
        and not words & (verb_forms("speech_verbs") | _INTENTIONS)
        and not REPORTED.search(sentence)
    )


def read_passages(read: Read, question: str, passages: Sequence[RetrievedPassage]) -> list[Reading]:
    """What `read` makes of the question and each passage, spans as offsets into the passage's own text."""
    pages = [page_of(passage) for passage in passages]
    if not asks_when(question):
        return read(question, pages)
    made = [
        insertions(question, page, passage.article.published_at) for page, passage in zip(pages, passages, strict=True)
    ]
    readings = read(question, [with_dates(page, dates) for page, dates in zip(pages, made, strict=True)])
    return [
        replace(reading, spans=tuple(span and led_back(span, dates) for span in reading.spans))
        for reading, dates in zip(readings, made, strict=True)
    ]


def insertions(question: str, page: Page, published_at: str | None) -> list[Insertion]:
    """The dates of weekdays of the page, counted from its article's day, where a sentence tells of what was asked."""
    return [
        Insertion(start + date.start, start + date.end, f", {month_name[date.month or 1]} {date.day}, {date.year}")
        for start, end in page.sentences
        for date in bare_weekdays(page.text[start:end], published_at)
        if tells_of(question, page.text[start:end], published_at)
    ]


def with_dates(page: Page, dates: Sequence[Insertion]) -> Page:
    """The page with each date after its weekday."""
    pieces, at = [], 0
    for date in dates:
        pieces += [page.text[at : date.end], date.written]
        at = date.end

    def moved(offset: int) -> int:
        return offset + sum(len(date.written) for date in dates if date.end <= offset)

    sentences = tuple((moved(start), moved(end)) for start, end in page.sentences)
    return replace(page, text="".join([*pieces, page.text[at:]]), sentences=sentences)


def led_back(span: Span, dates: Sequence[Insertion]) -> Span:
    """The span in the text as it was; what lies in a date becomes its weekday."""
    start, end = span
    grown = 0
    first, last = start, end
    for date in dates:
        at = date.end + grown  # where its date begins in the text that was read
        grown += len(date.written)
        if start >= at + len(date.written):
            first = start - grown
        elif start >= at:
            first = date.start
        if end > at + len(date.written):
            last = end - grown
        elif end > at:
            last = date.end
    return first, last
