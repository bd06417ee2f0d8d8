"""`attest doctor`: what is missing or wrong, each with the one command that mends it."""

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from index.counted import counted
from index.errors import ArchiveError, AttestError
from ui.console import Console
from ui.parts import Parts
from ui.terminal import size

MODEL_PROBLEM = 4
LEAST_FREE_BYTES = 500_000_000
# Import name -> package, and what cannot be done without it.
NEEDED = {
    "torch": ("torch", "searching"),
    "sentence_transformers": ("sentence-transformers", "searching"),
    "faiss": ("faiss-cpu", "searching"),
    "nltk": ("nltk", "reading articles"),
    "trafilatura": ("trafilatura", "reading HTML"),
    "lxml_html_clean": ("lxml_html_clean", "reading HTML"),
    "llama_cpp": ("llama-cpp-python", "choosing sentences"),
    "langchain_core": ("langchain-core", "other models as writers"),
    "gradio": ("gradio", "the page"),
    "tqdm": ("tqdm", "progress bars"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `message` names the command that mends it when it is not ok."""

    name: str
    ok: bool
    message: str
    exit_code: int = 0

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "ok": self.ok, "message": self.message}


def doctor(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when nothing is wrong, else the code of the first problem: 3 archive, 4 model or package."""
    checks = [*_archive(args, parts), *_models(args), *_packages(), _disk(args.archive)]
    if args.json:
        console.document({"checks": [check.to_json() for check in checks]})
    else:
        lines = [f"{'ok   ' if check.ok else 'WRONG'} {check.name}: {check.message}" for check in checks]
        console.result("\n".join(lines))
    return next((check.exit_code for check in checks if not check.ok), 0)


def _archive(args: argparse.Namespace, parts: Parts) -> Iterator[Check]:
    try:
        with parts.archive(args.archive) as archive:
            for notice in archive.notices:
                yield Check("archive", True, notice)
            status = archive.status()
            breaches = archive.verify()
    except AttestError as error:
        yield Check("archive", False, str(error), error.exit_code)
        return
    for breach in breaches:
        yield Check("archive", False, breach, ArchiveError.exit_code)
    if not breaches:
        held = f"{counted(status.articles, 'article')}, {counted(status.passages, 'passage')}"
        what = f"{held}, every row as it was stored"
        yield Check("archive", True, f"{args.archive}: {what}")
    if failed := status.present(status.failed):
        yield Check("archive", True, f"{counted(len(failed), 'record')} failed when read; why: attest status")
    if status.embedder is not None:
        yield _embedder(args, status.embedder.name, status.embedder.sha256)


def _embedder(args: argparse.Namespace, name: str, sha256: str) -> Check:
    from rag.models import list_models

    used = next((entry for entry in list_models(args.settings) if entry.kind == "embedder" and entry.in_use), None)
    if used is None or used.sha256 is None or used.sha256 == sha256:
        return Check("embedder", True, f"the archive was built with {name}")
    return Check(
        "embedder",
        False,
        f"the archive was built with {name} and {used.name} is in use; embed it again with: attest ingest --reembed "
        f"--archive {args.archive}",
        ArchiveError.exit_code,
    )


def _models(args: argparse.Namespace) -> Iterator[Check]:
    from rag.models import list_models, verify

    try:
        problems = verify(None, args.settings)
    except AttestError as error:
        problems = [str(error)]
    for problem in problems:
        yield Check("model", False, problem, MODEL_PROBLEM)
    if not problems:
        names = ", ".join(entry.name for entry in list_models(args.settings) if entry.in_use)
        yield Check("models", True, f"{names} in use, files as they should be")


def _packages() -> Iterator[Check]:
    missing = {module: about for module, about in NEEDED.items() if find_spec(module) is None}
    for package, purpose in missing.values():
        yield Check(
            "package", False, f"{package} is missing, needed for {purpose}; run: pip install {package}", MODEL_PROBLEM
        )
    if not missing:
        yield Check("packages", True, "all that is needed is installed")


def _disk(archive: Path) -> Check:
    folder = next(place for place in (archive.absolute(), *archive.absolute().parents) if place.exists())
    free = shutil.disk_usage(folder).free
    if free >= LEAST_FREE_BYTES:
        return Check("disk", True, f"{size(free)} free at {folder}")
    return Check(
        "disk", False, f"only {size(free)} free at {folder}; make room, see: df -h {folder}", ArchiveError.exit_code
    )
