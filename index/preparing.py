"""From records to cleaned, cut articles, in this process or in several, in the order in which the records came.

Cleaning in other processes overlaps with the encoder's work in this one, and gives the very same articles: what is
stored does not depend on how many there are.
"""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from index.article import Article, Passage
from index.documents import build_article
from index.errors import InputError
from index.passages import cut_passages
from index.records import Given, RawRecord

AHEAD_RECORDS = 128  # about four batches of the encoder: enough to keep the processes busy while one is embedded
AHEAD_CHARS = 16 << 20
ORPHAN_CHECK_S = 1.0

Cleaned = tuple[Article, list[Passage]] | str  # or the reason why the record gives no article


def clean(record: RawRecord) -> Cleaned:
    """The record's article and its passages, or why there is none."""
    try:
        article = build_article(record)
        return article, cut_passages(article)
    except InputError as error:
        return str(error)
    except Exception as error:  # our bug, and yet the other articles of the pile are not to wait for its repair
        return f"it met an error of Attest's own ({type(error).__name__}: {error}); please report it"


def clean_all(items: Iterable[Given], jobs: int = 1) -> Generator[tuple[Given, Cleaned | None], None, None]:
    """Each item with what cleaning made of it (None for what is no record), by so many processes beside this one.

    With one job the cleaning is done here, when an item is asked for. A process that dies takes no record with it: what
    it had not answered is cleaned here.
    """
    if jobs == 1:
        for item in items:
            yield item, clean(item) if isinstance(item, RawRecord) else None
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (os.getpid(),))
    waiting: deque[tuple[Given, Future[Cleaned] | None]] = deque()
    ahead = 0
    try:
        for item in items:
            waiting.append((item, _submit(pool, item)))
            ahead += _size(item)
            while len(waiting) > AHEAD_RECORDS or ahead > AHEAD_CHARS:
                first, future = waiting.popleft()
                ahead -= _size(first)
                yield first, _result(first, future)
        while waiting:
            first, future = waiting.popleft()
            yield first, _result(first, future)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, item: Given) -> "Future[Cleaned] | None":
    if not isinstance(item, RawRecord):
        return None
    try:
        return pool.submit(clean, item)
    except BrokenProcessPool:
        return None


def _result(item: Given, future: "Future[Cleaned] | None") -> Cleaned | None:
    if not isinstance(item, RawRecord):
        return None
    try:
        return clean(item) if future is None else future.result()
    except BrokenProcessPool:
        return clean(item)


def _size(item: Given) -> int:
    return len(item.text) if isinstance(item, RawRecord) else 0


def _begin(parent: int) -> None:
    """Start of a process: Ctrl-C is the parent's to answer, and a killed parent leaves nobody behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    from index.language import prepare

    prepare()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_S)
    os._exit(1)
