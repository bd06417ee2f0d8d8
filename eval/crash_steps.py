"""The named steps of an ingest, and killing a process at a chosen one."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.batch import Batch
from index.database import Database

STATEMENTS = {
    "BEGIN": "begin",
    "INSERT INTO articles": "article",
    "INSERT INTO passages": "passage",
    "INSERT INTO vectors": "vector",
    "INSERT INTO full_text": "words",
    "DELETE FROM passages": "old passages",
    "INSERT INTO ledger": "ledger",
    "UPDATE articles SET metadata": "path",
    "INSERT OR REPLACE INTO files": "file",
    "INSERT INTO meta": "meta",
    "COMMIT": "commit",
}


class Steps:
    """Counts the named steps of an ingest in this process, and kills it at the chosen one."""

    def __init__(self, target: tuple[str, int] | None) -> None:
        self.counts: Counter[str] = Counter()
        self._target = target
        import faiss

        self._around(Database, "run", lambda arguments: _statement(arguments[1]))
        self._around(Database, "run_many", lambda arguments: _statement(arguments[1]))
        self._around(os, "fsync", lambda _: "fsync")
        self._around(Path, "replace", lambda _: "rename")
        self._around(Path, "unlink", lambda _: "delete")
        self._around(faiss, "write_index", lambda _: "vector file")
        self._around(
            Batch, "vectors", lambda _: "embedding"
        )  # in a thread of its own, while the batch before is stored

    def _around(self, owner: Any, name: str, called: Callable[[tuple[Any, ...]], str | None]) -> None:
        inner = getattr(owner, name)

        def outer(*arguments: Any, **named: Any) -> Any:
            step = called(arguments)
            if step:
                self._reach(f"before {step}")
            result = inner(*arguments, **named)
            if step:
                self._reach(f"after {step}")
            return result

        setattr(owner, name, outer)

    def _reach(self, step: str) -> None:
        self.counts[step] += 1
        if self._target == (step, self.counts[step]):
            os.kill(os.getpid(), signal.SIGKILL)


def _statement(sql: str) -> str | None:
    return next((name for start, name in STATEMENTS.items() if sql.startswith(start)), None)
