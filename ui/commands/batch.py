"""The `--batch` of `attest ask` and `attest quote`: one result a line, in their order, models loaded once."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from index.counted import counted
from index.errors import AttestError, InputError, UsageError
from ui.commands.notices import say_notices
from ui.console import Console, print_json
from ui.parts import Parts
from ui.progress import Progress, RecordCount

if TYPE_CHECKING:
    from index.archive import Archive

Record = Mapping[str, Any]
# The asked text, its record and its id -> the result's JSON.
Answer = Callable[[str, Record, str | None], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the lines come from and the results go; "-" and None are the standard streams."""

    batch: str
    out: str | None

    def check(self) -> None:
        """Raises UsageError when the results would overwrite the lines."""
        named = self.out not in (None, "-") and self.batch != "-"
        out = Path(self.out or "")
        if named and out.exists() and Path(self.batch).exists() and out.samefile(self.batch):
            raise UsageError(f"--batch and --out are both {self.batch}, expected another file for the answers")


def run_batch(
    files: Files,
    key: str,
    archive_path: Path,
    console: Console,
    parts: Parts,
    make_answer: Callable[["Archive"], Answer],
) -> int:
    """0 when every line gave a result, which is one object a line with what `key` of the line asks.

    `make_answer` loads the models, once. A line that failed has an object with "error" in its place, and InputError is
    raised at the end.
    """
    files.check()
    count = RecordCount([files.batch])
    failures = done = 0
    with (
        _source(files.batch, key) as source,
        parts.archive(archive_path) as archive,
        _sink(files.out, console) as sink,
        Progress(console, key) as progress,
    ):
        say_notices(console, archive)
        answer = make_answer(archive)
        progress.start()
        for number, line in _lines(source):
            document = _document(answer, key, number, line)
            print_json(document, sink)
            failures += "error" in document
            done += 1
            progress.total = count.value
            progress.update(done)
        say_notices(console, archive)
    if failures:
        lines = counted(done, "line")
        raise InputError(f'{failures:,} of {lines} of {files.batch} failed, each with its reason under "error"')
    return 0


def _document(answer: Answer, key: str, number: int, line: bytes) -> dict[str, object]:
    """The result's JSON, or {"id"?, "line", the asked text?, "error"} when this line has none."""
    record: Record = {}
    try:
        record = _parsed(line, key)
        given = record.get("id")
        document = answer(_asked(record, key), record, None if given is None else str(given))
        if given is not None:
            document["id"] = given  # a number stays a number
        return document
    except AttestError as error:
        kept = {name: record[name] for name in ("id", key) if name in record}
        return {**kept, "line": number, "error": str(error)}


def _parsed(line: bytes, key: str) -> Record:
    try:
        record = json.loads(line.decode("utf-8-sig"), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the line is not JSON ({error}), expected {_example(key)}") from error
    if not isinstance(record, dict):
        raise UsageError(f"the line is not a JSON object, expected {_example(key)}")
    return record


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # an answer with such an id could not be written


def _asked(record: Record, key: str) -> str:
    asked = record.get(key)
    if not isinstance(asked, str):
        raise UsageError(f'the record has no "{key}", expected {_example(key)}')
    return asked


def _example(key: str) -> str:
    return f'{{"id": ..., "{key}": "..."}}'


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(source, start=1):
        if line.strip():
            yield number, line


def _source(path: str, key: str) -> AbstractContextManager[BinaryIO]:
    if path == "-":
        if sys.stdin is None:  # closed by whoever started us
            raise UsageError(f"--batch - asks for {key}s on standard input and there is none; name a file")
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"--batch {path} cannot be read ({error.strerror}), expected JSONL with {key}s") from error


def _sink(path: str | None, console: Console) -> AbstractContextManager[TextIO]:
    if path is None or path == "-":
        return contextlib.nullcontext(console.out)
    try:
        return Path(path).open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written ({error.strerror}); choose another file") from error
