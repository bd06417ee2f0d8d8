"""One question, from retrieval to a verified answer. Models are loaded once; every step is timed."""

import math
from collections.abc import Iterator

from index.archive import Archive, Filters
from index.embedding import Embedder
from index.errors import ModelError, UsageError
from rag.answer import Answer, Event, EvidenceFound, Finished, RetrievedPassage, Sentence, SentenceChecked
from rag.answerability import Answerability
from rag.clock import Clock
from rag.retrieval import HybridRetriever
from rag.selection import Selector
from rag.settings import Settings
from rag.verification import Verifier, judge
from rag.writing import ExtractiveWriter, Writer

LONGEST_QUESTION = 2000  # characters; the embedder reads 256 word pieces of it
PASSAGES = 10


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
        answerability: Answerability | None = None,
        fallback: Writer | None = None,
        models: dict[str, object] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._archive = archive
        self._embedder = embedder
        self._retriever = HybridRetriever(archive, embedder)
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
        with clock.step("embed"):
            query = self._embedder.embed_queries([question])[0]
        with clock.step("retrieve"):
            passages = tuple(self._retriever.retrieve_embedded(question, query, k=PASSAGES, filters=filters))
        yield EvidenceFound(passages)
        notes = list(self._notes)
        with clock.step("select"):
            evidence = self._selector.select(question, query, passages)
            confidence = self._answerability.probability(passages, evidence)
        shown: list[Sentence] = []
        withheld: list[Sentence] = []
        reason: str | None = None
        if not passages or confidence < self._answerability.threshold:
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
                    sentence = judge(draft, self._verifier, self._archive.article)
                (shown if sentence.verdict == "supported" else withheld).append(sentence)
                yield SentenceChecked(sentence)
            if not shown:
                reason = (
                    "nothing that was drafted passed its check" if withheld else self._nothing_found(passages, filters)
                )
        yield Finished(
            Answer(
                question=question,
                status="answered" if shown else "abstained",
                reason=reason,
                sentences=tuple(shown),
                withheld=tuple(withheld),
                passages=passages,
                models=dict(self.models),
                timings_ms=clock.total(),
                id=id,
                confidence=round(confidence, 4),
                notes=tuple(notes),
            )
        )

    def _nothing_found(self, passages: tuple[RetrievedPassage, ...], filters: Filters | None) -> str:
        """Why there is no answer, with what was searched: an abstention is only as good as what it covers."""
        coverage = self._archive.coverage()
        span = f", {coverage.first} to {coverage.last}" if coverage.first and coverage.last else ""
        archive = f"the archive ({coverage.articles:,} articles{span})"
        if coverage.articles == 0:
            return "the archive is empty: run `attest ingest PATH`"
        if not passages and filters is not None and filters != Filters():
            return f"no passage of {archive} is left under these filters on date and outlet"
        if not passages:
            return f"no passage of {archive} shares anything with this question"
        return f"no passage of {archive} states the answer; the nearest ones are listed"


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
