"""The dossier: an outcome as a document that survives outside Attest, with all that is needed to check it again.

It is made of the outcome's JSON, so that it is the same for a claim, a quotation and a question. Beside every quote
stand its article, its offsets and the SHA-256 of the article's whole text; then the models with their checksums, the
settings, the archive's generation, and a person's own verdicts. `seal` is the hash of all of it: it tells a slip of the
hand, not a forger, who can make a new one. What a forger cannot make is an archive that holds the altered quote.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from index.article import Article, ArticleMeta
from index.marks import Mark
from rag.answer import Citation
from rag.timeline import NOT_COUNTED, Dated, timeline

Outcome = Literal["trace", "quote", "ask"]
Document = dict[str, Any]
FORMAT = "attest-dossier"
VERSION = 1
SHOWN_PASSAGES = 3  # nearest passages of an abstention


def build(
    outcome: Outcome,
    result: Mapping[str, Any],
    read: Callable[[str], Article],
    *,
    generation: int,
    settings: Mapping[str, object],
    models: Sequence[Mapping[str, object]] = (),
    marks: Sequence[Mark] = (),
    made_by: str = "",
    made_at: str | None = None,
) -> Document:
    """The dossier's JSON. `read` gives an article of the archive by its id; `result` is the outcome's `to_json()`.

    Raises what `read` raises for an article that is not there.
    """
    found = [quote for quote in _quotes(outcome, result) if quote["quote"]]
    given = {(mark.article_id, mark.start, mark.end): mark.stance for mark in marks}
    for number, quote in enumerate(found, start=1):
        quote["number"] = number
        quote["own_verdict"] = given.get((quote["article"]["id"], quote["start"], quote["end"]))
    texts = {meta["id"]: read(str(meta["id"])).text for meta in _articles(result)}
    document: Document = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": made_by,
        "made_at": made_at or datetime.now(UTC).isoformat(timespec="seconds"),
        "outcome": outcome,
        "asked": str(result.get("claim") or result.get("quotation") or result.get("question") or ""),
        "verdict": str(result.get("verdict") or result.get("status") or ""),
        "reason": result.get("reason"),
        "sources": result.get("independent_sources"),
        "quotes": found,
        "articles": [{"id": ref, "sha256": text_sha256(text), "characters": len(text)} for ref, text in texts.items()],
        "timeline": timeline([Dated(_citation(quote), _weight(quote)) for quote in found]).to_json(),
        "own_verdicts": [mark.to_json() for mark in marks],
        "models": list(models),
        "settings": dict(settings),
        "archive": {"generation": generation},
        "result": dict(result),
    }
    return sealed(document)


def sealed(document: Mapping[str, Any]) -> Document:
    """The document with the hash of all else under "seal"."""
    rest = {key: value for key, value in document.items() if key != "seal"}
    # Once through JSON: what is hashed is what a reader of the file has.
    plain: Document = json.loads(json.dumps(rest, ensure_ascii=True, allow_nan=False))
    return {**plain, "seal": seal_of(plain)}


def seal_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 over the document without its seal, keys in order, in hex."""
    rest = {key: value for key, value in document.items() if key != "seal"}
    text = json.dumps(rest, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def text_sha256(text: str) -> str:
    """The SHA-256 of a stored text in UTF-8, in hex; half an astral character is hashed as it is stored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def citations(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object in a JSON document that points into an article: the citations, and passages with their text."""
    if isinstance(value, Mapping):
        if isinstance(value.get("article"), Mapping) and "start" in value and ("quote" in value or "text" in value):
            yield value
        for inner in value.values():
            yield from citations(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from citations(inner)


def _articles(result: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return {str(one["article"]["id"]): one["article"] for one in citations(result)}.values()


def _quotes(outcome: Outcome, result: Mapping[str, Any]) -> Iterator[Document]:
    """What the dossier shows, in order, each span of each role once."""
    kept: dict[tuple[object, ...], Document] = {}
    source = {"trace": _traced, "quote": _quoted, "ask": _asked}[outcome]
    for quote in source(result):
        kept.setdefault((quote["role"], *_span(quote)), quote)
    first = result.get("first_seen")
    if first:
        shown = [quote for quote in kept.values() if _span(quote) == _span(first)]
        for quote in shown or [kept.setdefault(("first seen",), _quote(first, "first seen"))]:
            quote["first_seen"] = True
    yield from sorted(kept.values(), key=lambda quote: not quote["counts"])  # what the verdict rests on first


def _span(one: Mapping[str, Any]) -> tuple[object, ...]:
    return (one["article"]["id"], one["start"], one["end"])


def _quote(citation: Mapping[str, Any], role: str, **more: object) -> Document:
    text = citation.get("quote", citation.get("text"))
    return {
        "number": 0,
        "role": role,
        "article": dict(citation["article"]),
        "start": citation["start"],
        "end": citation["end"],
        "quote": text,
        "score": more.get("score"),
        "reason": more.get("reason"),
        "copies": more.get("copies") or [],
        "counts": more.get("counts", True),
        "first_seen": False,
        "own_verdict": None,
    }


def _traced(result: Mapping[str, Any]) -> Iterator[Document]:
    for one in result.get("evidence", ()):
        copies = [dict(copy["article"]) for copy in one.get("copies") or ()]
        yield _quote(
            one,
            one["stance"],
            score=one.get("score"),
            reason=one.get("reason"),
            copies=copies,
            counts=one.get("counts", True),
        )


def _quoted(result: Mapping[str, Any]) -> Iterator[Document]:
    if result.get("citation"):
        differs = "; ".join(_difference(one) for one in result.get("diff", ()))
        yield _quote(result["citation"], str(result["status"]), reason=differs or None)
    for one in result.get("variants", ()):
        cited = result.get("citation") or {}
        same = one["article"] == cited.get("article") and (one["start"], one["end"]) == (cited["start"], cited["end"])
        if not same:
            yield _quote(one, str(one["status"]), score=one.get("similarity"))
    if result.get("nearest"):
        yield _quote(result["nearest"], "nearest")


def _difference(one: Mapping[str, Any]) -> str:
    return (
        f"“{one['said']}” for “{one['found']}”" if one["said"] and one["found"] else f"“{one['said'] or one['found']}”"
    )


def _asked(result: Mapping[str, Any]) -> Iterator[Document]:
    for sentence in result.get("sentences", ()):
        for citation in sentence["citations"]:
            yield _quote(citation, "cited", score=sentence.get("score"))
    for conflict in result.get("conflicts", ()):
        for side in conflict["sides"]:
            yield _quote(side, "disagrees", reason=conflict["says"])
    for sentence in result.get("withheld", ()):
        for citation in sentence["citations"]:
            yield _quote(citation, "withheld", score=sentence.get("score"), reason=sentence.get("reason"))
    if not result.get("sentences"):
        for passage in list(result.get("passages", ()))[:SHOWN_PASSAGES]:
            yield _quote(passage, "nearest", score=passage.get("score"))


def _weight(quote: Mapping[str, Any]) -> str:
    """What a quote is in the timeline: evidence that the verdict does not rest on is on no side."""
    return str(quote["role"]) if quote["counts"] else NOT_COUNTED


def _citation(quote: Mapping[str, Any]) -> Citation:
    meta = dict(quote["article"])
    meta["authors"] = tuple(meta.get("authors") or ())
    return Citation(ArticleMeta(**meta), quote["start"], quote["end"], quote["quote"])
