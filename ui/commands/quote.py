"""`attest quote`: whether a quotation stands in the archive word for word, and who said it."""

import argparse
from typing import TYPE_CHECKING

from index.errors import UsageError
from ui.commands.batch import Answer, Files, Record, run_batch
from ui.commands.notices import say_notices
from ui.console import Console
from ui.parts import Parts
from ui.quotation_terminal import render_quotation

if TYPE_CHECKING:
    from index.archive import Archive


def quote(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, also when the quotation was not found; with --batch 5 when a line held no quotation."""
    if args.batch is not None:
        return _quote_batch(args, console, parts)
    if args.out is not None:
        raise UsageError("--out needs --batch; one result goes to standard output: attest quote QUOTATION > FILE")
    if args.quotation is None:
        raise UsageError('no quotation was given, expected one such as: attest quote "I have a dream"')
    from rag.quotation import checked_quotation
    from ui.exporting import check_export, export

    quotation = checked_quotation(args.quotation)
    target = check_export(args.export)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        found = parts.quoter(archive, args.settings).quote(quotation, speaker=args.speaker)
        if target is not None:
            export(target, "quote", found.to_json(), archive, args.settings)
        say_notices(console, archive)
    if args.json:
        console.document(found.to_json())
    else:
        console.result(render_quotation(found, console.width))
    return 0


def _quote_batch(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when every line held a quotation, found or not."""
    if args.export is not None:
        raise UsageError("--export and --batch were both given, expected one of them: a report is about one quotation")
    if args.quotation is not None:
        raise UsageError("a quotation and --batch were both given, expected one of them")

    def make_answer(archive: "Archive") -> Answer:
        quoter = parts.quoter(archive, args.settings)
        return lambda quotation, record, id: quoter.quote(quotation, speaker=_speaker(args, record), id=id).to_json()

    return run_batch(Files(args.batch, args.out), "quotation", args.archive, console, parts, make_answer)


def _speaker(args: argparse.Namespace, record: Record) -> str | None:
    """The record's own "speaker", else that of the command line."""
    speaker = record.get("speaker") or args.speaker
    if speaker is not None and not isinstance(speaker, str):
        raise UsageError(f'"speaker" is {speaker!r}, expected a name such as "Jane Doe"')
    return speaker
