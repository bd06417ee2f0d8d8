"""Asks the sample archive its questions, traces its claims, looks for its quotations, compares with `baseline.json`.

No change makes answers worse unseen.

    python -m eval.gate                                   compare; exit 1 when something must not pass
    python -m eval.gate --pin                             write the baseline anew, after a change that is meant
    python -m eval.gate --pin --allow-regression REASON   the same where a floor is lowered

The same data, models and settings give the same answers up to rounding on another processor. Of 84 questions four lost
and none won are more than the margin allows, three may be rounding; of 20 claims two, of 12 quotations one.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from eval.baselines.retrieving import Asking
from eval.datasets import gold
from eval.datasets.model import Claim, Dataset, Question, Quotation
from eval.gating import Measured, measured, problems, read, repinned, write
from eval.probes import verdicts
from eval.runs.files import Places, answer_of
from eval.runs.model import Run
from eval.runs.running import Document, System
from eval.scoring import score
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from index.errors import AttestError
from index.ingest import ingest
from index.readers import read_paths
from rag.answer import Sentence
from rag.ask import Asker
from rag.loading import load_tracer
from rag.quote import Quoter
from rag.settings import Settings
from rag.trace import Tracer
from rag.verification import Draft

Asked = TypeVar("Asked", Question, Claim | Quotation)
SAMPLE = Path(str(files("eval"))) / "sample"
BASELINE = Path(str(files("eval"))) / "baseline.json"
# How far each may fall before the gate closes: on the sample four questions of 84 are 5 points, at most 9.
MARGINS = {"passed": 0.08, "evidence@10": 0.08, "accepts": 0.05, "rejects": 0.05}
STATED = {"claim_right": 0.16, "quotation_status_right": 0.08}  # of 20 claims and 12 quotations


def sample() -> Dataset:
    """The sample archive's questions with their articles."""
    return gold.load(SAMPLE / "questions.jsonl", SAMPLE / "articles")


def statements() -> Dataset:
    """The sample archive's claims and quotations with their articles."""
    return gold.load(SAMPLE / "statements.jsonl", SAMPLE / "articles")


def answers(system: System, dataset: Dataset) -> Run:
    """What `system` says to every question; a crash is kept as one."""
    return _run(system.name, dataset, dataset.questions, system.answer)


def stated(tracer: Tracer, quoter: Quoter, dataset: Dataset) -> Run:
    """What becomes of every claim and quotation; a crash is kept as one."""

    items: tuple[Claim | Quotation, ...] = (*dataset.claims, *dataset.quotations)

    def answer(item: Claim | Quotation) -> Document:
        found = tracer.trace(item.text) if isinstance(item, Claim) else quoter.quote(item.text)
        return found.to_json()

    return _run("product", dataset, items, answer)


def _run(name: str, dataset: Dataset, items: Sequence[Asked], answer: Callable[[Asked], Document]) -> Run:
    places, found = Places(dataset), {}
    for item in items:
        try:
            document = answer(item)
        except Exception as error:
            document = {"error": f"{type(error).__name__}: {error}"}
        found[item.id] = answer_of({**document, "id": item.id}, places)
    ranked = {item: tuple(dict.fromkeys(part.article_id for part in one.passages)) for item, one in found.items()}
    return Run(name, found, ranked)


def judged(
    run: Run, dataset: Dataset, check: Callable[[Draft], Sentence], archive: Archive, hashes: Mapping[str, str]
) -> Measured:
    """The gated measures of a run on the sample, with those of its check."""
    scores = score(dataset, run)
    for row in scores.rows.values():
        row["passed"] = row.get("right_and_cited", row.get("abstain_right", 0.0))
    passed, withheld = verdicts(dataset, check, archive.article)
    for name, values in (("accepts", passed), ("rejects", withheld)):
        for item, value in values.items():
            scores.rows[item][name] = value
    found = measured(scores, dataset.clusters, hashes, MARGINS)
    steady = {name: value for name, value in found.figures.items() if not name.startswith("ms_")}
    return replace(found, figures=steady)


def hashes(models: Mapping[str, object], settings: Settings) -> dict[str, str]:
    """SHA-256 of the sample's files, of models with weights and prompts, and of the settings but for folders."""
    chosen = {name: str(value) for name, value in asdict(settings).items() if name not in ("archive", "models_dir")}
    parts = [Path(str(files("rag"))) / "weights", Path(str(files("prompts")))]
    return {
        "data": _hash([SAMPLE], {}),
        "models": _hash(parts, models),
        "settings": _hash([], chosen),
    }


_HASHED = {".txt", ".jsonl", ".json", ".gbnf"}  # what weights hold, the SHA256 beside them says


def _hash(folders: Sequence[Path], values: Mapping[str, object]) -> str:
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    for folder in folders:
        found = (path for path in folder.rglob("*") if path.suffix in _HASHED or path.name == "SHA256")
        for file in sorted(found):
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def measure(asker: Asker, archive: Archive, settings: Settings, dataset: Dataset | None = None) -> Measured:
    """The gated measures of `asker` on the sample's questions, or on those of `dataset`."""
    dataset = dataset or sample()
    return judged(
        answers(Asking("product", asker), dataset), dataset, asker.check, archive, hashes(asker.models, settings)
    )


def with_statements(found: Measured, run: Run, dataset: Dataset) -> Measured:
    """`found` with the gated measures of a run on claims and quotations."""
    scores = score(dataset, run)
    more = measured(scores, dataset.clusters, found.hashes, STATED)
    return replace(
        found,
        margins={**found.margins, **more.margins},
        rows={**found.rows, **more.rows},
        clusters={**found.clusters, **more.clusters},
        invalid_citations=found.invalid_citations + more.invalid_citations,
        figures={**more.figures, **found.figures},
    )


def measure_all(asker: Asker, tracer: Tracer, quoter: Quoter, archive: Archive, settings: Settings) -> Measured:
    """The gated measures of the product on the sample's questions, claims and quotations."""
    told = statements()
    return with_statements(measure(asker, archive, settings), stated(tracer, quoter, told), told)


def measure_sample() -> Measured:
    """Ingest the sample into a temporary archive, ask everything, and measure."""
    embedder = MiniLmEmbedder.load()
    settings = Settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive.open(Path(folder) / "archive", embedder=embedder.identity, writable=True, create=True) as archive,
    ):
        ingest(archive, read_paths([SAMPLE / "articles"]), embedder)
        asker, tracer = (
            Asker.load(archive, settings, embedder=embedder),
            load_tracer(archive, settings, embedder=embedder),
        )
        return measure_all(asker, tracer, Quoter(archive, lambda: embedder), archive, settings)


def gate(now: Measured, path: Path, *, pin: bool, reason: str | None = None) -> list[str]:
    """The problems of `now` against the baseline at `path`; with `pin` none, and `now` is the baseline from then on."""
    if not pin:
        return problems(now, read(path))
    write(repinned(now, read(path) if path.exists() else None, reason), path)
    return []


def report(now: Measured) -> dict[str, Any]:
    """The figures of a gate as JSON: the gated ones with their intervals, then all others."""
    floors = {name: asdict(interval) for name, interval in now.floors.items()}
    return {"gated": floors, "invalid_citations": now.invalid_citations, "figures": dict(now.figures)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare with the baseline, or pin it. Prints the figures; problems go to stderr."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="write eval/baseline.json from this run")
    parser.add_argument("--allow-regression", metavar="REASON", help="lower a floor, and keep the reason in the file")
    options = parser.parse_args(arguments)
    now = measure_sample()
    print(json.dumps(report(now), indent=2))
    try:
        found = gate(now, BASELINE, pin=options.pin, reason=options.allow_regression)
    except AttestError as error:
        found = [str(error)]
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
