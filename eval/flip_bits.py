"""Flips one bit at a time in each kind of file of an archive: is it noticed, and if not, does it change anything.

    python -m eval.flip_bits ARCHIVE [--flips 2000] [--seed 1]

Works on a copy. A flip is *noticed* when opening or asking the archive says so, or `attest verify --full` does;
*harmless* when it is not, and every passage, search and digest is as before. What is left is *harmful*, and should be
nothing; so should *wrong text*: a passage shown as a quotation that is not what was stored, noticed or not.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.screen import say_at_once
from index.archive import Archive, Filters
from index.checking import verify
from index.database import FILE_NAME
from index.embedding import Vectors
from index.errors import ArchiveError
from index.vectors import MANIFEST

KINDS = {"SQLite": FILE_NAME, "vector index": "vectors.*.faiss", "manifest": MANIFEST}
PROBES = 5  # stored vectors, and words, that are looked up after each flip


@dataclass(frozen=True, slots=True)
class Seen:
    """All that an archive shows: its digest, its passages by id, and what some searches find."""

    digest: str
    texts: dict[str, str]
    found: tuple[tuple[tuple[str, float], ...], ...]
    notices: tuple[str, ...]


@dataclass(slots=True)
class Flips:
    """What became of the flips in one kind of file."""

    noticed: int = 0
    harmless: int = 0
    harmful: list[str] = field(default_factory=list)
    wrong_text: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        return {
            "noticed": self.noticed,
            "harmless": self.harmless,
            "harmful": self.harmful,
            "wrong_text": self.wrong_text,
            "crashes": self.crashes,
        }


class Flipper:
    """A copy of an archive in the folder `work`, with what it shows while it is whole."""

    def __init__(self, archive: Path, work: Path) -> None:
        self.folder = work / "archive"
        self.folder.mkdir()
        for pattern in KINDS.values():
            [path] = archive.glob(pattern)
            shutil.copy(path, self.folder)
        self._whole = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        with Archive.open(self.folder) as opened:
            rows = range(1, opened.passage_count + 1)
            self._rows = [item.row for item in opened.passages(rows)]
            self._queries = opened.vectors(self._rows[:: max(1, len(self._rows) // PROBES)][:PROBES])
            words = " ".join(item.passage.text for item in opened.passages(self._rows[:20])).split()
            self._words = [word for word, count in Counter(words).most_common(200) if count < 5][:PROBES]
        self._honest = self._look(self._queries)

    def flip(self, pattern: str, flips: int, seed: int, say: Callable[[str], None]) -> Flips:
        """Flip so many bits, one at a time, in the file that `pattern` names."""
        chance = random.Random(seed)
        [name] = [name for name in self._whole if Path(name).match(pattern)]
        result = Flips()
        for number in range(1, flips + 1):
            at, bit = chance.randrange(len(self._whole[name])), chance.randrange(8)
            self._restore()
            raw = bytearray(self._whole[name])
            raw[at] ^= 1 << bit
            (self.folder / name).write_bytes(raw)
            self._judge(result, f"bit {bit} of byte {at}")
            if number % 100 == 0:  # on the screen at once: a long run may be ended by the clock
                wrong = len(result.harmful) + len(result.wrong_text) + len(result.crashes)
                say(f"{number} of {flips} flips in {name}: {result.noticed} noticed, {wrong} harmful, wrong or a crash")
        self._restore()
        return result

    def _restore(self) -> None:
        for path in self.folder.iterdir():
            if path.name not in self._whole:
                path.unlink()
        for name, raw in self._whole.items():
            (self.folder / name).write_bytes(raw)

    def _judge(self, result: Flips, where: str) -> None:
        try:
            breaches = verify(self.folder, full=True).breaches  # before an opening mends what it can
            seen = self._look(self._queries)
        except ArchiveError:
            result.noticed += 1
            return
        except Exception as error:
            result.crashes.append(f"{where}: {type(error).__name__}: {error}")
            return
        texts = self._honest.texts
        if any(texts.get(name) != text for name, text in seen.texts.items()):
            result.wrong_text.append(where)
        if breaches or seen.notices:
            result.noticed += 1
        elif seen == self._honest:
            result.harmless += 1
        else:
            result.harmful.append(where)

    def _look(self, queries: Vectors) -> Seen:
        with Archive.open(self.folder) as archive:
            hits = [archive.dense(query, 10, Filters()) for query in queries]
            hits += [archive.lexical([word], 10, Filters()) for word in self._words]
            ids = {item.row: item.passage.id for item in archive.passages(self._rows)}
            found = tuple(tuple((ids.get(hit.row, ""), round(hit.score, 4)) for hit in each) for each in hits)
            texts = {item.passage.id: item.passage.text for item in archive.passages(self._rows)}
            return Seen(archive.status().digest, texts, found, tuple(archive.notices))


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = say_at_once) -> int:
    """Print one JSON document; 0 when nothing was harmful, wrong or a crash, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--flips", type=int, default=2000, help="in each kind of file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        flipper = Flipper(options.archive, Path(folder))
        results = {kind: flipper.flip(pattern, options.flips, options.seed, say) for kind, pattern in KINDS.items()}
    say(json.dumps({kind: result.to_json() for kind, result in results.items()}, indent=2))
    return 1 if any(result.harmful or result.wrong_text or result.crashes for result in results.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
