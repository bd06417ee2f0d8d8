"""What the trainings of the passage reader and the claim reader share: how fast they learn, and what they write."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RATE = 1e-4
WARM_UP = 0.06
AVERAGED = 0.99  # how much of the average of the weights a step leaves


def optimizing(network: Any, heads: Sequence[Any], steps: int) -> tuple[Any, Any]:
    """AdamW over what may change of the encoder and, five times as fast, over `heads`; and its rate over `steps`.

    The rate grows for the first `WARM_UP` of the steps, then falls to a fiftieth.
    """
    import torch

    optimizer = torch.optim.AdamW(
        [
            {"params": [value for value in network.encoder.parameters() if value.requires_grad], "lr": RATE},
            {"params": [value for head in heads for value in head.parameters()], "lr": 5 * RATE},
        ],
        weight_decay=0.01,
    )

    def share(step: int) -> float:
        return min((step + 1) / (WARM_UP * steps), max(0.02, (steps - step) / (steps * (1 - WARM_UP))))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def averaging(network: Any) -> Any:
    """A moving average of the network's weights; `update_parameters(network)` after a step, then save its `module`."""
    import torch

    decay = torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGED)  # type: ignore[no-untyped-call]
    return torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=decay)


def rounded(inputs: dict[str, Any], length: int) -> dict[str, Any]:
    """The same inputs, padded with zeros ([PAD] is 0) to a multiple of `length`: each new one costs time and memory."""
    import torch

    more = -inputs["input_ids"].shape[-1] % length
    return {name: torch.nn.functional.pad(tensor, (0, more)) for name, tensor in inputs.items()}


def save(network: Any, folder: Path) -> str:
    """Writes `model.safetensors` in half precision and `SHA256`; the weights' SHA-256."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    return _summed(folder)


def blend(folder: Path, other: Path, share: float) -> str:
    """Writes `share` of the weights in `folder` and 1 - `share` of those in `other` back into `folder`; the SHA-256.

    What was trained on from `other` keeps more of what that could (Wortsman et al. 2022, arXiv:2109.01903).
    """
    import torch
    from safetensors.torch import load_file, save_file

    ours, theirs = (load_file(part / "model.safetensors") for part in (folder, other))
    mixed = {name: share * ours[name].float() + (1 - share) * theirs[name].float() for name in ours}
    save_file({name: tensor.to(torch.float16) for name, tensor in mixed.items()}, folder / "model.safetensors")
    return _summed(folder)


def _summed(folder: Path) -> str:
    sha256 = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    (folder / "SHA256").write_text(sha256 + "\n", encoding="ascii")
    return sha256
