"""What a function comes to in a process of its own, as the person at the terminal would have it."""

import multiprocessing
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from index.errors import AttestError


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of three: what the function returned, the sentence of its AttestError, or the traceback of anything else."""

    value: Any = None
    sentence: str | None = None
    trace: str | None = None

    @property
    def wrong(self) -> str | None:
        """What is no proper ending: a traceback, a killed process, or a message of several lines."""
        if self.trace is None and self.sentence is not None and "\n" in self.sentence:
            return f"not one sentence: {self.sentence}"
        return self.trace


def in_child(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Run `function` in a fork of this process, which has the models loaded already."""
    return begin(function, *arguments)()


def begin(function: Callable[..., Any], *arguments: Any) -> Callable[[], Outcome]:
    """Start it, and give what waits for its outcome."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, function, arguments))
    process.start()
    theirs.close()

    def outcome() -> Outcome:
        try:
            said: Outcome = ours.recv()
        except EOFError:
            said = Outcome(trace="the process ended without a word")
        process.join()
        return said

    return outcome


def _run(out: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    import faiss

    faiss.omp_set_num_threads(1)  # threads do not survive a fork
    try:
        said = Outcome(value=function(*arguments))
    except AttestError as error:
        said = Outcome(sentence=str(error))
    except BaseException:
        said = Outcome(trace=traceback.format_exc())
    out.send(said)
