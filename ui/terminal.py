"""Answers, passages and archives as text for a terminal. Pure functions; `Console.result` makes the text harmless."""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.counted import counted
from rag.answer import Answer, Citation, Conflict, RetrievedPassage, Sentence
from rag.copies import origin
from ui.html import NEAREST, byline
from ui.numbering import Numbered, number_answer
from ui.printable import one_line, shortened

if TYPE_CHECKING:
    from index.archive import ArchiveStatus
    from index.ingest import IngestReport
    from rag.copies import Copy
    from rag.models import ModelEntry

PREVIEW_CHARS = 300
LISTED = 10  # failed or skipped records named in full; `attest status --json` has them all

LEAST_LOADING_S = 0.05  # what would be printed as 0.0 s

Record = tuple[str, int | None, str]  # path, record, reason


def render_answer(answer: Answer, width: int | None = None) -> str:
    """Sentences with [1] markers, then what the numbers stand for, then what was withheld and why."""
    numbered = number_answer(answer)
    parts: list[str] = []
    if answer.status == "answered":
        if answer.short:
            parts.append(wrapped("; ".join(_short(words, numbered) for words in answer.short), width))
        parts.append(wrapped(" ".join(_marked(sentence, numbered) for sentence in answer.sentences), width))
    else:
        parts.append(
            wrapped(f"The archive does not say: {one_line(answer.reason or 'nothing states the answer')}.", width)
        )
        parts += _notes(answer, width)
        if answer.passages:
            parts.append("Nearest passages:")
            parts += [
                _passage(passage, width, number, f"similarity {passage.similarity:.2f}")
                for number, passage in enumerate(answer.nearest[:NEAREST], start=1)
            ]
    if answer.withheld:
        plural = "sentence was" if len(answer.withheld) == 1 else "sentences were"
        lines = [f"{len(answer.withheld)} drafted {plural} withheld:"]
        lines += [wrapped(_withheld(sentence, numbered), width, "  - ", "    ") for sentence in answer.withheld]
        parts.append("\n".join(lines))
    parts += [render_citation(number, citation, width) for number, citation in enumerate(numbered.citations, start=1)]
    parts += [render_conflict(conflict, width) for conflict in answer.conflicts]
    parts += _notes(answer, width) if answer.status == "answered" else []
    return "\n\n".join(parts)


def _notes(answer: Answer, width: int | None) -> list[str]:
    return [wrapped(f"Note: {one_line(note)}", width) for note in answer.notes]


def render_passages(passages: Sequence[RetrievedPassage], width: int | None = None) -> str:
    """The passages with their places, best first."""
    return (
        "\n\n".join(_passage(passage, width, passage.rank, f"score {passage.score:.2f}") for passage in passages)
        or "No passage was found."
    )


def render_report(report: "IngestReport", loading_s: float = 0.0) -> str:
    """What became of the records that were read; `loading_s` went by before the first, while the model was loaded."""
    copies = "copy of another" if report.duplicates == 1 else "copies of others"
    loading = f", after {loading_s:.1f} s of loading the model" if loading_s >= LEAST_LOADING_S else ""
    lines = [
        f"{report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged, {report.duplicates:,} "
        f"{copies}; {counted(report.passages, 'passage')} in {report.seconds:.1f} s"
        + (f" ({report.passages_per_second:.0f} a second)" if report.passages else "")
        + loading
    ]
    return "\n".join(lines + _records("failed", report.failed) + _records("skipped", report.skipped))


def render_status(status: "ArchiveStatus", path: Path, models: Sequence["ModelEntry"]) -> str:
    """The archive in a few lines."""
    embedder = status.embedder.name if status.embedder else "none yet"
    lines = [
        f"archive     {path}",
        f"articles    {status.articles:,}{_earlier(status.versions - status.articles)}",
        f"passages    {status.passages:,}",
        f"embedder    {embedder}",
        f"copies      {_copies(status)}",
        f"generation  {status.generation}",
        f"on disk     {size(status.size_bytes)}",
        f"digest      {status.digest[:16]}",
    ]
    others = [model for model in models if (model.kind, model.name) != ("embedder", embedder)]
    # As in `ask --model`: "language" beside "embedder" would be read as the language of the articles.
    kinds = {"language": "model"}
    lines += [
        f"{kinds.get(model.kind, model.kind):<12}{one_line(model.name)}{'' if model.installed else ' (missing)'}"
        for model in others
    ]
    for name, entries in (("failed", status.failed), ("skipped", status.skipped)):
        there = status.present(entries)
        lines += _records(name, [(entry.path, entry.record, entry.reason or "") for entry in there])
        if gone := len(entries) - len(there):
            lines.append(f"{gone:,} {name}, of files that are no longer there: attest status --json")
    return "\n".join(lines)


def render_copies(chain: Sequence["Copy"], shown: str) -> list[str]:
    """The copies of the article `shown`, earliest first, and where they probably come from; no line without copies."""
    if not chain:
        return []
    lines = [f"{len(chain) - 1:,} {'copy' if len(chain) == 2 else 'copies'} of this article, earliest first:"]
    for copy in chain:
        what = "this one" if copy.article.id == shown else f"{copy.similarity:.0%} the same"
        lines.append(f"  {copy.article.id}  {byline(copy.article)} ({what})")
    source = origin(chain)
    if source is not None:
        first = source.article
        name = first and (first.source or first.title or first.source_id)
        lines.append(f"probably from {one_line(source.agency or name or '')}: {one_line(source.reason)}")
    return lines


def _earlier(versions: int) -> str:
    return f" (and {versions:,} earlier version{'s' if versions > 1 else ''} of them)" if versions else ""


def render_models(models: Iterable["ModelEntry"]) -> str:
    """One line for each model."""
    rows = [("NAME", "KIND", "SIZE", "MEMORY", "LICENCE", "")]
    for model in models:
        memory = "?" if model.memory_bytes is None else size(model.memory_bytes)
        state = "in use" if model.in_use and model.installed else "here" if model.installed else "not here"
        if model.in_use and not model.installed:
            state = "in use, but missing"
        rows.append((one_line(model.name), model.kind, size(model.bytes), memory, model.licence or "?", state))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _copies(status: "ArchiveStatus") -> str:
    if status.copy_groups is None:
        return "not compared yet; the next attest ingest does it"
    if not status.copy_groups:
        return "none"
    return f"{counted(status.copied or 0, 'article')} in {counted(status.copy_groups, 'group')}"


def size(size_bytes: int) -> str:
    """Bytes in the unit that people would use: 98 MB."""
    for unit, factor in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size_bytes >= factor:
            value = size_bytes / factor
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return counted(size_bytes, "byte")


def _records(name: str, records: Sequence[Record]) -> list[str]:
    if not records:
        return []
    lines = [f"{len(records):,} {name}:"]
    for path, record, reason in records[:LISTED]:
        place = path if record is None else f"{path}, record {record}"
        lines.append(f"  {one_line(place)}: {one_line(reason)}")
    if len(records) > LISTED:
        lines.append(f"  and {len(records) - LISTED:,} more; all of them: attest status --json")
    return lines


def _short(words: Citation, numbered: Numbered) -> str:
    said, number = numbered.short(words)
    return f"{said} [{number}]"


def _marked(sentence: Sentence, numbered: Numbered) -> str:
    markers = "".join(f"[{numbered.of(citation)}]" for citation in sentence.citations)
    return f"{one_line(sentence.text)} {markers}".strip()


def _withheld(sentence: Sentence, numbered: Numbered) -> str:
    why = f": {one_line(sentence.reason)}" if sentence.reason else ""
    return f"{_marked(sentence, numbered)} ({sentence.verdict}{why})"


def render_citation(number: int, citation: Citation, width: int | None) -> str:
    """The article, the place in it, and the words that stand there."""
    head = wrapped(byline(citation.article), width, f"[{number}] ", "    ")
    place = _place(citation.article.path, f"characters {citation.start}-{citation.end}", width, "    ")
    quote = wrapped(f"“{one_line(citation.quote)}”", width, "    ", "    ")
    return f"{head}\n{place}\n{quote}"


def render_conflict(conflict: Conflict, width: int | None) -> str:
    """What two articles say differently, the newer one first, each with its sentence and its place."""
    lines = [wrapped(f"Articles disagree ({conflict.kind}): {one_line(conflict.says)}", width)]
    for side in conflict.sides:
        lines.append(wrapped(byline(side.citation.article), width, "  - ", "    "))
        where = f"characters {side.citation.start}-{side.citation.end}"
        lines.append(_place(side.citation.article.path, where, width, "    "))
        lines.append(wrapped(f"“{one_line(side.citation.quote)}”", width, "    ", "    "))
    return "\n".join(lines)


def _place(path: str, where: str, width: int | None, indent: str) -> str:
    """The file and the place in it; in two lines where one is too narrow, so that the path can still be copied."""
    line = f"{indent}{one_line(path)}, {where}"
    return line if width is None or len(line) <= width else f"{indent}{one_line(path)},\n{indent}{where}"


def _passage(passage: RetrievedPassage, width: int | None, number: int, measured: str) -> str:
    comment = "reader comment · " if passage.kind == "comment" else ""
    head = wrapped(f"{comment}{byline(passage.article)}", width, f"{number:>3}. ", "     ")
    where = f"characters {passage.start}-{passage.end}, {measured}"
    place = _place(passage.article.path, where, width, "     ")
    place += f"\n     whole: attest show {passage.article.id}"  # an id, because a path may hold many records
    return f"{head}\n{place}\n{wrapped(shortened(passage.text, PREVIEW_CHARS), width, '     ', '     ')}"


def wrapped(text: str, width: int | None, first: str = "", later: str = "") -> str:
    """The text in lines of `width` columns, or in one without a width; `first` and `later` begin the lines."""
    if width is None:
        return first + text
    return textwrap.fill(
        text,
        max(width, 40),
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
