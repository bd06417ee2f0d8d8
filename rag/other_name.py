"""Another name in the place of a name, in a sentence that is its quote nearly word for word.

A model that reads both sees the same words about the same event, and a name that the article holds elsewhere is no
name from nowhere. Both are aligned; a name of the sentence that the quote has not, where the quote has one that the
sentence has not, is another, unless it may be the same thing: a surname for a full name, the country for its people.
Names are told by their capitals: in text without them nothing is found.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.claim_words import Word, read_claim_words
from rag.clashes import Clash
from rag.lexicon import sections, together, word_list
from rag.names import gender_of_name

NEAR = 0.8  # share of the sentence's other words with a meaning that stand in the quote, in its order
AROUND = 2  # words in the slot of a name, on either side, that are no part of one
_STEM = 4  # letters that two forms of one name share: Iran and Iranian, not Iran and Iraq
_ENDINGS = frozenset(["", "s", "n", "ns", "an", "ans", "ian", "ians", "ean", "eans", "ese", "ish", "i", "is", "ic"])
_ENDINGS |= {"a", "ia", "e", "y", "o", "land", "er", "ers", "man", "men", "ism"}
_NO_NAME = frozenset(["mr", "mrs", "ms", "dr", "sen", "sens", "rep", "reps", "gov", "govs", "gen"])  # of themselves
_NEGATIONS = sections("claims")["negations"]
_NAME = r"[^\W\d_a-z][\w.’'-]*"
_RUN = re.compile(rf"{_NAME}(?:[ \u00a0](?:(?:of|de|del|van|von|bin|al|the) )?{_NAME}){{1,4}}")
_BRACKETS = re.compile(rf"({_NAME}(?: {_NAME}){{0,3}}) \(({_NAME}(?: {_NAME}){{0,3}})\)")
_PARTIES = frozenset(
    ["democrat", "democratic", "republican", "libertarian", "gop", "green", "conservative", "liberal", "tory", "labour"]
)


def other_name(sentence: str, quote: str, article: str) -> Clash | None:
    """The first name of `sentence` that stands in the place of another of `quote`; None where there is none.

    `article` is all that the quote's article says: whom it calls by both names is one.
    """
    said, have = read_claim_words(sentence), read_claim_words(quote)
    matcher = SequenceMatcher(None, [word.key for word in said], [word.key for word in have], autojunk=False)
    steps = matcher.get_opcodes()
    changes = [step for step in steps if step[0] != "equal"]
    held = sum(word.matters for op, i1, i2, _, _ in steps if op == "equal" for word in said[i1:i2])
    known = frozenset() if len(changes) == 1 else frozenset(word.key for word in have)
    for op, i1, i2, j1, j2 in changes:
        ours, theirs = _names(said, i1, i2, article), _names(have, j1, j2, article)
        mine = [word for word in ours if word.key not in known]
        if all(map(_is_title, mine)) and _is_capital(said[i2 : i2 + 1]):
            continue  # "Sen. Cruz" for "Ted Cruz"
        if op != "replace" or not mine or not theirs or _may_be_one(mine, theirs, said[i2 : i2 + 1], article):
            continue
        if any(word.lower in _NEGATIONS for word in (*said[i1:i2], *have[j1:j2])):
            continue
        near = held >= NEAR * sum(word.matters for word in (*said[:i1], *said[i2:]))
        if near and max(i2 - i1 - len(ours), j2 - j1 - len(theirs)) <= AROUND:
            return Clash("name", _text(sentence, ours), _text(quote, theirs))
    return None


def _names(words: Sequence[Word], start: int, end: int, article: str) -> list[Word]:
    """The words of names from `start` to `end`.

    A title is one before a name that stays as it is, and so is a short one before none: "the Sen has voted".
    """
    found = [
        word
        for at, word in enumerate(words[start:end], start)
        if _is_name(word, article) or _begins_name(words[at : at + 2])
    ]
    if all(map(_is_title, found)) and not _is_capital(words[end : end + 1]):
        return [word for word in found if word.lower in _NO_NAME]
    return found


def _is_capital(after: Sequence[Word]) -> bool:
    """Whether a word comes next, and is of a name."""
    return bool(after) and after[0].is_word and after[0].text[0].isupper() and not _is_title(after[0])


def _is_name(word: Word, article: str) -> bool:
    """Whether it is a word of a name or a title: with a capital that no place in the sentence gives it."""
    if word.text == "US":
        return True
    if not word.text[0].isupper() or not word.is_word:
        return False
    return word.kind == "name" or bool(re.search(rf"[a-z,] {re.escape(word.text)}(?!\w)", article))


def _begins_name(two: Sequence[Word]) -> bool:
    """Whether the first of two words, though the first of its sentence, is of the name that follows."""
    if len(two) < 2 or two[1].kind != "name" or two[1].start != two[0].end + 1:
        return False
    return two[0].is_word and two[0].text[0].isupper()


def _is_title(word: Word) -> bool:
    return word.lower in word_list("titles") - _PARTIES


def _may_be_one(ours: Sequence[Word], theirs: Sequence[Word], after: Sequence[Word], article: str) -> bool:
    """Whether both may name one thing: by their form, by a list, or because the article puts them side by side.

    So it is with a first name in the place of a title; `after` is then the surname.
    """
    one, other = ([_bare(word) for word in words] for words in (ours, theirs))
    if any(_alike(mine, its) for mine in one for its in other) or _initials(one) in other or _initials(other) in one:
        return True
    if all(map(_is_title, theirs)):
        called = bool(after) and f"{ours[-1].text} {_bare(after[0])}".lower() in article.lower()
        return called or any(map(gender_of_name, one))
    return any(set(one) & run and set(other) & run for run in _side_by_side(article, frozenset(one + other)))


def _alike(one: str, other: str) -> bool:
    """Whether one word is a form of the other, as Iranian is of Iran, or both stand on one line of the list."""
    lines = together("one_name")
    if lines.get(one, frozenset()) & lines.get(other, frozenset()):
        return True
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return shared >= _STEM and one[shared:] in _ENDINGS and other[shared:] in _ENDINGS


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def _side_by_side(article: str, names: frozenset[str]) -> Iterator[set[str]]:
    """The words of each short run of capitals with a first name of `names` ("Bernie Sanders"), and of "Name (NM)".

    Without a first name a run may be two things, or a heading: "House GOP", "Trump Rally Ohio".
    """
    first = {name for name in names if gender_of_name(name)}
    runs = [set(map(_plain, match.group().split())) for match in _RUN.finditer(article)] if first else []
    yield from (run for run in runs if run & first)
    yield from (set(map(_plain, f"{match[1]} {match[2]}".split())) for match in _BRACKETS.finditer(article))


def _bare(word: Word) -> str:
    return _plain(word.text)


def _plain(text: str) -> str:
    return re.sub(r"['’]s?$", "", text.strip("()“”\"'’,;:.")).lower()


def _text(text: str, words: Sequence[Word]) -> str:
    """The words as they are written, from the first to the last."""
    return text[words[0].start : words[-1].end]
