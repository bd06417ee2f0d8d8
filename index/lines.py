"""Lines of a byte stream in bounded memory, numbered, with a limit to how long one may be."""

from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from typing import BinaryIO, cast

_SKIP_BYTES = 1 << 16


def numbered_lines(stream: BinaryIO, max_bytes: int) -> Iterator[tuple[int, bytes | None]]:
    """Line number (from 1) and line, UTF-8 without a byte order mark; None in place of a line over `max_bytes`.

    The rest of such a line is passed over in small pieces and never held. UTF-16 with its mark is recoded.
    """
    head = stream.readline(max_bytes + 1)
    readline: Callable[[int], bytes] = stream.readline
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # as Windows writes it: there, lines are found after decoding
        decoded = TextIOWrapper(cast(BinaryIO, _Rejoined(head, stream)), encoding="utf-16", newline="\n")

        def readline(size: int) -> bytes:
            return decoded.readline(size).encode("utf-8", "replace")

        head = readline(max_bytes + 1)
    number, line = 1, head.removeprefix(b"\xef\xbb\xbf")
    while line:
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = readline(_SKIP_BYTES)
            yield number, None
        else:
            yield number, line
        line = readline(max_bytes + 1)
        number += 1


class _Rejoined(BytesIO):
    """A stream with the bytes that were already read from it put back in front."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__(head)
        self._rest = rest

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return super().read() + self._rest.read()
        return super().read(size) or self._rest.read(size)

    read1 = read
