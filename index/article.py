"""The values that flow through the archive: an article, its labelled blocks, and the passages cut from it.

Offsets everywhere are half-open `[start, end)` code points into `Article.text`, which is stored as it was read and
never changed: cleaning labels blocks of the text instead of deleting them, so that every citation stays an exact slice.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["title", "body", "caption", "comment", "boilerplate"]
PassageKind = Literal["body", "caption", "comment"]


@dataclass(frozen=True, slots=True)
class Block:
    """One labelled stretch of an article's text. Blocks do not overlap and are in order."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Article:
    """One version of a news document. `id` is derived from everything else, so another content has another id."""

    key: str  # the same when the article changes: "id:<id>[@<outlet>]", "url:<url>", "file:<path>" or "text:<sha256>"
    source_id: str  # the record's own id, or the file's name
    path: str  # where it was read from; "-" for standard input
    text: str
    title: str | None = None
    source: str | None = None  # the outlet
    authors: tuple[str, ...] = ()
    published_at: str | None = None  # ISO 8601 date or date-time as precise as known; None when unknown
    url: str | None = None
    blocks: tuple[Block, ...] = ()  # empty means: all of the text is body
    provenance: Mapping[str, str] = field(default_factory=dict)  # field name -> where its value came from
    language: str | None = None  # ISO 639-1; None when unknown, and in what was stored before this was kept

    @property
    def id(self) -> str:
        """16 hex digits of the SHA-256 over key, text and metadata (not the path: a moved file is the same article)."""
        fields = [self.key, self.text, self.title, self.source, list(self.authors), self.published_at, self.url]
        payload = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(payload.encode("ascii")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable slice of one article. Always true: `article.text[start:end] == text`."""

    article_id: str
    start: int  # code points, inclusive
    end: int  # code points, exclusive
    text: str
    kind: PassageKind = "body"
    sentences: tuple[tuple[int, int], ...] = ()  # offsets into the article's text, inside [start, end), in order

    @property
    def id(self) -> str:
        """`<article id>:<start>-<end>`, so that a citation survives re-indexing."""
        return f"{self.article_id}:{self.start}-{self.end}"


def heading(title: str | None, source: str | None, published_at: str | None) -> str:
    """The line that goes before a passage into the embedding and the lexical index: title, outlet, date, as known."""
    return " · ".join(part for part in (title, source, published_at and published_at[:10]) if part)


@dataclass(frozen=True, slots=True)
class ArticleMeta:
    """What a citation says about its article: everything but the text."""

    id: str
    source_id: str
    path: str
    title: str | None
    source: str | None
    authors: tuple[str, ...]
    published_at: str | None
    url: str | None
    language: str | None = None

    @classmethod
    def of(cls, article: Article) -> "ArticleMeta":
        return cls(
            id=article.id,
            source_id=article.source_id,
            path=article.path,
            title=article.title,
            source=article.source,
            authors=article.authors,
            published_at=article.published_at,
            url=article.url,
            language=article.language,
        )

    def to_json(self) -> dict[str, object]:
        """The `article` object of the command line's JSON."""
        return {
            "id": self.id,
            "source_id": self.source_id,
            "path": self.path,
            "title": self.title,
            "source": self.source,
            "authors": list(self.authors),
            "published_at": self.published_at,
            "url": self.url,
            "language": self.language,
        }
