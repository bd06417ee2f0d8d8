"""The names in an article: where they stand, the titles before them, and what is said about their bearers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.clauses import NOUNS, Token, is_suffix
from rag.lexicon import sections, word_list

Gender = Literal["he", "she"]

_GRAMMAR = sections("grammar")
ORGANISATIONS = _GRAMMAR["organisations and places"]
_OFFICE_OF = frozenset({"TITLE", "ROLE", "PREP"})  # before "of": Secretary of State, Speaker of the House
_NOUN_WORDS = frozenset({"DET", "ROLE", "WORD", "TITLE", "NAME"})
_OFFICE_BEFORE = 4  # tokens before a name that may say what its bearer is
_OFFICE_AFTER = 12  # and after it


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name in the article's own words: its words without titles, and the titles before it in lower case."""

    paragraph: int  # -1 for a name inside a quotation
    opening: int  # places in the paragraph's tokens: of the first title or word,
    first: int  # of the first word,
    last: int  # and of the last one
    words: tuple[str, ...]
    titles: tuple[str, ...] = ()
    is_title: bool = False  # a title standing alone, a name only if somebody is called so: "Prince said"

    @property
    def surname(self) -> str:
        return surname(self.words)

    @property
    def full(self) -> bool:
        """Whether a first name comes with the surname."""
        return len(self.words) - (self.suffix is not None) > 1

    @property
    def suffix(self) -> str | None:
        """Jr., III and the like without a period, in lower case; None when there is none."""
        return self.words[-1].lower().rstrip(".") if is_suffix(self.words[-1]) else None


def surname(words: Sequence[str]) -> str:
    """The last word in lower case, Jr. and the like left out."""
    named = [word for word in words if not is_suffix(word)]
    return (named or list(words))[-1].lower()


def names(text: str, tokens: Sequence[Token], paragraph: int) -> Iterator[NameMention]:
    """The names among the tokens of one paragraph, or of one quotation, in order."""
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and tokens[end].kind in ("NAME", "TITLE"):
            end += 1
        if end == place:
            place += 1
            continue
        first = max((at + 1 for at in range(place, end) if tokens[at].kind == "TITLE"), default=place)
        titles = tuple(token.lower for token in tokens[place:first] if token.kind == "TITLE")
        first += _words_of_office(tokens, first, end)
        if first < end:
            yield NameMention(paragraph, place, first, end - 1, _words(text, tokens[first:end]), titles)
        elif end - place == 1 and tokens[place].text[0].isupper():
            yield NameMention(paragraph, place, place, place, (tokens[place].text,), is_title=True)
        place = end


def _words(text: str, tokens: Sequence[Token]) -> tuple[str, ...]:
    words = [token.text for token in tokens]
    if is_suffix(words[-1]) and text[tokens[-1].end : tokens[-1].end + 1] == ".":
        words[-1] += "."
    return tuple(words)


def _words_of_office(tokens: Sequence[Token], first: int, end: int) -> int:
    """How many words at the start of a run of capitals are no part of the name after them.

    "State" in "Secretary of State John Kerry", "CNN" in "CNN Jake Tapper", "White House" in "White House Jay Carney".
    """
    words = tokens[first:end]
    of_office = first > 1 and tokens[first - 1].lower in ("of", "the") and tokens[first - 2].kind in _OFFICE_OF
    odd = 0
    while odd < len(words) - 2 and _is_odd(words[odd]):
        odd += 1
    for at in range(1, len(words) - 1):  # at least a first name and a surname are left
        if gender_of_name(words[at].text) and (of_office or at <= odd):
            return at
    return max(odd, int(of_office)) if len(words) > 2 else 0


def _is_odd(token: Token) -> bool:
    """Whether a word in a run of capitals is more likely an organisation's or a place's than somebody's name."""
    return (token.text.isupper() and "." not in token.text) or token.lower in ORGANISATIONS


def offices(tokens: Sequence[Token], mention: NameMention) -> Iterator[str]:
    """Nouns that say what the bearer is: before the name ("strategist Ryan Williams") or in apposition after it."""
    at = mention.first - 1
    while at >= 0 and tokens[at].kind in ("ROLE", "TITLE", "WORD", "NAME") and mention.first - at <= _OFFICE_BEFORE:
        if tokens[at].lower in word_list("offices"):
            yield tokens[at].lower
        at -= 1
    after = tokens[mention.last + 1 : mention.last + _OFFICE_AFTER]
    if after and after[0].kind == "COMMA":
        for token in after[1:]:
            if token.kind not in NOUNS:
                return
            if token.lower in word_list("offices"):
                yield token.lower


def is_subject(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the name or noun there may be a subject: after no preposition, and owning nothing ("Trump's")."""
    start = first
    while start > 0 and (tokens[start - 1].kind in _NOUN_WORDS or _joins_names(tokens, start - 1)):
        start -= 1
    before = tokens[start - 1].kind if start > 0 else "EDGE"
    after = tokens[last + 1].kind if last + 1 < len(tokens) else "EDGE"
    if start > 1 and tokens[start - 2].lower == "according":
        return start > 2 and tokens[start - 3].kind != "END"  # "According to Wolff, Bannon called" is about Bannon
    inverted = start > 1 and tokens[start - 2].kind in ("QUOTE", "COMMA")
    return before not in ("PREP", "POSSESSIVE", "CUE") and after != "POSSESSIVE" and (before != "SPEECH" or inverted)


def _joins_names(tokens: Sequence[Token], at: int) -> bool:
    """Whether "and" stands there after a name, as in "between Obama and McCain"."""
    return at > 0 and tokens[at].kind == "CONJ" and tokens[at - 1].kind == "NAME"


def gender_of_titles(words: Iterable[str]) -> Gender | None:
    """What titles and offices say: "mrs", "spokeswoman"; None when they say nothing."""
    for word in words:
        if word in _GRAMMAR["titles of men"]:
            return "he"
        if word in _GRAMMAR["titles of women"]:
            return "she"
    return None


def gender_of_name(first: str) -> Gender | None:
    """What a first name says, if it is a common one."""
    lower = first.lower()
    if lower in word_list("male_names"):
        return "he"
    return "she" if lower in word_list("female_names") else None


_SHORT = {"bob": "robert", "bill": "william", "dick": "richard", "ted": "edward", "tony": "anthony", "jack": "john"}
_SHORT |= {"liz": "elizabeth", "betty": "elizabeth", "peggy": "margaret", "hank": "henry", "ned": "edward"}


def may_be_one(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names in lower-case words may be one person's: the surname of one is in the other.

    Of two with first names these agree as well: Joe and Joseph, J. and Jane, Bob and Robert, but not Mary and Peter.
    """
    left, right = ([word for word in words if not _is_beside_names(word)] for words in (one, other))
    if not left or not right or not (left[-1] in right or right[-1] in left):
        return False
    if len(left) < 2 or len(right) < 2 or left[-1] != right[-1]:
        return True
    first, second = left[0], right[0]
    if gender_of_name(first) and gender_of_name(second) and gender_of_name(first) != gender_of_name(second):
        return False
    return _SHORT.get(first, first)[0] == _SHORT.get(second, second)[0] or first[0] == second[0]


def _is_beside_names(word: str) -> bool:
    return word.rstrip(".") in word_list("titles") or word.rstrip(".") in word_list("offices") or is_suffix(word)
