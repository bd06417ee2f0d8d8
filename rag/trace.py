"""One claim, from search to verdict: the sentences that bear on it, what each says of it, and how many sources agree.

Passages are found as for a question; each of their sentences is measured with the one before it (`rag/windows.py`), the
best of each article is judged (`rag/stance.py`), and the verdict rests on those that are near enough and sure enough.
Copies of a report count once (`rag/sources.py`).
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from index.archive import Archive, Filters
from index.embedding import Embedder
from index.errors import ArchiveError, UsageError
from rag.answer import Citation, RetrievedPassage
from rag.ask import IdfWeight, interleaved
from rag.claim_reader import ClaimReader
from rag.claims import checked_claim, other_script, parts_of, stated
from rag.clock import Clock
from rag.copies import Copies
from rag.evidence import Floats
from rag.first_seen import earliest
from rag.posts import read_post
from rag.retrieval import HybridRetriever
from rag.sources import CopySources, Sources
from rag.stance import Judged, RuleStance, Stance
from rag.verdict import ClaimVerdict, Part, Trace, TracedEvidence, together, verdict_of
from rag.windows import Ranked, WindowSearch

DEPTH = 40  # passages whose sentences are looked at
MOST_EVIDENCE = 8  # articles shown for a claim
IN_OTHER_WORDS = "no number, date, name or denial differs, and yet it says otherwise: read it"
# All swept together on the 138 claims of gold/train.jsonl that the claim reader was not trained on, in an archive of
# 553 articles (docs/quality.md, "Claims"). A higher limit misses more of what is there, a lower one takes sides on what
# is not.
NEAR = 0.36  # relevance from which a sentence counts; .3 to .48
NEAR_BEST = 0.9  # ... and as a share of the most relevant one's; .75 to .95
NEAR_BEST_NUMBER = 0.8  # ... of one that is sure of another number or date: it lacks that one by what it is
SURE_NUMBER = 0.8  # as sure as that
SURE = 0.45  # probability of a stance from which it counts; .4 to .7
TAKES_SIDE = 0.3  # relevance that a sentence gains by taking a side, among those of one article; .05 to .5


class Tracer:
    """Traces claims in one open archive. One claim at a time; holds no state between claims."""

    def __init__(
        self, archive: Archive, embedder: Embedder, *, stance: Stance | None = None, sources: Sources | None = None
    ) -> None:
        self._archive = archive
        self._embedder = embedder
        self._retriever = HybridRetriever(archive, embedder)
        idf = IdfWeight(archive)
        self._windows = WindowSearch(embedder, idf, lambda: idf.most)
        self._stance = stance or RuleStance(idf, lambda: idf.most, reader=ClaimReader())
        self._sources = sources or CopySources(Copies(archive))

    def trace(self, claim: str, *, filters: Filters | None = None, id: str | None = None) -> Trace:
        """The verdict on `claim` with its evidence. Raises UsageError when it is empty, a question or too long."""
        claim = checked_claim(claim)
        said = stated(read_post(claim).text)
        clock = Clock()
        statements = parts_of(said)
        with clock.step("embed"):
            vectors = self._embedder.embed_queries([said, *statements] if len(statements) > 1 else [said])
        with clock.step("retrieve"):
            whole = self._retriever.pool(said, vectors[0], filters=filters)
        parts = []
        for number, statement in enumerate(statements):
            pool, vector = whole, vectors[0]
            if len(statements) > 1:  # a part may not name what the whole is about, so both are searched
                vector = vectors[number + 1]
                with clock.step("retrieve"):
                    pool = interleaved(self._retriever.pool(statement, vector, filters=filters), whole)
            parts.append(self._part(number, statement, vector, pool[:DEPTH], clock))
        evidence = _in_turn([part.evidence for part in parts])
        verdict = together([part.verdict for part in parts])
        return Trace(
            claim=claim,
            verdict=verdict,
            reason=self._reason(claim, verdict, evidence),
            parts=tuple(parts),
            evidence=evidence,
            first_seen=earliest(self._sightings(evidence)) if verdict in ("supported", "conflicting") else None,
            notes=() if said == claim else (f"the claim was read as: “{said}”",),
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
        self, number: int, statement: str, vector: Floats, pool: Sequence[RetrievedPassage], clock: Clock
    ) -> Part:
        with clock.step("measure"):
            ranked = self._windows.rank(statement, vector, pool)
        with clock.step("judge"):
            judged = self._stance.judge(statement, [one.window for one in ranked])
        best = _one_an_article(list(zip(ranked, judged, strict=True)))[:MOST_EVIDENCE]
        highest = max((one.relevance for one, _ in best), default=0.0)
        evidence = [_evidence(statement, number, one, verdict, highest) for one, verdict in best]
        with clock.step("copies"):
            evidence = self._sources.folded(evidence)
        return Part(
            statement,
            verdict_of(evidence),
            self._independent(evidence, "supports"),
            self._independent(evidence, "refutes"),
            tuple(evidence),
        )

    def _independent(self, evidence: Sequence[TracedEvidence], stance: str) -> int:
        return self._sources.independent([one for one in evidence if one.counts and one.stance == stance])

    def _sightings(self, evidence: Sequence[TracedEvidence]) -> Iterator[Citation]:
        """Where the claim stands, by what supports it: the evidence, and its words in copies of the same report."""
        for one in evidence:
            if one.stance != "supports" or not one.counts:
                continue
            yield one.citation
            for copy in one.copies:
                with suppress(ArchiveError, UsageError):  # damaged, or removed a moment ago
                    start = self._archive.article(copy.article.id).text.find(one.citation.quote)
                    if start >= 0:
                        yield Citation(copy.article, start, start + len(one.citation.quote), one.citation.quote)

    def _reason(self, claim: str, verdict: ClaimVerdict, evidence: Sequence[TracedEvidence]) -> str | None:
        if verdict == "not_found":
            if script := other_script(claim):
                return f"the claim is written in {script} letters, and claims are compared with articles in English"
            if self._archive.passage_count == 0:
                return "the archive is empty: run `attest ingest PATH`"
            return "no article says it or its opposite plainly enough" if evidence else "no article is about it"
        told = [one.reason for one in evidence if one.counts and one.stance == "refutes" and one.reason]
        return told[0] if told and verdict != "supported" else None


def _one_an_article(found: Sequence[tuple[Ranked, Judged]]) -> list[tuple[Ranked, Judged]]:
    """The best sentence of each article, most relevant first; near ones give way to one that takes a side."""
    best: dict[str, tuple[Ranked, Judged]] = {}
    for one, judged in found:
        article = one.candidate.passage.article.id
        known = best.get(article)
        if known is None or _standing(one, judged) > _standing(*known):
            best[article] = (one, judged)
    return sorted(best.values(), key=lambda pair: -pair[0].relevance)


def _standing(one: Ranked, judged: Judged) -> float:
    return one.relevance + TAKES_SIDE * (1 - judged.neither)


def _evidence(statement: str, part: int, one: Ranked, judged: Judged, highest: float) -> TracedEvidence:
    stance = judged.stance
    score = max(judged.supports, judged.refutes, judged.neither)
    sure = stance != "neither" and score >= SURE
    number = stance == "refutes" and judged.kind in ("number", "date", "order") and score >= SURE_NUMBER
    counts = sure and one.relevance >= max(NEAR, (NEAR_BEST_NUMBER if number else NEAR_BEST) * highest)
    return TracedEvidence(
        one.citation(statement),
        stance,
        score,
        one.relevance,
        counts=counts,
        reason=(judged.reason or (IN_OTHER_WORDS if counts else None)) if stance == "refutes" else None,
        part=part,
    )


def _in_turn(found: Sequence[tuple[TracedEvidence, ...]]) -> tuple[TracedEvidence, ...]:
    """The evidence of one part as it is; of several the best of each in turn."""
    most = max(map(len, found), default=0)
    return tuple(part[at] for at in range(most) for part in found if at < len(part))
