"""Whether a sentence supports a claim, refutes it or neither: the `Stance` protocol and the first, by rules.

The rules measure how much of the claim stands in the sentence and where the two clash; a small logistic regression,
fitted on claims that people would write (`eval/fit_stance.py`), makes three probabilities of that. A model that reads
claim and sentence as a pair (`rag/claim_reader.py`) is weighed against them by a second regression over both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np

from index.errors import ModelError
from rag.claim_dates import dated, other_day, read_beside
from rag.claim_numbers import with_numbers_of
from rag.claim_words import read_claim_words
from rag.clashes import ClashKind, directly_denied, of_other_harm
from rag.evidence import Floats
from rag.number_pairs import other_pair
from rag.selection import load_weights
from rag.stance_features import FEATURES, Measured, measure_stance
from rag.turned_round import turned_round
from rag.until_now import denies, never_before

StanceName = Literal["supports", "refutes", "neither"]
STANCES: tuple[StanceName, ...] = ("supports", "refutes", "neither")
# Of the second regression: the rules' log probabilities and a pair reader's logits.
BOTH = ("rules_supports", "rules_refutes", "rules_neither", "read_supports", "read_refutes", "read_neither")


@dataclass(frozen=True, slots=True)
class Window:
    """What is read beside a claim: a sentence, the one before it, and what is known around them."""

    sentence: str
    before: str = ""
    around: str = ""  # heading and date of the article: a name or a date that stands here is not missing
    published_at: str = ""  # of the article, as ISO 8601; empty when unknown


@dataclass(frozen=True, slots=True)
class Judged:
    """Three probabilities that sum to 1, and in words which number, date, name or denial differs, if one does."""

    supports: float
    refutes: float
    neither: float
    reason: str | None = None
    kind: ClashKind | None = None  # of what differs
    bears: float | None = None  # log odds by a pair reader alone that it takes a side; None where there is none
    read: float | None = None  # and that it supports

    @property
    def stance(self) -> StanceName:
        """The likeliest."""
        return max(STANCES, key=lambda name: float(getattr(self, name)))


class Stance(Protocol):
    """Judges a claim beside each of some windows."""

    name: str

    def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
        """One judgement for each window, in order."""
        ...


class PairReader(Protocol):
    """A trained model that reads a claim and a window together."""

    name: str

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        """Logits of supports, refutes and neither, shape (len(windows), 3)."""
        ...


VERBATIM = Judged(0.98, 0.01, 0.01)  # the sentence is the claim; no part of one: "he lied" in "nobody says he lied"


def _same_words(claim: str, sentence: str) -> bool:
    return [word.key for word in read_claim_words(claim)] == [word.key for word in read_claim_words(sentence)]


class RuleStance:
    """Rules and a fitted regression (`weights/stance.json`), with a pair reader's logits where there is one."""

    def __init__(
        self,
        weight: Callable[[str], float],
        most: Callable[[], float],
        *,
        reader: PairReader | None = None,
        weights: Mapping[str, object] | None = None,
    ) -> None:
        """`weight` gives the idf of a stem and `most()` the highest there is."""
        self._weight = weight
        self._most = most
        self._reader = reader
        weights = weights or load_weights("stance.json")
        self._rules = Softmax.read(weights, "rules")
        self._both = Softmax.read(weights, "with_reader") if reader is not None else None
        self.name = "rules" if reader is None else f"rules and {reader.name}"

    def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
        """One judgement for each window, in order."""
        if not windows:
            return []
        most = self._most()
        claims = [
            with_numbers_of(read_beside(claim, window.sentence, window.published_at), window.sentence)
            for window in windows
        ]
        measured = [
            measure_stance(said, window.sentence, window.before, window.around, weight=self._weight, most=most)
            for said, window in zip(claims, windows, strict=True)
        ]
        rows = np.stack([one.row for one in measured])
        chances = self._rules(rows, FEATURES)
        bears: list[float] | None = None
        read: list[float] = []
        if self._reader is not None and self._both is not None:
            logits = self._read(claims, windows, self._reader)
            chances = self._both(np.concatenate([np.log(np.maximum(chances, 1e-6)), logits], axis=1), BOTH)
            bears = (np.logaddexp(logits[:, 0], logits[:, 1]) - logits[:, 2]).tolist()
            read = (logits[:, 0] - np.logaddexp(logits[:, 1], logits[:, 2])).tolist()
        judged = [_judged(row, one) for row, one in zip(chances, measured, strict=True)]
        told = [
            VERBATIM if _same_words(claim, window.sentence) else _with_its_pair(claim, window, one)
            for window, one in zip(windows, judged, strict=True)
        ]
        if bears is None:
            return told
        return [replace(one, bears=side, read=odds) for one, side, odds in zip(told, bears, read, strict=True)]

    @staticmethod
    def _read(claims: Sequence[str], windows: Sequence[Window], reader: PairReader) -> Floats:
        """The reader's logits of each window with its own wording of the claim, of which there are two at most."""
        logits = np.zeros((len(windows), len(STANCES)), dtype=np.float32)
        for said in dict.fromkeys(claims):
            places = [at for at, other in enumerate(claims) if other == said]
            logits[places] = reader(said, [windows[at] for at in places])
        return logits


def _with_its_pair(claim: str, window: Window, judged: Judged) -> Judged:
    """As it is on its day; where the sentence has two numbers or names the other way round, it is refuted.

    So it is where it denies what the sentence says had never been before, and not where it says just that. And it is
    not, without a reason, by a sentence that denies the same or tells of other victims only.
    """
    judged, pair = _on_its_day(claim, window, judged), other_pair(claim, window.sentence)
    pair = pair or turned_round(claim, window.sentence, f"{window.before} {window.around}")
    if pair is not None and judged.stance == "supports":
        return Judged(judged.refutes, judged.supports, judged.neither, pair.reason, pair.kind)
    if (until_now := never_before(window.sentence)) is not None:
        if judged.stance == "supports" and denies(claim):
            return Judged(judged.refutes, judged.supports, judged.neither, f"it says “{until_now}”", "denial")
        if judged.stance == "refutes" and judged.kind == "denial" and not denies(claim):
            return replace(judged, refutes=judged.neither, neither=judged.refutes)
    if judged.stance == "refutes" and judged.kind in (None, "hedge"):
        said, have = read_claim_words(claim), read_claim_words(window.sentence)
        if of_other_harm(said, have) or directly_denied(said) & directly_denied(have):
            return replace(judged, refutes=judged.neither, neither=judged.refutes)
    return judged


def _on_its_day(claim: str, window: Window, judged: Judged) -> Judged:
    """As it is; where the sentence tells of another day than the claim: refuted if it says the rest, else open."""
    dates, day = dated(claim), other_day(claim, window.sentence, window.published_at)
    if dates is None or day is None or judged.stance != "supports":
        return judged
    near = {word.key for part in (window.sentence, window.before, window.around) for word in read_claim_words(part)}
    said = [word for word in read_claim_words(dates.undated) if word.matters and word.text[0].isupper()]
    if any(word.key not in near for word in said):
        return Judged(judged.refutes, judged.neither, judged.supports)
    return Judged(judged.refutes, judged.supports, judged.neither, f"{day}, not {dates.dates[0].written}", "date")


_DATES = FEATURES.index("dates_missing")
_NUMBERS = FEATURES.index("numbers_missing")
_COVERED = FEATURES.index("coverage_near")
_SENTENCE = FEATURES.index("sentence_covered")
_ORDER = FEATURES.index("in_order")
_MISSING = [FEATURES.index(name) for name in ("content_missing", "numbers_missing", "dates_missing")]
_ABSOLUTE = [
    FEATURES.index(name) for name in ("claim_denies", "sentence_denies", "claim_all", "claim_none", "both_deny")
]
# A refutation without a reason is right for 10 of 11 training claims. Not where the sentence
# and what stands around it have all of the claim's words, which none of those do, nor where it has not the claim's
# number and no other in its place: there it must be this sure (.55 to .7 cost one right refutation of 36).
ALL_COVERED = 0.9
SURE_UNEXPLAINED = 0.65
WITHIN = 0.999  # share of the sentence in the claim, or of the claim's words in its order: all


def _judged(row: Floats, measured: Measured) -> Judged:
    """The probabilities with the reason.

    A year or a month of the claim that stands nowhere near is never supported; another event's date never refutes.
    """
    supports, refutes, neither = (float(chance) for chance in row)
    if measured.row[_DATES] and supports > neither:
        supports, neither = neither, supports
    if measured.dates_another and refutes > neither:  # the fitted weights know no clauses
        refutes, neither = neither, refutes
    unnamed = not any(clash.kind != "hedge" for clash in measured.clashes)
    doubtful = measured.row[_NUMBERS] > 0 or measured.row[_COVERED] >= ALL_COVERED
    # At odds with the claim is nothing that it says as well, nor what says all of it, in its order, but a name: on the
    # 897 held-out claims of `eval/fit_stance.py` that took back one refutation, a wrong one.
    within = measured.row[_SENTENCE] >= WITHIN or (not measured.row[_MISSING].any() and measured.row[_ORDER] >= WITHIN)
    within = within and not measured.row[_ABSOLUTE].any()
    if unnamed and refutes > neither and (within or (doubtful and refutes < SURE_UNEXPLAINED)):
        refutes, neither = neither, refutes
    first = min(measured.clashes, key=lambda clash: _TOLD.index(clash.kind), default=None)
    if first is None:
        return Judged(supports, refutes, neither)
    return Judged(supports, refutes, neither, first.reason, first.kind)


# Which clash is told first when there are several: what can be checked at a glance.
_TOLD = ("number", "date", "order", "opposite", "denial", "amount", "name", "hedge")


@dataclass(frozen=True, slots=True)
class Softmax:
    """A multinomial logistic regression over named features: for each stance a weight a feature, and a bias."""

    names: tuple[str, ...]
    weights: Floats  # (3, len(names))
    biases: Floats  # (3,)

    def __call__(self, rows: Floats, names: Sequence[str]) -> Floats:
        """Probabilities, shape (n, 3), of `rows`, shape (n, len(names)), whose columns are called `names`."""
        column = {name: at for at, name in enumerate(names)}
        scores = rows[:, [column[name] for name in self.names]] @ self.weights.T + self.biases
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Floats = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
        return chances

    @classmethod
    def read(cls, document: Mapping[str, object], key: Literal["rules", "with_reader", "verdict"]) -> "Softmax":
        """From `{"rules": {...}, "with_reader": {...}}`. Raises ModelError when the one needed is not there."""
        part = document.get(key)
        if not isinstance(part, dict) or not isinstance(part.get("weights"), dict):
            raise ModelError(
                f'the stance weights have no "{key}"; expected weights for each feature: fit them with '
                f"`python -m eval.fit_{'verdict' if key == 'verdict' else 'stance'}`, or install Attest again"
            )
        names = tuple(part["weights"])
        table = np.asarray([part["weights"][name] for name in names], dtype=np.float32).T
        return cls(names, table, np.asarray(part["biases"], dtype=np.float32))
