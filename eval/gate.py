"""Asks the sample archive its questions and compares with `baseline.json`: no change makes answers worse unseen.

    python -m eval.gate           compare; exit 1 when fewer questions pass, beyond noise, or a quote is not exact
    python -m eval.gate --pin     write the baseline anew, after a change that is meant

The same data, models and settings give the same answers up to rounding on another processor, so the comparison is by
question: among those whose outcome changed, as many should have become right as wrong (exact sign test, one-sided).
"""

import argparse
import hashlib
import json
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from math import comb
from pathlib import Path

from eval.questions import Outcome, Question, judge, read_questions
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from index.ingest import ingest
from index.readers import read_paths
from rag.answer import Answer
from rag.ask import Asker
from rag.settings import Settings

SAMPLE = Path(str(files("eval"))) / "sample"
BASELINE = Path(str(files("eval"))) / "baseline.json"
SIGNIFICANT = 0.10  # four questions lost and none won (p = .06) fail; three (p = .13) may be rounding


def run(asker: Asker, archive: Archive, questions: Iterable[Question]) -> tuple[list[Outcome], int]:
    """The outcome of every question, and how many shown quotes are not the exact slice of their article."""
    outcomes, inexact = [], 0
    for question in questions:
        answer = asker.ask(question.text, id=question.id)
        outcomes.append(judge(question, answer))
        inexact += inexact_quotes(answer, archive)
    return outcomes, inexact


def inexact_quotes(answer: Answer, archive: Archive) -> int:
    """Citations whose quote is not what the archive holds at their offsets."""
    return sum(
        archive.article(citation.article.id).text[citation.start : citation.end] != citation.quote
        for sentence in answer.sentences
        for citation in sentence.citations
    )


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Shares between 0 and 1, words and milliseconds, rounded; of the kinds that occur."""
    document: dict[str, float] = {}
    for kind in dict.fromkeys(outcome.kind for outcome in outcomes):
        group = [outcome for outcome in outcomes if outcome.kind == kind]
        document[f"{kind}_questions"] = len(group)
        if kind == "unanswerable":
            document["abstained"] = _share(outcome.passed for outcome in group)
            continue
        document[f"{kind}_answered"] = _share(outcome.answered for outcome in group)
        document[f"{kind}_right_and_cited"] = _share(outcome.passed for outcome in group)
        document[f"{kind}_evidence_in_ten"] = _share(outcome.evidence for outcome in group)
        words = [outcome.words for outcome in group if outcome.answered]
        document[f"{kind}_words"] = round(statistics.mean(words), 1) if words else 0.0
    return document


def _share(values: Iterable[bool]) -> float:
    marks = list(values)
    return round(sum(marks) / len(marks), 4)


def lost_beyond_noise(before: Mapping[str, bool], now: Mapping[str, bool]) -> tuple[list[str], list[str], float]:
    """Questions lost, questions won, and the probability of so many losses among as many changes by chance."""
    lost = sorted(name for name, passed in before.items() if passed and not now.get(name, False))
    won = sorted(name for name, passed in now.items() if passed and not before.get(name, False))
    changes = len(lost) + len(won)
    chance = sum(comb(changes, losses) for losses in range(len(lost), changes + 1)) / 2**changes
    return lost, won, chance


def fingerprint(models: Mapping[str, object], settings: Settings) -> str:
    """SHA-256 over the sample's files, the shipped weights and prompts, the models and the settings."""
    digest = hashlib.sha256()
    folders = [SAMPLE, Path(str(files("rag"))) / "weights", Path(str(files("prompts")))]
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.suffix in {".txt", ".jsonl", ".json", ".gbnf"}):
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    chosen = {name: str(value) for name, value in asdict(settings).items() if name not in ("archive", "models_dir")}
    digest.update(json.dumps([models, chosen], sort_keys=True).encode())
    return digest.hexdigest()


def measure() -> dict[str, object]:
    """Ingest the sample into a temporary archive, ask everything, and give the baseline's document."""
    embedder = MiniLmEmbedder.load()
    settings = Settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive.open(Path(folder) / "archive", embedder=embedder.identity, writable=True, create=True) as archive,
    ):
        ingest(archive, read_paths([SAMPLE / "articles"]), embedder)
        return document(Asker.load(archive, settings, embedder=embedder), archive, settings)


def document(asker: Asker, archive: Archive, settings: Settings) -> dict[str, object]:
    """The baseline's document for the sample's questions asked of `asker`."""
    questions = read_questions(SAMPLE / "questions.jsonl")
    outcomes, inexact = run(asker, archive, questions)
    return {
        "fingerprint": fingerprint(asker.models, settings),
        "figures": figures(outcomes),
        "inexact_quotes": inexact,
        "passed": {outcome.id: outcome.passed for outcome in outcomes},
    }


def problems(now: Mapping[str, object], baseline: Mapping[str, object]) -> list[str]:
    """What a gate must not let through, in sentences; empty when all is well."""
    found = []
    if now["inexact_quotes"]:
        found.append(f"{now['inexact_quotes']} shown quotes are not the exact slice of their article; expected none")
    if now["fingerprint"] != baseline["fingerprint"]:
        found.append(
            "data, weights, models or settings are not those of eval/baseline.json; look at the figures, then run "
            "`python -m eval.gate --pin` and commit the file with the change"
        )
    before, after = baseline["passed"], now["passed"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    lost, won, chance = lost_beyond_noise(before, after)
    if lost and chance < SIGNIFICANT:
        found.append(
            f"{len(lost)} questions no longer pass ({', '.join(lost)}) and {len(won)} newly do (p = {chance:.3f})"
        )
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare with the baseline, or pin it. Prints the figures; problems go to stderr."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="write eval/baseline.json from this run")
    options = parser.parse_args(arguments)
    now = measure()
    print(json.dumps(now["figures"], indent=2))
    if options.pin:
        BASELINE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        return 0
    found = problems(now, json.loads(BASELINE.read_text(encoding="utf-8")))
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
