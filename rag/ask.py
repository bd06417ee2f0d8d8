"""One question, from retrieval to a verified answer. Models are loaded once; every step is timed."""

import math
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest

from index.archive import Archive, Filters
from index.counted import counted
from index.embedding import Embedder
from index.errors import ModelError, UsageError
from rag.answer import Answer, Event, EvidenceFound, Finished, RetrievedPassage, Sentence, SentenceChecked
from rag.answer_conflicts import answer_conflicts
from rag.answer_notes import later_article, open_part, other_language
from rag.answerability import Answerability
from rag.clock import Clock
from rag.decompose import asked_of_both, halves
from rag.question_dates import named_periods
from rag.reranking import Reranker
from rag.retrieval import HybridRetriever, number, timed
from rag.selection import Evidence, Selector
from rag.settings import Settings
from rag.short_answers import short_answers
from rag.verification import Draft, Verifier, judge
from rag.writing import ExtractiveWriter, Writer

LONGEST_QUESTION = 2000  # characters; the embedder reads 256 word pieces of it
PASSAGES = 10
# Of 219 questions of eval/newsroom that ask two things, an article of each held out, both marked sentences are shown
# for 87 at the whole threshold, 92 at .75 and .5 of it, 93 at .25 and 94 without any.
OTHER_HALF = 0.75


class Asker:
    """Answers questions over one open archive. One question at a time; holds no state between questions."""

    def __init__(
        self,
        archive: Archive,
        embedder: Embedder,
        *,
        selector: Selector,
        writer: Writer,
        verifier: Verifier,
        reranker: Reranker | None = None,
        answerability: Answerability | None = None,
        fallback: Writer | None = None,
        models: dict[str, object] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._archive = archive
        self._embedder = embedder
        self._retriever = HybridRetriever(archive, embedder)
        self._reranker = reranker
        self._selector = selector
        self._writer = writer
        self._verifier = verifier
        self._fallback = fallback or ExtractiveWriter()
        self._answerability = answerability or Answerability()
        self.models = models or {}  # which model did what, as in the answer's JSON
        self._notes = notes

    @classmethod
    def load(cls, archive: Archive, settings: Settings, *, embedder: Embedder | None = None) -> "Asker":
        """The default asker with the models of `settings`, loaded now. Raises ModelError when one is missing."""
        from rag.loading import load_asker

        return load_asker(archive, settings, embedder=embedder)

    def with_parts(self, *, retriever: HybridRetriever | None = None, verifier: Verifier | None = None) -> "Asker":
        """An asker with the same models but for the parts given: to measure what a part is worth."""
        other = copy(self)
        other._retriever = retriever or self._retriever
        other._verifier = verifier or self._verifier
        return other

    def check(self, draft: Draft) -> Sentence:
        """`draft` with the verdict of this asker's check."""
        return judge(draft, self._verifier, self._archive.article)

    def search(self, query: str, *, k: int = 10, filters: Filters | None = None) -> list[RetrievedPassage]:
        """The `k` best passages for `query`, best first. Raises UsageError on an empty or overlong query."""
        return self._retriever.retrieve(checked(query), k=k, filters=filters)

    def ask(self, question: str, *, filters: Filters | None = None, id: str | None = None) -> Answer:
        """The verified answer, or an abstention with its reason. Raises UsageError on an empty or overlong question."""
        for event in self.stream(question, filters=filters, id=id):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream always finishes")

    def stream(self, question: str, *, filters: Filters | None = None, id: str | None = None) -> Iterator[Event]:
        """Passages first, then each sentence as it is checked, then the whole answer."""
        question = checked(question)
        clock = Clock()
        looks = self._look(question, halves(question), filters, clock)
        passages = together([look.passages for look in looks])
        yield EvidenceFound(passages)
        self._read(looks, filters, clock)
        if not parted(looks, self._answerability.threshold)[0] and (of_both := asked_of_both(question)):
            # What is found of one alone is no answer: the question may be of what both did together, and then is open.
            apart = self._look(question, of_both, filters, clock)
            self._read(apart, filters, clock)
            if not parted(apart, self._answerability.threshold)[1]:
                looks, passages = apart, together([look.passages for look in apart])
                yield EvidenceFound(passages)
        notes = list(self._notes)
        confidence = max(look.confidence for look in looks)
        sure, unsure = parted(looks, self._answerability.threshold)
        evidence = merged([look.evidence for look in sure])
        shown: list[Sentence] = []
        withheld: list[Sentence] = []
        reason: str | None = None
        if not evidence:
            reason = self._nothing_found(passages, filters)
        else:
            with clock.step("write"):
                try:
                    drafted = self._writer.write(question, evidence)
                except ModelError as error:  # the archive still answers in its own words
                    drafted = self._fallback.write(question, evidence)
                    notes.append(f"{self._writer.name} failed ({error}); these are the archive's own sentences")
            notes += drafted.notes
            for draft in drafted.sentences:
                with clock.step("verify"):
                    sentence = self.check(draft)
                (shown if sentence.verdict == "supported" else withheld).append(sentence)
                yield SentenceChecked(sentence)
            found = [open_part(look.question, look.evidence, shown) for look in unsure] if shown else []
            found.append(later_article(shown, passages, [item for look in looks for item in look.evidence]))
            notes += [note for note in found if note]
            if not shown:
                reason = (
                    "nothing that was drafted passed its check" if withheld else self._nothing_found(passages, filters)
                )
        if not shown and (note := other_language(question, passages)):
            notes.append(note)
        with clock.step("conflicts"):
            conflicts = answer_conflicts(shown, passages)
        yield Finished(
            Answer(
                question=question,
                status="answered" if shown else "abstained",
                reason=reason,
                sentences=tuple(shown),
                withheld=tuple(withheld),
                passages=passages,
                conflicts=conflicts,
                models=dict(self.models),
                timings_ms=clock.total(),
                id=id,
                short=short_answers(
                    [(look.question, look.evidence) for look in sure], shown, self._answerability.short_threshold
                ),
                confidence=round(confidence, 4),
                notes=tuple(notes),
            )
        )

    def _read(self, looks: Sequence["_Look"], filters: Filters | None, clock: Clock) -> None:
        """Have each look's sentences put in order, and told how surely they answer."""
        narrowed = filters not in (None, Filters())
        with clock.step("select"):
            for look in looks:
                look.evidence = self._selector.select(look.question, look.passages)
                look.confidence = self._answerability.probability(look.passages, look.evidence, narrowed=narrowed)

    def _look(
        self, question: str, parts: tuple[str, str] | None, filters: Filters | None, clock: Clock
    ) -> list["_Look"]:
        """Where the question, or each of the two it is made of, was looked for, with what was read there."""
        asked = parts or (question,)
        with clock.step("embed"):
            vectors = self._embedder.embed_queries([question, *asked] if len(asked) > 1 else [question])
        with clock.step("retrieve"):
            whole = self._retriever.pool(question, vectors[0], filters=filters)
            pools = [whole]
            if len(asked) > 1:  # a half may not name what both are about, so the whole question is searched beside it
                found = zip(asked, vectors[1:], strict=True)
                pools = [
                    timed(
                        interleaved(self._retriever.pool(half, query, filters=filters), whole),
                        named_periods(half) or named_periods(question),
                    )
                    for half, query in found
                ]
        looks = []
        for half, pool in zip(asked, pools, strict=True):
            if self._reranker is not None:
                with clock.step("read"):
                    pool = self._reranker(half, pool)
            looks.append(_Look(half, tuple(number(self._retriever.arrange(half, pool)[:PASSAGES]))))
        return looks

    def _nothing_found(self, passages: tuple[RetrievedPassage, ...], filters: Filters | None) -> str:
        """Why there is no answer, with what was searched: an abstention is only as good as what it covers."""
        coverage = self._archive.coverage()
        span = f", {coverage.first} to {coverage.last}" if coverage.first and coverage.last else ""
        archive = f"the archive ({counted(coverage.articles, 'article')}{span})"
        if coverage.articles == 0:
            return "the archive is empty: run `attest ingest PATH`"
        if not passages and filters is not None and filters != Filters():
            return f"no passage of {archive} is left under these filters on date and outlet"
        if not passages:
            return f"no passage of {archive} shares anything with this question"
        return f"no passage of {archive} states the answer; the nearest ones are listed"


@dataclass(slots=True, eq=False)
class _Look:
    """A question, what was found for it, and what was made of that."""

    question: str
    passages: tuple[RetrievedPassage, ...]
    evidence: list[Evidence] = field(default_factory=list)
    confidence: float = 0.0


def parted(looks: Sequence[_Look], threshold: float) -> tuple[list[_Look], list[_Look]]:
    """The looks that are sure to answer, and the others.

    A half such as "and how did he vote" names nobody, so it is less sure than it should be: where the other half is
    surely answered, `OTHER_HALF` of the threshold is enough, and half of it where the same article holds both.
    """
    sure = [look for look in looks if look.confidence >= threshold and look.evidence]
    articles = {look.evidence[0].candidate.passage.article.id for look in sure}
    unsure: list[_Look] = []
    for look in looks:
        if look not in sure:
            near = bool(look.evidence) and look.evidence[0].candidate.passage.article.id in articles
            share = 0.5 if near else OTHER_HALF
            enough = bool(look.evidence) and bool(articles) and look.confidence >= share * threshold
            (sure if enough else unsure).append(look)
    return [look for look in looks if look in sure], unsure


def interleaved(first: Sequence[RetrievedPassage], second: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """Two of `first`, one of `second`, and so on; each passage once."""
    left, right = iter(first), iter(second)
    order = [passage for _ in range(max(len(first), len(second))) for passage in (*islice(left, 2), *islice(right, 1))]
    return list({passage.row: passage for passage in order}.values())


def together(found: Sequence[tuple[RetrievedPassage, ...]]) -> tuple[RetrievedPassage, ...]:
    """The first passages of each half in turn, each stretch of text once, numbered anew; of one look, its own."""
    if len(found) == 1:
        return found[0]
    kept: list[RetrievedPassage] = []
    for level in zip_longest(*found):
        for passage in level:
            if passage is not None and not any(_same_text(passage, other) for other in kept):
                kept.append(passage)
    return tuple(number(kept[:PASSAGES]))


def _same_text(one: RetrievedPassage, other: RetrievedPassage) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end


def merged(found: Sequence[list[Evidence]]) -> list[Evidence]:
    """Evidence of all parts of a question, each piece with the number of its part: the best of each part first."""
    lists = [[replace(item, part=part) for item in evidence] for part, evidence in enumerate(found) if evidence]
    first = [evidence[0] for evidence in lists]
    return [*first, *sorted((item for evidence in lists for item in evidence[1:]), key=lambda item: -item.score)]


def checked(question: str) -> str:
    """The question without surrounding space. Raises UsageError when nothing is left or it is too long to be one."""
    # Half an astral character, as JSON may hold, is no text that a tokenizer takes.
    stripped = question.encode("utf-8", "replace").decode("utf-8").strip()
    if not any(character.isalnum() for character in stripped):
        raise UsageError('the question is empty; expected words, such as: attest ask "Who won the election?"')
    if len(stripped) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(stripped):,} characters; expected at most {LONGEST_QUESTION:,}: "
            "ask about one thing, and put articles in with `attest ingest`"
        )
    return stripped


class IdfWeight:
    """`log(1 + N / (1 + df))` of a stem over the passages of an archive; df is read once for each stem."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[str, float] = {}

    @property
    def most(self) -> float:
        """The weight of a stem that no passage has; 1 while there is no passage."""
        return math.log(1 + self._archive.passage_count) or 1.0

    def __call__(self, stem: str) -> float:
        if stem not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            frequency = self._archive.document_frequency(stem)
            self._known[stem] = math.log(1 + self._archive.passage_count / (1 + frequency))
        return self._known[stem]
