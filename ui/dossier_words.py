"""What every form of a dossier calls things, and its facts as rows."""

from collections.abc import Mapping
from typing import Any

from ui.html import UNKNOWN_DATE
from ui.printable import one_line

TITLES = {"trace": "Claim", "quote": "Quotation", "ask": "Question"}
VERDICTS = {
    "supported": "Supported",
    "refuted": "Refuted",
    "conflicting": "Sources conflict",
    "not_found": "Not found in the archive",
    "verbatim": "Verbatim",
    "altered": "Altered",
    "answered": "Answered",
    "abstained": "The archive does not say",
}
ROLES = {
    "supports": "Supports",
    "refutes": "Refutes",
    "neither": "Neither",
    "cited": "Cited in the answer",
    "disagrees": "Articles disagree",
    "withheld": "Withheld from the answer",
    "verbatim": "Verbatim",
    "altered": "Altered",
    "nearest": "Nearest, and not it",
    "first seen": "First seen",
}


def verdict_word(document: Mapping[str, Any]) -> str:
    """The verdict as a person says it."""
    return VERDICTS.get(str(document["verdict"]), one_line(str(document["verdict"])))


def role_word(quote: Mapping[str, Any]) -> str:
    """What a quote is for the claim; one that the verdict does not rest on says so."""
    role = ROLES.get(str(quote["role"]), one_line(str(quote["role"])))
    return role if quote.get("counts", True) else f"{role}, not counted"


def article_line(article: Mapping[str, Any]) -> str:
    """Outlet, title and date in one line."""
    date = str(article.get("published_at") or UNKNOWN_DATE)[:12]
    parts = [
        article.get("source"),
        article.get("title") or article.get("source_id"),
        date[:10] if date[:1].isdigit() else date,
    ]
    return " · ".join(one_line(str(part)) for part in parts if part)


def reason_line(document: Mapping[str, Any]) -> str:
    """Why, and on how many independent sources it rests, as far as the outcome says; may be empty."""
    parts = []
    if document.get("reason"):
        reason = one_line(str(document["reason"]))
        parts.append(f"{reason[:1].upper()}{reason[1:]}.".replace("..", "."))
    if document["result"].get("speaker"):
        parts.append(f"Said by: {one_line(str(document['result']['speaker']))}.")
    sources = document.get("sources")
    if isinstance(sources, Mapping):
        parts.append(f"Independent sources: {sources.get('supports')} support, {sources.get('refutes')} refute.")
    return " ".join(parts)


def statement_lines(document: Mapping[str, Any]) -> list[str]:
    """The statements of a claim that makes several, each with its verdict and where it was seen first."""
    parts = document["result"].get("parts") or ()
    lines = []
    for part in parts if len(parts) > 1 else ():
        verdict = VERDICTS.get(str(part["verdict"]), str(part["verdict"]))
        line = f"{verdict}: “{one_line(str(part['claim']))}”"
        first = part.get("first_seen")
        lines.append(f"{line}, first seen in {article_line(first['article'])}" if first else line)
    return lines


def note_lines(document: Mapping[str, Any]) -> list[str]:
    """What the outcome notes beside its verdict: that articles are copies, or how the claim was read."""
    return [f"Note: {one_line(note)}" for note in document["result"].get("notes") or () if isinstance(note, str)]


def sha256_of(document: Mapping[str, Any], article_id: object) -> str:
    """The checksum of an article's text; empty when the dossier has none."""
    return next((str(one["sha256"]) for one in document["articles"] if one["id"] == article_id), "")


def facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the dossier was made with, a name and a value each."""
    rows = [
        ("Made", f"{document['made_at']} by Attest {document['made_by']}".strip()),
        ("Archive", f"generation {document['archive']['generation']}"),
    ]
    for model in document["models"]:
        checksum = f", SHA-256 {model['sha256']}" if model.get("sha256") else ""
        rows.append((f"Model ({model.get('kind')})", f"{model.get('name')}{checksum}"))
    for part, used in (document["result"].get("models") or {}).items():
        if isinstance(used, Mapping) and part != "embedder":
            values = [f"{key} {value}" if key != "name" else str(value) for key, value in used.items()]
            rows.append((f"Part ({part})", ", ".join(values)))
    rows += [
        (f"Setting {key}", "default" if value is None else str(value)) for key, value in document["settings"].items()
    ]
    rows.append(("Seal (SHA-256)", str(document["seal"])))
    return [(one_line(name), one_line(value)) for name, value in rows]
