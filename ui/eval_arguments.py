"""What can be typed after `attest eval`."""

import argparse

from ui.commands.judge import add_judge


def add_eval(
    parser: argparse.ArgumentParser, common: argparse.ArgumentParser, kind: type[argparse.ArgumentParser]
) -> None:
    """Add the actions of `attest eval` to its parser."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", parser_class=kind, required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=help, description=help, parents=[common], allow_abbrev=False)

    bring = action("import", "make a dataset of files in one of the known formats")
    bring.add_argument("format", metavar="FORMAT", help="gold, newsquiz, squad, clapnq, rgb, beir, multihop, ...")
    bring.add_argument("paths", nargs="+", metavar="PATH")
    bring.add_argument("--out", required=True, metavar="DIR", help="the folder to make")
    bring.add_argument("--only", choices=("questions", "claims", "quotations"), help="leave the other items out")
    bring.add_argument("--limit", type=_count, metavar="N", help="N items of each kind, drawn by a hash of their ids")
    split = action("split", "articles, near-duplicates and stories that two datasets share")
    split.add_argument("first", metavar="DATASET")
    split.add_argument("second", metavar="DATASET")
    split.add_argument("--whole", action="store_true", help="compare all articles, not only those with evidence")
    run = action("run", "ask a system every question of a dataset")
    run.add_argument("dataset", metavar="DATASET")
    run.add_argument("--out", required=True, metavar="RUN", help="the folder to make")
    run.add_argument(
        "--system",
        default="product",
        metavar="NAME",
        help="product (default) or a baseline: abstain, "
        "yes, top-passage, lead, bm25, dense, oracle, closed-book, swapped",
    )
    run.add_argument("--answers", nargs="+", metavar="FILE", help="take the output of batch commands, ask nothing")
    score = action("score", "the figures of runs, with intervals")
    score.add_argument("dataset", metavar="DATASET")
    score.add_argument("runs", nargs="+", metavar="RUN")
    _add_citation_judge(score)
    compare = action("compare", "the second run less the first, question by question")
    compare.add_argument("dataset", metavar="DATASET")
    compare.add_argument("runs", nargs=2, metavar="RUN")
    _add_citation_judge(compare)
    report = action("report", "one HTML or Markdown file: figures, curves, comparison, failures")
    report.add_argument("dataset", metavar="DATASET")
    report.add_argument(
        "runs", nargs="+", metavar="RUN", help="the first is shown in full, the second compared with it"
    )
    report.add_argument("--out", required=True, metavar="FILE", help="ends in .html or .md")
    _add_citation_judge(report)
    gate = action("gate", "compare with a baseline; 1 when something must not pass")
    gate.add_argument("dataset", nargs="?", metavar="DATASET", help="without one, the sample archive is asked")
    gate.add_argument("run", nargs="?", metavar="RUN")
    gate.add_argument("--baseline", metavar="FILE", help="default: that of the sample archive")
    gate.add_argument("--pin", action="store_true", help="make this the baseline")
    gate.add_argument("--allow-regression", dest="reason", metavar="REASON", help="lower a floor; kept in the file")
    add_judge(action)


def _add_citation_judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--judge", metavar="NAME", help="who says whether citations support; default: word for word")
    parser.add_argument("--line", metavar="P", help="supported from this probability on; for a judge without its own")


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return value
