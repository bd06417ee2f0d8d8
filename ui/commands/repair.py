"""`attest repair`: what is derived is made again, and what is damaged is set aside."""

import argparse
import shlex

from index.counted import counted
from index.errors import ArchiveError, InputError
from index.setting_aside import SetAside
from ui.console import Console
from ui.parts import Parts
from ui.progress import Progress

SHOWN = 20  # lines of a kind on the screen; --json has them all


def repair(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when all is well again, 5 when articles had to be set aside, 3 when something is still wrong."""
    from index.reembedding import ReembedProgress
    from index.repairing import repair as mend

    with Progress(console, "passage") as progress:

        def reported(state: ReembedProgress) -> None:
            progress.total = state.total
            progress.update(state.passages)

        progress.start()
        report = mend(args.archive, lambda: parts.embedder(args.settings), reported)
    if args.json:
        console.document(report.to_json())
    else:
        lines = [*report.done, *map(_said, report.set_aside), *(f"BREACH {breach}" for breach in report.breaches)]
        console.result("\n".join(shown(lines)))
    if report.breaches:
        raise ArchiveError(
            f"{counted(len(report.breaches), 'thing is', 'things are')} still wrong with {args.archive}; put back a "
            "copy made by attest backup, or build it again with: attest ingest PATH... --archive NEWDIR"
        )
    if report.set_aside:
        what = counted(len(report.set_aside), "damaged article was", "damaged articles were")
        raise InputError(
            f"{what} set aside and the rest is in; bring them back with: "
            f"{_command(report.set_aside, str(args.archive))}"
        )
    return 0


def shown(lines: list[str]) -> list[str]:
    """The first lines, and how many there are more."""
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"… and {len(lines) - SHOWN:,} more, all in: --json"]


def _said(article: SetAside) -> str:
    where = f", read from {', '.join(article.paths)}" if article.paths else ""
    return f"article {article.id}{where}: {article.reason}; it is set aside"


def _command(aside: list[SetAside], archive: str) -> str:
    paths = list(dict.fromkeys(path for article in aside for path in article.paths))
    named = " ".join(map(shlex.quote, paths[:SHOWN])) if paths else "PATH"
    return f"attest ingest {named}{' …' if len(paths) > SHOWN else ''} --archive {archive}"
