"""The word lists under `rag/words`: who may speak, which verbs say that somebody did, what a word does in a sentence.

A file is a list of words, or several under headings in square brackets; lines that begin with # are comments.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

_VOWELS = "aeiou"
# Verbs that double their last consonant: quip, quipped.
_DOUBLING = frozenset({"admit", "beg", "begin", "blog", "brag", "cast", "chat", "commit", "cut", "demur", "hit", "put"})
_DOUBLING |= {"quip", "refer", "rip", "rub", "run", "shrug", "slam", "slap", "submit", "sum", "tag", "win"}


@lru_cache(maxsize=16)
def word_list(name: str) -> frozenset[str]:
    """The words of `rag/words/<name>.txt`, in lower case, whatever headings they stand under."""
    return frozenset(word for words in sections(name).values() for word in words)


@lru_cache(maxsize=16)
def sections(name: str) -> Mapping[str, frozenset[str]]:
    """Heading -> the words under it, of `rag/words/<name>.txt`; those before the first heading are under ""."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in _lines(name):
        if line.startswith("["):
            heading = line.strip("[]")
        else:
            found.setdefault(heading, set()).update(line.split())
    return {heading: frozenset(words) for heading, words in found.items()}


@lru_cache(maxsize=4)
def two_sided(name: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The lines of `rag/words/<name>.txt` that have a stroke, each as the words on either side of it."""
    found = []
    for line in _lines(name):
        left, _, right = line.partition("/")
        found.append((frozenset(left.split()), frozenset(right.split())))
    return tuple(found)


@lru_cache(maxsize=4)
def together(name: str) -> Mapping[str, frozenset[int]]:
    """Word -> the lines of `rag/words/<name>.txt` that it stands on, counted from 0 without comments."""
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_lines(name)):
        for word in line.split():
            found[word] = found.get(word, frozenset()) | {number}
    return found


@lru_cache(maxsize=4)
def verb_forms(name: str) -> frozenset[str]:
    """Every form of the verbs of `rag/words/<name>.txt`: "say" stands there, "said" and "saying" come back too.

    A line has the base form, then past tense and participle where they are irregular.
    """
    return frozenset(form for line in _lines(name) for form in _conjugated(*line.split()))


def _lines(name: str) -> Iterator[str]:
    text = files("rag").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _conjugated(base: str, *irregular: str) -> Iterator[str]:
    yield base
    yield _with_s(base)
    stem = base + base[-1] if base in _DOUBLING else base
    yield (stem[:-1] if stem.endswith("e") and not stem.endswith(("ee", "oe", "ye")) else stem) + "ing"
    if base.endswith("ie"):
        yield base[:-2] + "ying"
    if irregular:
        yield from irregular
    elif stem.endswith("e"):
        yield stem + "d"
    elif stem.endswith("y") and stem[-2] not in _VOWELS:
        yield stem[:-1] + "ied"
    else:
        yield stem + "ed"


def _with_s(base: str) -> str:
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "z", "ch", "sh", "go")) else "s")
