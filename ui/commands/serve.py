"""`attest serve`: the page."""

import argparse
import threading
from pathlib import Path

from ui.commands.notices import say_notices
from ui.console import Console
from ui.overview import example_questions, overview_of, read_examples
from ui.parts import Parts


def serve(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """Runs until interrupted, so it returns 130 by way of KeyboardInterrupt."""
    from index.marks import Marks
    from ui.app import LOOPBACK, Page, build_page, check_port, launch_page
    from ui.archived_articles import ArchivedArticles
    from ui.exporting import dossier_of
    from ui.quote_tab import QuotePage
    from ui.trace_tab import TracePage

    check_port(args.host, args.port)
    given = read_examples(Path(args.examples)) if args.examples else []
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        console.say("Loading models …")
        asker = parts.asker(archive, args.settings)
        overview = overview_of(archive)
        articles = ArchivedArticles(archive)
        page = Page(asker, articles, overview)
        quotes = QuotePage(parts.quoter(archive, args.settings), articles, page.one_at_a_time)
        tracer = parts.tracer(archive, args.settings)
        traces = TracePage(
            tracer,
            articles,
            Marks(archive.path),
            lambda result: dossier_of("trace", result, archive, args.settings),
            page.one_at_a_time,
        )
        blocks = build_page(page, overview, example_questions(overview, given), quotes, traces)
        address = launch_page(blocks, host=args.host, port=args.port)
        try:  # from here on Ctrl-C must close the page, or its server keeps the process
            if args.host not in LOOPBACK:
                may = "can read this archive and keep verdicts on evidence"
                console.say(f"Anyone who reaches {args.host} {may}: the page asks for no password.")
            console.say(f"Attest is at {address} (stop it with Ctrl-C)")
            threading.Event().wait()
        finally:
            blocks.close(verbose=False)
    return 0
