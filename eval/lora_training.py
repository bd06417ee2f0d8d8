"""The steps by which matrices of low rank are learnt (`eval/lora.py`), and the file that they end up in."""

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.lora import write_gguf

WARM_UP = 20  # steps
KEPT = 0.96  # of the mean that is said, from one step to the next
SAID = 10  # steps between two lines

Step = tuple[Mapping[str, float], Sequence[Any]]  # figures to be said, and a gradient for each matrix


def descend(learnt: Sequence[Any], steps: int, step: Callable[[int], Step | None], rate: float) -> None:
    """AdamW over `steps`, the rate rising to `rate` and falling along a cosine; None from `step` passes one over."""
    import torch

    optimizer = torch.optim.AdamW(learnt, lr=rate, weight_decay=0.0, betas=(0.9, 0.99))
    begun, means = time.perf_counter(), dict[str, float]()
    for at in range(steps):
        for group in optimizer.param_groups:
            falling = 0.5 * (1 + math.cos(math.pi * at / steps))
            group["lr"] = rate * min(1.0, (at + 1) / WARM_UP) * max(0.05, falling)
        found = step(at)
        if found is None:
            continue
        figures, gradients = found
        for matrix, gradient in zip(learnt, gradients, strict=True):
            matrix.grad = gradient
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        means = {name: KEPT * means.get(name, value) + (1 - KEPT) * value for name, value in figures.items()}
        if at % SAID == 0:
            said = " ".join(f"{name} {value:.3f}" for name, value in means.items())
            print(f"step {at}/{steps} {said} {time.perf_counter() - begun:.0f} s", flush=True)


def save_adapter(model: Any, out: Path) -> str:
    """Writes `adapter.gguf` and its checksum into the folder `out`, and returns that."""
    out.mkdir(parents=True, exist_ok=True)
    write_gguf(model, out / "adapter.gguf")
    digest = hashlib.sha256((out / "adapter.gguf").read_bytes()).hexdigest()
    (out / "SHA256").write_text(digest + "\n", encoding="ascii")
    return digest
