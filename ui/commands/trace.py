"""`attest trace`: whether the archive supports a claim or refutes it, with the evidence."""

import argparse
from typing import TYPE_CHECKING

from index.errors import UsageError
from ui.commands.batch import Answer, Files, run_batch
from ui.commands.notices import say_loading, say_notices, say_unknown_outlet
from ui.console import Console
from ui.dates import make_filters
from ui.parts import Parts
from ui.trace_terminal import render_trace

if TYPE_CHECKING:
    from index.archive import Archive


def trace(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, whatever the verdict; with --batch 5 when a line held no claim."""
    if args.batch is not None:
        return _trace_batch(args, console, parts)
    if args.out is not None:
        raise UsageError("--out needs --batch; one result goes to standard output: attest trace CLAIM > FILE")
    if args.claim is None:
        raise UsageError('no claim was given, expected one such as: attest trace "Finland joined NATO in 2023"')
    from rag.claims import checked_claim
    from ui.exporting import check_export, export

    claim = checked_claim(args.claim)
    target = check_export(args.export)
    filters = make_filters(since=args.since, until=args.until, source=args.source)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        say_unknown_outlet(console, archive, filters)
        say_loading(console)
        found = parts.tracer(archive, args.settings).trace(claim, filters=filters)
        if target is not None:
            export(target, "trace", found.to_json(), archive, args.settings)
        say_notices(console, archive)
    if args.json:
        console.document(found.to_json())
    else:
        console.result(render_trace(found, console.width))
    return 0


def _trace_batch(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when every line held a claim, whatever its verdict."""
    if args.export is not None:
        raise UsageError("--export and --batch were both given, expected one of them: a report is about one claim")
    if args.claim is not None:
        raise UsageError("a claim and --batch were both given, expected one of them")
    filters = make_filters(since=args.since, until=args.until, source=args.source)

    def make_answer(archive: "Archive") -> Answer:
        say_unknown_outlet(console, archive, filters)
        tracer = parts.tracer(archive, args.settings)
        return lambda claim, record, id: tracer.trace(claim, filters=filters, id=id).to_json()  # noqa: ARG005

    return run_batch(Files(args.batch, args.out), "claim", args.archive, console, parts, make_answer)
