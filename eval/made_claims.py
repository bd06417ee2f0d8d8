"""Claims made from sentences by rule: the sentence or its main clause, which it supports, and turned round, refuted.

People who write claims for a benchmark paraphrase; a claim in the article's own words must be told, too.
`made_claims` gives all of the kinds that regressions are fitted with; `draw` some of more kinds, which the claim reader
is trained on.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.claim_words import read_claim_words
from rag.lexicon import two_sided
from rag.names import gender_of_name
from rag.terms import is_function_word

_IS = re.compile(r"\b(is|was|are|were|will|has|have|had|could|would|should)\b(?! not\b)")
_DENIED = re.compile(r"\b(is|was|are|were|will|has|have|had|could|would|should) not\b")
_SHORTEST = 40  # characters
_DATELINE = re.compile(r"^[A-Z][A-Z .,]+(?:\([A-Za-z]+\) )?[-–—] ")
_CLAUSE = re.compile(r"(?:,| (?:after|when|while|because|as|although|which|who|amid|following|before|but|and)) ")
_LEAST_WORDS = 5  # of a main clause
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]*\w(?: [A-Z][\w’'-]*\w)*")  # not a sentence's first word
_DATED = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
_DAY = re.compile(r" on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_SHORT = {"is": "isn't", "was": "wasn't", "are": "aren't", "were": "weren't", "has": "hasn't", "have": "haven't"}
_SHORT |= {"had": "hadn't", "will": "won't", "could": "couldn't", "would": "wouldn't", "should": "shouldn't"}
_DIGITS = dict(zip(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), range(2, 11), strict=True))
_FULL = re.compile(r"(?<=[a-z,] )([A-Z][a-z]+) ([A-Z][a-z]+)(?=[ ,.])(?! [A-Z])")
_TITLES = frozenset("mr mrs ms dr sen rep gov gen president senator judge justice secretary".split())  # noqa: SIM905
_SUBORDINATE = frozenset("as while when if although though because since after before unless".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an article; `person` where it is a known first name with a surname, or such a surname."""

    text: str
    person: bool


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


def names_in(text: str) -> tuple[Name, ...]:
    """The names of an article, each once, in order: runs of capitals that do not begin a sentence."""
    found = dict.fromkeys(re.sub(r"['’]s$", "", name) for name in _NAME.findall(text))
    plain = [name for name in found if not _DATED.search(name) and name.lower() not in _TITLES]
    full = [name.split() for name in plain if gender_of_name(name.split()[0])]
    people = {" ".join(words) for words in full if len(words) > 1} | {words[-1] for words in full if len(words) > 1}
    return tuple(Name(name, name in people) for name in plain)


def draw(sentence: str, names: Sequence[Name], chance: random.Random) -> list[tuple[str, str, str]]:
    """A claim that `sentence` supports and one that it does not, each with its stance and kind; or none, or the first.

    `names` are those of its article. Either may be shortened or written otherwise, so that no change tells by itself.
    """
    if len(sentence) < _SHORTEST or sentence.rstrip('"”’ ').endswith("?") or "http" in sentence:
        return []
    plain = _DATELINE.sub("", sentence)
    clause = _main_clause(plain)
    if plain.split()[0].lower() in _SUBORDINATE or is_function_word(clause.split()[-1].strip(".,").lower()):
        clause = plain

    def true() -> str:
        whole = chance.choice([plain, clause])
        return _said_otherwise(whole, chance) if chance.random() < 0.5 else whole

    found = [(true(), "supports", "true")]
    ways: list[tuple[str, float, str, Callable[[str], str | None]]] = [
        ("name", 4.0, "refutes", lambda text: another_name(text, names, chance)),
        ("number", 3.0, "refutes", lambda text: _another_number(text, chance)),
        ("denial", 2.0, "refutes", _denied),
        ("opposite", 1.0, "refutes", lambda text: _opposite(text, chance)),
        ("question", 0.3, "not_found", lambda text: _asked(text, names)),
    ]
    base = true()
    ways.sort(key=lambda way: -(chance.random() ** (1 / way[1])))  # a weighted draw without replacement
    for kind, _, stance, change in ways:
        claim = change(base)
        if claim is not None and claim != base:
            found.append((claim, stance, kind))
            break
    return found


def _said_otherwise(sentence: str, chance: random.Random) -> str:
    """The same in other forms: without its weekday, a surname alone, a denial in short, a small number in digits."""
    said = _DAY.sub("", sentence, count=1) if chance.random() < 0.5 else sentence
    if chance.random() < 0.5:
        for found in _FULL.finditer(said):
            if gender_of_name(found.group(1)):
                said = said[: found.start()] + said[found.start(2) :]
                break
    if chance.random() < 0.5:
        said = _DENIED.sub(lambda found: _SHORT[found.group(1)], said, count=1)
    if chance.random() < 0.5:
        said = re.sub(rf"\b({'|'.join(_DIGITS)})\b", lambda found: str(_DIGITS[found.group()]), said, count=1)
    return said


def another_name(sentence: str, names: Sequence[Name], chance: random.Random) -> str | None:
    """The sentence with one of its names replaced by another of the article: a person by a person, of as many words.

    It counts as refuted: all else is the same, so claim and sentence tell of one event, as people mean it who put
    another name into a claim; whoever else may have done the same is not what they ask.
    """
    said = set(re.findall(r"\w+", sentence.lower()))
    choices = []
    for name in names:
        found = re.search(rf"(?<!\w){re.escape(name.text)}(?!\w| [A-Z])", sentence)
        before = found and re.search(r"([A-Z]\w*)\.? $", sentence[: found.start()])
        if found is None or (before and before.group(1).lower() not in _TITLES):
            continue  # part of a longer name
        size = len(name.text.split())
        choices += [
            (found, other.text)
            for other in names
            if other.person == name.person
            and len(other.text.split()) == size
            and not said & set(re.findall(r"\w+", other.text.lower()))
        ]
    if not choices:
        return None
    found, other = chance.choice(choices)
    return f"{sentence[: found.start()]}{other}{sentence[found.end() :]}"


def _asked(sentence: str, names: Sequence[Name]) -> str | None:
    """The sentence as a question for one of its names, or for its number: it states nothing."""
    for name in names:
        if re.search(rf"(?<!\w){re.escape(name.text)}(?!\w)", sentence):
            return sentence.replace(name.text, "who or what", 1).rstrip(" .!\"'”’") + "?"
    asked, times = re.subn(r"\b\d[\d,.]*\b", "how many", sentence, count=1)
    return asked.rstrip(" .!\"'”’") + "?" if times else None
