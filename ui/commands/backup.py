"""`attest backup`: a verified copy, also while a writer is at work."""

import argparse
from pathlib import Path

from index.counted import counted
from ui.console import Console
from ui.parts import Parts
from ui.progress import Progress
from ui.terminal import size


def backup(args: argparse.Namespace, console: Console, _parts: Parts) -> int:
    """0 when the copy is there, whole and verified."""
    from index.backing_up import back_up

    with Progress(console, "page") as progress:

        def reported(done: int, total: int) -> None:
            progress.total = total
            progress.update(done)

        progress.start()
        made = back_up(args.archive, Path(args.target).expanduser(), reported)
    if args.json:
        console.document(made.to_json())
    else:
        held = f"{counted(made.articles, 'article')}, {counted(made.passages, 'passage')}"
        what = f"{held}, {size(made.size_bytes)}, verified"
        console.result(f"{made.path}: {what}; use it with: --archive {made.path}")
    return 0
