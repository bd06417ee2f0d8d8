"""`attest verify`: is the archive still what was stored."""

import argparse

from index.counted import counted
from index.errors import ArchiveError
from ui.commands.repair import shown
from ui.console import Console
from ui.parts import Parts


def verify(args: argparse.Namespace, console: Console, _parts: Parts) -> int:
    """0 when every check holds, 3 when one does not; nothing is changed."""
    from index.checking import verify as look

    found = look(args.archive, full=args.full)
    if args.json:
        console.document(found.to_json())
    elif found.breaches:
        console.result("\n".join(shown([f"BREACH {breach}" for breach in found.breaches])))
    else:
        rest = "" if found.full else "; words and vector search were not compared: attest verify --full"
        what = f"{counted(found.articles, 'article')} and {counted(found.passages, 'passage')}, each as it was stored"
        console.result(f"{args.archive}: {what}{rest}")
    return ArchiveError.exit_code if found.breaches else 0
