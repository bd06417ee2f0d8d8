"""`attest ingest`: articles into the archive."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from index.counted import counted
from index.errors import InputError, UsageError
from ui.commands.notices import say_notices
from ui.console import Console
from ui.parts import Parts
from ui.progress import Progress, RecordCount
from ui.terminal import render_report

if TYPE_CHECKING:
    from index.embedding import Embedder
    from index.records import Given

T = TypeVar("T")
_STOPPING = "stopping: what is being embedded is stored first, which takes some seconds; Ctrl-C again leaves it out"


def ingest(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when everything is in, 5 when something was skipped or failed."""
    _be_nice(args.nice)
    if args.reembed:
        return _reembed(args, console, parts)
    if not args.paths:
        raise UsageError("no articles were named, expected files or folders, such as: attest ingest articles/")
    from index.language import prepare
    from index.readers import find_sources, parse_field_map, read_paths, read_unknown

    # What is wrong with the arguments is said before models load, and before an archive is made.
    field_map = parse_field_map(args.map) if args.map else None
    stdin = None if sys.stdin is None else sys.stdin.buffer  # None: closed by whoever started us
    # Of files it is enough that there is one; standard input is looked into, since it may be empty, and read first.
    found = _if_any(find_sources([path for path in args.paths if path != "-"]))
    records: Iterator[Given] | None = None
    if "-" in args.paths:
        records = _if_any(read_paths(["-"], field_map=field_map, stdin=stdin))
    if records is None and found is None:
        where = ", ".join(args.paths)
        raise UsageError(f"no articles were found in {where}, expected text, HTML, PDF, JSON or the like there")
    count = RecordCount(args.paths)
    with parts.archive(args.archive, writable=True, create=True) as archive:
        say_notices(console, archive)
        prepare()
        began = time.perf_counter()
        embedder = _load(args, console, parts)
        from index.ingest import IngestProgress
        from index.ingest import ingest as run

        loading_s = time.perf_counter() - began
        with Progress(console, "record") as progress:

            def reported(state: IngestProgress) -> None:
                progress.total = count.value
                progress.update(state.records, counted(state.passages, "passage"))

            progress.start()
            known = archive.known_files(field_map)
            files = read_unknown(found or (), known, field_map=field_map, children=args.jobs)
            report = run(
                archive,
                chain(records or (), files),
                embedder,
                progress=reported,
                stopping=lambda: progress.say(_STOPPING),
                jobs=args.jobs,
            )
        say_notices(console, archive)
    if args.json:
        console.document({**report.to_json(), "loading_seconds": round(loading_s, 3)})
    else:
        console.result(render_report(report, loading_s))
    if report.failed or report.skipped:
        rest = "the rest is in" if report.stored + report.unchanged else "nothing went in"
        raise InputError(
            f"{len(report.failed):,} failed and {len(report.skipped):,} skipped of {counted(report.records, 'record')}"
            f", and {rest}; the reasons stay in: attest status --archive {args.archive}"
        )
    return 0


def _if_any(items: Iterator[T]) -> Iterator[T] | None:
    """The same items; None when there are none."""
    first = next(items, None)
    return None if first is None else chain([first], items)


def _be_nice(by: int) -> None:
    if not by:
        return
    if not hasattr(os, "nice"):
        raise UsageError("--nice was given and this system has no such thing; run it without --nice")
    os.nice(by)


def _load(args: argparse.Namespace, console: Console, parts: Parts) -> "Embedder":
    if console.interactive:
        console.say("Loading the embedding model …")
    return parts.embedder(args.settings, quickly=True)  # the same vectors, without the memory of the library


def _reembed(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    if args.paths:
        raise UsageError("--reembed embeds what is in the archive and reads no files, expected no PATH with it")
    from index.reembedding import ReembedProgress, reembed

    with parts.archive(args.archive):
        pass  # a missing or damaged archive is said before the model loads
    embedder = _load(args, console, parts)
    with Progress(console, "passage") as progress:

        def reported(state: ReembedProgress) -> None:
            progress.total = state.total
            progress.update(state.passages)

        progress.start()
        passages = reembed(args.archive, embedder, reported)
    if args.json:
        console.document({"passages": passages, "embedder": embedder.identity.to_json()})
    else:
        console.result(f"{counted(passages, 'passage')} embedded with {embedder.name}")
    return 0
