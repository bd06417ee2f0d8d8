"""A paragraph as a row of classed tokens, every quotation in it folded into one: what attribution reads.

There is no tagger here: the class of a word comes from word lists, capitals and its neighbours, which is enough to tell
who stands beside "said".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.lexicon import sections, verb_forms, word_list
from rag.quoted_spans import QuotedSpan

_TOKEN = re.compile(
    # "(R-S.C.)" after a name, whose periods end no sentence; between commas it stands in for a few words.
    r"(?P<party>\s?\([A-Z](?:em|ep|nd)?\.?(?:[-–][^()\s]{1,12}(?:\s[A-Z][a-z]+)?)?\)"
    r"|(?<=,\s)[DRI][-–](?:(?:[A-Z]\.){2,}|[A-Z]\.?[A-Z]?[a-z]*\.?))"
    r"|(?P<initials>(?:[^\W\d_]\.){2,}|[A-Z]\.(?=\s?[A-Z]))|(?P<number>\d[\d,.]*\d|\d)|(?P<possessive>['’](?:s\b|(?=\s)))"
    r"|(?P<word>[^\W_]+(?:['’-](?!s\b)[^\W_]+)*)|(?P<dash>--+|[—–]|(?<=\s)-(?=\s))|(?P<mark>\S)"
)
_CAPITAL_INSIDE = re.compile(r"(?<=[^\W\d_A-Z] )[A-Z][\w’'-]+(?<!['’]s)|(?<=, )[A-Z][\w’'-]+(?<!['’]s)")
_NO_CAPITAL = re.compile(r"\b[^\W\d_A-Z][\w’'-]*")
_MARKS = {",": "COMMA", ";": "SEMI", ":": "COLON", "(": "LEFT", ")": "RIGHT", "[": "LEFT", "]": "RIGHT"}
_ENDS = frozenset(".!?…")
_GRAMMAR = sections("grammar")
_AUXILIARIES = _GRAMMAR["auxiliaries"]
_CALENDAR = _GRAMMAR["calendar"] | _GRAMMAR["calendar, shortened"]
_ABBREVIATED = _GRAMMAR["abbreviations"] | _GRAMMAR["calendar, shortened"]
_CLOSED = (
    ("DET", _GRAMMAR["determiners"]),
    ("AUX", _AUXILIARIES),
    ("PREP", _GRAMMAR["prepositions"]),
    ("CONJ", _GRAMMAR["conjunctions"]),
    ("REL", _GRAMMAR["relatives"]),
    ("ADVERB", _GRAMMAR["adverbs"]),
)
NOUNS = frozenset({"NAME", "ROLE", "WORD", "TITLE", "DET", "NUMBER", "PAST", "ING"})  # what a noun phrase is made of


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark, or a whole quotation; `kind` is its class, `start` and `end` code points of the article."""

    text: str
    start: int
    end: int
    kind: str
    quote: int | None = None  # which quoted span, for kind "QUOTE"

    @property
    def lower(self) -> str:
        return self.text.lower()


def read_tokens(
    text: str, start: int, end: int, spans: Sequence[QuotedSpan], first: int, capitals: "Capitals"
) -> list[Token]:
    """The tokens of `text[start:end]`, in which `spans` are folded; `first` is the number of the first of them.

    `capitals` says which words of the article are names at the start of a sentence, too.
    """
    raw: list[tuple[str, int, int, str]] = []
    at = start
    for number, span in enumerate(spans, start=first):
        raw += _raw_tokens(text, at, span.open)
        raw.append((str(number), span.open, span.close, "quote"))
        at = span.close
    raw += _raw_tokens(text, at, end)
    tokens: list[Token] = []
    for index, (word, word_start, word_end, group) in enumerate(raw):
        following = raw[index + 1] if index + 1 < len(raw) else None
        kind = _kind(word, group, tokens, following, capitals)
        if kind:
            quote = int(word) if group == "quote" else None
            tokens.append(Token("" if quote is not None else word, word_start, word_end, kind, quote))
    return tokens


def _raw_tokens(text: str, start: int, end: int) -> list[tuple[str, int, int, str]]:
    return [
        (match[0], match.start(), match.end(), match.lastgroup or "mark") for match in _TOKEN.finditer(text, start, end)
    ]


def _kind(
    word: str, group: str, before: Sequence[Token], following: tuple[str, int, int, str] | None, capitals: "Capitals"
) -> str:
    """The class of a token; empty for one that says nothing, such as the period of an abbreviation."""
    previous = before[-1] if before else None
    if group == "quote":
        return "QUOTE"
    if group == "party":
        return "" if "(" in word else "NUMBER"
    if group == "number":
        return "NUMBER"
    if group == "initials":
        return "NAME"
    if group == "dash":
        return "DASH"
    if group == "possessive":
        return "AUX" if previous is not None and previous.kind in ("PRONOUN", "REL") else "POSSESSIVE"
    if group == "mark":
        if word in _ENDS:
            abbreviated = previous is not None and previous.lower in _ABBREVIATED and previous.text[0].isupper()
            inside = following is not None and following[0] in ",)"
            return "" if word == "." and (abbreviated or inside) else "END"
        return _MARKS.get(word, "")
    return _word_kind(word, previous, following, capitals)


def _word_kind(
    word: str, previous: Token | None, following: tuple[str, int, int, str] | None, capitals: "Capitals"
) -> str:
    lower = word.lower().replace("’", "'")
    capital = word[0].isupper()
    starts = previous is None or previous.kind in ("END", "QUOTE", "COLON", "DASH", "LEFT")
    if lower in _GRAMMAR["pronouns"] and (lower == "i" or not word.isupper() or starts):
        return "PRONOUN"
    for kind, words in _CLOSED:
        if lower in words and (not capital or starts or lower not in _AUXILIARIES):
            named = capital and lower in ("will", "may") and _speaks(following)  # "Will said", "May told reporters"
            return "NAME" if named else kind
    if lower in _CALENDAR and capital:
        return "WORD"
    capital_follows = _is_capital(following)
    if starts and capital_follows and lower in _GRAMMAR["quantities"]:
        return "DET"
    after_name = previous is not None and previous.kind in ("NAME", "TITLE")
    if lower in _GRAMMAR["particles"] and capital_follows and (after_name or lower in ("de", "von", "bin")):
        return "NAME"
    if lower in word_list("titles") and (capital or lower in _ABBREVIATED) and not word.isupper():
        # "Mayor Bill de Blasio" has a title, "Matthew Prince said" and "Al Green, of Texas" have surnames.
        named = previous is not None and previous.kind == "NAME" and not capital_follows
        return "NAME" if named and lower not in _ABBREVIATED | _GRAMMAR["parties"] else "TITLE"
    if capital and (not starts or capitals.is_name(word) or (capital_follows and not capitals.is_common(word))):
        return "NAME"
    noun_before = previous is not None and previous.kind in ("DET", "POSSESSIVE", "PREP", "NUMBER")
    verb_follows = _speaks(following) or (following is not None and following[0] in _AUXILIARIES)
    if lower in word_list("source_nouns") and (noun_before or verb_follows or not _is_verb(lower)):
        return "ROLE"
    if capital and not _is_verb(lower):
        return "NAME" if starts and not lower.endswith(("ing", "ed", "ly")) else "WORD"
    if not noun_before:
        if lower in verb_forms("speech_verbs"):
            return "SPEECH"
        if lower in verb_forms("other_cue_verbs"):
            return "CUE"
    if lower in _GRAMMAR["adverbs"] or lower.endswith("ly"):
        return "ADVERB"
    return "PAST" if lower.endswith("ed") else "ING" if lower.endswith("ing") else "WORD"


def _is_verb(lower: str) -> bool:
    return lower in verb_forms("speech_verbs") or lower in verb_forms("other_cue_verbs")


def _is_capital(following: tuple[str, int, int, str] | None) -> bool:
    """Whether another word of a name may follow; Jr. only ends one."""
    if following is None or is_suffix(following[0]):
        return False
    return following[3] in ("word", "initials") and following[0][0].isupper()


def _speaks(following: tuple[str, int, int, str] | None) -> bool:
    return following is not None and following[0] in verb_forms("speech_verbs")


def is_suffix(word: str) -> bool:
    """Whether the word comes after a surname: Jr., III."""
    return word.lower().rstrip(".") in _GRAMMAR["suffixes"]


@dataclass(frozen=True, slots=True)
class Capitals:
    """What an article's capitals say where they say something: inside its sentences."""

    names: frozenset[str]  # words written with a capital there
    common: frozenset[str]  # words written without one

    @classmethod
    def of(cls, text: str) -> "Capitals":
        return cls(frozenset(_CAPITAL_INSIDE.findall(text)), frozenset(_NO_CAPITAL.findall(text)))

    def is_name(self, word: str) -> bool:
        return word in self.names

    def is_common(self, word: str) -> bool:
        """Whether the word begins with a capital only because a sentence begins with it."""
        return word not in self.names and word.lower() in self.common
