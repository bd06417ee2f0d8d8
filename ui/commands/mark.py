"""`attest mark`: a person's own verdict on a piece of evidence."""

import argparse
import re

from index.errors import UsageError
from index.marks import Mark, Marks
from ui.console import Console
from ui.parts import Parts
from ui.printable import one_line

_SPAN = re.compile(r"(?P<article>.+):(?P<start>\d{1,9})-(?P<end>\d{1,9})")


def mark(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0. With a claim, a span and a verdict it is kept; with less, what was kept is listed."""
    with parts.archive(args.archive) as archive:
        marks = Marks(archive.path)
        if args.evidence is None:
            found = marks.all() if args.claim is None else marks.of(args.claim)
            return _list(found, args, console)
        if args.stance is None:
            raise UsageError("no verdict was given, expected supports, refutes, neither or none after the evidence")
        match = _SPAN.fullmatch(args.evidence)
        if match is None:
            raise UsageError(
                f'"{args.evidence[:80]}" names no span, expected ARTICLE:START-END as --json and reports give it'
            )
        article = archive.article(match["article"])
        start, end = int(match["start"]), int(match["end"])
        if not start < end <= len(article.text):
            raise UsageError(
                f"{start}-{end} is no span of that article, expected one within its {len(article.text):,} characters"
            )
        kept = marks.mark(args.claim, article.id, start, end, None if args.stance == "none" else args.stance)
    if args.json:
        console.document({"mark": None if kept is None else kept.to_json()})
    elif kept is None:
        console.result("Taken back.")
    else:
        console.result(f"Kept: {kept.stance}, for “{one_line(article.text[start:end])}”")
    return 0


def _list(found: list[Mark], args: argparse.Namespace, console: Console) -> int:
    if args.json:
        console.document({"marks": [one.to_json() for one in found]})
    else:
        rows = [
            f"{one.marked_at}  {one.stance:<8}  {one.article_id}:{one.start}-{one.end}  {one_line(one.claim)}"
            for one in found
        ]
        console.result("\n".join(rows) or "No verdict was kept yet.")
    return 0
