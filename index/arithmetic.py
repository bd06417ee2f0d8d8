"""Which numbers this processor multiplies fastest; flags do not tell, so it is measured. Imports torch when asked."""

import time
from collections.abc import Callable
from functools import cache, partial
from typing import Literal

from index.side_by_side import one_core_threads

Arithmetic = Literal["float32", "bfloat16", "bytes"]

_TYPES: dict[Arithmetic, str] = {"float32": "float32", "bfloat16": "bfloat16"}
ROUNDS = 5
ROWS, WIDTH, INNER = 128, 384, 1536  # MiniLM's largest product
# Of float32's time. On an Intel with VNNI a product in bytes takes .3 to .4, and rounding what goes in comes on top.
BFLOAT16_FASTER, BYTES_FASTER = 0.8, 0.6


@cache
def fastest() -> Arithmetic:
    """What passages are embedded and read in, measured once in a process, in about 0.1 s.

    Without its own instructions a processor emulates bfloat16, several times slower than float32. Where bfloat16 is
    fast it is taken before bytes: it is nearer to float32.
    """
    # On one core and by processor time: by the clock, on two, a busy machine was once taken for one without bytes.
    with one_core_threads(1) as thread:
        return chosen(thread.submit(_measured).result())


def _measured() -> dict[Arithmetic, float]:
    """Seconds of processor time of the same product each way, the least of some rounds."""
    import torch

    from index.byte_products import can_multiply_bytes

    ways: dict[Arithmetic, Callable[[], object]] = {}
    for name, dtype in _TYPES.items():
        left, right = (torch.ones(shape, dtype=getattr(torch, dtype)) for shape in ((ROWS, WIDTH), (WIDTH, INNER)))
        ways[name] = partial(torch.mm, left, right)
    if can_multiply_bytes():
        ways["bytes"] = _bytes_product()
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):  # by turns, so that what else the machine is doing weighs on all alike
        for way, multiply in ways.items():
            began = time.thread_time()
            multiply()
            best[way] = min(best[way], time.thread_time() - began)
    return best


def chosen(seconds: dict[Arithmetic, float]) -> Arithmetic:
    """The arithmetic to take where the same product takes so many seconds."""
    if seconds["bfloat16"] < BFLOAT16_FASTER * seconds["float32"]:
        return "bfloat16"
    return "bytes" if seconds.get("bytes", float("inf")) < BYTES_FASTER * seconds["float32"] else "float32"


def _bytes_product() -> Callable[[], object]:
    import torch

    from index.byte_products import Product

    product = Product(torch.ones(INNER, WIDTH), torch.zeros(INNER), torch.ones(WIDTH))
    given = torch.ones(ROWS, WIDTH, dtype=torch.uint8)
    return lambda: product.of(given)
