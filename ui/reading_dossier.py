"""A dossier read back from a file: its data, and whether what the file shows is what they say."""

import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

from index.errors import UsageError
from rag.dossier import FORMAT
from ui import dossier_html, dossier_markdown
from ui.exporting import FORMS
from ui.printable import shortened

READABLE = (".md", ".html", ".json")
LARGEST = 200_000_000  # bytes


def read_dossier(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The data of the file, and a sentence for what it shows and they do not say.

    Raises UsageError when it cannot be read or holds no dossier.
    """
    text = _text(path)
    kind = path.suffix.lower()
    if kind == ".json":
        document = _parsed(text, path)
    elif kind == ".html":
        document = _parsed(_between(text, dossier_html.OPENING, dossier_html.CLOSING, path), path)
    elif kind == ".md":
        document = _parsed(_between(text, dossier_markdown.OPENING, dossier_markdown.CLOSING, path), path)
    else:
        raise UsageError(f"{path} is no form that can be checked; expected a dossier ending in {', '.join(READABLE)}")
    return document, _differences(document, kind, text)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} has more than {LARGEST:,} bytes, expected a dossier of Attest")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}), expected a dossier of Attest") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8, expected a dossier of Attest") from error


def _between(text: str, opening: str, closing: str, path: Path) -> str:
    start = text.rfind(opening)
    end = text.find(closing, start + len(opening))
    if start < 0 or end < 0:
        raise UsageError(
            f"{path} holds no data of a dossier, expected a file made by: attest trace CLAIM --export FILE"
        )
    return text[start + len(opening) : end]


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the data in {path} are not JSON ({error}), expected a dossier of Attest") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(f"{path} is no dossier of Attest, expected a file made by: attest trace CLAIM --export FILE")
    return document


def _differences(document: dict[str, Any], kind: str, text: str) -> list[str]:
    """Where the file is not what its data would be written as; Attest writes the same data always the same."""
    try:
        written = FORMS[kind](document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"its data lack something that a dossier has ({type(error).__name__}: {error})"]
    if kind == ".json":
        return []  # the seal stands for the rest
    for number, (mine, theirs) in enumerate(zip_longest(text.split("\n"), written.split("\n")), start=1):
        if mine != theirs:
            shown = shortened(mine or "", 80)
            by = document.get("made_by") or "?"
            return [f"line {number} is not what its data say (“{shown}”); it was made by Attest {by}"]
    return []
