"""How much of one article's wording another has: runs of words outside quotation marks, compared both ways.

What people said is in every report of it, so a long quotation in two articles is no sign that one was copied: what
stands between quotation marks is left out, unless a text consists of little else.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from index.article import Article

RUN_WORDS = 5  # words in a run: shorter ones recur in independent reports, longer ones are lost at every edit
LEAST_RUNS = 20  # a text with fewer has too little wording to be known by: "Watch the video above."
LEAST_OWN_RUNS = 40  # with fewer outside quotation marks, the quotations count as well: a transcript, a statement
# The share of the shorter text's runs that the longer has, from which it is a copy of it, and the same where it would
# be a small part of the longer: a digest, a live page or a background paragraph that many articles share.
CONTAINED = 0.40  # swept by eval/benchmark_copies.py --sweep; see docs/quality.md
EXCERPT = 0.60  # the same
EXCERPT_RATIO = 0.30  # of the longer text's runs: below it a contained text is an excerpt

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # scripts without spaces: a character is a word
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+(?:['’](?:(?![{_UNSPACED}])\w)+)*")
_QUOTED = re.compile(r"“[^“”\n]*(?:”|\n|$)|«[^«»\n]*(?:»|\n|$)|„[^„“”\n]*(?:[“”]|\n|$)|\"[^\"\n]*(?:\"|\n|$)")


@dataclass(frozen=True, slots=True)
class Shingles:
    """The runs of words of a text, each a 32-bit hash: those outside quotation marks, and all of them."""

    own: frozenset[int]
    all: frozenset[int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common. `contained`: share of the shorter's runs; `ratio`: shorter to longer."""

    contained: float
    ratio: float
    shared: int

    @property
    def is_copy(self) -> bool:
        """Whether the one was made from the other, or both from a third."""
        least = CONTAINED if self.ratio >= EXCERPT_RATIO else EXCERPT
        return self.shared >= LEAST_RUNS and self.contained >= least

    @property
    def is_excerpt(self) -> bool:
        """Whether the shorter is so small a part of the longer that what else is in that is no copy of it."""
        return self.ratio < EXCERPT_RATIO


NOTHING = Overlap(0.0, 0.0, 0)


def read_shingles(article: Article) -> Shingles:
    """The runs of the article's body: without title, captions, comments and page furniture."""
    blocks = [article.text[block.start : block.end] for block in article.blocks if block.kind == "body"]
    return shingles("\n".join(blocks) if article.blocks else article.text)


def shingles(text: str) -> Shingles:
    """The runs of `RUN_WORDS` words of `text`, without regard to case, punctuation and white space."""
    own = frozenset(run for part in _outside_quotations(text) for run in _runs(part))
    return Shingles(own, frozenset(_runs(text)))


def overlap(one: Shingles, other: Shingles) -> Overlap:
    """What the texts have in common; the same whichever comes first."""
    both_own = min(len(one.own), len(other.own)) >= LEAST_OWN_RUNS
    left, right = (one.own, other.own) if both_own else (one.all, other.all)
    shorter, longer = sorted((len(left), len(right)))
    if not shorter:
        return NOTHING
    shared = len(left & right)
    return Overlap(shared / shorter, shorter / longer, shared)


def _outside_quotations(text: str) -> Iterator[str]:
    start = 0
    for match in _QUOTED.finditer(text):
        yield text[start : match.start()]
        start = match.end()
    yield text[start:]


def _runs(text: str) -> Iterator[int]:
    words = [word.replace("’", "'") for word in _WORD.findall(text.casefold())]
    for at in range(len(words) - RUN_WORDS + 1):
        yield zlib.crc32(" ".join(words[at : at + RUN_WORDS]).encode("utf-8", "surrogatepass"))
