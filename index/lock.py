"""One writer at a time: a lock on a file in the archive's folder that the system drops when its holder dies."""

import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from index.errors import ArchiveBusyError, ArchiveError

LOCK_NAME = "lock"  # the file in the archive's folder
RETRY_S = 0.05


class WriterLock:
    """Held from construction until `release`, or until the process ends in whatever way.

    The file stays in place, so that two writers can never hold locks on two different files of the same name. What it
    says about the holder is for the message only; the lock itself is flock's.
    """

    def __init__(self, path: Path, *, wait_s: float = 1.0) -> None:
        """Take the lock on `path`; raises ArchiveBusyError naming the holder when it is not free within `wait_s`."""
        self._handle: int | None = None
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ArchiveError(
                f"The archive {path.parent} cannot be written ({error.strerror}); check its permissions, "
                "or choose another folder with: --archive DIR"
            ) from error
        try:
            _flock(handle, path, time.monotonic() + wait_s)
            holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
            with suppress(OSError):  # a full disk: the lock holds without a word about who has it
                os.ftruncate(handle, 0)
                os.pwrite(handle, json.dumps(holder).encode("utf-8"), 0)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle

    def release(self) -> None:
        """Let others write. Doing it twice is harmless."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)  # flock ends with the last descriptor
            self._handle = None

    def __enter__(self) -> "WriterLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _flock(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise ArchiveBusyError(
                    f"The archive {path.parent} is being written by {_holder(handle)}; "
                    "wait until that is done, then run the command again"
                ) from error
            time.sleep(RETRY_S)
        except OSError as error:
            raise ArchiveError(
                f"The archive {path.parent} is on a file system without locks ({error.strerror}); "
                "move it to a local disk and name that with: --archive DIR"
            ) from error


def _holder(handle: int) -> str:
    try:
        said = json.loads(os.pread(handle, 4096, 0))
        return f"process {said['pid']} on {said['host']} since {said['since']}"
    except (ValueError, KeyError, TypeError):  # between taking the lock and saying who took it
        return "another process"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
