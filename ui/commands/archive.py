"""`attest status`, `show` and `remove`."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from index.article import Article, ArticleMeta
from index.errors import AttestError
from ui.commands.notices import say_notices
from ui.console import Console
from ui.edits_terminal import render_edits
from ui.html import byline
from ui.parts import Parts
from ui.terminal import render_copies, render_status

if TYPE_CHECKING:
    from index.archive import Archive


def status(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """What the archive holds; failures are part of that, so they do not change the exit code."""
    from rag.models import list_models

    with parts.archive(args.archive) as archive:
        found = archive.status()
        say_notices(console, archive)
    models = [model for model in list_models(args.settings) if model.in_use]
    if args.json:
        document = found.to_json()
        document["models"] = [
            {"name": model.name, "kind": model.kind, "installed": model.installed} for model in models
        ]
        console.document(document)
    else:
        console.result(render_status(found, args.archive, models))
    return 0


def show(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """The stored text and nothing else on stdout; its copies on stderr; with --json also what is known about it."""
    from rag.copies import Copies, origin

    with parts.archive(args.archive) as archive:
        article = archive.article(args.article)
        if args.against is not None:
            other = archive.article(args.against)
            say_notices(console, archive)
            return _against(article, other, args, console)
        chain = Copies(archive).chain(article.id)
        say_notices(console, archive)
    if args.json:
        document = ArticleMeta.of(article).to_json()
        document["text"] = article.text
        document["blocks"] = [{"start": block.start, "end": block.end, "kind": block.kind} for block in article.blocks]
        document["provenance"] = dict(article.provenance)
        document["copies"] = [copy.to_json() for copy in chain if copy.article.id != article.id]
        source = origin(chain)
        document["origin"] = source.to_json() if source else None
        console.document(document)
    else:
        console.exact(article.text)
        for line in render_copies(chain, article.id):
            console.say(line)
    return 0


def _against(first: Article, second: Article, args: argparse.Namespace, console: Console) -> int:
    """What makes the second article of the first; 0 also when nothing does."""
    from rag.edits import edits

    found = edits(first, second)
    one, other = ArticleMeta.of(first), ArticleMeta.of(second)
    if args.json:
        document = {"first": one.to_json(), "second": other.to_json(), "edits": [edit.to_json() for edit in found]}
        console.document(document)
    else:
        console.result(render_edits(one, other, found, console.width))
    return 0


def remove(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """Removes the articles, all or none."""
    with parts.archive(args.archive, writable=True) as archive:
        named = dict(_names(archive, args.articles))
        gone = archive.remove(args.articles)
        say_notices(console, archive)
    if args.json:
        console.document({"removed": gone})
    else:
        console.result("\n".join(f"removed {one}{named.get(one, '')}" for one in gone))
    return 0


def _names(archive: "Archive", refs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which article each id is, for a look at what was meant; an unknown or damaged one has no name here."""
    for ref in refs:
        with suppress(AttestError):
            article = archive.article(ref)
            yield article.id, f"  {byline(ArticleMeta.of(article))}"
