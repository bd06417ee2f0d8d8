"""The `attest` command: parse, call one function, print. Every problem that a reader can fix is one sentence."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from index.errors import AttestError, UsageError
from ui.arguments import parse
from ui.console import Console, make_streams_forgiving
from ui.parts import Parts

INTERRUPTED = 130
Command = Callable[[argparse.Namespace, Console, Parts], int]

# What is safe when a command is interrupted; others only read.
_SAFE = {
    "ingest": "what was reported is in the archive; the same command goes on from there",
    "remove": "each article is either still there or removed as a whole; `attest status` says how many there are",
    "backup": "no copy was made, and the archive is as it was",
    "repair": "what is mended stays mended; the same command goes on from there",
    "reindex": "every search works as before; the next command that opens the archive makes the index again",
    "watch": "what was reported is in the archive; the same command goes on from there",
    "models": "what was downloaded so far is kept; the same command goes on from there",
    "serve": "the page is closed; the archive is as it was",
}


def main(argv: Sequence[str] | None = None, parts: Parts | None = None) -> int:
    """The exit code: 0 done, 2 usage, 3 archive, 4 model, 5 some input failed, 130 interrupted; 1 is a bug of ours."""
    make_streams_forgiving()
    console = Console()
    arguments = sys.argv[1:] if argv is None else list(argv)
    debug = "--debug" in arguments
    args = argparse.Namespace(command=None)
    try:
        args = parse(arguments)
        return _run(args, console, parts or Parts())
    except AttestError as error:
        _explain(console, str(error), debug=debug)
        return error.exit_code
    except KeyboardInterrupt:
        safe = _SAFE.get(args.command or "", "nothing was changed")
        if getattr(args, "batch", None) is not None:
            safe = "each answer so far is written as a whole line"
        _explain(console, f"interrupted: {safe}", debug=debug)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        _discard_output()
        return 0
    except SystemExit as leaving:  # argparse after --help
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:
        what = f"{type(error).__name__}: {error}".strip()
        advice = "" if debug else "; this should not happen: run it again with --debug and report what it shows"
        _explain(console, f"unexpected {what}{advice}", debug=debug)
        return 1


def _run(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    if getattr(args, "version", False):
        console.result(f"attest {_version()}")
        return 0
    if args.command is None:
        raise UsageError('no command was given, expected one such as: attest ask "Who won?"; see: attest --help')
    args.json = getattr(args, "json", False)
    args.settings = parts.settings()
    args.archive = Path(getattr(args, "archive", None) or args.settings.archive).expanduser()
    return _command(args.command)(args, console, parts)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("attest")
    except PackageNotFoundError:
        return "run from its source folder, not installed"


def _command(name: str) -> Command:
    """The function behind a command; only its own module is imported."""
    from importlib import import_module

    module = {"status": "archive", "show": "archive", "remove": "archive", "search": "ask", "eval": "evaluate"}
    function = {"eval": "evaluate"}.get(name, name)  # a function called eval would hide Python's own
    place = module.get(name, name).replace("-", "_")
    command: Command = getattr(import_module(f"ui.commands.{place}"), function.replace("-", "_"))
    return command


def _explain(console: Console, message: str, *, debug: bool) -> None:
    if debug:
        traceback.print_exc(file=console.err)
    console.say(f"attest: {' '.join(message.split())}")


def _discard_output() -> None:
    """Send what is still in the buffer nowhere: Python would complain about the closed pipe on its way out."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    sys.exit(main())
