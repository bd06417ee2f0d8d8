"""The words of a text with their places, in a form in which typography makes no difference.

Two texts say the same words when their `Wording.words` are equal: quotation marks, dashes, white space, capitals and
punctuation are gone, signs that change a number ($, %, a minus) are words of their own.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_JOINERS = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens and zero-width marks, wherever a page put them
_LETTER = rf"(?:[^\W_]|[\u0300-\u036f{_JOINERS}])"
# Scripts without spaces between words: each character counts as a word, or no part of a sentence could be found.
_UNSPACED = "[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_IN_BRACKETS = r"\[(?!sic\])[^\W\d_]{1,12}\]"  # "[T]he", "want[ed]": one word, its form changed by whoever quotes
_WORD = re.compile(
    rf"{_UNSPACED}|\d+(?:[.,]\d+)+"
    rf"|(?:{_IN_BRACKETS}(?=[^\W\d_]))?(?:(?!{_UNSPACED}){_LETTER})+(?:['’ʼ‘](?:(?!{_UNSPACED}){_LETTER})+)*"
    rf"(?:{_IN_BRACKETS})?"
    r"|[$€£¥%°§@#&+]|(?<![\w)])[-\u2212](?=\d)"
)
_DROPPED = re.compile(rf"[{_JOINERS}\[\]]")
_APOSTROPHES = str.maketrans("’ʼ‘", "'''")
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
# Words that capitals turn into another word, where the text around them is not all capitals.
_CAPITALS_MATTER = frozenset({"us", "it", "who"})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of `text` in order. Always true: `text[starts[i]:ends[i]]` is how the text writes `words[i]`."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]  # code points
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def slice(self, first: int, last: int) -> str:
        """The text from word `first` up to, not including, word `last`; empty when there is no word between."""
        return self.text[self.starts[first] : self.ends[last - 1]] if first < last else ""

    def joined(self, at: int) -> bool:
        """Whether no white space stands between word `at - 1` and word `at`."""
        return at > 0 and not any(map(str.isspace, self.text[self.ends[at - 1] : self.starts[at]]))


def read_words(text: str, leave_out: Sequence[tuple[int, int]] = ()) -> Wording:
    """The words of `text`, without those that begin in one of the spans of `leave_out` (in order, not overlapping)."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    lower_case = any(map(str.islower, text))
    spans = iter(leave_out)
    span = next(spans, None)
    for match in _WORD.finditer(text):
        start, end = match.span()
        while span is not None and span[1] <= start:
            span = next(spans, None)
        if span is not None and span[0] <= start:
            continue
        word = normal_form(match[0], lower_case=lower_case)
        if word:
            words.append(word)
            starts.append(start)
            ends.append(end)
    return Wording(text, tuple(words), tuple(starts), tuple(ends))


def normal_form(word: str, *, lower_case: bool = True) -> str:
    """The word as it is compared. `lower_case`: the text around it has lower-case letters, so capitals mean something.

    Empty when nothing but invisible marks is left.
    """
    shown = unicodedata.normalize("NFKC", _DROPPED.sub("", word)).translate(_APOSTROPHES).strip("'")
    if shown[:1].isdigit():
        return _THOUSANDS.sub("", shown).casefold()
    folded = shown.casefold()
    if lower_case and len(shown) > 1 and folded in _CAPITALS_MATTER and shown.isupper():
        return shown
    return "-" if shown == "\u2212" else folded
