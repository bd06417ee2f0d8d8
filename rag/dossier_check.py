"""Whether a dossier still says what the archive holds: every quote, its offsets, and every article's whole text."""

from collections.abc import Callable, Mapping
from typing import Any

from index.article import Article
from index.errors import AttestError
from rag.dossier import FORMAT, VERSION, citations, seal_of, text_sha256


def quotes_checked(document: Mapping[str, Any]) -> int:
    """How many spans `breaches` compares, those of the outcome under "result" included."""
    return sum(1 for _ in citations(document))


def breaches(document: Mapping[str, Any], read: Callable[[str], Article]) -> list[str]:
    """One sentence for each thing that is not as it was; empty when all is. `read` gives an article by its id."""
    if document.get("format") != FORMAT or not isinstance(document.get("version"), int):
        return ["it is no dossier of Attest"]
    if document["version"] > VERSION:
        return [f"it is of version {document['version']}, and this Attest reads up to {VERSION}"]
    found: list[str] = []
    texts: dict[str, str] = {}
    said: set[str] = set()
    for one in citations(document):
        ref = str(one["article"].get("id"))
        try:
            if ref not in texts:
                article = read(ref)
                texts[ref] = article.text
                found += _newer(article, read)
            text = texts[ref]
        except AttestError as error:
            if ref not in said:
                found.append(f"article {ref} cannot be read: {error}")
            said.add(ref)
            continue
        if (wrong := _wrong(one, text)) is not None and wrong not in found:
            found.append(wrong)
    found += _changed_articles(document, texts, said)
    if document.get("seal") != seal_of(document):
        found.append("its contents are not those it was sealed with")
    return found


def _newer(article: Article, read: Callable[[str], Article]) -> list[str]:
    """That the archive has a later version of an article, whose quoted text it keeps but no longer answers from."""
    try:
        current = read(article.source_id)
    except AttestError:  # removed since, or one of several of that name
        return []
    if current.key != article.key or current.id == article.id:
        return []
    return [f"article {article.id} ({article.source_id}) has changed since: the archive now has version {current.id}"]


def _wrong(one: Mapping[str, Any], text: str) -> str | None:
    start, end, quote = one.get("start"), one.get("end"), one.get("quote", one.get("text"))
    name = f"quote {one['number']}" if one.get("number") else "a quote of the outcome"
    where = f"{name} ({one['article'].get('source_id')}, characters {start}-{end})"
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        return f"{where} points outside the article, which has {len(text):,} characters"
    if text[start:end] == quote:
        return None
    at = next(
        (at for at, (mine, theirs) in enumerate(zip(str(quote), text[start:end], strict=False)) if mine != theirs), None
    )
    place = f" from character {at + 1} of the quote on" if at is not None else ", which is longer or shorter"
    return f"{where} is not what the archive holds there{place}"


def _changed_articles(document: Mapping[str, Any], texts: Mapping[str, str], unread: set[str]) -> list[str]:
    listed = {str(one.get("id")): str(one.get("sha256")) for one in document.get("articles", ())}
    found = []
    for ref in {**texts, **listed}:
        if ref in unread:
            continue
        if ref not in listed:
            found.append(f"article {ref} is quoted and its checksum is missing")
        elif ref in texts and text_sha256(texts[ref]) != listed[ref]:
            found.append(f"article {ref} is not the text that was quoted: its SHA-256 differs")
        elif ref not in texts:
            found.append(f"article {ref} has a checksum and is quoted nowhere")
    return found
