"""What an answer is made of: passages found, sentences with their citations and verdicts, and the whole as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from index.article import ArticleMeta, PassageKind

Verdict = Literal["supported", "contradicted", "unsupported", "unchecked"]
Status = Literal["answered", "abstained"]
ConflictKind = Literal["number", "date", "name", "polarity"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a stored article. Always true: `stored_text[start:end] == quote`."""

    article: ArticleMeta
    start: int  # code points into the text that `attest show` prints
    end: int
    quote: str

    def to_json(self) -> dict[str, object]:
        return {"article": self.article.to_json(), "start": self.start, "end": self.end, "quote": self.quote}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a draft after its check. Only `supported` ones are shown as the answer."""

    text: str
    verdict: Verdict
    score: float | None  # the check's score between 0 and 1; None when nothing was measured
    citations: tuple[Citation, ...]
    reason: str | None = None  # why it is not supported, in words for a person

    def to_json(self) -> dict[str, object]:
        return {
            "text": self.text,
            "verdict": self.verdict,
            "score": self.score,
            "citations": [citation.to_json() for citation in self.citations],
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """One article's part in a conflict: the sentence, and the words of it that the other contradicts."""

    citation: Citation
    value: str

    def to_json(self) -> dict[str, object]:
        return {**self.citation.to_json(), "value": self.value}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two articles that disagree about one thing, the newer one first; an unknown date is taken for the older."""

    kind: ConflictKind
    sides: tuple[Side, Side]

    @property
    def says(self) -> str:
        """What differs, in a few words: "97 people against 41 people"."""
        return f"{self.sides[0].value} against {self.sides[1].value}"

    def to_json(self) -> dict[str, object]:
        return {"kind": self.kind, "says": self.says, "sides": [side.to_json() for side in self.sides]}


@dataclass(frozen=True, slots=True)
class SentenceRead:
    """What the passage reader makes of one sentence."""

    answers: float  # log odds that it answers, against "nothing in this passage does"
    span: tuple[int, int] | None  # the words of it that answer best, offsets into the article's text
    span_score: float  # the sum of the span's start and end logit; higher is better
    span_log: float = float("-inf")  # log probability of the span among all words of its passage


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage with its place in the ranking. Ranks start at 1; a higher score is better."""

    row: int
    article: ArticleMeta
    start: int
    end: int
    text: str
    score: float
    rank: int
    kind: PassageKind = "body"
    sentences: tuple[tuple[int, int], ...] = ()  # offsets into the article's text
    similarity: float = 0.0  # cosine of question and passage, before any normalising
    timely: float = 0.0  # 1 when its article appeared in a time that the question names: `rag.question_dates`
    read: tuple["SentenceRead", ...] = ()  # one for each sentence once the passage reader has read it

    def to_json(self) -> dict[str, object]:
        return {
            "article": self.article.to_json(),
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "score": round(self.score, 6),
            "rank": self.rank,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question: sentences that passed, sentences withheld, and where the archive was searched."""

    question: str
    status: Status
    reason: str | None  # why the archive does not say; None when answered
    sentences: tuple[Sentence, ...]
    withheld: tuple[Sentence, ...]
    passages: tuple[RetrievedPassage, ...]
    conflicts: tuple[Conflict, ...] = ()  # what other articles among the passages say differently
    models: Mapping[str, object] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    id: str | None = None
    confidence: float | None = None  # probability that the archive answers, between 0 and 1
    short: tuple[Citation, ...] = ()  # the words that answer, each a slice within a shown sentence; often none
    notes: tuple[str, ...] = ()  # what the reader should know: a passage dropped for want of room, a model that failed

    @property
    def nearest(self) -> tuple[RetrievedPassage, ...]:
        """The passages by likeness to the question, the most alike first: what to look at where none answers."""
        return tuple(sorted(self.passages, key=lambda passage: -passage.similarity))

    def to_json(self) -> dict[str, object]:
        document: dict[str, object] = {} if self.id is None else {"id": self.id}
        document |= {
            "question": self.question,
            "status": self.status,
            "reason": self.reason,
            "short": [citation.to_json() for citation in self.short],
            "sentences": [sentence.to_json() for sentence in self.sentences],
            "withheld": [sentence.to_json() for sentence in self.withheld],
            "passages": [passage.to_json() for passage in self.passages],
            "conflicts": [conflict.to_json() for conflict in self.conflicts],
            "models": dict(self.models),
            "timings_ms": {step: round(ms, 1) for step, ms in self.timings_ms.items()},
            "confidence": self.confidence,
            "notes": list(self.notes),
        }
        return document


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """First event of a streamed answer: the passages that will be read."""

    passages: tuple[RetrievedPassage, ...]


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A drafted sentence with its verdict, as soon as it has one."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Finished:
    """Last event of a streamed answer."""

    answer: Answer


Event = EvidenceFound | SentenceChecked | Finished
