"""`attest reindex`: the vector index made again, in the kind that is asked for."""

import argparse
import time

from index.counted import counted
from ui.console import Console
from ui.parts import Parts

WAYS = {"exact": "every vector is compared", "ivf": "the lists nearest to a query are looked at"}


def reindex(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """0 when the new index is in place; later ingests keep to its kind."""
    began = time.perf_counter()
    with parts.archive(args.archive, writable=True) as archive:
        made = archive.reindex(args.kind)
    seconds = time.perf_counter() - began
    if args.json:
        said = {"kind": made.kind, "wished": args.kind, "passages": made.count, "seconds": round(seconds, 3)}
        console.document(said)
    else:
        console.result(f"{counted(made.count, 'passage')} indexed in {seconds:.1f} s, {made.kind}: {WAYS[made.kind]}")
    return 0
