"""`attest watch`: an archive that follows a folder, with one line for each file that changes."""

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArchiveBusyError, UsageError
from ui.commands.notices import say_notices
from ui.console import Console, print_json
from ui.parts import Parts

if TYPE_CHECKING:
    from index.archive import Archive
    from index.embedding import Embedder
    from index.watching import Change


def watch(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """Runs until it is interrupted; the archive is held open only while something is written."""
    from index.language import prepare
    from index.readers import parse_field_map
    from index.watching import Watcher, gone_before

    folder = Path(args.folder)
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder that is there, expected one with articles; check it with: ls")
    args.field_map = parse_field_map(args.map) if args.map else None
    prepare()
    embedder = parts.embedder(args.settings, quickly=True)
    with parts.archive(args.archive, writable=True, create=True) as archive:
        say_notices(console, archive)
        archive.check_embedder(embedder.identity)
        for path in gone_before(archive, folder):
            _gone(args, console, archive, path)
    console.say(f"watching {folder} every {args.every:g} s; stop with Ctrl-C")
    watcher, busy = Watcher(folder, args.every), False
    while True:
        changes = watcher.look()
        try:
            if changes:
                _take(args, console, parts, embedder, changes)
                for change in changes:
                    watcher.took(change)
            busy = False
        except ArchiveBusyError as error:
            if not busy:
                console.say(f"{str(error).partition(';')[0]}; trying again every {args.every:g} s")
            busy = True
        time.sleep(args.every)


def _take(
    args: argparse.Namespace, console: Console, parts: Parts, embedder: "Embedder", changes: "list[Change]"
) -> None:
    from index.ingest import ingest
    from index.readers import read_sources

    with parts.archive(args.archive, writable=True, create=True) as archive:
        sources = [archive.places.named(change.source) for change in changes if change.source]
        if sources:
            ingest(archive, read_sources(sources, field_map=args.field_map), embedder)
        for change in changes:
            if change.kind == "gone":
                _gone(args, console, archive, archive.places.name_of(change.path))
            elif change.kind == "moved":
                _say(args, console, "moved", change.path, f"from {change.before}; its articles are as they were")
            else:
                _say(args, console, *_outcome(archive, archive.places.name_of(change.path)))
        say_notices(console, archive)


def _outcome(archive: "Archive", path: str) -> tuple[str, str, str]:
    """What became of a file, in a word and a remark."""
    entries = archive.read_from(path)
    if len(entries) == 1:
        return entries[0].outcome, path, entries[0].reason or ""
    counts = Counter(entry.outcome for entry in entries)
    return "read", path, ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common()) or "no records"


def _gone(args: argparse.Namespace, console: Console, archive: "Archive", path: str) -> None:
    from index.watching import articles_only_in

    ids = articles_only_in(archive, path)
    if not ids:
        _say(args, console, "gone", path, "no article was in it alone")
    elif args.remove:
        archive.remove(ids)
        what = "its article" if len(ids) == 1 else f"its {len(ids):,} articles"
        _say(args, console, "removed", path, f"the file is gone, and {what} with it")
    else:
        named = " ".join(ids[:3]) + (" …" if len(ids) > 3 else "")
        what = "its article stays" if len(ids) == 1 else f"its {len(ids):,} articles stay"
        _say(args, console, "gone", path, f"{what}; remove with: attest remove {named}")


def _say(args: argparse.Namespace, console: Console, what: str, path: str, remark: str) -> None:
    if args.json:
        print_json({"what": what, "path": path, "remark": remark or None}, console.out)
    else:
        console.result(f"{what:<10}{path}{f': {remark}' if remark else ''}")
