"""`attest ask --batch`: one answer a line, in the order of the questions, models loaded once."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from index.errors import AttestError, InputError, UsageError
from ui.commands.notices import say_notices
from ui.console import Console, print_json
from ui.dates import make_filters
from ui.parts import Parts
from ui.progress import Progress, RecordCount
from ui.protocols import Asks


def ask_batch(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when every line was answered or abstained on; a line that failed has an object with "error" in its place."""
    if args.question is not None:
        raise UsageError("a question and --batch were both given, expected one of them")
    _filters(args, {})  # a date that is none is said before the models load
    named = args.out not in (None, "-") and args.batch != "-"
    if named and all(Path(path).exists() for path in (args.out, args.batch)) and Path(args.out).samefile(args.batch):
        raise UsageError(f"--batch and --out are both {args.batch}, expected another file for the answers")
    count = RecordCount([args.batch])
    failures = done = 0
    with (
        _questions(args.batch) as source,
        parts.archive(args.archive) as archive,
        _answers(args.out, console) as sink,
        Progress(console, "question") as progress,
    ):
        say_notices(console, archive)
        asker = parts.asker(archive, args.settings)
        progress.start()
        for number, line in _lines(source):
            document = _answer(asker, args, number, line)
            print_json(document, sink)
            failures += "error" in document
            done += 1
            progress.total = count.value
            progress.update(done)
        say_notices(console, archive)
    if failures:
        raise InputError(f'{failures:,} of {done:,} lines of {args.batch} failed, each with its reason under "error"')
    return 0


def _answer(asker: Asks, args: argparse.Namespace, number: int, line: bytes) -> dict[str, object]:
    """The answer's JSON, or {"id"?, "line", "question"?, "error"} when this line cannot be answered."""
    record: Mapping[str, Any] = {}
    try:
        record = _parsed(line)
        given = record.get("id")
        filters = _filters(args, record)
        answer = asker.ask(_question(record), filters=filters, id=None if given is None else str(given))
        document = answer.to_json()
        if given is not None:
            document["id"] = given  # a number stays a number
        return document
    except AttestError as error:
        kept = {key: record[key] for key in ("id", "question") if key in record}
        return {**kept, "line": number, "error": str(error)}


def _parsed(line: bytes) -> Mapping[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise UsageError(f'the line is not JSON ({error}), expected {{"id": ..., "question": "..."}}') from error
    if not isinstance(record, dict):
        raise UsageError('the line is not a JSON object, expected {"id": ..., "question": "..."}')
    return record


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # an answer with such an id could not be written


def _question(record: Mapping[str, Any]) -> str:
    question = record.get("question")
    if not isinstance(question, str):
        raise UsageError('the record has no "question", expected {"id": ..., "question": "..."}')
    return question


def _filters(args: argparse.Namespace, record: Mapping[str, Any]) -> Any:
    as_of = record.get("as_of") or args.as_of
    if as_of is not None and not isinstance(as_of, str):
        raise UsageError(f'"as_of" is {as_of!r}, expected a date such as "2021-03-24"')
    return make_filters(since=args.since, until=args.until, source=args.source, as_of=as_of)


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(source, start=1):
        if line.strip():
            yield number, line


def _questions(path: str) -> AbstractContextManager[BinaryIO]:
    if path == "-":
        if sys.stdin is None:  # closed by whoever started us
            raise UsageError("--batch - asks for questions on standard input and there is none; name a file")
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"--batch {path} cannot be read ({error.strerror}), expected JSONL with questions") from error


def _answers(path: str | None, console: Console) -> AbstractContextManager[TextIO]:
    if path is None or path == "-":
        return contextlib.nullcontext(console.out)
    try:
        return Path(path).open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written ({error.strerror}); choose another file") from error
