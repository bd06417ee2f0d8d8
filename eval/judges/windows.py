"""A text as overlapping windows of a few sentences: support sits in some lines of a long article, not in all of it."""

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
