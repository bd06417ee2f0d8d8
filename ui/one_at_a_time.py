"""What the tabs of the page share: one piece of work at a time, and a sentence in place of whatever goes wrong."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from index.errors import AttestError

log = logging.getLogger(__name__)

UNEXPECTED = "Attest met an unexpected problem; the terminal it runs in shows it"
Panels = TypeVar("Panels")


def made_or_said(
    make: Callable[[], Panels], problem: Callable[[str], Panels], lock: threading.Lock, undone: str
) -> Panels:
    """What `make` gives while nothing else holds `lock`, or what `problem` makes of the sentence that says why not.

    A bug of ours keeps its traceback in the log, after `undone`.
    """
    try:
        with lock:
            return make()
    except AttestError as error:
        return problem(str(error))
    except Exception:
        log.exception(undone)
        return problem(UNEXPECTED)
