"""`attest ask` and `attest search`."""

import argparse
from dataclasses import replace

from index.errors import UsageError
from ui.commands.notices import say_notices
from ui.console import Console
from ui.dates import make_filters
from ui.parts import Parts
from ui.terminal import render_answer, render_passages


def ask(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 for an answer and for an abstention; with --batch 5 when a line could not be answered."""
    if args.model is not None:
        args.settings = replace(args.settings, model=args.model)
    if args.batch is not None:
        from ui.commands.batch import ask_batch

        return ask_batch(args, console, parts)
    if args.out is not None:
        raise UsageError("--out needs --batch; one answer goes to standard output: attest ask QUESTION > FILE")
    if args.question is None:
        raise UsageError('no question was given, expected one such as: attest ask "Who won the election?"')
    # Mistakes in the question are said before the models load.
    from rag.ask import checked

    question = checked(args.question)
    filters = make_filters(since=args.since, until=args.until, as_of=args.as_of, source=args.source)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        _say_loading(console)
        answer = parts.asker(archive, args.settings).ask(question, filters=filters)
        say_notices(console, archive)
    if args.json:
        console.document(answer.to_json())
    else:
        console.result(render_answer(answer, console.width))
    return 0


def search(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, also when nothing was found."""
    from rag.ask import checked

    query = checked(args.query)
    filters = make_filters(since=args.since, until=args.until, source=args.source)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        _say_loading(console)
        passages = parts.searcher(archive, args.settings).retrieve(query, k=args.k, filters=filters)
        say_notices(console, archive)
    if args.json:
        console.document({"query": query, "passages": [passage.to_json() for passage in passages]})
    else:
        console.result(render_passages(passages, console.width))
    return 0


def _say_loading(console: Console) -> None:
    if console.interactive:
        console.say("Loading models …")
