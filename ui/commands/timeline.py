"""`attest timeline`: when the articles on a topic appeared."""

import argparse

from ui.commands.notices import say_loading, say_notices, say_unknown_outlet
from ui.console import Console
from ui.dates import make_filters
from ui.parts import Parts
from ui.timeline_terminal import render_timeline


def timeline(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0, also when nothing was found."""
    from rag.ask import checked
    from rag.timeline import timeline as grouped
    from rag.topics import topic_evidence

    topic = checked(args.topic)
    filters = make_filters(since=args.since, until=args.until, source=args.source)
    with parts.archive(args.archive) as archive:
        say_notices(console, archive)
        say_unknown_outlet(console, archive, filters)
        say_loading(console)
        passages = parts.searcher(archive, args.settings).retrieve(topic, k=args.k, filters=filters)
        say_notices(console, archive)
    found = grouped(topic_evidence(topic, passages))
    if args.json:
        console.document({"topic": topic, **found.to_json()})
    else:
        console.result(render_timeline(topic, found, console.width))
    return 0
