"""Where a command's words go: results to standard output, everything else to standard error."""

import contextlib
import io
import json
import shutil
import sys
from dataclasses import dataclass, field
from typing import TextIO

from ui.printable import printable

WIDEST = 100  # columns; longer lines are hard to read


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of one command. Results are printed by `result` or, with --json, by `document`."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    @property
    def width(self) -> int | None:
        """Columns to wrap at; None when the output goes to a file or another program."""
        return min(shutil.get_terminal_size().columns, WIDEST) if self.out.isatty() else None

    @property
    def interactive(self) -> bool:
        """Whether somebody watches the messages."""
        return self.err.isatty()

    def result(self, text: str) -> None:
        """Print text for a person; what could harm a terminal is replaced."""
        self.out.write(printable(text) + "\n")
        self.out.flush()

    def exact(self, text: str) -> None:
        """Print a stored text as it is, or, on a terminal, with harmful characters replaced one for one."""
        if not self.out.isatty():
            self.out.write(text)
        else:
            self.out.write(printable(text) + ("" if text.endswith("\n") else "\n"))
        self.out.flush()

    def document(self, value: object) -> None:
        """Print one JSON document."""
        print_json(value, self.out, indent=2)

    def say(self, message: str) -> None:
        """Tell the person at the terminal; nobody listening is no reason to stop working."""
        with contextlib.suppress(OSError, ValueError):
            self.err.write(printable(message) + "\n")
            self.err.flush()


def print_json(value: object, stream: TextIO, *, indent: int | None = None) -> None:
    """Write one JSON document and flush; characters that the stream cannot encode become JSON escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=True, indent=indent, allow_nan=False)
    stream.write(text + "\n")
    stream.flush()


def make_streams_forgiving() -> None:
    """Let standard output take any text: a lone surrogate or a terminal without UTF-8 must not end in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
