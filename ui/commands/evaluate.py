"""`attest eval import|split|run|score|compare|report|gate`."""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.counted import counted
from index.errors import UsageError
from ui.commands.judge import judge
from ui.console import Console
from ui.parts import Parts
from ui.progress import Progress

if TYPE_CHECKING:
    from eval.baselines.systems import Kit
    from eval.datasets.model import Dataset
    from eval.measures.citation import Supports
    from eval.runs.model import Run
    from eval.scoring import Scores
    from index.embedding import Embedder
    from rag.ask import Asker

NOT_PASSED = 1


def evaluate(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, or 1 when a gate does not let through or two sides of a split share something."""
    actions = {
        "import": _import,
        "split": _split,
        "run": _run,
        "score": _score,
        "compare": _compare,
        "report": _report,
        "gate": _gate,
        "judge": judge,
    }
    return actions[args.action](args, console, parts)


def _import(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    del parts
    from eval.datasets import files
    from eval.datasets.choosing import chosen
    from eval.datasets.formats import load_format

    dataset = chosen(load_format(args.format, [Path(path) for path in args.paths]), args.only, args.limit)
    saved = files.save(dataset, Path(args.out))
    counts = {name: len(getattr(saved, name)) for name in ("articles", "questions", "claims", "quotations", "judged")}
    if args.json:
        console.document({"name": saved.name, "digest": saved.digest, **counts, "notes": dict(saved.notes)})
        return 0
    held = [counted(count, name.removesuffix("s"), name) for name, count in counts.items() if count]
    console.result(f"{saved.name}: {', '.join(held)}")
    for name, note in saved.notes.items():
        console.result(f"{name}: {note}")
    return 0


def _split(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    del parts
    from eval.datasets import files
    from eval.datasets.splits import leaks

    found = leaks(files.load(Path(args.first)), files.load(Path(args.second)), whole=args.whole)
    if args.json:
        console.document({"leaks": [{"left": one.left, "right": one.right, "kind": one.kind} for one in found]})
    else:
        lines = [f"{one.kind}: {one.left} and {one.right}" for one in found]
        console.result("\n".join(lines) or "ok: the two share no article, no near-duplicate and no story")
    return NOT_PASSED if found else 0


def _run(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    from eval.datasets import files
    from eval.runs.environment import environment
    from eval.runs.running import make_run, take_answers

    dataset, out = files.load(Path(args.dataset)), Path(args.out)
    if args.answers is not None:
        told = environment(args.system, {}, args.settings)
        told["peak_mb"] = None  # of whoever asked, which is not known here
        take_answers([Path(path) for path in args.answers], dataset, out, told)
        crashed = 0
    else:
        from eval.baselines.systems import build

        with ExitStack() as stack, Progress(console, "question") as progress:
            kit, models = _kit(args, parts, dataset, stack)
            system = build(args.system, kit)
            models.update(getattr(system, "models", {}))
            progress.start()

            def seen(done: int, total: int) -> None:
                progress.total = total
                progress.update(done)

            crashed = make_run(system, dataset, out, lambda: environment(system.name, models, args.settings), seen)
    if args.json:
        console.document({"run": str(out), "items": sum(1 for _ in dataset.items()), "crashed": crashed})
    else:
        note = f"; {crashed} crashed and count as misses" if crashed else ""
        console.result(f"{out} is a run on {dataset.name}{note}; score it with: attest eval score {args.dataset} {out}")
    return 0


def _kit(
    args: argparse.Namespace, parts: Parts, dataset: "Dataset", stack: ExitStack
) -> "tuple[Kit, dict[str, object]]":
    """What systems are built of, the archive opened at most once, and the models that were loaded."""
    from functools import cache

    from eval.baselines.systems import Kit

    models: dict[str, object] = {}
    archive = cache(lambda: stack.enter_context(parts.archive(args.archive)))

    def asker() -> "Asker":
        loaded = cast("Asker", parts.asker(archive(), args.settings))
        models.update(getattr(loaded, "models", {}))
        return loaded

    def embedder() -> "Embedder":
        loaded = parts.embedder(args.settings, quickly=True)
        models["embedder"] = {"name": loaded.name, "dim": loaded.dim, "sha256": loaded.sha256}
        return loaded

    return Kit(dataset, args.settings, archive, embedder, asker), models


def _score(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    del parts
    from eval.reports.text import render_scores

    judge = _judge(args.judge, args.line)
    dataset, _, many = _scored(args.dataset, args.runs, judge)
    if args.json:
        console.document({"runs": [scores.to_json() for scores in many]})
    else:
        console.result(render_scores(many, _constants(dataset, many, judge)))
    return 0


def _compare(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    del parts
    from eval.comparing import compare
    from eval.reports.text import render_comparison

    judge = _judge(args.judge, args.line)
    dataset, _, (first, second) = _scored(args.dataset, args.runs, judge)
    found = compare(first, second, dataset.clusters, judge.name if judge else None)
    if args.json:
        console.document(
            {"first": first.run, "second": second.run, "differences": [difference.to_json() for difference in found]}
        )
    else:
        console.result(render_comparison(first.run, second.run, found))
    return 0


def _report(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    del parts
    from eval.comparing import compare
    from eval.reports.page import page, told
    from eval.reports.tables import failures_of, failures_table
    from eval.reports.text import markdown_report

    out = Path(args.out)
    if out.suffix not in (".html", ".md"):
        raise UsageError(f"--out is {out}, expected a file that ends in .html or .md")
    judge = _judge(args.judge, args.line)
    dataset, runs, many = _scored(args.dataset, args.runs, judge)
    differences = compare(many[0], many[1], dataset.clusters, judge.name if judge else None) if len(many) > 1 else []
    constants = _constants(dataset, many, judge)
    if out.suffix == ".html":
        text = page(dataset, runs, many, differences, constants)
    else:
        failures = failures_table(failures_of(dataset, runs[0], many[0]), dict(many[0].kinds))
        text = markdown_report(many, differences, failures, told(runs[0]), constants)
    try:
        out.write_text(text, encoding="utf-8", errors="xmlcharrefreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"--out {out} cannot be written ({error.strerror}); choose another file") from error
    if args.json:
        console.document({"report": str(out), "bytes": out.stat().st_size})
    else:
        console.result(f"{out}: {counted(out.stat().st_size, 'byte')}")
    return 0


def _judge(name: str | None, line: str | None) -> "Supports | None":
    from eval.judges.judging import Judging
    from eval.judges.roster import find_judge

    if name is None:
        if line is not None:
            raise UsageError("--line needs --judge; word for word has no line")
        return None
    try:
        return Judging(find_judge(name), None if line is None else float(line))
    except ValueError as error:
        raise UsageError(f"--line is {line!r}, expected a probability from 0 to 1") from error


def _scored(
    dataset: str, folders: list[str], judge: "Supports | None" = None
) -> "tuple[Dataset, list[Run], list[Scores]]":
    from eval.datasets import files
    from eval.runs.files import read
    from eval.scoring import score

    loaded = files.load(Path(dataset))
    runs = [read(Path(folder), loaded) for folder in folders]
    return loaded, runs, [score(loaded, run, judge) for run in runs]


def _constants(dataset: "Dataset", many: "list[Scores]", judge: "Supports | None" = None) -> "list[Scores]":
    """What reads nothing, scored beside the runs: always in the table, and not twice where it is among them."""
    from eval.baselines.constant import constant_runs
    from eval.scoring import score

    shown = {scores.run for scores in many}
    return [score(dataset, run, judge) for run in constant_runs(dataset) if run.name not in shown]


def _gate(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    del parts
    from eval.gate import BASELINE, gate, measure_sample, report
    from eval.gating import measured, run_hashes

    if args.reason is not None and not args.pin:
        raise UsageError("--allow-regression needs --pin; without it nothing is lowered")
    if args.dataset is None:
        path = Path(args.baseline or BASELINE)
        now = measure_sample()
    else:
        if args.run is None or args.baseline is None:
            raise UsageError("a dataset was given, expected a run and --baseline FILE with it")
        path = Path(args.baseline)
        dataset, runs, many = _scored(args.dataset, [args.run])
        now = measured(many[0], dataset.clusters, run_hashes(runs[0].environment))
    found = gate(now, path, pin=args.pin, reason=args.reason)
    document: dict[str, Any] = {"passed": not found, "problems": found, **report(now)}
    if args.json:
        console.document(document)
    else:
        done = f"pinned in {path}" if args.pin else f"ok: nothing fell beyond its margin in {path}"
        console.result("\n".join(found) or done)
    return NOT_PASSED if found else 0
