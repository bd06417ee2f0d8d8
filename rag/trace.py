"""One claim, from search to verdict: the sentences that bear on it, what each says of it, and how many sources agree.

Passages are found as for a question; each of their sentences is measured with the one before it (`rag/windows.py`), the
best of each article is judged (`rag/stance.py`), and the verdict rests on those that are near enough and sure enough.
Copies of a report count once (`rag/sources.py`).
"""

from collections.abc import Sequence

from index.archive import Archive, Filters
from index.embedding import Embedder
from rag.answer import RetrievedPassage
from rag.ask import IdfWeight, interleaved
from rag.claims import checked_claim, other_script, parts_of
from rag.clock import Clock
from rag.evidence import Floats
from rag.retrieval import HybridRetriever
from rag.sources import CountedSources, Sources
from rag.stance import Judged, RuleStance, Stance
from rag.verdict import ClaimVerdict, Part, Trace, TracedEvidence, first_seen, together, verdict_of
from rag.windows import Ranked, WindowSearch, one_an_article

DEPTH = 40  # passages whose sentences are looked at
MOST_EVIDENCE = 8  # articles shown for a claim
NEAR = 0.45  # relevance from which a sentence may count; see docs/quality.md, "Claims"
NEAR_BEST = 0.9  # ... and of the most relevant one's
SURE = 0.4  # probability of a stance from which it counts
MARGIN = 0.02  # by which it leads the next


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
        self._stance = stance or RuleStance(idf, lambda: idf.most)
        self._sources = sources or CountedSources()

    def trace(self, claim: str, *, filters: Filters | None = None, id: str | None = None) -> Trace:
        """The verdict on `claim` with its evidence. Raises UsageError when it is empty, a question or too long."""
        claim = checked_claim(claim)
        clock = Clock()
        statements = parts_of(claim)
        with clock.step("embed"):
            vectors = self._embedder.embed_queries([claim, *statements] if len(statements) > 1 else [claim])
        with clock.step("retrieve"):
            whole = self._retriever.pool(claim, vectors[0], filters=filters)
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
            first_seen=first_seen(evidence),
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
            best = one_an_article(self._windows.rank(statement, vector, pool))[:MOST_EVIDENCE]
        with clock.step("judge"):
            judged = self._stance.judge(statement, [one.window for one in best])
        evidence = [
            _evidence(statement, number, one, verdict, best[0].relevance)
            for one, verdict in zip(best, judged, strict=True)
        ]
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
        return self._sources.independent(
            [one.citation.article.id for one in evidence if one.counts and one.stance == stance]
        )

    def _reason(self, claim: str, verdict: ClaimVerdict, evidence: Sequence[TracedEvidence]) -> str | None:
        if verdict == "not_found":
            if script := other_script(claim):
                return f"the claim is written in {script} letters, and claims are compared with articles in English"
            if self._archive.passage_count == 0:
                return "the archive is empty: run `attest ingest PATH`"
            return "no article says it or its opposite plainly enough" if evidence else "no article is about it"
        told = [one.reason for one in evidence if one.counts and one.stance == "refutes" and one.reason]
        return told[0] if told and verdict != "supported" else None


def _evidence(statement: str, part: int, one: Ranked, judged: Judged, best: float) -> TracedEvidence:
    stance = judged.stance
    chances = sorted((judged.supports, judged.refutes, judged.neither), reverse=True)
    sure = stance != "neither" and chances[0] >= SURE and chances[0] - chances[1] >= MARGIN
    near = one.relevance >= max(NEAR, NEAR_BEST * best)
    return TracedEvidence(
        one.citation(statement),
        stance,
        chances[0],
        one.relevance,
        counts=sure and near,
        reason=judged.reason if stance == "refutes" else None,
        part=part,
    )


def _in_turn(found: Sequence[tuple[TracedEvidence, ...]]) -> tuple[TracedEvidence, ...]:
    """The evidence of one part as it is; of several the best of each in turn."""
    most = max(map(len, found), default=0)
    return tuple(part[at] for at in range(most) for part in found if at < len(part))
