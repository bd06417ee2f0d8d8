"""One claim, from search to verdict: the sentences that bear on it, what each says of it, and how many sources agree.

Passages are found as for a question; each of their sentences is measured with the one before it, the best of each
article is judged, and the verdict rests on those that are near enough and sure enough. Copies of a report count once.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.archive import Archive, Filters
from index.article import ArticleMeta, heading
from index.embedding import Embedder
from rag.answer import Citation, RetrievedPassage
from rag.ask import IdfWeight, interleaved
from rag.claim_words import read_claim_words
from rag.claims import checked_claim, other_script, parts_of
from rag.clock import Clock
from rag.evidence import Candidate, Floats, candidates, starts_dependent
from rag.retrieval import HybridRetriever
from rag.sources import CountedSources, Sources
from rag.stance import Judged, RuleStance, Stance, Window
from rag.verdict import ClaimVerdict, Part, Trace, TracedEvidence, first_seen, together

DEPTH = 40  # passages whose sentences are looked at
EMBEDDED = 48  # sentences that are embedded, those that share most with the claim: 0.2 s
MOST_EVIDENCE = 8  # articles shown for a claim
# A sentence that speaks of claims, not of what is claimed, proves nothing by that.
_OF_CLAIMS = re.compile(
    r"\b(?:this|the|that|following) (?:claim|statement|assertion|rumou?r) (?:is|was|has been) "
    r"(?:\w+ )?(?:true|false|correct|confirmed|supported|refuted|verified|accurate)\b",
    re.IGNORECASE,
)
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905

NEAR = 0.5  # relevance from which a sentence may count
SURE = 0.45  # probability of a stance from which it counts
MARGIN = 0.1  # by which it leads the next


class Tracer:
    """Traces claims in one open archive. One claim at a time; holds no state between claims."""

    def __init__(
        self, archive: Archive, embedder: Embedder, *, stance: Stance | None = None, sources: Sources | None = None
    ) -> None:
        self._archive = archive
        self._embedder = embedder
        self._retriever = HybridRetriever(archive, embedder)
        self._idf = IdfWeight(archive)
        self._stance = stance or RuleStance(self._idf, self._idf.most)
        self._sources = sources or CountedSources()

    def trace(self, claim: str, *, filters: Filters | None = None, id: str | None = None) -> Trace:
        """The verdict on `claim` with its evidence. Raises UsageError when it is empty, a question or too long."""
        claim = checked_claim(claim)
        clock = Clock()
        statements = parts_of(claim)
        with clock.step("embed"):
            vectors = self._embedder.embed_queries(list(dict.fromkeys([claim, *statements])))
        with clock.step("retrieve"):
            whole = self._retriever.pool(claim, vectors[0], filters=filters)
        parts = []
        for number, statement in enumerate(statements):
            pool, vector = whole, vectors[0]
            if statement != claim:  # a part may not name what the whole is about, so both are searched
                vector = vectors[number + 1]
                with clock.step("retrieve"):
                    pool = interleaved(self._retriever.pool(statement, vector, filters=filters), whole)
            parts.append(self._part(number, statement, claim, vector, pool[:DEPTH], clock))
        evidence = _in_turn([part.evidence for part in parts])
        verdict = together([part.verdict for part in parts])
        return Trace(
            claim=claim,
            verdict=verdict,
            reason=self._reason(claim, verdict, evidence),
            parts=tuple(parts),
            evidence=evidence,
            first_seen=first_seen(evidence),
            notes=tuple(_notes(claim, parts)),
            models=self.models,
            timings_ms=clock.total(),
            id=id,
        )

    @property
    def models(self) -> dict[str, object]:
        """Which models take part, as in the JSON."""
        used = self._embedder
        return {
            "embedder": {"name": used.name, "dim": used.dim, "sha256": used.sha256},
            "stance": {"name": self._stance.name},
        }

    def _part(
        self,
        number: int,
        statement: str,
        claim: str,
        vector: Floats,
        pool: Sequence[RetrievedPassage],
        clock: Clock,
    ) -> Part:
        with clock.step("measure"):
            ranked = self._ranked(statement, claim, vector, pool)
            best = _one_an_article(ranked)[:MOST_EVIDENCE]
        with clock.step("judge"):
            judged = self._stance.judge(statement, [_window(one.candidate) for one in best])
            evidence = [
                _evidence(one, verdict, number, statement) for one, verdict in zip(best, judged, strict=True)
            ]
        with clock.step("copies"):
            evidence = self._sources.folded(evidence)
        supports, refutes = (self._independent(evidence, stance) for stance in ("supports", "refutes"))
        return Part(statement, verdict_of(evidence), supports, refutes, tuple(evidence))

    def _independent(self, evidence: Sequence[TracedEvidence], stance: str) -> int:
        return self._sources.independent(
            [one.citation.article.id for one in evidence if one.counts and one.stance == stance]
        )

    def _ranked(
        self, statement: str, claim: str, vector: Floats, pool: Sequence[RetrievedPassage]
    ) -> list["Ranked"]:
        """The sentences of `pool` with their relevance, best first."""
        found = [one for one in candidates(pool) if not _OF_CLAIMS.search(one.text)]
        shares = [coverage(statement, one, self._idf) for one in found]
        order = sorted(range(len(found)), key=lambda at: -(shares[at] + found[at].passage.score))[:EMBEDDED]
        if not order:
            return []
        texts = [f"{found[at].previous} {found[at].text}".strip() for at in order]
        similarities = self._embedder.embed_passages(texts) @ vector
        ranked = [
            Ranked(found[at], relevance(shares[at], float(similarity), found[at].passage.score))
            for at, similarity in zip(order, similarities, strict=True)
        ]
        return sorted(ranked, key=lambda one: -one.relevance)

    def _reason(self, claim: str, verdict: ClaimVerdict, evidence: Sequence[TracedEvidence]) -> str | None:
        if verdict == "not_found":
            script = other_script(claim)
            if script:
                return f"the claim is written in {script} letters, and claims are compared with articles in English"
            if self._archive.passage_count == 0:
                return "the archive is empty: run `attest ingest PATH`"
            return "no article says it or its opposite plainly enough" if evidence else "no article is about it"
        told = [one.reason for one in evidence if one.counts and one.stance == "refutes" and one.reason]
        return told[0] if told and verdict != "supported" else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and how much it is about the claim, between 0 and 1."""

    candidate: Candidate
    relevance: float


def coverage(claim: str, candidate: Candidate, weight: Callable[[str], float]) -> float:
    """The share of the claim's idf in the sentence, with half as much for what only stands beside it."""
    said = {word.key for word in read_claim_words(claim) if word.matters}
    here = {word.key for word in read_claim_words(candidate.text)}
    title = candidate.passage.article.title or ""
    near = here | {word.key for word in read_claim_words(f"{candidate.previous} . {title}")}
    total = sum(map(weight, said)) or 1.0
    return (sum(weight(key) for key in said & here) + sum(weight(key) for key in said & near)) / total / 2


def relevance(share: float, similarity: float, passage: float) -> float:
    """How much a sentence is about the claim, between 0 and 1."""
    return max(0.0, min(1.0, 0.45 * share + 0.45 * similarity + 0.1 * passage))


def around_of(article: ArticleMeta) -> str:
    """The heading of an article with its month and year in words, as claims name them."""
    date = article.published_at or ""
    month = int(date[5:7]) if date[5:7].isdigit() else 0
    named = f"in {_MONTHS[month - 1]} {date[:4]}" if 1 <= month <= 12 else date[:4]
    return f"{heading(article.title, article.source, article.published_at)} . {named}"


def _window(candidate: Candidate) -> Window:
    return Window(candidate.text, candidate.previous, around_of(candidate.passage.article))


def _one_an_article(ranked: Sequence[Ranked]) -> list[Ranked]:
    first: dict[str, Ranked] = {}
    for one in ranked:
        first.setdefault(one.candidate.passage.article.id, one)
    return list(first.values())


def _evidence(one: Ranked, judged: Judged, part: int, statement: str) -> TracedEvidence:
    found = one.candidate
    stance = judged.stance
    chances = sorted((judged.supports, judged.refutes, judged.neither), reverse=True)
    sure = stance != "neither" and chances[0] >= SURE and chances[0] - chances[1] >= MARGIN
    start = found.start
    if found.previous and _leans(found, statement):
        start = found.passage.sentences[found.position - 1][0]
    text = found.passage.text[start - found.passage.start : found.end - found.passage.start]
    return TracedEvidence(
        Citation(found.passage.article, start, found.end, text),
        stance,
        chances[0],
        one.relevance,
        counts=sure and one.relevance >= NEAR,
        reason=judged.reason if stance == "refutes" else None,
        part=part,
    )


def _leans(found: Candidate, statement: str) -> bool:
    """Whether the sentence needs the one before it to be understood, or shares the claim with it."""
    if starts_dependent(found.text):
        return True
    said = {word.key for word in read_claim_words(statement) if word.matters}
    here = {word.key for word in read_claim_words(found.text)}
    before = {word.key for word in read_claim_words(found.previous)}
    return len(said & before - here) >= 2


def verdict_of(evidence: Sequence[TracedEvidence]) -> ClaimVerdict:
    """The verdict of the evidence that counts: both sides are a conflict."""
    stances = {one.stance for one in evidence if one.counts}
    if {"supports", "refutes"} <= stances:
        return "conflicting"
    if "supports" in stances:
        return "supported"
    return "refuted" if "refutes" in stances else "not_found"


def _in_turn(found: Sequence[tuple[TracedEvidence, ...]]) -> tuple[TracedEvidence, ...]:
    """The evidence of one part as it is; of several the best of each in turn, an article's span once."""
    most = max(map(len, found), default=0)
    order = [part[at] for at in range(most) for part in found if at < len(part)]
    return tuple({(one.citation.article.id, one.citation.start, one.part): one for one in order}.values())


def _notes(claim: str, parts: Sequence[Part]) -> list[str]:
    del claim
    if len(parts) == 1:
        return []
    return [f"the claim was split into {len(parts)} statements, each traced on its own"]
