"""A text as overlapping windows of a few sentences: support sits in some lines of a long article, not in all of it."""

import math
from collections import Counter
from functools import lru_cache

from index.sentences import split_sentences
from rag.terms import content_stems

WINDOW = 3  # sentences
STRIDE = 1


@lru_cache(maxsize=4096)  # many claims share an article
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`."""
    return tuple(text[start:end] for start, end in split_sentences(text))


@lru_cache(maxsize=4096)
def windows(text: str) -> tuple[tuple[str, ...], ...]:
    """The sentences of `text` in overlapping runs of `WINDOW`; all of them in one where there are no more."""
    parts = sentences(text)
    if not parts:
        return ()
    return tuple(parts[at : at + WINDOW] for at in range(0, max(1, len(parts) - WINDOW + 1), STRIDE))


@lru_cache(maxsize=4096)
def window_stems(text: str) -> tuple[tuple[str, ...], ...]:
    """The stems of the content words of each window, in order."""
    return tuple(tuple(content_stems(" ".join(window))) for window in windows(text))


def nearest_window(claim: str, text: str) -> tuple[str, ...]:
    """The window that holds most of the claim's content words, the first of equals; empty for an empty text."""
    found = windows(text)
    if not found:
        return ()
    wanted = set(content_stems(claim))
    shared = [len(wanted & set(stems)) for stems in window_stems(text)]
    return found[shared.index(max(shared))]


@lru_cache(maxsize=4096)
def sentence_stems(text: str) -> tuple[frozenset[str], ...]:
    """The stems of the content words of each sentence."""
    return tuple(frozenset(content_stems(sentence)) for sentence in sentences(text))


def nearest_sentence(claim: str, text: str) -> tuple[str, str]:
    """The sentence that shares most with `claim`, after the one before it ("" for the first); both "" without any.

    What stands in the sentence counts once more than what only stands in the one before.
    """
    wanted, stems, lines = set(content_stems(claim)), sentence_stems(text), sentences(text)
    if not lines:
        return "", ""
    shared = [
        len(wanted & stems[at]) + len(wanted & (stems[at] | (stems[at - 1] if at else frozenset())))
        for at in range(len(lines))
    ]
    at = shared.index(max(shared))
    return (lines[at - 1] if at else ""), lines[at]


class Rarity:
    """The rarity of a stem among the sentences of `text`: log(1 + N / (1 + df)), as in an archive of them."""

    def __init__(self, text: str) -> None:
        stems = sentence_stems(text)
        self._count = len(stems)
        self._known = Counter(stem for those in stems for stem in those)

    @property
    def most(self) -> float:
        """The weight of a stem that no sentence has."""
        return math.log(1 + self._count) or 1.0

    def __call__(self, stem: str) -> float:
        return math.log(1 + self._count / (1 + self._known[stem]))
