"""Pairs of claim and evidence with what people said of them, and the documents they come from."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eval.judges.judge import Pair


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A claim with its evidence, and whether people find it supported."""

    source: str  # "summedits/podcast": figures are given for each, since they do not carry over
    claim: str
    evidence: str
    supported: bool
    votes: tuple[bool, ...] = ()  # of single annotators, where they are known
    document: str = ""  # pairs with the same one are not independent; filled in by `with_documents`

    @property
    def pair(self) -> Pair:
        """What a judge gets to see."""
        return Pair(self.claim, self.evidence)


def with_documents(pairs: Sequence[LabelledPair]) -> list[LabelledPair]:
    """The same pairs, each with the id of its document: pairs share one when they share their evidence or their claim.

    A claim shown with three texts, or a text with three claims, is one observation made three times over; whatever is
    connected in this way within a source stays together, in a split and in the bootstrap.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    keys = [(_key(pair.source, "e", pair.evidence), _key(pair.source, "c", pair.claim)) for pair in pairs]
    for evidence, claim in keys:
        first, second = sorted((root(evidence), root(claim)))
        parent[second] = first
    return [replace(pair, document=root(evidence)) for pair, (evidence, _) in zip(pairs, keys, strict=True)]


def _key(source: str, kind: str, text: str) -> str:
    return hashlib.sha256(f"{source}\0{kind}\0{same(text)}".encode("utf-8", "replace")).hexdigest()[:16]


def same(text: str) -> str:
    """The letters and digits of `text`, lower-cased: equal for copies that differ in case, spaces and punctuation."""
    return "".join(char for char in text.lower() if char.isalnum())


def by_source(pairs: Iterable[LabelledPair]) -> dict[str, list[LabelledPair]]:
    """The pairs of each source, in the order in which sources first occur."""
    groups: dict[str, list[LabelledPair]] = {}
    for pair in pairs:
        groups.setdefault(pair.source, []).append(pair)
    return groups


def at_most(pairs: Sequence[LabelledPair], limit: int | None) -> list[LabelledPair]:
    """Whole documents of each source, in the order of their ids, which are hashes, until `limit` pairs are reached.

    The last document may be cut short. Which pairs are taken depends on nothing but the pairs themselves.
    """
    if limit is None:
        return list(pairs)
    kept: list[LabelledPair] = []
    for group in by_source(pairs).values():
        kept.extend(sorted(group, key=lambda pair: pair.document)[:limit])
    return kept
