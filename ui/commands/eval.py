"""`attest eval ACTION`: each action is a function in a module of its own."""

import argparse

from ui.console import Console
from ui.parts import Parts


def eval(args: argparse.Namespace, console: Console, parts: Parts) -> int:
    """The exit code of the action."""
    from ui.commands.judge import judge

    return {"judge": judge}[args.action](args, console, parts)
