"""Who a quotation is from, as its article says it: the word that names the source, chosen among all that might.

Candidates are the pronouns, names and nouns around the quotation. Each is described by features that say how it stands
to verbs of saying and to the quotation; a log-linear model fitted on annotated news (`eval/fit_attribution.py`) adds
them up. The word is returned as it stands in the text; `rag/people.py` finds out whom it means.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rag.clauses import Token
from rag.paragraphs import Paragraphs
from rag.source_features import candidates, features, features_of_nobody, links, says

BREAK = Token("", 0, 0, "BREAK")  # between two paragraphs


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The tokens that may name the source of a quotation, and where in the article each of them stands."""

    tokens: Sequence[Token]
    quote: int  # the quotation's place among them
    places: Sequence[tuple[int, int]]  # of each token: its paragraph, and its place among that paragraph's tokens
    inside: str  # the quoted words


def around(paragraphs: Paragraphs, quote: int) -> Surroundings:
    """The paragraph of a quoted span after the one before it; with the next one only when its own names nobody."""
    number = paragraphs.at(paragraphs.spans[quote].open)
    before = paragraphs.before(number)
    numbers = [number] if before is None else [before, number]
    if not any(True for _ in candidates(paragraphs.tokens(number))) and number + 1 < len(paragraphs.bounds):
        numbers.append(number + 1)
    tokens: list[Token] = []
    places: list[tuple[int, int]] = []
    for part in numbers:
        own = paragraphs.tokens(part)
        tokens += [BREAK, *own]
        places += [(part, -1), *((part, place) for place in range(len(own)))]
    span = paragraphs.spans[quote]
    place = next(at for at, token in enumerate(tokens) if token.quote == quote)
    return Surroundings(tokens, place, places, paragraphs.text[span.start : span.end])


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, float]:
    """The fitted weight of each feature; one that is not there weighs nothing."""
    text = files("rag").joinpath("weights", "attribution.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


@dataclass(frozen=True, slots=True)
class Source:
    """A word that may name the source: its paragraph, its place among that paragraph's tokens, and the belief in it."""

    paragraph: int
    place: int
    token: Token
    probability: float  # against the other words around and against nobody's speaking, between 0 and 1
    reports: bool  # what the words are known from: "according to the Journal"
    says: bool  # beside the quotation with a verb of saying: "said Cotton"


class Attribution:
    """Chooses the source of each quotation of an article, in order: who spoke last is a clue to who speaks now."""

    def __init__(self, paragraphs: Paragraphs, weights: Mapping[str, float] | None = None) -> None:
        self._paragraphs = paragraphs
        self._weights = load_weights() if weights is None else weights
        self._ranked: list[list[Source]] = []

    def sources(self, quote: int) -> list[Source]:
        """What may be the source of a quoted span, most probable first; empty when no word around may be one.

        The probabilities sum to less than 1 by that of there being none: a title in quotation marks has no source.
        """
        while len(self._ranked) <= quote:
            self._ranked.append(self._rank(len(self._ranked)))
        return self._ranked[quote]

    def introduced(self, paragraph: int, words: str) -> list[Source]:
        """The same for words without marks after a paragraph that ends in a colon: "She said in a statement:"."""
        tokens = [BREAK, *self._paragraphs.tokens(paragraph), BREAK, Token("", 0, 0, "QUOTE")]
        places = [(paragraph, place - 1) for place in range(len(tokens))]
        return self._ranked_in(Surroundings(tokens, len(tokens) - 1, places, words), None)

    def _rank(self, quote: int) -> list[Source]:
        before = self._ranked[quote - 1] if quote else []
        return self._ranked_in(around(self._paragraphs, quote), before[0].token.lower if before else None)

    def _ranked_in(self, near: Surroundings, previous: str | None) -> list[Source]:
        places = list(candidates(near.tokens))
        if not places:
            return []
        scores = [self._score(features(near.tokens, near.quote, place, previous)) for place in places]
        nobody = self._score(features_of_nobody(near.tokens, near.quote, near.inside))
        powers = [math.exp(score - max(nobody, *scores)) for score in scores]
        total = sum(powers) + math.exp(nobody - max(nobody, *scores))
        found = [
            Source(
                *near.places[place],
                near.tokens[place],
                power / total,
                reports=any(link.way == "according" for link in links(near.tokens, place)),
                says=says(near.tokens, near.quote, place),
            )
            for place, power in zip(places, powers, strict=True)
        ]
        return sorted(found, key=lambda source: -source.probability)

    def _score(self, names: Sequence[str]) -> float:
        return sum(self._weights.get(name, 0.0) for name in names)
