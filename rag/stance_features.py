"""What is measured of a claim beside one sentence: how much of it stands there, and where the two clash."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.claim_words import Word, read_claim_words
from rag.clashes import Clash, clashes
from rag.date_events import DATES, only_other_events
from rag.evidence import Floats
from rag.lexicon import sections

_LISTS = sections("claims")
NUMBER_WEIGHT = 0.6  # of the highest idf: a number or a month weighs like a rather rare word, whatever its digits

FEATURES = (
    "coverage",  # share of the claim's idf that the sentence holds
    "coverage_near",  # ... with the sentence before it and the heading
    "rarest_missing",  # idf of the rarest word of the claim that is not near, as a share of the highest there is
    "sentence_covered",  # share of the sentence's idf that the claim holds
    "names_missing",  # names of the claim that are not near
    "numbers_missing",  # numbers of the claim that are not near
    "dates_missing",  # years and months
    "number_clash",
    "date_clash",
    "order_clash",
    "name_clash",
    "opposite_clash",
    "denial_clash",
    "amount_clash",
    "hedge_clash",
    "claim_denies",  # a denial in the claim and none in the sentence
    "sentence_denies",
    "both_deny",
    "claim_all",  # a word for all or only in the claim and none in the sentence
    "claim_none",
    "claim_certain",  # a word of certainty in the claim that the sentence has not
    "claim_hedged",  # a weaker word in the claim and none in the sentence
    "sentence_contrasts",  # but, however, instead
    "sentence_asks",  # a question states nothing
    "quoted",  # the sentence is somebody's words
    "words_claim",  # log of the number of words
    "words_sentence",
    "content_missing",  # content words of the claim that are not near, without names and numbers
    "in_order",  # share of neighbouring pairs of shared words that come in the same order
    "clash_free",  # no clash, and both or neither deny
    "clash_free_covered",  # ... times the coverage near
    "well_covered",  # coverage beyond WELL_COVERED
    "clash_covered",  # that, where there is a clash but a hedge
    "denial_covered",  # that, where one side denies
)
WELL_COVERED = 0.6
# Which way a measure may tell refuting from supporting: 1 towards refuting, -1 towards supporting, 0 neither, 2 any.
TOWARDS_REFUTING = {
    **dict.fromkeys(("coverage", "coverage_near", "sentence_covered", "clash_free", "clash_free_covered"), -1),
    **dict.fromkeys(("well_covered", "in_order", "both_deny"), -1),
    **dict.fromkeys(("rarest_missing", "names_missing", "numbers_missing", "dates_missing", "content_missing"), 2),
    **dict.fromkeys(("number_clash", "date_clash", "order_clash", "name_clash", "opposite_clash", "denial_clash"), 1),
    **dict.fromkeys(("amount_clash", "claim_denies", "sentence_denies", "claim_all", "claim_none"), 1),
    **dict.fromkeys(("sentence_contrasts", "clash_covered", "denial_covered"), 1),
    **dict.fromkeys(("hedge_clash", "claim_certain", "claim_hedged", "sentence_asks", "quoted"), 0),
    **dict.fromkeys(("words_claim", "words_sentence"), 0),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of `FEATURES`, and the clashes it counts."""

    row: Floats  # (len(FEATURES),)
    clashes: tuple[Clash, ...]
    dates_another: bool = False  # its dates are of other events, and nothing graver than a date differs


def measure_stance(
    claim: str, sentence: str, before: str, around: str, *, weight: Callable[[str], float], most: float
) -> Measured:
    """The measures of `claim` beside `sentence`; `before` is the sentence before it, `around` heading and neighbours.

    `weight` gives the idf of a stem, `most` its highest value.
    """
    said, have = read_claim_words(claim), read_claim_words(sentence)
    near = frozenset(word.key for word in (*have, *read_claim_words(before), *read_claim_words(around)))
    here = frozenset(word.key for word in have)
    keys = {word.key for word in said}
    found = clashes(said, have, near)
    kinds = [clash.kind for clash in found]
    matter = {word.key: word for word in said if word.matters}
    theirs = {word.key: word for word in have if word.matters}
    away = [word for word in matter.values() if word.key not in near]

    def worth(words: Iterable[Word]) -> float:
        return sum(weight(word.key) if word.is_word else NUMBER_WEIGHT * most for word in words)

    total = worth(matter.values()) or 1.0
    lower_said, lower_have = {word.lower for word in said}, {word.lower for word in have}

    def only(ours: set[str], others: set[str], name: str) -> float:
        return float(bool(ours & _LISTS[name]) and not others & _LISTS[name])

    coverage = worth(word for word in matter.values() if word.key in here) / total
    near_coverage = worth(word for word in matter.values() if word.key in near) / total
    ours_deny = only(lower_said, lower_have, "negations")
    theirs_deny = only(lower_have, lower_said, "negations")
    clash_free = float(not found and not ours_deny and not theirs_deny)
    row = (
        coverage,
        near_coverage,
        max((worth([word]) for word in away), default=0.0) / most,
        worth(word for word in theirs.values() if word.key in keys) / (worth(theirs.values()) or 1.0),
        float(sum(word.kind == "name" for word in away)),
        float(sum(word.kind in ("number", "ordinal") for word in away)),
        float(sum(word.kind in DATES for word in away)),
        *(
            float(kinds.count(kind))
            for kind in ("number", "date", "order", "name", "opposite", "denial", "amount", "hedge")
        ),
        ours_deny,
        theirs_deny,
        float(bool(lower_said & _LISTS["negations"] and lower_have & _LISTS["negations"])),
        only(lower_said, lower_have, "all"),
        only(lower_said, lower_have, "none"),
        float(bool((lower_said & _LISTS["certainties"]) - lower_have)),
        only(lower_said, lower_have, "hedges"),
        float(bool((lower_have - lower_said) & _LISTS["contrasts"])),
        float(sentence.rstrip("\"”’' ").endswith("?")),
        float(any(mark in sentence for mark in '"“”')),
        float(np.log1p(len(said))),
        float(np.log1p(len(have))),
        float(sum(word.kind == "content" for word in away)),
        _in_order(said, have),
        clash_free,
        clash_free * near_coverage,
        max(0.0, coverage - WELL_COVERED),
        max(0.0, coverage - WELL_COVERED) * any(kind != "hedge" for kind in kinds),
        max(0.0, coverage - WELL_COVERED) * max(ours_deny, theirs_deny),
    )
    graver = {clash.kind for clash in found} - {"hedge", "date"}
    another = not graver and only_other_events(said, have, sentence)
    return Measured(np.asarray(row, dtype=np.float32), tuple(found), another)


def _in_order(said: Sequence[Word], have: Sequence[Word]) -> float:
    """1 where all shared words come in the same order; 0.5 where nothing can be told."""
    place = {word.key: at for at, word in reversed(list(enumerate(have))) if word.matters}
    places = [place[word.key] for word in said if word.matters and word.key in place]
    pairs = list(pairwise(places))
    return sum(one < two for one, two in pairs) / len(pairs) if pairs else 0.5
