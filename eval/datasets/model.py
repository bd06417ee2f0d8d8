"""What a dataset holds. Every loader gives these values, and `files.py` stores them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

QuestionKind = Literal["ask", "multi", "unanswerable"]
Stance = Literal["supports", "refutes", "not_found"]
Label = Literal["supported", "partial", "unsupported", "contradicted"]
QUESTION_KINDS: tuple[QuestionKind, ...] = ("ask", "multi", "unanswerable")
STANCES: tuple[Stance, ...] = ("supports", "refutes", "not_found")
LABELS: tuple[Label, ...] = ("supported", "partial", "unsupported", "contradicted")


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the dataset gives it; `id` is what the archive calls `source_id`."""

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    published_at: str | None = None
    url: str | None = None
    story: str | None = None  # articles on one event share it, where the dataset knows


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article that proves something. Without offsets, its `quote` or the whole article."""

    article_id: str
    start: int | None = None  # code points, half-open
    end: int | None = None
    quote: str | None = None


EvidenceSets = tuple[tuple[Span, ...], ...]  # alternatives, each of them complete by itself, as in FEVER


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what counts as right: regular expressions, or strings compared as SQuAD does."""

    id: str
    kind: QuestionKind
    text: str
    patterns: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    evidence: EvidenceSets = ()
    relevant: Mapping[str, int] = field(default_factory=dict)  # article id -> grade, where a set judges articles
    group: str = ""  # a finer kind of the dataset's own, such as "comparison"
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to trace, with what the archive says of it."""

    id: str
    text: str
    stance: Stance
    evidence: EvidenceSets = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words ascribed to somebody; `altered` when they are not what the article has."""

    id: str
    text: str
    altered: bool
    speaker: str | None = None
    evidence: EvidenceSets = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim that people compared with a document: what a judge of grounding is validated on."""

    id: str
    source: str  # the set and the part of it: figures are never pooled over sources
    document: str
    claim: str
    label: Label
    votes: tuple[bool, ...] = ()  # each annotator's "supported", where the set gives them
    group: str = ""  # items of one document share it
    question: str | None = None


Item = Question | Claim | Quotation


@dataclass(frozen=True)
class Dataset:
    """One dataset in memory. `digest` is the SHA-256 of its manifest once it stands in files, else empty."""

    name: str
    articles: Mapping[str, Article] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    claims: tuple[Claim, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    judged: tuple[Judged, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)  # source, licence, how much evidence could be located
    digest: str = ""

    def items(self) -> Iterator[Item]:
        """Everything a run must have an answer to."""
        yield from self.questions
        yield from self.claims
        yield from self.quotations

    @cached_property
    def clusters(self) -> dict[str, str]:
        """Item id -> its cluster, called by its first id: items that share an article, directly or not, are in one."""
        return _clusters(self)


def articles_of(item: Item) -> set[str]:
    """Ids of the articles that the item's gold evidence names."""
    found = {span.article_id for alternative in item.evidence for span in alternative}
    return found | {name for name, grade in item.relevant.items() if grade > 0} if isinstance(item, Question) else found


def _clusters(dataset: Dataset) -> dict[str, str]:
    """Connected components over items and the stories (or articles) of their evidence."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for item in dataset.items():
        for article_id in articles_of(item):
            article = dataset.articles.get(article_id)
            story = article.story if article is not None and article.story else article_id
            parent[root(f"item {item.id}")] = root(f"story {story}")
    members: dict[str, list[str]] = {}
    for item in dataset.items():
        members.setdefault(root(f"item {item.id}"), []).append(item.id)
    return {name: min(names) for names in members.values() for name in names}
