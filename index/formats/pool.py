"""Child processes that parse, kept for the next file, and ended when a file is too much for one.

A parser that crashes, hangs or eats memory takes its child with it and nothing else: a new child reads the same file as
plain text. The caller goes on while a file is parsed: `submit` gives a future.
"""

import contextlib
import json
import queue
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from index.formats.document import Document
from index.formats.parsing import Parsed

FILES_PER_CHILD = 2000  # parsers leak: a new child now and then costs less than a second
MAX_ANSWER_BYTES = 256 << 20
# A child's processor time is limited by the system. The clock cannot judge it, since a busy machine may leave it none
# for minutes; only one that has used none for so long, and is not waiting for its turn, hangs.
IDLE_SECONDS = 60.0
_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from index.formats.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its articles, or why there are none."""

    documents: tuple[Document, ...] = ()
    reason: str | None = None
    skipped: bool = False


class ParserPool:
    """Parses files in `children` processes, started when the first file comes. A context manager."""

    def __init__(self, children: int = 1) -> None:
        self._threads = ThreadPoolExecutor(children, thread_name_prefix="parser")
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._alive: set[_Child] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, kind: Parsed, raw: bytes, url: str | None = None) -> "Future[Outcome]":
        """What becomes of a file, in time."""
        return self._threads.submit(self._parse, kind, raw, url)

    def close(self) -> None:
        """End the children, whatever they are doing."""
        with self._lock:
            self._closed = True
            alive, self._alive = self._alive, set()
        for child in alive:
            child.end()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> "ParserPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parse(self, kind: Parsed, raw: bytes, url: str | None) -> Outcome:
        try:
            return self._ask({"kind": kind, "url": url}, raw)
        except ChildGoneError as gone:
            why = str(gone)
        try:
            return self._ask({"kind": kind, "gave_up": why}, raw)
        except ChildGoneError as again:
            return Outcome(reason=f"{why}; as plain text: {again}")

    def _ask(self, request: dict[str, object], raw: bytes) -> Outcome:
        child = self._child()
        try:
            answer = child.ask({**request, "size": len(raw)}, raw)
        except BaseException:
            self._drop(child)
            raise
        if child.asked >= FILES_PER_CHILD:
            self._drop(child)
        else:
            self._idle.put(child)
        if "reason" in answer:
            return Outcome(reason=answer["reason"], skipped=bool(answer["skipped"]))
        return Outcome(documents=tuple(map(_document, answer["documents"])))

    def _child(self) -> "_Child":
        with contextlib.suppress(queue.Empty):
            return self._idle.get_nowait()
        with self._lock:
            if self._closed:
                raise ChildGoneError("the reading was stopped")
            child = _Child()
            self._alive.add(child)
        return child

    def _drop(self, child: "_Child") -> None:
        with self._lock:
            self._alive.discard(child)
        child.end()


class ChildGoneError(Exception):
    """The child ended, or had to be ended, before it answered; the message says why."""


def _document(answer: dict[str, Any]) -> Document:
    labels = tuple((int(start), int(end), str(kind)) for start, end, kind in answer.pop("labels"))
    return Document(**answer, labels=labels)


class _Child:
    """One process of `worker.py`."""

    def __init__(self) -> None:
        self.asked = 0
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-c", _START, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, request: dict[str, object], raw: bytes) -> dict[str, Any]:
        """The child's answer. Raises ChildGoneError."""
        self.asked += 1
        try:
            stdin = _pipe(self._process.stdin)
            stdin.write(json.dumps(request).encode("ascii") + b"\n" + raw)
            stdin.flush()
            return self._answer()
        except (OSError, ValueError) as error:
            raise ChildGoneError(self._why()) from error

    def end(self) -> None:
        """Kill the process and forget it."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                _pipe(stream).close()

    def _answer(self) -> dict[str, Any]:
        stdout = _pipe(self._process.stdout)
        blocks: list[bytes] = []
        size = 0
        while not (blocks and blocks[-1].endswith(b"\n")):
            before = self._standing()
            ready, _, _ = select.select([stdout], [], [], IDLE_SECONDS)
            if not ready:
                if self._standing() not in (before, None) or self._wants_to_run():
                    continue
                raise ChildGoneError("the parser hangs")
            block = stdout.read1(1 << 20)  # type: ignore[attr-defined]
            size += len(block)
            if not block:
                raise ChildGoneError(self._why())
            if size > MAX_ANSWER_BYTES:
                raise ChildGoneError("the parser made more text than an article has")
            blocks.append(block)
        found = json.loads(b"".join(blocks))
        assert isinstance(found, dict)
        return found

    def _standing(self) -> tuple[str, ...] | None:
        """The processor time that the child has used; None where the system does not say."""
        fields = self._stat()
        return tuple(fields[11:13]) if fields else None

    def _wants_to_run(self) -> bool:
        return self._stat()[:1] == ["R"]

    def _stat(self) -> list[str]:
        try:
            line = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return []
        return line.rpartition(")")[2].split()  # the state, and from the twelfth on user and system time

    def _why(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=5)
            if code == -signal.SIGXCPU:
                return "the parser took too long"
            if code < 0:
                return f"the parser crashed (signal {-code})"
            return "the parser needed more memory than it may have, or failed to start"
        return "the parser stopped answering"


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # Popen was asked for pipes
    return stream
