"""Files that wait for a parser: parsed in child processes, some files ahead, and given in their order all the same."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.records import Given, RawRecord, ReadFailure

if TYPE_CHECKING:
    from index.formats.parsing import Parsed
    from index.formats.pool import Outcome, ParserPool

AHEAD_FILES = 32  # so many files are parsed ahead of the one that is waited for
AHEAD_BYTES = 48 << 20


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that a child process is still to parse, and what becomes of its outcome."""

    kind: "Parsed"
    raw: bytes
    url: str | None
    finish: Callable[["Outcome"], Iterable[RawRecord | ReadFailure]]


def in_order(items: Iterator[Pending | Given], children: int) -> Iterator[Given]:
    """The items as they come, each pending one in its place when it is parsed, with others parsed meanwhile."""
    pool: ParserPool | None = None
    waiting: deque[Given | tuple[Pending, Future[Outcome]]] = deque()
    ahead_bytes = 0
    try:
        for item in items:
            if not isinstance(item, Pending):
                if not waiting:
                    yield item
                    continue
                waiting.append(item)
            else:
                if pool is None:
                    pool = _new_pool(children)
                waiting.append((item, pool.submit(item.kind, item.raw, item.url)))
                ahead_bytes += len(item.raw)
            while waiting and (
                not isinstance(waiting[0], tuple)
                or waiting[0][1].done()
                or len(waiting) > AHEAD_FILES
                or ahead_bytes > AHEAD_BYTES
            ):
                first = waiting.popleft()
                ahead_bytes -= len(first[0].raw) if isinstance(first, tuple) else 0
                yield from _finished(first)
        while waiting:
            yield from _finished(waiting.popleft())
    finally:
        if pool is not None:
            pool.close()


def _new_pool(children: int) -> "ParserPool":
    from index.formats.pool import ParserPool

    return ParserPool(children)


def _finished(
    item: "Given | tuple[Pending, Future[Outcome]]",
) -> Iterable[Given]:
    return item[0].finish(item[1].result()) if isinstance(item, tuple) else (item,)
