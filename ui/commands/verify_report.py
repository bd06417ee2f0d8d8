"""`attest verify-report`: whether every quote of a dossier is still what the archive holds."""

import argparse
from pathlib import Path

from index.counted import counted
from index.errors import ArchiveError
from ui.commands.notices import say_notices
from ui.console import Console
from ui.parts import Parts
from ui.printable import one_line

NAMED = 20  # breaches printed; --json has them all


def verify_report(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when every quote and every article is as it was; else ArchiveError, after each breach is printed."""
    from rag.dossier_check import breaches, quotes_checked
    from ui.reading_dossier import read_dossier

    document, shown = read_dossier(Path(args.file).expanduser())
    with parts.archive(args.archive) as archive:
        found = [*_safely(breaches, document, archive), *shown]
        say_notices(console, archive)
    checked = quotes_checked(document)
    if args.json:
        console.document({"file": args.file, "quotes": checked, "breaches": found, "intact": not found})
    elif not found:
        articles = len(document.get("articles", ()))
        what = f"{counted(checked, 'quote')} from {counted(articles, 'article')}"
        console.result(f"Intact: {what}, word for word as in the archive.")
    else:
        console.result("\n".join(f"- {one_line(sentence)}" for sentence in found[:NAMED]))
    if found:
        raise ArchiveError(
            f"{args.file} is not what the archive holds: {found[0]}"
            + (f" (and {len(found) - 1} more)" if len(found) > 1 else "")
            + "; expected every quote word for word: export it again, or look for who changed it"
        )
    return 0


def _safely(breaches: object, document: dict[str, object], archive: object) -> list[str]:
    """The breaches; data of another shape than a dossier's are one."""
    try:
        return breaches(document, archive.article)  # type: ignore[operator,attr-defined,no-any-return]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"its data lack something that a dossier has ({type(error).__name__}: {error})"]
