"""Claims made from sentences by rule: the sentence or its main clause, which it supports, and turned round, refuted.

People who write claims for a benchmark paraphrase; a claim in the article's own words must be told, too.
"""

import random
import re
from collections.abc import Iterator

from rag.claim_words import read_claim_words
from rag.lexicon import two_sided

_IS = re.compile(r"\b(is|was|are|were|will|has|have|had|could|would|should)\b(?! not\b)")
_DENIED = re.compile(r"\b(is|was|are|were|will|has|have|had|could|would|should) not\b")
_SHORTEST = 40  # characters
_DATELINE = re.compile(r"^[A-Z][A-Z .,]+(?:\([A-Za-z]+\) )?[-–—] ")
_CLAUSE = re.compile(r"(?:,| (?:after|when|while|because|as|although|which|who|amid|following|before|but|and)) ")
_LEAST_WORDS = 5  # of a main clause


def made_claims(sentence: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Claims with their stance: the sentence; with another number, a denial more or less, an opposite."""
    if len(sentence) < _SHORTEST or sentence.rstrip('"”’ ').endswith("?"):
        return
    plain = _DATELINE.sub("", sentence)
    for true in dict.fromkeys([plain, _main_clause(plain)]):
        yield true, "supports"
        for changed in (_another_number(true, chance), _denied(true), _opposite(true, chance)):
            if changed is not None:
                yield changed, "refutes"


def _main_clause(sentence: str) -> str:
    """The sentence up to where a second clause begins; the whole where that leaves too little."""
    for cut in _CLAUSE.finditer(sentence):
        clause = sentence[: cut.start()]
        if len(clause.split()) >= _LEAST_WORDS and '"' not in clause and "“" not in clause:
            return f"{clause}."
    return sentence


def _another_number(sentence: str, chance: random.Random) -> str | None:
    found = [word for word in read_claim_words(sentence) if word.kind in ("number", "year") and word.text.isdigit()]
    if not found:
        return None
    word = chance.choice(found)
    step = chance.randint(1, 9) if word.kind == "year" else max(1, int(int(word.text) * chance.uniform(0.1, 0.9)))
    return f"{sentence[: word.start]}{int(word.text) + step}{sentence[word.end :]}"


def _denied(sentence: str) -> str | None:
    if _DENIED.search(sentence):
        return _DENIED.sub(r"\1", sentence, count=1)
    return _IS.sub(r"\1 not", sentence, count=1) if _IS.search(sentence) else None


def _opposite(sentence: str, chance: random.Random) -> str | None:
    """The sentence with a word replaced by its opposite in the same form; None when it has none."""
    words = read_claim_words(sentence)
    choices = []
    for left, right in two_sided("opposites"):
        for ours, theirs in ((left, right), (right, left)):
            choices += [(word, sorted(theirs)) for word in words if word.lower in ours and word.kind == "content"]
    if not choices:
        return None
    word, others = chance.choice(choices)
    alike = [other for other in others if other[-2:] == word.lower[-2:]] or others
    return f"{sentence[: word.start]}{chance.choice(alike)}{sentence[word.end :]}"
