"""Where a claim and a sentence say different things: another number, date, name, an opposite, a denial, a weaker word.

Both are aligned on the words that they share; what stands between shared words on the one side is in the same slot as
what stands between them on the other. Rules only, each clash with the words on both sides, so that a person can check.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from rag.claim_words import DAY_OF_MONTH, Word
from rag.lexicon import sections, two_sided
from rag.particulars import same
from rag.terms import stem

ClashKind = Literal["number", "date", "order", "name", "opposite", "denial", "amount", "hedge"]

_LISTS = sections("claims")
MOST_APART = 50  # times that a number may be another one in the same slot and still be about the same thing
_ANY = frozenset({"any", "anyone", "anybody", "anything"})  # "denied that anyone died" denies dying
_PLACING = frozenset({"in", "at", "on", "near", "during", "after", "before", "by", "from", "since", "until"})
_HARMS = frozenset({same("killed"), same("injured"), same("arrested"), same("missing")})
_NEAR = 3  # content words beyond the last shared one that may still be in its slot


@dataclass(frozen=True, slots=True)
class Clash:
    """One difference. `said` is the claim's word, `found` the sentence's; empty where only one side has it."""

    kind: ClashKind
    said: str
    found: str

    @property
    def reason(self) -> str:
        """In words for a person: "41, not 97"."""
        if self.kind == "denial":
            return f"it says “{self.found}”" if self.found else f"it does not say “{self.said}”"
        if self.kind == "hedge":
            return f"it only says “{self.found}”"
        return f"{self.found}, not {self.said}"


def clashes(claim: Sequence[Word], sentence: Sequence[Word], around: frozenset[str]) -> list[Clash]:
    """The clashes of `claim` with `sentence`, gravest first; `around` are the keys of what stands around it.

    A name or a date that stands around the sentence is no clash.
    """
    here = {word.key for word in sentence}
    said = {word.key for word in claim}
    slots = list(_slots(claim, sentence))
    found = [
        *_numbers(claim, sentence, here, said, slots),
        *_dates(claim, sentence, here, said, around),
        *_ordinals(claim, sentence, here, said),
        *_opposites(claim, sentence, here, said),
        *_denials(claim, sentence),
        *_names(claim, sentence, slots, here, said, around),
        *_amounts(claim, sentence),
        *_hedges(claim, sentence),
    ]
    return list(dict.fromkeys(found))


Slot = tuple[tuple[Word, ...], tuple[Word, ...]]


def _slots(claim: Sequence[Word], sentence: Sequence[Word]) -> Iterator[Slot]:
    """Words of the claim and of the sentence that stand between the same shared words."""
    left = [word for word in claim if word.matters]
    right = [word for word in sentence if word.matters]
    matcher = SequenceMatcher(None, [word.key for word in left], [word.key for word in right], autojunk=False)
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        if op == "replace":
            ours, theirs = left[i1:i2], right[j1:j2]
            if i1 == 0:  # before the first shared word: those next to it
                ours, theirs = ours[-_NEAR:], theirs[-_NEAR:]
            elif i2 == len(left):
                ours, theirs = ours[:_NEAR], theirs[:_NEAR]
            yield tuple(ours), tuple(theirs)


def _numbers(
    claim: Sequence[Word], sentence: Sequence[Word], here: set[str], said: set[str], slots: Sequence[Slot]
) -> Iterator[Clash]:
    """A number of the claim that the sentence has not, beside one of the same unit or in the same slot."""
    others = [word for word in sentence if word.kind == "number" and word.key not in said]
    if of_other_harm(claim, sentence):
        return
    for word in claim:
        if word.kind != "number" or word.key in here:
            continue
        same = [other for other in others if other.unit and other.unit == word.unit]
        beside = [
            other
            for ours, theirs in slots
            if word in ours
            for other in theirs
            if other in others and _comparable(word, other)
        ]
        match = next(iter(same or beside), None)
        if match is not None:
            yield Clash("number", word.text, match.text)


def of_other_harm(claim: Sequence[Word], sentence: Sequence[Word]) -> bool:
    """Whether one tells of the dead and the other of the injured only: how many of each says nothing of the other."""
    ours, theirs = ({same(word.lower) for word in words} & _HARMS for words in (claim, sentence))
    return bool(ours and theirs and not ours & theirs)


def _comparable(one: Word, other: Word) -> bool:
    """Whether both may count the same thing: both shares or days of a month or neither, and of about one size."""
    if any((unit in (one.unit, other.unit)) != (one.unit == other.unit == unit) for unit in ("%", DAY_OF_MONTH)):
        return False
    small, large = sorted((abs(one.value), abs(other.value)))
    return large <= MOST_APART * max(small, 1.0)


def _dates(
    claim: Sequence[Word], sentence: Sequence[Word], here: set[str], said: set[str], around: frozenset[str]
) -> Iterator[Clash]:
    for kind in ("year", "month"):
        others = [word for word in sentence if word.kind == kind and word.key not in said]
        ours = [word for word in claim if word.kind == kind and word.key not in here and word.key not in around]
        if ours and others and not any(word.kind == kind and word.key in said for word in sentence):
            yield Clash("date", ours[0].text, others[0].text)


def _ordinals(claim: Sequence[Word], sentence: Sequence[Word], here: set[str], said: set[str]) -> Iterator[Clash]:
    others = [word for word in sentence if word.kind == "ordinal" and word.key not in said]
    ours = [word for word in claim if word.kind == "ordinal" and word.key not in here]
    if ours and others:
        yield Clash("order", ours[0].text, others[0].text)


@lru_cache(maxsize=1)
def _sides() -> dict[str, list[tuple[int, int]]]:
    """Stem -> the (line, side) pairs of `words/opposites.txt` that it stands on."""
    found: dict[str, list[tuple[int, int]]] = {}
    for line, sides in enumerate(two_sided("opposites")):
        for side, words in enumerate(sides):
            for key in {stem(word) for word in words} | words:
                found.setdefault(key, []).append((line, side))
    return found


def _opposites(claim: Sequence[Word], sentence: Sequence[Word], here: set[str], said: set[str]) -> Iterator[Clash]:
    """A word of the claim whose opposite the sentence has, and not the word itself; a denied one is turned round."""
    sides = _sides()
    theirs: dict[tuple[int, int], Word] = {}
    for word in sentence:
        if word.key not in said:
            for line, side in _places(sides, word):
                theirs.setdefault((line, side ^ int(word.denied)), word)
    for word in claim:
        if word.key in here:
            continue
        places = [(line, side ^ int(word.denied)) for line, side in _places(sides, word)]
        if any(place in theirs for place in places):
            continue
        opposite = next((theirs[line, 1 - side] for line, side in places if (line, 1 - side) in theirs), None)
        if opposite is not None:
            yield Clash("opposite", word.text, opposite.text)


def _places(sides: dict[str, list[tuple[int, int]]], word: Word) -> list[tuple[int, int]]:
    return sides.get(word.lower) or sides.get(word.key) or sides.get(stem(word.lower)) or []


def _denials(claim: Sequence[Word], sentence: Sequence[Word]) -> Iterator[Clash]:
    """A shared word that only one side denies."""
    ours = {word.key: word.denied for word in claim if word.matters}
    reached = [word for word in sentence if word.matters and word.key in ours]
    plain = {word.key for word in reached if not word.denied}
    for word in reached:
        if word.denied and not ours[word.key] and word.key not in plain:
            yield Clash("denial", word.text, _denied_words(sentence, word))
            return
    denied = {key for key, is_denied in ours.items() if is_denied} & directly_denied(claim)
    if denied & plain and not any(word.denied for word in reached):
        word = next(word for word in claim if word.denied and word.matters and word.key in denied & plain)
        yield Clash("denial", _denied_words(claim, word), "")


def directly_denied(words: Sequence[Word]) -> set[str]:
    """Keys of the words with a meaning between a denial and the first preposition: what it denies, and not where."""
    found, reached = set(), False
    for word in words:
        if word.lower in _LISTS["negations"]:
            reached = True
        elif not word.denied or word.lower in _PLACING:
            reached = False
        elif reached and word.matters and word.lower not in _ANY:
            found.add(word.key)
    return found


def _denied_words(words: Sequence[Word], denied: Word) -> str:
    """From the denial to the word that it reaches: "not take the bribe"."""
    last = words.index(denied)
    denials = [at for at, word in enumerate(words[:last]) if word.lower in _LISTS["negations"]]
    first = denials[-1] if denials else last  # a denial by ending or prefix stands in the word itself
    return " ".join(word.text for word in words[first : last + 1])


def _names(
    claim: Sequence[Word],
    sentence: Sequence[Word],
    slots: Sequence[Slot],
    here: set[str],
    said: set[str],
    around: frozenset[str],
) -> Iterator[Clash]:
    """A name of the claim that stands nowhere near, in the slot of another name."""
    for ours, theirs in slots:
        missing = [word for word in ours if word.kind == "name" and word.key not in here and word.key not in around]
        others = [word for word in theirs if word.kind == "name" and word.key not in said]
        if missing and others:
            yield Clash("name", _whole_name(claim, missing[0]), _whole_name(sentence, others[0]))


def _whole_name(words: Sequence[Word], part: Word) -> str:
    """The run of capitalised words that a word of a name stands in: "Sierra Leone" for "Sierra"."""
    first = last = words.index(part)
    while first and _of_one_name(words[first - 1], words[first]):
        first -= 1
    while last + 1 < len(words) and _of_one_name(words[last], words[last + 1]):
        last += 1
    return " ".join(word.text for word in words[first : last + 1])


def _of_one_name(one: Word, other: Word) -> bool:
    """Whether the two stand side by side, each with a capital; the first word of a sentence has one in any case."""
    named = all(word.kind in ("name", "content") and word.text[0].isupper() for word in (one, other))
    return named and other.start == one.end + 1


def _amounts(claim: Sequence[Word], sentence: Sequence[Word]) -> Iterator[Clash]:
    """All or none in the claim, and only some in the sentence; or one of them against the other."""
    ours, theirs = {word.lower: word.text for word in claim}, {word.lower: word.text for word in sentence}
    for strong, weak in (("all", "some"), ("none", "some"), ("all", "none"), ("none", "all"), ("some", "all")):
        left = [text for word, text in ours.items() if word in _LISTS[strong]]
        right = [text for word, text in theirs.items() if word in _LISTS[weak]]
        if left and right and not any(word in _LISTS[strong] for word in theirs):
            yield Clash("amount", left[0], right[0])
            return


def _hedges(claim: Sequence[Word], sentence: Sequence[Word]) -> Iterator[Clash]:
    """A word in the sentence that makes it less than certain, where the claim has none."""
    if any(word.lower in _LISTS["hedges"] for word in claim):
        return
    hedge = next((word for word in sentence if word.lower in _LISTS["hedges"]), None)
    if hedge is not None:
        yield Clash("hedge", "", hedge.text)
