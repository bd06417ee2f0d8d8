"""Which numbers this processor multiplies fastest; flags do not tell, so it is measured. Imports torch when asked."""

import time
from collections.abc import Callable
from functools import cache
from typing import Literal

Arithmetic = Literal["float32", "bfloat16", "bytes"]

ROUNDS = 8
ROWS, WIDTH, INNER = 512, 384, 1536  # MiniLM's largest product
# Of float32's time. In bytes a product takes .27 of it on an Intel with VNNI, and rounding what goes in comes on top.
BFLOAT16_FASTER, BYTES_FASTER = 0.8, 0.5


@cache
def fastest() -> Arithmetic:
    """What passages are embedded and read in, measured once in a process, in about 50 ms.

    Without its own instructions a processor emulates bfloat16, several times slower than float32. Where bfloat16 is
    fast it is taken before bytes: it is nearer to float32.
    """
    import torch

    from index.byte_products import can_multiply_bytes

    ways: dict[Arithmetic, Callable[[], object]] = {}
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        left, right = torch.ones(ROWS, WIDTH, dtype=dtype), torch.ones(WIDTH, INNER, dtype=dtype)
        ways[name] = lambda left=left, right=right: torch.mm(left, right)  # type: ignore[misc]
    if can_multiply_bytes():
        ways["bytes"] = _bytes_product()
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):  # by turns, so that what else the machine is doing weighs on all alike
        for way, multiply in ways.items():
            began = time.perf_counter()
            multiply()
            best[way] = min(best[way], time.perf_counter() - began)
    return chosen(best)


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
