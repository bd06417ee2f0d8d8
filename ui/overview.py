"""What an archive covers, for the page's first screen: counts, dates, outlets, and questions to try."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArchiveError, UsageError
from ui.printable import one_line

if TYPE_CHECKING:
    from index.archive import Archive

EXAMPLES = 4
LONGEST_EXAMPLE = 120
TITLES_READ = 500


@dataclass(frozen=True, slots=True)
class Overview:
    """`first` and `last` are the earliest and latest publication days, None when no article has a date."""

    articles: int
    first: str | None = None
    last: str | None = None
    outlets: tuple[str, ...] = ()  # most articles first
    titles: tuple[str, ...] = ()  # a few


def overview_of(archive: "Archive") -> Overview:
    """The archive's coverage, and titles of its first articles: reading all of a large one would delay the page."""
    coverage = archive.coverage()
    return Overview(
        articles=coverage.articles,
        first=coverage.first,
        last=coverage.last,
        outlets=coverage.outlets,
        titles=tuple(spread((title for title in _titles(archive) if len(title) <= LONGEST_EXAMPLE), EXAMPLES)),
    )


def _titles(archive: "Archive") -> Iterator[str]:
    try:
        for article in islice(archive.articles(), TITLES_READ):
            if article.title:
                yield article.title
    except ArchiveError:  # a damaged article ends this list, not the page; `attest doctor` names it
        return


def example_questions(overview: Overview, given: Sequence[str] = ()) -> list[str]:
    """A few questions to try: those given, else one about each title."""
    if given:
        return [one_line(question) for question in given[:EXAMPLES]]
    return [f"What is reported about “{one_line(title)}”?" for title in overview.titles[:EXAMPLES]]


def read_examples(path: Path) -> list[str]:
    """Questions from a file: JSONL records with `question`, or plain lines. Raises UsageError when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UsageError(f"--examples {path} cannot be read ({reason}); expected one question on each line") from error
    questions = [question for line in lines if (question := _question(line)) and len(question) <= LONGEST_EXAMPLE]
    if not questions:
        raise UsageError(f"--examples {path} holds no question; expected one on each line, or JSONL with 'question'")
    return spread(questions, EXAMPLES)


def spread(values: Iterable[str], count: int) -> list[str]:
    """At most `count` of the values, at even distances, in order."""
    known = list(dict.fromkeys(values))
    if len(known) <= count:
        return known
    return [known[position * len(known) // count] for position in range(count)]


def _question(line: str) -> str:
    if not line.lstrip().startswith("{"):
        return one_line(line)
    try:
        question = json.loads(line).get("question")
    except ValueError:
        return ""
    return one_line(question) if isinstance(question, str) else ""
