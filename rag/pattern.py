"""A quotation as typed, ready to be looked for: its words, and the places where it says itself that words are missing.

An ellipsis stands for words left out, square brackets for words put in by whoever quotes: neither is compared. Brackets
inside a word only change its form: "[T]he", "want[ed]".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from rag.wording import Wording, read_words

LEFT_OUT_WORDS = 80  # an ellipsis may stand for so many; more is another passage
ALL_LEFT_OUT_WORDS = 1200  # and all of them together, so that a line of dots does not ask for the whole archive
BRACKET_WORDS = 8  # and brackets for so many of the article's, or for twice what is in them
_ELLIPSIS = re.compile(r"\[\s*(?:\.{2,}|…|\.\s\.\s\.)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…|\.(?:\s\.){2,}")
_PART_OF_WORD = re.compile(r"\[(?P<before>[^\W_]+)\](?=[^\W_])|(?<=[^\W_])\[(?P<after>[^\W_]+)\]")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")

Kind = Literal["word", "left out", "put in"]


@dataclass(frozen=True, slots=True)
class Element:
    """One thing to match: a word, by its place in the wording, or up to `most` words of the article, not compared."""

    kind: Kind
    word: int = -1
    most: int = 0


@dataclass(frozen=True)
class Pattern:
    """The words of a quotation with the marks of omission and insertion between them, in order."""

    wording: Wording
    elements: tuple[Element, ...]
    put_in: tuple[str, ...] = ()  # the texts in square brackets, as typed
    prefixes: dict[int, str] = field(default_factory=dict)  # of words with an ending in brackets: what must stand

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that are compared, in order."""
        return tuple(self.wording.words[element.word] for element in self.elements if element.kind == "word")

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(dict.fromkeys(self.words))}

    @cached_property
    def _any_capitals(self) -> bool:
        return any(map(str.isupper, self.wording.text))

    def encode(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        """The words as numbers, equal where the quotation would take them for equal; -1 for words it does not have."""
        known = self._vocabulary
        if not self._any_capitals:  # typed without a shift key: "us" may be US
            words = [word.casefold() for word in words]
        return np.fromiter((known.get(word, -1) for word in words), dtype=np.int32, count=len(words))

    def matches(self, element: Element, words: Sequence[str], codes: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """For each of `words`, encoded as `codes`, whether it is the word of `element`."""
        found: npt.NDArray[np.bool_] = codes == self._vocabulary[self.wording.words[element.word]]
        prefix = self.prefixes.get(element.word)
        if prefix is None:
            return found
        begins = np.fromiter((word.startswith(prefix) for word in words), dtype=np.bool_, count=len(words))
        return found | begins


def read_pattern(quotation: str) -> Pattern:
    """The pattern of a quotation. Without any word when nothing in it can be compared."""
    text, endings = _without_inner_brackets(quotation)
    gaps = [(match.start(), match.end(), "left out") for match in _ELLIPSIS.finditer(text)]
    for match in _BRACKETS.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end, _ in gaps):
            gaps.append((match.start(), match.end(), "put in"))
    gaps.sort()
    omissions = sum(kind == "left out" for _, _, kind in gaps)
    most_left_out = min(LEFT_OUT_WORDS, ALL_LEFT_OUT_WORDS // max(1, omissions))
    wording = read_words(text, [(start, end) for start, end, kind in gaps if kind == "put in"])
    elements: list[Element] = []
    waiting = list(gaps)
    for place, begins in enumerate(wording.starts):
        while waiting and waiting[0][0] < begins:
            start, end, kind = waiting.pop(0)
            if elements and kind == "left out":
                elements.append(Element("left out", most=most_left_out))
            elif elements:
                elements.append(Element("put in", most=max(BRACKET_WORDS, 2 * len(text[start:end].split()))))
        elements.append(Element("word", place))
    prefixes = {place: endings[start] for place, start in enumerate(wording.starts) if start in endings}
    put_in = tuple(text[start:end] for start, end, kind in gaps if kind == "put in")
    return Pattern(wording, tuple(elements), put_in, prefixes)


def _without_inner_brackets(quotation: str) -> tuple[str, dict[int, str]]:
    """The text with "[T]he" as "The", and where a word with a changed ending starts: what comes before the ending."""
    text, at = "", 0
    endings: dict[int, str] = {}
    for match in _PART_OF_WORD.finditer(quotation):
        text += quotation[at : match.start()]
        at = match.end()
        if match["after"] is not None:
            stem = re.search(r"[^\W_]+$", text)
            if stem is not None:
                endings[stem.start()] = stem[0].casefold()
        text += match["before"] or match["after"]
    return text + quotation[at:], endings
