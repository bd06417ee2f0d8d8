"""The page's export buttons: what `--export FILE` would write, handed to the browser, which saves it.

Nothing is written on the server. The button's press goes to the server as text, as a verdict's does, and the file comes
back as text, in base64, which the page's script makes a file of.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from rag.verdict import Trace
from ui.exporting import FORMS, encoded

Dossiers = Callable[[Mapping[str, Any]], Mapping[str, Any]]  # from an outcome's JSON to its dossier
LABELS = {".md": "Markdown", ".html": "HTML file", ".json": "JSON", ".csv": "CSV", ".jsonld": "JSON-LD (ClaimReview)"}
TYPES = {
    ".md": "text/markdown",
    ".html": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".jsonld": "application/ld+json",
}
_LONGEST_NAME = 60  # characters of a file's name before its ending


def buttons_html() -> str:
    """A button for each form, and a place in which the page's script says what became of it."""
    buttons = " ".join(f'<button type="button" data-export="{ending}">{LABELS[ending]}</button>' for ending in FORMS)
    return (
        f'<p class="exports" role="group" aria-label="Export a report">Export a report: {buttons} '
        '<span class="said" role="status"></span></p>'
    )


def file_json(found: Trace, ending: str, dossiers: Dossiers) -> str:
    """The report's name, type and bytes (base64) as JSON; empty for an ending that is no form.

    Raises AttestError when the dossier cannot be made.
    """
    if ending not in FORMS:
        return ""
    data = encoded(dossiers(found.to_json()), ending)
    name = file_name(found.claim) + ending
    return json.dumps({"name": name, "type": TYPES[ending], "data": b64encode(data).decode("ascii")})


def problem_json(said: str) -> str:
    """What the page's script shows in place of a file."""
    return json.dumps({"problem": f"Not exported: {said}"})


def file_name(claim: str) -> str:
    """A name for the report of a claim, in letters that every file system takes."""
    words = "-".join(re.findall(r"[a-z0-9]+", claim.lower()))
    # Cut between words: half of one, or of a year, says something else ("june-20").
    whole = words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME + 1].rpartition("-")[0]
    return whole or words[:_LONGEST_NAME] or "claim"
