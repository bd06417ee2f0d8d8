"""One claim, from search to verdict: the sentences that bear on it, what each says of it, and how many sources agree.

Passages are found as for a question; each of their sentences is measured with the one before it (`rag/windows.py`) and
judged (`rag/stance.py`), all are put in order (`rag/claim_ranking.py`), and the best are weighed together for the
verdict (`rag/weighing.py`). Copies of a report count once (`rag/sources.py`).
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from index.archive import Archive, Filters
from index.embedding import Embedder
from index.errors import ArchiveError, UsageError
from index.language import NAMES, question_language
from rag.answer import Citation, RetrievedPassage
from rag.ask import IdfWeight, interleaved
from rag.claim_ranking import Bearing, ClaimRanking, most_of_each
from rag.claim_reader import ClaimReader
from rag.claims import checked_claim, other_script, parts_of, stated
from rag.clock import Clock
from rag.copies import Copies
from rag.evidence import Floats
from rag.first_seen import earliest
from rag.language_claim_reader import put_together
from rag.posts import read_post
from rag.retrieval import HybridRetriever
from rag.sources import CopySources, Sources
from rag.stance import VERBATIM, Judged, PairReader, RuleStance, Stance, StanceName
from rag.verdict import ClaimVerdict, Part, Trace, TracedEvidence, together, verdict_of
from rag.weighing import Weighing
from rag.windows import WindowSearch

DEPTH = 40  # passages whose sentences are looked at
MOST_EVIDENCE = 8  # sentences shown for a claim
# The first of these, which a slower reader reads as well where there is one. Of 1, 2, 3, 4 and 6 on the same 463 claims
# all but the first are alike (docs/quality.md, "Claims: order, verdict, stance").
READ_AGAIN = 3
IN_OTHER_WORDS = "no number, date, name or denial differs, and yet it says otherwise: read it"
# What the verdict should be is told by a regression (`rag/weighing.py`); these say which sentences it rests on. All but
# the first are for sentences of the other side, which make a conflict of it. SURE: of .45 to .8 on 463 held-out claims
# of gold/train.jsonl and eval/newsroom, .8 takes fewest right verdicts away, none; the others are as they were swept
# on 138 of these for an earlier rule (docs/quality.md, "Claims: order, verdict, stance").
BEHIND = 0.5  # how far the score of one that counts may lie behind the best of its side
NEAR = 0.4  # relevance from which one counts
SURE = 0.8  # probability of its stance from which one counts
NEAR_NUMBER = 0.8  # one with another number counts from further behind, from this share of the highest relevance
# From these on a sentence that a verdict does not rest on was still the first to say it: limits are there to choose
# what a verdict is read from, and an earlier article is no weaker for standing behind. By hand.
SAYS_IT = 0.8  # probability that it supports
ABOUT_IT = 0.8  # its relevance, as a share of the highest that supports and counts


class Tracer:
    """Traces claims in one open archive. One claim at a time; holds no state between claims."""

    def __init__(
        self,
        archive: Archive,
        embedder: Embedder,
        *,
        stance: Stance | None = None,
        again: PairReader | None = None,
        sources: Sources | None = None,
        retriever: HybridRetriever | None = None,
    ) -> None:
        """`again` reads the first few sentences as well, and what it says is put together with the stance."""
        self._archive = archive
        self._embedder = embedder
        self._retriever = retriever or HybridRetriever(archive, embedder, by_time=False)
        idf = IdfWeight(archive)
        self._windows = WindowSearch(embedder, idf, lambda: idf.most)
        self._ranking = ClaimRanking()
        self._weighing = Weighing()
        self._stance = stance or RuleStance(idf, lambda: idf.most, reader=ClaimReader())
        self._again = again
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
            first_seen=_seen_whole(parts) if verdict in ("supported", "conflicting") else None,
            notes=() if said == claim else (f"the claim was read as: “{said}”",),
            models=self.models,
            timings_ms=clock.total(),
            id=id,
        )

    def bearings(self, statement: str) -> list[Bearing]:
        """Every sentence that is looked at for one statement, best first: what a trace chooses its evidence from."""
        [vector] = self._embedder.embed_queries([statement])
        return self._ordered(statement, vector, self._retriever.pool(statement, vector)[:DEPTH], Clock())

    @property
    def models(self) -> dict[str, object]:
        """Which models take part, as in the JSON."""
        used = self._embedder
        found: dict[str, object] = {
            "embedder": {"name": used.name, "dim": used.dim, "sha256": used.sha256},
            "stance": {"name": self._stance.name},
        }
        return found if self._again is None else {**found, "read_again": {"name": self._again.name}}

    def _part(
        self, number: int, statement: str, vector: Floats, pool: Sequence[RetrievedPassage], clock: Clock
    ) -> Part:
        found = self._ordered(statement, vector, pool, clock)
        shown = most_of_each(found, most=MOST_EVIDENCE)
        counting = _counting(shown, self._weighing(shown))
        told = [_evidence(statement, number, one) for one in shown]
        evidence = [_counted(one) if counts else one for one, counts in zip(told, counting, strict=True)]
        with clock.step("copies"):
            evidence = self._sources.folded(evidence)
        return Part(
            statement,
            verdict_of(evidence),
            self._independent(evidence, "supports"),
            self._independent(evidence, "refutes"),
            tuple(evidence),
            earliest(self._sightings(statement, evidence, found)),
        )

    def _ordered(self, statement: str, vector: Floats, pool: Sequence[RetrievedPassage], clock: Clock) -> list[Bearing]:
        with clock.step("measure"):
            ranked = self._windows.rank(statement, vector, pool)
        with clock.step("judge"):
            judged = self._stance.judge(statement, [one.window for one in ranked])
            if other_script(statement) is not None:
                return self._ranking(ranked, [_by_the_same_words(one) for one in judged])
            found = self._ranking(ranked, judged)
        if self._again is None:
            return found
        with clock.step("read again"):
            first = most_of_each(found, most=READ_AGAIN)
            logits = self._again(statement, [one.ranked.window for one in first])
            anew = put_together([one.judged for one in first], logits) if first else []
            better = {id(one): replace(one, judged=judged) for one, judged in zip(first, anew, strict=True)}
            return [better.get(id(one), one) for one in found]

    def _independent(self, evidence: Sequence[TracedEvidence], stance: str) -> int:
        return self._sources.independent([one for one in evidence if one.counts and one.stance == stance])

    def _sightings(
        self, statement: str, evidence: Sequence[TracedEvidence], found: Sequence[Bearing]
    ) -> Iterator[Citation]:
        """Where the statement stands, by what supports it: the evidence, its words in copies, and all else as sure."""
        counting = [one for one in evidence if one.counts and one.stance == "supports"]
        least = ABOUT_IT * max((one.relevance for one in counting), default=2.0)
        for one in counting:
            yield one.citation
            for copy in one.copies:
                with suppress(ArchiveError, UsageError):  # damaged, or removed a moment ago
                    start = self._archive.article(copy.article.id).text.find(one.citation.quote)
                    if start >= 0:
                        yield Citation(copy.article, start, start + len(one.citation.quote), one.citation.quote)
        for other in found:
            if other.judged.supports >= SAYS_IT and other.ranked.relevance >= least:
                yield other.ranked.citation(statement)

    def _reason(self, claim: str, verdict: ClaimVerdict, evidence: Sequence[TracedEvidence]) -> str | None:
        if verdict == "not_found":
            if script := other_script(claim):
                return f"the claim is written in {script} letters, and claims are compared with articles in English"
            if self._archive.passage_count == 0:
                return "the archive is empty: run `attest ingest PATH`"
            if language := question_language(claim):
                return f"the claim seems to be in {NAMES[language]}, and claims are compared with articles in English"
            return "no article says it or its opposite plainly enough" if evidence else "no article is about it"
        told = [one.reason for one in evidence if one.counts and one.stance == "refutes" and one.reason]
        return told[0] if told and verdict != "supported" else None


def _seen_whole(parts: Sequence[Part]) -> Citation | None:
    """Where a claim was seen first: of several parts None, unless one article is where each was seen first."""
    first = [part.first_seen for part in parts]
    same = len({one.article.id if one else None for one in first}) == 1
    return first[0] if same else None


def _by_the_same_words(judged: Judged) -> Judged:
    """As it is where the sentence is the claim, else neither: of other letters the models, which know English, tell
    nothing."""
    return judged if judged.supports >= VERBATIM.supports else Judged(0.0, 0.0, 1.0, bears=judged.bears)


def _counting(found: Sequence[Bearing], side: StanceName) -> list[bool]:
    """Which of `found`, the best first, the verdict rests on, given the side that all of them take together.

    Of that side the best counts and those near it, one of an article. Of the other, what is near the best of all, about
    the claim and sure: then both sides are shown as a conflict.
    """
    best_of_side = max((one.score for one in found if one.judged.stance == side), default=None)
    if side == "neither" or best_of_side is None:
        return [False] * len(found)
    best = max(one.score for one in found)
    nearest = max(one.ranked.relevance for one in found)
    heard: set[tuple[str, StanceName]] = set()
    first: set[str] = set()
    counting = []
    for one in found:
        stance = one.judged.stance
        if stance == side:
            counts = one.score >= best_of_side - BEHIND and (one.article, stance) not in heard
        else:
            counts = stance != "neither" and one.article not in first and _conflicts(one, best, nearest)
        counting.append(counts)
        heard.add((one.article, stance))
        first.add(one.article)
    return counting


def _conflicts(one: Bearing, best: float, nearest: float) -> bool:
    """Whether a sentence of the other side is near and sure; `best` is the highest score, `nearest` relevance."""
    relevance = one.ranked.relevance
    number = one.judged.kind in ("number", "order") and relevance >= NEAR_NUMBER * nearest
    near = number or one.score >= best - BEHIND
    return near and relevance >= NEAR and max(one.judged.supports, one.judged.refutes) >= SURE


def _counted(one: TracedEvidence) -> TracedEvidence:
    unnamed = one.stance == "refutes" and one.reason is None
    return replace(one, counts=True, reason=IN_OTHER_WORDS if unnamed else one.reason)


def _evidence(statement: str, part: int, one: Bearing) -> TracedEvidence:
    judged = one.judged
    return TracedEvidence(
        one.ranked.citation(statement),
        judged.stance,
        max(judged.supports, judged.refutes, judged.neither),
        one.ranked.relevance,
        counts=False,
        reason=judged.reason if judged.stance == "refutes" else None,
        part=part,
    )


def _in_turn(found: Sequence[tuple[TracedEvidence, ...]]) -> tuple[TracedEvidence, ...]:
    """The evidence of one part as it is; of several the best of each in turn."""
    most = max(map(len, found), default=0)
    return tuple(part[at] for at in range(most) for part in found if at < len(part))
