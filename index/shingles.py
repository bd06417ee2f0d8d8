"""How much of one article's wording another has: runs of words outside quotation marks, compared both ways.

What people said is in every report of it, so a long quotation in two articles is no sign that one was copied: what
stands between quotation marks is left out, unless a text consists of little else. And what is shared has to be spread
over the shorter text: a list of countries or of other headlines that a page carries is all in one place.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.article import Article

RUN_WORDS = 5  # words in a run: shorter ones recur in independent reports, longer ones are lost at every edit
LEAST_RUNS = 20  # a text with fewer has too little wording to be known by: "Watch the video above."
LEAST_OWN_RUNS = 40  # with fewer outside quotation marks, the quotations count as well: a transcript, a statement
# The share of the shorter text's runs that the longer has, from which it is a copy of it, and the same where it would
# be a small part of the longer: a digest, a live page or a background paragraph that many articles share.
CONTAINED = 0.30  # swept .10-.70 by eval/benchmark_copies.py --sweep: F1 .998 from .10 to .30, then falling
EXCERPT = 0.60  # by hand
# Within one outlet, whose pages share furniture and whose reporters use their background paragraphs again.
SAME_OUTLET = 0.60  # by hand on the pairs of 4,000 articles: below it they were page furniture, or follow-up stories
EXCERPT_RATIO = 0.30  # of the longer text's runs: below it a contained text is an excerpt
PARTS = 10  # of the shorter text, in which what is shared is looked for
PART_SHARED = 0.20  # of a part's runs, from which the part is shared: fewer than CONTAINED, for an edit may fall in it
SPREAD = 0.60  # share of the parts; by hand on pairs of 4,000 articles that have page furniture in their stories

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # scripts without spaces: a character is a word
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+(?:'(?:(?![{_UNSPACED}])\w)+)*")
_QUOTED = re.compile(r"“[^“”\n]*(?:”|\n|$)|«[^«»\n]*(?:»|\n|$)|„[^„“”\n]*(?:[“”]|\n|$)|\"[^\"\n]*(?:\"|\n|$)")


Runs = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Shingles:
    """The runs of words of a text in order, each a 32-bit hash: those outside quotation marks, and all of them."""

    own: Runs
    all: Runs
    outlet: str = ""  # empty when unknown


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common. `contained`: share of the shorter's runs; `ratio`: shorter to longer."""

    contained: float
    ratio: float
    shared: int  # runs
    spread: float  # share of the shorter's parts that hold some of them
    same_outlet: bool = False

    @property
    def is_copy(self) -> bool:
        """Whether the one was made from the other, or both from a third."""
        least = EXCERPT if self.is_excerpt else SAME_OUTLET if self.same_outlet else CONTAINED
        return self.shared >= LEAST_RUNS and self.contained >= least and self.spread >= SPREAD

    @property
    def is_excerpt(self) -> bool:
        """Whether the shorter is so small a part of the longer that what else is in that is no copy of it."""
        return self.ratio < EXCERPT_RATIO


NOTHING = Overlap(0.0, 0.0, 0, 0.0)


def read_shingles(article: Article) -> Shingles:
    """The runs of the article's body: without title, captions, comments and page furniture."""
    blocks = [article.text[block.start : block.end] for block in article.blocks if block.kind == "body"]
    found = shingles("\n".join(blocks) if article.blocks else article.text)
    return Shingles(found.own, found.all, (article.source or "").strip().casefold())


def shingles(text: str) -> Shingles:
    """The runs of `RUN_WORDS` words of `text`, without regard to case, punctuation and white space."""
    codes: list[int] = []
    parts: list[int] = []  # for each word, the stretch that it is in: even outside quotation marks, odd within them
    folded = text.casefold().replace("’", "'")
    for number, stretch in enumerate(_stretches(folded)):
        found = _WORD.findall(stretch)
        codes.extend(map(_code, found))
        parts.extend([number] * len(found))
    count = len(codes) - RUN_WORDS + 1
    if count < 1:
        return Shingles(np.empty(0, np.uint32), np.empty(0, np.uint32))
    words, stretches = np.array(codes, dtype=np.uint64), np.array(parts)
    mixed = np.zeros(count, dtype=np.uint64)
    for at in range(RUN_WORDS):
        mixed = (mixed ^ words[at : at + count]) * np.uint64(0x9E3779B97F4A7C15)
    runs = (mixed >> np.uint64(32)).astype(np.uint32)
    first, last = stretches[:count], stretches[RUN_WORDS - 1 :]
    return Shingles(runs[(first == last) & (first % 2 == 0)], runs)


def overlap(one: Shingles, other: Shingles) -> Overlap:
    """What the texts have in common; the same whichever comes first."""
    both_own = min(len(one.own), len(other.own)) >= LEAST_OWN_RUNS
    pair = [(np.unique(runs), runs) for runs in ((one.own, other.own) if both_own else (one.all, other.all))]
    (shorter, ordered), (longer, _) = sorted(pair, key=lambda item: (len(item[0]), item[0].tobytes()))
    if not len(shorter):
        return NOTHING
    shared = int(np.isin(shorter, longer, assume_unique=True).sum())
    found = np.array_split(np.isin(ordered, longer), PARTS)
    spread = sum(float(part.mean()) >= PART_SHARED for part in found if len(part)) / PARTS
    same_outlet = bool(one.outlet) and one.outlet == other.outlet
    return Overlap(shared / len(shorter), len(shorter) / len(longer), shared, spread, same_outlet)


def _stretches(text: str) -> Iterator[str]:
    """The text outside and within quotation marks, by turns."""
    start = 0
    for match in _QUOTED.finditer(text):
        yield text[start : match.start()]
        yield match[0]
        start = match.end()
    yield text[start:]


@lru_cache(maxsize=1 << 16)
def _code(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))
