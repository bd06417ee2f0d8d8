"""Two numbers that belong together ("31 votes to 24", "nine of the eleven"), and where a sentence has them otherwise.

A model that reads claim and sentence as a pair sees the same numbers on both sides and takes them for the same words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.claim_words import Word, read_claim_words
from rag.clashes import Clash

_OF = frozenset({"the", "its", "their", "all"})  # between "of" and the second number: "nine of the eleven"
_MOST_BETWEEN = 3  # words between the two


@dataclass(frozen=True, slots=True)
class _Pair:
    how: str  # "of" or "to"
    one: Word
    two: Word
    text: str


def other_pair(claim: str, sentence: str) -> Clash | None:
    """The claim's pair of numbers and the sentence's that is another; None when they are the same or not comparable.

    Of "nine of eleven" the whole has to be the same; "31 to 24" is another than "24 to 31" only where all else that the
    claim says stands in the sentence, in the same order: who lost has them the other way round.
    """
    for mine in _pairs(claim):
        for other in _pairs(sentence):
            if mine.how != other.how:
                continue
            if mine.how == "of" and mine.two.key == other.two.key and mine.one.key != other.one.key:
                return Clash("number", mine.text, other.text)
            turned = (mine.one.key, mine.two.key) == (other.two.key, other.one.key) and mine.one.key != mine.two.key
            if mine.how == "to" and turned and _says_the_rest(claim, sentence):
                return Clash("number", mine.text, other.text)
    return None


def _pairs(text: str) -> Iterator[_Pair]:
    words = read_claim_words(text)
    numbers = [at for at, word in enumerate(words) if word.kind == "number"]
    for one, two in pairwise(numbers):
        how = _joint(text, words, one, two)
        if how is not None:
            yield _Pair(how, words[one], words[two], text[words[one].start : words[two].end])


def _joint(text: str, words: Sequence[Word], one: int, two: int) -> str | None:
    between = [word.lower for word in words[one + 1 : two]]
    if any(mark in text[words[one].end : words[two].start] for mark in ",;:."):
        return None
    if between[:1] == ["of"] and set(between[1:]) <= _OF:
        return "of"
    joined = text[words[one].end : words[two].start].strip() in ("-", "–")
    return "to" if joined or (between[-1:] == ["to"] and len(between) < _MOST_BETWEEN) else None


def _says_the_rest(claim: str, sentence: str) -> bool:
    have = iter([word.key for word in read_claim_words(sentence) if word.is_word])
    return all(word.key in have for word in read_claim_words(claim) if word.is_word)
