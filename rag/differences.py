"""How a quotation differs from what its article has: word by word, and which of the differences change what is said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.alignment import Piece
from rag.lexicon import sections
from rag.pattern import Pattern
from rag.terms import NUMBER_WORDS, content_stems
from rag.wording import Wording

Op = Literal["replace", "delete", "insert"]

_WORDS = sections("differences")
_CONTRACTED = {"won't": "will not", "can't": "can not", "shan't": "shall not", "cannot": "can not"}
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am"))
_SAME = {"%": "percent", "per": "", "cent": "percent", "&": "and", "okay": "ok", "favour": "favor"}
_SPELLING = (
    (re.compile(r"our\b"), "or"),
    (re.compile(r"is(e|ed|es|ing|ation)\b"), r"iz\1"),
    (re.compile(r"tre\b"), "ter"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `said` is the quotation's text, `found` the article's; one is empty where the other stands alone.

    "insert": only the quotation has the words; "delete": only the article has them.
    """

    op: Op
    said: str
    found: str
    meaning: bool  # whether it may change what is said
    why: str

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "said": self.said, "found": self.found, "meaning": self.meaning, "why": self.why}


def differences(pieces: Sequence[Piece], pattern: Pattern, article: Wording) -> list[Difference]:
    """The differences in order. None where a hyphen is all that differs: e-mail, email."""
    found = []
    for piece in pieces:
        if piece.op == "edit":
            said = said_words(pattern, piece)
            have = (piece.found[0], piece.found[1])
            if not _same_but_hyphens(pattern.wording, said, article, have):
                found.append(_difference(pattern.wording, said, article, have))
    return found


def said_words(pattern: Pattern, piece: Piece) -> tuple[int, int]:
    """The half-open range of the quotation's words that a piece covers."""
    places = [element.word for element in pattern.elements[piece.said[0] : piece.said[1]] if element.kind == "word"]
    return (places[0], places[-1] + 1) if places else (0, 0)


def _difference(quotation: Wording, said: tuple[int, int], article: Wording, have: tuple[int, int]) -> Difference:
    left, right = list(quotation.words[said[0] : said[1]]), list(article.words[have[0] : have[1]])
    op: Op = "insert" if not right else "delete" if not left else "replace"
    why = _why(left, right, quotation.slice(*said), article.slice(*have))
    return Difference(op, quotation.slice(*said), article.slice(*have), why not in _HARMLESS, why)


_HARMLESS = frozenset({"spelling", "contraction", "the same number", "a small word", "a filler", "an ending"})


def _why(said: list[str], found: list[str], said_text: str, found_text: str) -> str:
    """What kind of difference it is, in words for a person; the gravest where it is of several kinds."""
    left, right = list(_plain(said)), list(_plain(found))
    if left == right and any("'" in word for word in [*said, *found]):
        return "contraction"
    if left == right and any(map(_is_number, left)):
        return "the same number"
    if "".join(left) == "".join(right):
        return "spelling"
    only = sorted(set(left) ^ set(right))
    if not only:
        return "the order of the words"
    if set(only) <= _WORDS["a filler"]:
        return "a filler"
    if any(map(_is_number, only)):
        return "a number"
    for why, words in _WORDS.items():
        if why not in _HARMLESS and words.intersection(only):
            return why
    names = [word for word in re.findall(r"[^\W\d_][\w’'-]*", f"{said_text} {found_text}") if word[0].isupper()]
    if any(word.casefold() in only for word in names) and left and right:
        return "a name"
    return _content(left, right)


def _content(left: list[str], right: list[str]) -> str:
    if content_stems(" ".join(left)) != content_stems(" ".join(right)):
        return "another word" if left and right else "a word more" if left else "a word less"
    return "an ending" if content_stems(" ".join(left)) else "a small word"


def _plain(words: Sequence[str]) -> Iterator[str]:
    """The words with contractions written out, numbers in digits and one spelling."""
    for word in words:
        full = _CONTRACTED.get(word, word)
        for ending, long in _ENDINGS:
            if full.endswith(ending):
                full = full.removesuffix(ending) + long
        for part in full.split():
            part = _SAME.get(part, part)
            for pattern, other in _SPELLING:
                part = pattern.sub(other, part)
            if part:
                yield NUMBER_WORDS.get(part, part)


def _is_number(word: str) -> bool:
    return any(map(str.isdigit, word)) or word in NUMBER_WORDS.values() or word in "$€£¥%-+"


def _same_but_hyphens(quotation: Wording, said: tuple[int, int], article: Wording, have: tuple[int, int]) -> bool:
    """Whether both have the same letters, and wherever only one divides them it does so without white space."""
    one, other = "".join(quotation.words[said[0] : said[1]]), "".join(article.words[have[0] : have[1]])
    if one.casefold() != other.casefold():  # U.S. and US
        return False
    left, right = _cuts(quotation, said), _cuts(article, have)
    return all(
        joined for cuts, others in ((left, right), (right, left)) for at, joined in cuts.items() if at not in others
    )


def _cuts(wording: Wording, span: tuple[int, int]) -> dict[int, bool]:
    """After how many letters each inner word begins, and whether it is joined to the one before."""
    cuts, letters = {}, 0
    for at in range(span[0], span[1]):
        if at > span[0]:
            cuts[letters] = wording.joined(at)
        letters += len(wording.words[at])
    return cuts
