"""The words of a question or a sentence that carry meaning: stems, names and numbers."""

import re
from functools import lru_cache
from typing import Any

from index.light_nltk import nltk_module

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['’]s\b)?", re.UNICODE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"[^\W\d_][\w’'.-]*", re.UNICODE)

# Function and question words of English: they say how something is asked, not what about.
_STOPWORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her here hers
    him his how i if in into is it its itself just me more most my no nor not now of off on once only or other our out
    over own s same she should so some such t than that the their theirs them then there these they this those through
    to too under until up us very was we were what when where which while who whom whose why will with would you your
    according say says said tell tells told many much get got""".split()  # noqa: SIM905  # one word a line hides them
)

NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "  # noqa: SIM905
        "seventeen eighteen nineteen twenty".split()
    )
}
NUMBER_WORDS |= dict(
    zip(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], map(str, range(30, 100, 10)), strict=True)
)
NUMBER_WORDS |= {word: word for word in ("dozen", "hundred", "thousand", "million", "billion", "trillion")}


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball (English) stem of one lower-case word; words of other scripts come back as they are."""
    stemmed: str = _stemmer().stem(word)
    return stemmed


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    return nltk_module("nltk.stem.snowball").SnowballStemmer("english")


def words(text: str) -> list[str]:
    """The words of `text` in order, lower-cased, possessive endings removed, numbers kept whole ("1,200.5")."""
    return [re.sub(r"['’]s$", "", match.group().lower()) for match in _WORD.finditer(text)]


def is_function_word(word: str) -> bool:
    """Whether a lower-case word says how something is said, not what about: "the", "who", "said"."""
    return word in _STOPWORDS


def query_terms(question: str) -> list[str]:
    """The question's distinct content words in order, unstemmed, for the lexical index (which stems by itself).

    A question made of function words alone gives all of its words: "Who is who?" should still search.
    """
    everything = list(dict.fromkeys(words(question)))
    return [word for word in everything if word not in _STOPWORDS] or everything


def content_stems(text: str) -> list[str]:
    """Stems of the content words of `text`, in order, with repeats; number words become digits ("six" -> "6")."""
    return [stem(NUMBER_WORDS.get(word, word)) for word in words(text) if word not in _STOPWORDS]


def names(text: str) -> list[str]:
    """Capitalised words of `text` that are probably names; the first word of a sentence does not count."""
    found: list[str] = []
    for match in _NAME.finditer(text):
        word = re.sub(r"['’]s$", "", match.group().rstrip(".'’-"))
        before = text[: match.start()].rstrip()
        starts = not before or before[-1] in '.!?:\n“"”'
        if word[:1].isupper() and word.lower() not in _STOPWORDS and (not starts or (word.isupper() and len(word) > 1)):
            found.append(word)
    return found


def numbers(text: str) -> list[str]:
    """Numbers in digits, without thousands separators, and number words ("six" is "6", "million" itself), in order."""
    found = []
    for match in re.finditer(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text):
        token = match.group()
        if token[0].isdigit():
            found.append(re.sub(r",(?=\d{3}\b)", "", token))
        elif token.lower() in NUMBER_WORDS:
            found.append(NUMBER_WORDS[token.lower()])
    return found
