"""Reports of fake outcomes, over the fake archive and a person's real verdicts."""

from collections.abc import Mapping
from typing import Any

from index.errors import ArchiveError
from index.marks import Marks
from rag.dossier import build
from tests.ui.fakes import FakeArchive
from ui.report_buttons import Dossiers


def fake_dossiers(marks: Marks) -> Dossiers:
    """What makes the dossier of an outcome; of a claim about a lighthouse none can be made."""

    def made(result: Mapping[str, Any]) -> Mapping[str, Any]:
        if "lighthouse" in str(result["claim"]):
            raise ArchiveError("an article is damaged; `attest verify` says which")
        kept = marks.of(str(result["claim"]))
        return build("trace", result, FakeArchive().article, generation=1, settings={}, marks=kept)

    return made
