"""What can be typed after `attest`. Light to import: no model, no archive, no page."""

import argparse
import shlex
from collections.abc import Sequence
from typing import NoReturn

from index.errors import UsageError
from ui.eval_arguments import add_eval

DESCRIPTION = "Answers questions over an archive of news articles and proves every sentence."
EXIT_CODES = """exit codes: 0 done (an abstention is done), 2 wrong usage, 3 archive missing, damaged or built with
another embedder, 4 a model is missing or unreadable, 5 some input was skipped or failed (the rest is in), 130
interrupted"""

ONE_TEXT = {"ask": "question", "search": "query", "trace": "claim", "quote": "quotation", "timeline": "topic"}


class Parser(argparse.ArgumentParser):
    """Like argparse's own, but a mistake is one sentence with the command that helps."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see: {self.prog} --help")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What was typed. Raises UsageError for a mistake; for a text without quotation marks with the command as meant."""
    parser = build_parser()
    args, rest = parser.parse_known_args(arguments)
    what = ONE_TEXT.get(args.command or "", "")
    if rest and what and not any(word.startswith("-") for word in rest):
        words = [getattr(args, what) or "", *rest]
        raise UsageError(
            f"the {what} has no quotation marks around it, expected them: "
            f"attest {args.command} {_quoted(' '.join(words))}"
        )
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return args


def _quoted(text: str) -> str:
    """The text as a shell takes it for one word, in double quotation marks where they do."""
    return shlex.quote(text) if any(mark in text for mark in '"$`\\!') else f'"{text}"'


def build_parser() -> Parser:
    """The parser of the whole command line; the chosen command is in `args.command`."""
    common = _common()
    parser = Parser(prog="attest", description=DESCRIPTION, epilog=EXIT_CODES, parents=[common], allow_abbrev=False)
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help, parents=[common], allow_abbrev=False)

    ingest = command("ingest", "read articles into the archive")
    ingest.add_argument("paths", nargs="*", metavar="PATH", help="files, folders or globs; - for JSONL on stdin")
    ingest.add_argument(
        "--map", metavar="OURS=THEIRS,...", help="what JSON and tables call the fields, such as title=headline"
    )
    ingest.add_argument(
        "--reembed", action="store_true", help="embed all that is stored again, with the embedder in use"
    )
    ingest.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="processes that parse and clean (default 1)")
    ingest.add_argument(
        "--nice", type=_niceness, default=0, metavar="N", help="let other programs go first, from 0 to 19 (default 0)"
    )
    watch = command("watch", "keep the archive up to date with a folder, until Ctrl-C")
    watch.add_argument("folder", metavar="FOLDER")
    watch.add_argument("--every", type=_seconds, default=5.0, metavar="SECONDS", help="between two looks (default 5)")
    watch.add_argument(
        "--map", metavar="OURS=THEIRS,...", help="what JSON and tables call the fields, such as title=headline"
    )
    watch.add_argument("--remove", action="store_true", help="remove the articles of files that were deleted")
    command("status", "what the archive holds, and what was skipped or failed and why")
    command("doctor", "what is missing or wrong, each with the command that mends it")
    verify = command("verify", "whether the archive is still what was stored; mends nothing")
    verify.add_argument("--full", action="store_true", help="compare every word and ask the vector index as well")
    command("repair", "make again what is derived, and set damaged articles aside; what is good stays")
    reindex = command("reindex", "make the vector index again, exact or of lists that are faster in large archives")
    reindex.add_argument(
        "--kind", choices=("auto", "exact", "ivf"), default="auto", help="auto (default): by the number of passages"
    )
    backup = command("backup", "a verified copy of the archive, also while it is being written")
    backup.add_argument("target", metavar="DEST", help="the copy's folder, which must not be there yet")
    show = command("show", "the stored text of an article, exactly what offsets refer to")
    show.add_argument("article", metavar="ARTICLE", help="its id or six digits of that, its file's name or path")
    show.add_argument("--against", metavar="OTHER", help="instead of the text, what makes the article OTHER of it")
    remove = command("remove", "remove articles with everything made from them")
    remove.add_argument("articles", nargs="+", metavar="ARTICLE", help="as `attest show` takes it")
    search = command("search", "the passages nearest to a query")
    search.add_argument("query", metavar="QUERY", help="words or a question")
    search.add_argument("-k", type=_positive, default=10, metavar="N", help="how many passages (default 10)")
    _add_filters(search)
    _add_ask(command("ask", "a checked answer with citations, or that the archive does not say"))
    _add_trace(command("trace", "whether the archive supports or refutes a claim, and on how many sources that rests"))
    _add_quote(command("quote", "whether a quotation is verbatim in the archive, and who said it"))
    _add_timeline(command("timeline", "when the articles on a topic appeared"))
    _add_mark(command("mark", "your own verdict on a piece of evidence for a claim, kept beside the archive"))
    verify_report = command("verify-report", "compare every quote of an exported report with the archive")
    verify_report.add_argument("file", metavar="FILE", help="a .md, .html or .json that --export wrote")
    serve = command("serve", "the page on this machine")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default 127.0.0.1: this machine only)")
    serve.add_argument("--port", type=_port, default=7860, help="port to listen on (default 7860)")
    serve.add_argument("--examples", metavar="FILE", help="questions to offer: one a line, or JSONL with 'question'")
    _add_models(command("models", "the models there are, and which are in use"), common)
    add_eval(command("eval", "score answers and compare systems"), common, Parser)
    return parser


def _common() -> Parser:
    """Options that stand before or after the command; SUPPRESS keeps the one from undoing the other."""
    common = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--archive", metavar="DIR", help="the archive's folder (or set ATTEST_ARCHIVE; default .attest)"
    )
    common.add_argument("--json", action="store_true", help="print one JSON document")
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return common


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="D", help="published on or after: 2021, 2021-03 or 2021-03-24")
    parser.add_argument("--until", metavar="D", help="published on or before")
    parser.add_argument("--source", metavar="S", help="published by this outlet")


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", metavar="QUESTION", help='in quotation marks: "Who won?"')
    parser.add_argument("--as-of", dest="as_of", metavar="D", help="as if asked on that day: no later article is used")
    _add_filters(parser)
    parser.add_argument("--model", metavar="NAME|PATH", help="let this language model write the answer")
    _add_export(parser)
    _add_batch(parser, "question")


def _add_trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("claim", nargs="?", metavar="CLAIM", help="a statement, in quotation marks")
    _add_filters(parser)
    _add_export(parser)
    _add_batch(parser, "claim")


def _add_quote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("quotation", nargs="?", metavar="QUOTATION", help="the words, in quotation marks")
    parser.add_argument("--speaker", metavar="S", help="who is said to have said it")
    _add_export(parser)
    _add_batch(parser, "quotation")


def _add_timeline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", metavar="TOPIC")
    parser.add_argument("-k", type=_positive, default=40, metavar="N", help="from how many passages (default 40)")
    _add_filters(parser)


def _add_mark(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("claim", nargs="?", metavar="CLAIM", help="without one, every verdict is listed")
    parser.add_argument("evidence", nargs="?", metavar="ARTICLE:START-END", help="without one, those for the claim")
    parser.add_argument(
        "stance",
        nargs="?",
        choices=("supports", "refutes", "neither", "none"),
        metavar="VERDICT",
        help="supports, refutes, neither, or none to take it back",
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--export", metavar="FILE", help="also write a report: .md, .html, .json, .csv or .jsonld")


def _add_batch(parser: argparse.ArgumentParser, key: str) -> None:
    parser.add_argument("--batch", metavar="IN.jsonl", help=f'{key}s, one {{"id", "{key}"}} a line; - for stdin')
    parser.add_argument("--out", metavar="OUT.jsonl", help="where the results go, one a line in order (default stdout)")


def _add_models(parser: argparse.ArgumentParser, common: Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=help, description=help, parents=[common], allow_abbrev=False)

    action("list", "every known model: size, licence, whether it is here and in use")
    verify = action("verify", "compare model files with their checksums")
    verify.add_argument("name", nargs="?", metavar="NAME")
    pull = action("pull", "download a model: the only command that downloads anything")
    pull.add_argument("name", metavar="NAME")
    pull.add_argument("--yes", action="store_true", help="do not ask after showing size and licence")
    use = action("use", "make a model the choice of every later run")
    use.add_argument("name", metavar="NAME|PATH")


def _positive(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1000")
    return value


def _jobs(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= value <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes from 1 to 64")
    return value


def _niceness(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= value <= 19:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 19")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0.1 to 86400")
    return value


def _port(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a whole number from 1 to 65535")
    return value
