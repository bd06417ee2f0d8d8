"""A run in memory: answers with the ids of the dataset's articles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice that was retrieved or cited. `article_id` is the dataset's; what it cannot place keeps its own name."""

    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with what it cites."""

    text: str
    verdict: str
    citations: tuple[Passage, ...]
    reason: str | None = None

    @property
    def citations_text(self) -> list[str]:
        """The quotes."""
        return [citation.text for citation in self.citations]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of one question, claim or quotation. A crash has status "error" and its reason."""

    id: str
    status: str  # answered, abstained; supported, refuted, conflicting, not_found; verbatim, altered; error
    sentences: tuple[Said, ...] = ()
    withheld: tuple[Said, ...] = ()
    passages: tuple[Passage, ...] = ()
    evidence: tuple[Passage, ...] = ()  # of a claim or quotation, best first
    short: tuple[str, ...] = ()
    confidence: float | None = None
    speaker: str | None = None
    reason: str | None = None
    milliseconds: float | None = None
    tokens: int | None = None

    @property
    def answered(self) -> bool:
        """Whether a question got an answer."""
        return self.status == "answered"

    @property
    def text(self) -> str:
        """The shown sentences, joined by a space."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def said_shortly(self) -> str:
        """The short answer where there is one, else the whole text."""
        return " ".join(self.short) or self.text

    @property
    def citations(self) -> tuple[Passage, ...]:
        """Every citation of a shown sentence, or the evidence of a claim."""
        return tuple(citation for sentence in self.sentences for citation in sentence.citations) or self.evidence


@dataclass(frozen=True, slots=True)
class Run:
    """A system's answers to a dataset. `ranked` has article ids, best first and each once, from run.trec."""

    name: str
    answers: Mapping[str, Answer]
    ranked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
