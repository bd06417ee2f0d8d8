"""`attest ask` and `attest search`."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from ui.commands.batch import Answer, Files, run_batch
from ui.commands.notices import say_loading, say_notices, say_unknown_outlet
from ui.console import Console
from ui.dates import make_filters
from ui.parts import Parts
from ui.terminal import render_answer, render_passages

if TYPE_CHECKING:
    from index.archive import Archive, Filters


def ask(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 for an answer and for an abstention; with --batch 5 when a line could not be answered."""
    if args.model is not None:
        args.settings = replace(args.settings, model=args.model)
    if args.batch is not None:
        return _ask_batch(args, console, parts)
    if args.out is not None:
        raise UsageError("--out needs --batch; one answer goes to standard output: attest ask QUESTION > FILE")
    if args.question is None:
        raise UsageError('no question was given, expected one such as: attest ask "Who won the election?"')
    # Mistakes in the question are said before the models load.
    from rag.ask import checked
    from ui.exporting import check_export, export

    question = checked(args.question)
    target = check_export(args.export)
    filters = make_filters(since=args.since, until=args.until, as_of=args.as_of, source=args.source)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        say_unknown_outlet(console, archive, filters)
        say_loading(console)
        answer = parts.asker(archive, args.settings).ask(question, filters=filters)
        if target is not None:
            export(target, "ask", answer.to_json(), archive, args.settings)
        say_notices(console, archive)
    if args.json:
        console.document(answer.to_json())
    else:
        console.result(render_answer(answer, console.width))
    return 0


def _ask_batch(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when every line was answered or abstained on."""
    if args.export is not None:
        raise UsageError("--export and --batch were both given, expected one of them: a report is about one question")
    if args.question is not None:
        raise UsageError("a question and --batch were both given, expected one of them")
    filters = _filters(args, {})  # a date that is none is said before the models load

    def make_answer(archive: "Archive") -> Answer:
        say_unknown_outlet(console, archive, filters)
        asker = parts.asker(archive, args.settings)
        return lambda question, record, id: asker.ask(question, filters=_filters(args, record), id=id).to_json()

    return run_batch(Files(args.batch, args.out), "question", args.archive, console, parts, make_answer)


def _filters(args: argparse.Namespace, record: Mapping[str, Any]) -> "Filters":
    """The filters of the command line, with the record's own "as_of" before that of all."""
    as_of = record.get("as_of") or args.as_of
    if as_of is not None and not isinstance(as_of, str):
        raise UsageError(f'"as_of" is {as_of!r}, expected a date such as "2021-03-24"')
    return make_filters(since=args.since, until=args.until, source=args.source, as_of=as_of)


def search(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, also when nothing was found."""
    from rag.ask import checked

    query = checked(args.query)
    filters = make_filters(since=args.since, until=args.until, source=args.source)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        say_unknown_outlet(console, archive, filters)
        say_loading(console)
        passages = parts.searcher(archive, args.settings).retrieve(query, k=args.k, filters=filters)
        say_notices(console, archive)
    if args.json:
        console.document({"query": query, "passages": [passage.to_json() for passage in passages]})
    else:
        console.result(render_passages(passages, console.width))
    return 0
