"""Small changes after which a supported claim no longer is: tests of a judge that need no label.

Each starts from a sentence of the evidence, word for word, so that nobody need say that it was supported, and gives a
pair whose verdict should be unsupported. What a change puts in is chosen so that it is wrong: a number or a date that
the evidence does not hold, a name that it holds elsewhere.
"""

import re
from collections.abc import Callable, Iterator

from eval.judges.judge import Pair
from eval.judges.pairs import same
from eval.judges.windows import sentences
from rag.terms import content_stems, numbers

WORDS = (6, 40)  # of a sentence that is changed: shorter ones say little, longer ones are lists
RESTATED = 0.5  # of the content words: a text in which another sentence holds so many still says it
STEMS = 4  # content words that a sentence has at least

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-]|[.,]\d)")
_MONTHS = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())  # noqa: SIM905
_MONTH_OR_DAY = re.compile(rf"\b(?:{'|'.join(_MONTHS + _DAYS)})\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]*\w(?: [A-Z][\w’'-]*\w)*")
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|does|do|did)\b(?!n['’]t)"
)
_DENIES = re.compile(r"\b(?:not|no|never|none|neither|nor|nobody|nothing|without|cannot)\b|n['’]t\b", re.IGNORECASE)

Change = Callable[[str, str], Pair | None]


def evidence_deleted(claim: str, evidence: str) -> Pair | None:
    """The claim against its text without the sentence that says it; None where another says half of it too."""
    wanted = set(content_stems(claim))
    rest = [sentence for sentence in sentences(evidence) if same(sentence) != same(claim)]
    if not rest or any(len(wanted & set(content_stems(other))) >= RESTATED * len(wanted) for other in rest):
        return None
    return Pair(claim, " ".join(rest))


def number_swapped(claim: str, evidence: str) -> Pair | None:
    """The claim with its first number (years aside) made about a third larger, and one that the text does not hold."""
    known = set(numbers(evidence))
    for match in _NUMBER.finditer(claim):
        old = match.group()
        if _YEAR.fullmatch(old):
            continue
        whole, _, decimals = old.replace(",", "").partition(".")
        value = int(whole) + max(1, int(whole) // 3)
        while str(value) in known:
            value += 1
        new = (f"{value:,}" if "," in old else str(value)) + (f".{decimals}" if decimals else "")
        return Pair(_put(claim, match, new), evidence)
    return None


def date_swapped(claim: str, evidence: str) -> Pair | None:
    """The claim with its first year, month or weekday replaced by one that the text does not hold."""
    match = min(
        (found for found in (_YEAR.search(claim), _MONTH_OR_DAY.search(claim)) if found),
        key=lambda found: found.start(),
        default=None,
    )
    if match is None:
        return None
    old = match.group()
    if old.isdigit():
        choices = tuple(str(int(old) + step) for step in (3, -3, 4, -4, 5, -5, 6, -6))
    else:
        cycle = _MONTHS if old in _MONTHS else _DAYS
        at = cycle.index(old)
        choices = cycle[at + 1 :] + cycle[:at]
    new = next((choice for choice in choices if choice.lower() not in evidence.lower()), None)
    return Pair(_put(claim, match, new), evidence) if new else None


def name_swapped(claim: str, evidence: str) -> Pair | None:
    """The claim with its first name replaced by another of as many words that the same text holds elsewhere."""
    others = [match.group() for sentence in sentences(evidence) for match in _NAME.finditer(sentence)]
    said = set(re.findall(r"\w+", claim.lower()))
    for match in _NAME.finditer(claim):
        if _MONTH_OR_DAY.search(match.group()):
            continue
        for other in others:
            fits = len(other.split()) == len(match.group().split()) and not _MONTH_OR_DAY.search(other)
            if fits and not said & set(re.findall(r"\w+", other.lower())):
                return Pair(_put(claim, match, other), evidence)
    return None


def negated(claim: str, evidence: str) -> Pair | None:
    """The claim with "not" after its first auxiliary verb; None where it has none, or denies something already."""
    match = None if _DENIES.search(claim) else _AUXILIARY.search(claim)
    return Pair(_put(claim, match, f"{match.group()} not"), evidence) if match else None


def question_echoed(claim: str, evidence: str) -> Pair | None:
    """The claim made a question by asking for its first name or number: all words but the answer, and no statement."""
    name = next((match for match in _NAME.finditer(claim) if not _MONTH_OR_DAY.search(match.group())), None)
    match = name or _NUMBER.search(claim)
    if match is None:
        return None
    asked = _put(claim, match, "who or what" if name else "how many")
    return Pair(asked.rstrip(" .!\"'”’") + "?", evidence)


def document_emptied(claim: str, _evidence: str) -> Pair | None:
    """The claim against nothing."""
    return Pair(claim, "")


CHANGES: dict[str, Change] = {
    "evidence deleted": evidence_deleted,
    "number swapped": number_swapped,
    "date swapped": date_swapped,
    "name swapped": name_swapped,
    "negated": negated,
    "question echoed": question_echoed,
    "document emptied": document_emptied,
}


def statements(evidence: str) -> Iterator[str]:
    """The sentences of `evidence` that can be changed: of a middling length, with content, ending like statements."""
    for sentence in sentences(evidence):
        plain = " ".join(sentence.split())
        if not WORDS[0] <= len(plain.split()) <= WORDS[1] or not re.search(r"[.!][\"'”’)]*$", plain):
            continue
        if len(set(content_stems(plain))) >= STEMS:
            yield plain


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]
