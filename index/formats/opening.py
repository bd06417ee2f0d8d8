"""Compressed streams, opened so that a bomb is noticed, a cut is an error, and memory stays small."""

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import PurePath
from typing import BinaryIO, cast

COMPRESSED = (".gz", ".xz", ".zst", ".bz2")
MAX_RATIO = 100  # text packs 3 to 30 times smaller; gzip's zeros 1,000 times
FREE_BYTES = 64 << 20  # below this much output the ratio does not matter: a small file of blanks is only odd
_ZSTD_STEP = 1024  # 4 bytes of zstd can hold 128 KiB, so this many give at most 32 MiB at once
_BUFFER_BYTES = 1 << 17


class DecompressionBombError(OSError):
    """A stream that unpacks to so much more than it is that it can only have been made for that."""

    def __init__(self) -> None:
        super().__init__(f"it unpacks to more than {MAX_RATIO} times its size, as decompression bombs do")


BROKEN_STREAM = (OSError, EOFError, zlib.error, lzma.LZMAError)


def split_compression(name: str) -> tuple[str, str]:
    """The name without its compression's ending, and that ending in lower case ("" for none)."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".tgz":
        return name[: -len(suffix)] + ".tar", ".gz"
    return (name[: -len(suffix)], suffix) if suffix in COMPRESSED else (name, "")


def decompressed(stream: BinaryIO, compression: str) -> BinaryIO:
    """`stream` unpacked; closing it closes `stream`. Reading raises one of BROKEN_STREAM where it is damaged."""
    if not compression:
        return stream
    counted = _Counted(stream)
    inner: BinaryIO
    if compression == ".gz":
        inner = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, counted)))
    elif compression == ".xz":
        inner = cast(BinaryIO, lzma.LZMAFile(cast(BinaryIO, counted)))  # noqa: SIM115  closed with what is returned
    elif compression == ".bz2":
        inner = cast(BinaryIO, bz2.BZ2File(cast(BinaryIO, counted)))
    else:
        inner = cast(BinaryIO, _Zstandard(counted))
    return io.BufferedReader(_Guarded(inner, counted), _BUFFER_BYTES)


def cause(error: BaseException) -> str:
    """What is wrong with a stream, as the end of a sentence."""
    if isinstance(error, EOFError):
        return "the compressed file is cut off"
    if isinstance(error, (zlib.error, lzma.LZMAError, gzip.BadGzipFile)):
        return f"the compressed file is damaged ({error})"
    return str(getattr(error, "strerror", None) or error)


class _Counted:
    """A stream that says how many bytes were read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.count = 0
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        block = self._stream.read(size)
        self.count += len(block)
        return block

    def seekable(self) -> bool:
        return False

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()


class _Guarded(io.RawIOBase):
    """Bytes of an unpacked stream for as long as there are not suspiciously many."""

    def __init__(self, inner: BinaryIO, counted: _Counted) -> None:
        self._inner = inner
        self._counted = counted
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]", /) -> int:  # type: ignore[override]
        block: bytes = self._inner.read1(len(buffer))  # type: ignore[attr-defined]  # keeps what precedes a damage
        buffer[: len(block)] = block
        self._given += len(block)
        if self._given > FREE_BYTES and self._given > MAX_RATIO * self._counted.count:
            raise DecompressionBombError
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._counted.close()
        super().close()


class _Zstandard(io.RawIOBase):
    """Unpacked Zstandard frames. The library's own reader takes a file that is cut off for one that ends there."""

    def __init__(self, stream: _Counted) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._new = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj
        self._stream = stream
        self._frame = self._new()
        self._begun = False
        self._left = b""  # packed, after the frame that ended
        self._out = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not len(self._out):
            packed = self._left or self._stream.read(_ZSTD_STEP)
            if not packed:
                if self._begun:
                    raise EOFError("cut off")
                return b""
            self._left, self._begun = b"", True
            try:
                self._out = memoryview(self._frame.decompress(packed))
            except self._error as error:
                raise OSError(f"the compressed file is damaged ({error})") from error
            if self._frame.eof:
                self._left, self._frame, self._begun = self._frame.unused_data, self._new(), False
        given, self._out = bytes(self._out[:size]), self._out[size:]
        return given

    read1 = read
