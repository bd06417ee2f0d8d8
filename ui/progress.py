"""Progress on standard error: a bar with the time left on a terminal, a plain line now and then elsewhere."""

import glob
import gzip
import lzma
import os
import threading
import time
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from index.counted import counted
from ui.console import Console

LINE_EVERY_S = 10.0
# Weight of the latest batch's pace in the time left: low, because batches differ and a longer average errs less, but
# not nothing, because after an interruption the first thousands are merely found unchanged.
SMOOTHING = 0.1
_BLOCK_BYTES = 1 << 20


class Progress:
    """Counts towards a total that may become known later; a context manager that shows nothing before `start`."""

    def __init__(self, console: Console, unit: str, *, scaled: bool = False) -> None:
        self.total: int | None = None
        self._console = console
        self._unit = unit
        self._scaled = scaled  # bytes on the bar as 1.2GB
        self._bar: Any = None
        self._began = self._said = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def start(self) -> None:
        """Begin to count the time."""
        self._began = self._said = time.monotonic()
        if self._console.interactive:
            from tqdm import tqdm

            self._bar = tqdm(
                unit="B" if self._scaled else f" {self._unit}",
                unit_scale=self._scaled,
                file=self._console.err,
                smoothing=SMOOTHING,
                miniters=1,
                dynamic_ncols=True,
            )

    def update(self, done: int, detail: str = "") -> None:
        """Show that `done` units are done."""
        if self._bar is not None:
            self._bar.total = max(self.total, done) if self.total else None
            if detail:
                self._bar.set_postfix_str(detail, refresh=False)
            self._bar.update(done - self._bar.n)
        elif not self._console.interactive and time.monotonic() - self._said >= LINE_EVERY_S:
            self._said = time.monotonic()
            self._console.say(self.line(done, self._said - self._began, detail))

    def say(self, text: str) -> None:
        """A line of its own, above the bar where there is one."""
        if self._bar is not None:
            self._bar.clear()
        self._console.say(text)

    def line(self, done: int, seconds: float, detail: str = "") -> str:
        """One plain line: how many, of how many, and about how long it will take."""
        total = max(self.total or 0, done)
        text = f"{done:,} of about {counted(total, self._unit)}" if self.total else counted(done, self._unit)
        if self.total and 0 < done < total:
            text += f", about {duration(seconds / done * (total - done))} left"
        return f"{text}, {detail}" if detail else text


def duration(seconds: float) -> str:
    """Seconds in the unit that people would use: "40 s", "12 min", "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class RecordCount:
    """About how many records lie under some paths, counted beside the caller's own work; None until that is known."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.value: int | None = None
        self._paths = paths
        if "-" not in paths:  # what comes on standard input cannot be counted before it is read
            threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        self.value = sum(_records_in(path) for path in files_under(self._paths))


def files_under(paths: Sequence[str]) -> Iterable[Path]:
    """The files that the paths stand for; close enough for a progress bar."""
    for path in paths:
        for match in [path] if Path(path).exists() else glob.glob(path, recursive=True):  # noqa: PTH207  any pattern
            if not Path(match).is_dir():
                yield Path(match)
                continue
            for root, folders, names in os.walk(match):
                folders[:] = [name for name in folders if not name.startswith(".")]
                yield from (Path(root) / name for name in names)


def _records_in(path: Path) -> int:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if not {".jsonl", ".ndjson"} & set(suffixes) or not path.is_file():
        return 1  # what a pipe gives can be read once only, and not here
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(suffixes[-1], open)
    try:
        with opener(path, "rb") as file:
            lines, last = 0, b"\n"
            while block := file.read(_BLOCK_BYTES):
                lines, last = lines + block.count(b"\n"), block[-1:]
            return lines + (last != b"\n")
    except (OSError, EOFError, zlib.error, lzma.LZMAError):
        return 1  # the reader will say what is wrong with it
