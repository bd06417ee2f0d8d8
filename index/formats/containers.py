"""What is inside ZIP and TAR files, member by member. Nothing is written under a member's name, ever.

A name in an archive is hostile: it may climb out of the folder, be absolute, or a link. Such a member is refused, the
others are read. Counts and sums are limited over an archive and all the archives inside it.
"""

import contextlib
import io
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from index.formats.opening import BROKEN_STREAM, FREE_BYTES, MAX_RATIO, DecompressionBombError, cause
from index.records import storable

MAX_DEPTH = 2  # an archive in an archive is how some export; one more is how bombs are built
MAX_MEMBERS = 100_000
MAX_TOTAL_BYTES = 8 << 30  # unpacked, nested ones included
_DIRECTORY_BYTES = 256 * MAX_MEMBERS  # zipfile holds a ZIP's whole directory in memory
_SPOOL_BYTES = 16 << 20  # a nested archive up to this size stays in memory, a larger one in an unnamed file
_BROKEN = (
    *BROKEN_STREAM,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclass(slots=True)
class Budget:
    """What may still be unpacked from one archive, those inside it included."""

    members: int = MAX_MEMBERS
    size_bytes: int = MAX_TOTAL_BYTES


class OverBudgetError(OSError):
    """An archive that holds more than is unpacked."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive; `open` gives its bytes, once and before the next member is asked for."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Refused:
    """A member, or the rest of the archive (`name` is ""), that is not read, and why."""

    name: str
    reason: str
    skipped: bool = False  # it was never meant to be an article


def zip_members(stream: BinaryIO, budget: Budget) -> Iterator[Member | Refused]:
    """The files in a ZIP, in its own order."""
    with contextlib.ExitStack() as stack:
        try:
            seekable = stream if stream.seekable() else stack.enter_context(_spooled(stream, budget))
            if directory_size(seekable) > _DIRECTORY_BYTES:
                yield Refused("", f"it lists more than the {MAX_MEMBERS:,} files that one archive may hold")
                return
            archive = stack.enter_context(zipfile.ZipFile(seekable))
        except OverBudgetError as error:
            yield Refused("", str(error))
            return
        except _BROKEN as error:
            yield Refused("", f"it is damaged or cut off ({_one_line(error)})")
            return
        seen: set[str] = set()
        for info in archive.infolist():
            if info.is_dir():
                continue
            name = storable(info.filename)
            if _is_hidden(name):
                yield Refused(name, "hidden file", skipped=True)
                continue
            reason = _refusal(name, seen) or _zip_refusal(info)
            if reason is None and not _paid(budget):
                yield Refused(
                    "", f"it holds more than {MAX_MEMBERS:,} files; {name!r} and those after it were not read"
                )
                return
            seen.add(name)
            yield Refused(name, reason) if reason else Member(name, _zip_opener(archive, info, budget))


def tar_members(stream: BinaryIO, budget: Budget) -> Iterator[Member | Refused]:
    """The files in a TAR, in its own order; read as a stream."""
    seen: set[str] = set()
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
            for info in archive:
                name = storable(info.name)
                if info.isdir():
                    continue
                if _is_hidden(name):
                    yield Refused(name, "hidden file", skipped=True)
                    continue
                reason = _refusal(name, seen) if info.isreg() else "a link or a device, not a file"
                if reason is None and not _paid(budget):
                    yield Refused(
                        "", f"it holds more than {MAX_MEMBERS:,} files; {name!r} and those after it were not read"
                    )
                    return
                seen.add(name)
                yield Refused(name, reason) if reason else Member(name, _tar_opener(archive, info, budget))
                archive.members = []  # type: ignore[attr-defined]  # it keeps every header that it has seen
    except _BROKEN as error:
        reason = cause(error) if isinstance(error, (EOFError, DecompressionBombError)) else _one_line(error)
        yield Refused("", f"it is damaged or cut off, and what comes after could not be read ({reason})")


def directory_size(stream: BinaryIO) -> int:
    """The size in bytes that a ZIP gives for its list of files, -1 where none is found; `stream` is rewound."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 65_600))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return -1
    found = int(struct.unpack("<I", tail[at + 12 : at + 16])[0])
    locator = tail.rfind(b"PK\x06\x06", 0, at)
    if found == 0xFFFFFFFF and locator >= 0 and len(tail) >= locator + 48:
        found = int(struct.unpack("<Q", tail[locator + 40 : locator + 48])[0])
    return found


def _zip_refusal(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & 0x1:
        return "encrypted: it needs a password; unpack it yourself and ingest the files"
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return "a link or a device, not a file"
    if info.file_size > FREE_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return str(DecompressionBombError())
    return None


def _refusal(name: str, seen: set[str]) -> str | None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or name.startswith(("/", "\\")) or parts[0].endswith(":"):
        return "its name points outside the archive"
    return "a second file of this name in the archive" if name in seen else None


def _is_hidden(name: str) -> bool:
    """Whether it is a note of the system that packed it (`.DS_Store`, `__MACOSX/._a.txt`), as in a folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and ".." not in parts and (parts[-1].startswith(".") or parts[0] == "__MACOSX")


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        try:
            return io.BufferedReader(_Metered(archive.open(info), budget, info.compress_size))
        except _BROKEN as error:
            raise OSError(f"it is damaged ({_one_line(error)})") from error

    return open_member


def _tar_opener(archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        inner = archive.extractfile(info)
        assert inner is not None  # a regular file
        return io.BufferedReader(_Metered(inner, budget, info.size))

    return open_member


def _paid(budget: Budget) -> bool:
    budget.members -= 1
    return budget.members >= 0


def _spooled(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """A copy that can be read in any order, as a ZIP must be: its list of files is at its end."""
    copy = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115  closed by the caller
    while block := stream.read(1 << 20):
        _spend(budget, len(block))
        copy.write(block)
    copy.seek(0)
    return copy  # type: ignore[return-value]


def _spend(budget: Budget, size: int) -> None:
    budget.size_bytes -= size
    if budget.size_bytes < 0:
        raise OverBudgetError(f"the archive unpacks to more than the {MAX_TOTAL_BYTES >> 30} GiB that are read of one")


class _Metered(io.RawIOBase):
    """A member's bytes, counted against the budget, with every way in which it may be broken as an OSError."""

    def __init__(self, inner: IO[bytes], budget: Budget, packed_bytes: int) -> None:
        self._inner = inner
        self._budget = budget
        self._packed = packed_bytes
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]", /) -> int:  # type: ignore[override]
        try:
            block: bytes = self._inner.read1(len(buffer))  # type: ignore[attr-defined]
        except (EOFError, tarfile.ReadError) as error:
            raise EOFError("cut off") from error
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, tarfile.TarError) as error:
            raise OSError(f"it is damaged ({_one_line(error)})") from error
        _spend(self._budget, len(block))
        self._given += len(block)
        if self._given > FREE_BYTES and self._given > MAX_RATIO * max(1, self._packed):
            raise DecompressionBombError
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
