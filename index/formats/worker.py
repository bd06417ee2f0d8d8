"""The child process that parses: takes files on standard input, gives articles on standard output, may do little else.

A message is a line of JSON; a request is followed by the file's bytes. Nothing is pickled: what comes back from a
process that has read a hostile file is data and no code. The process has a limit to its memory, a limit to the
processor time for each file, may write no file, open no connection and start no program.
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from index.formats.document import Document, NoArticleError
from index.formats.parsing import describe, parse, parse_plainly

MEMORY_BYTES = 2 << 30
CPU_SECONDS = {"pdf": 120, "epub": 60, "docx": 60}  # a thousand pages of PDF take some 60 s
CPU_SECONDS_ELSE = 30
_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> None:
    """Serve requests until standard input ends, as it does when the parent is gone."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a parser prints is no answer
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to act on
    limit_process()
    while line := requests.readline():
        request = json.loads(line)
        raw = _exactly(requests, request["size"])
        limit_time(request["kind"])
        answers.write(json.dumps(answer(request, raw)).encode("ascii") + b"\n")
        answers.flush()


def answer(request: Mapping[str, Any], raw: bytes) -> dict[str, object]:
    """What becomes of one file: its articles, or the reason why there are none."""
    try:
        if request.get("gave_up"):
            found = parse_plainly(request["kind"], raw, request["gave_up"])
        else:
            found = parse(request["kind"], raw, request.get("url"))
    except NoArticleError as error:
        return {"reason": str(error), "skipped": error.skipped}
    except Exception as error:
        return {"reason": f"it cannot be parsed ({describe(error)})", "skipped": False}
    return {"documents": [_to_json(document) for document in found]}


def limit_process() -> None:
    """Take from this process what a parser does not need."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits on Windows, other ones on macOS
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.addaudithook(_refuse)


def limit_time(kind: str) -> None:
    """Give the process so much processor time from now on; when it is spent, the system ends it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS.get(kind, CPU_SECONDS_ELSE)
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a parser may not do this: {event}")
    if event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise PermissionError("a parser may not write files")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    raw = stream.read(size)
    if len(raw) < size:
        sys.exit(0)  # the parent died while it wrote
    return raw


def _to_json(document: Document) -> dict[str, object]:
    return {
        "text": document.text,
        "fields": {name: value for name, value in document.fields.items() if _plain(value)},
        "provenance": dict(document.provenance),
        "note": document.note,
        "labels": document.labels,
        "skipped": document.skipped,
    }


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, (str, int, float)) for item in value)
    return isinstance(value, (str, int, float))


if __name__ == "__main__":
    main()
