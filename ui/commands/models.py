"""`attest models list|verify|pull|use`."""

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from ui.console import Console
from ui.parts import Parts
from ui.progress import Progress
from ui.terminal import render_models, size

if TYPE_CHECKING:
    from rag.models import ModelEntry
    from rag.settings import Settings

MODEL_PROBLEM = 4


def models(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, or 4 when `verify` finds a model that is not the file it should be."""
    del parts  # models are files on this machine; no archive is opened
    settings: Settings = args.settings
    if args.action == "list":
        return _list(args, console, settings)
    if args.action == "verify":
        return _verify(args, console, settings)
    from rag.models import pull, use

    if args.action == "use":
        entry = use(args.name, settings)
        done = f"{entry.name} is in use from now on ({size(entry.bytes)})"
    else:
        with Progress(console, "byte", scaled=True) as progress:

            def reported(here: int, total: int) -> None:
                if progress.total is None:  # not before: a question may have to be answered first
                    progress.start()
                progress.total = total
                progress.update(here)

            entry = pull(args.name, lambda entry: _agreed(entry, console, asked=args.yes), reported, settings)
        done = f"{entry.name} is at {entry.path}, SHA-256 {entry.sha256}; use it with: attest models use {entry.name}"
    if args.json:
        console.document(_to_json(entry))
    else:
        console.result(done)
    return 0


def _list(args: argparse.Namespace, console: Console, settings: "Settings") -> int:
    from rag.models import list_models

    found = list_models(settings)
    if args.json:
        console.document({"models": [_to_json(entry) for entry in found]})
    else:
        console.result(render_models(found))
    return 0


def _verify(args: argparse.Namespace, console: Console, settings: "Settings") -> int:
    from rag.models import verify

    problems = verify(args.name, settings)
    if args.json:
        console.document({"problems": problems})
    else:
        every = args.name or "every model that is here"
        console.result("\n".join(problems) or f"ok: {every} is the file it should be")
    return MODEL_PROBLEM if problems else 0


def _agreed(entry: "ModelEntry", console: Console, *, asked: bool) -> bool:
    """Whether the person wants the download, after its size, licence and memory need were shown."""
    memory = "" if entry.memory_bytes is None else f", needs about {size(entry.memory_bytes)} of memory in use"
    console.say(f"{entry.name}: {size(entry.bytes)} from {entry.url}, licence {entry.licence or 'unknown'}{memory}")
    if asked or sys.stdin is None or not sys.stdin.isatty():
        return asked
    console.say("Download it? [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _to_json(entry: "ModelEntry") -> dict[str, object]:
    return {**asdict(entry), "path": None if entry.path is None else str(entry.path)}
