"""A BERT layer's products in bytes, for processors that multiply those fast and bfloat16 not at all. Imports torch.

Weights are rounded by output (signed bytes), what goes in by tensor (unsigned bytes around 128), over ranges that were
seen on training passages (`eval/fit_ranges.py`), so that a text's states do not depend on its batch. Two things keep
the rounding small. A channel's range is shared with its weights before both are rounded (Xiao et al. 2022, SmoothQuant,
arXiv:2211.10438). And the few inner channels that GELU leaves four times as large as all others are multiplied apart,
in float32 (Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339). To float32, the cosine of a passage is .992 in the mean
without the two, .996 with the first and .9988 with both (200 passages).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from index.errors import ModelError
from index.packed_attention import attention_inputs

ROWS = 2048  # of the products the layout is chosen for: the tokens of a batch
SHARE = 0.65  # of a channel's range that its weights take on (alpha of SmoothQuant); of 0, .5 and .65 the best cosine
APART = 4  # inner channels in float32: 4 gain .003 of the cosine, 8 to 32 further ones .0001
LEAST_OF_GELU = -0.17
MIDDLE = 128  # the byte that stands for 0
LEAST_RANGE = 1e-4


@dataclass(frozen=True, slots=True)
class LayerRanges:
    """What went into one layer's products: the largest absolute value of each channel, shape (channels,)."""

    inputs: Tensor
    mixed: Tensor
    inner: Tensor
    outer: Tensor


def can_multiply_bytes() -> bool:
    """Whether this build of torch has the operations, and this processor adds products of bytes without a loss.

    Processors without VNNI add pairs of such products in 16 bits, where 2 * 255 * 127 does not fit.
    """
    try:
        packed = Product(torch.full((16, 64), 1.0), torch.zeros(16), torch.full((64,), 127.0))
        largest = packed.of(torch.full((4, 64), 255, dtype=torch.uint8))
        return bool(torch.allclose(largest, torch.full_like(largest, 64 * 127.0), rtol=1e-3))
    except (AttributeError, RuntimeError):
        return False


class ByteProducts:
    """The products of one layer (`index.packed_bert.Products`), states in float32."""

    def __init__(self, layer: Any, ranges: LayerRanges) -> None:
        self._inputs = Product(*attention_inputs(layer), ranges.inputs)
        self._mixed = Product(*_dense(layer.attention["output"]["dense"]), ranges.mixed)
        inner, inner_bias = _dense(layer.intermediate["dense"])
        outer, outer_bias = _dense(layer.output["dense"])
        wide = ranges.outer.argsort(descending=True)[:APART]
        self._wide = (inner_bias[wide].clone(), inner[wide].t().contiguous(), outer[:, wide].t().contiguous())
        rest = ranges.outer.clone()
        rest[wide] = 0.0
        for part in (inner, inner_bias, outer.t()):
            part[wide] = 0.0
        self._inner = Product(inner, inner_bias, ranges.inner)
        self._outer = Product(outer, outer_bias, between=(LEAST_OF_GELU, float(rest.max())))

    def inputs(self, states: Tensor) -> Tensor:
        return self._inputs(states)

    def mixed(self, values: Tensor, states: Tensor) -> Tensor:
        return self._mixed(values, add=states)

    def feed_forward(self, states: Tensor) -> Tensor:
        bias, into, out_of = self._wide
        wide = torch.addmm(states, functional.gelu(torch.addmm(bias, states, into)), out_of)
        return self._outer.of(self._inner.gelu_for(self._outer, states), add=wide)


class Product:
    """`weight` (out, in) and `bias`, rounded. What goes in lies within `ranges` by channel, or all of it `between`."""

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor,
        ranges: Tensor | None = None,
        *,
        between: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        shared = torch.ones(weight.shape[1])
        if ranges is not None:
            ranges = ranges.clamp(min=LEAST_RANGE)
            shared = ranges**SHARE / weight.abs().amax(dim=0).clamp(min=LEAST_RANGE) ** (1 - SHARE)
            largest = float((ranges / shared).max())
            self._scale, self._zero = largest / 127, MIDDLE
        else:
            self._scale = max(between[1] - between[0], LEAST_RANGE) / 255
            self._zero = round(-between[0] / self._scale)
        weight = weight * shared
        self._scales = (weight.abs().amax(dim=1) / 127).clamp(min=1e-12)
        rounded = torch.round(weight / self._scales[:, None]).to(torch.int8)
        self._weight = torch.ops.onednn.qlinear_prepack(rounded, [ROWS, weight.shape[1]])
        self._zeros = torch.zeros(len(weight), dtype=torch.int32)
        self._bias = bias
        self._factors = 1 / (self._scale * shared)
        self._shift = torch.tensor([self._zero + 0.5])  # a byte is cut off, not rounded
        self._product: Any = torch.ops.onednn.qlinear_pointwise

    def __call__(self, given: Tensor, *, add: Tensor | None = None) -> Tensor:
        """The product of `given` (tokens, in) in float32, with `add` (tokens, out) added."""
        return self.of(self._rounded(given), add=add)

    def of(self, rounded: Tensor, *, add: Tensor | None = None) -> Tensor:
        """As a call, of bytes."""
        given = (rounded, self._scale, self._zero, self._weight, self._scales, self._zeros)
        made: Tensor
        if add is None:
            made = self._product(*given, self._bias, 1.0, 0, torch.float32, "none", [], "")
        else:
            after: tuple[Any, ...] = (1.0, 0, torch.float32, 1.0, 0, "add", 1.0, "none", [], "")
            made = self._product.binary(*given, add, self._bias, *after)
        return made

    def gelu_for(self, other: "Product", given: Tensor) -> Tensor:
        """GELU of the product of `given`, in the bytes that `other` takes."""
        rounded = (self._rounded(given), self._scale, self._zero, self._weight, self._scales, self._zeros)
        made: Tensor = self._product(*rounded, self._bias, other._scale, other._zero, torch.uint8, "gelu", [], "none")
        return made

    def _rounded(self, given: Tensor) -> Tensor:
        return torch.addcmul(self._shift, given, self._factors).clamp_(0, 255).to(torch.uint8)


def _dense(dense: Any) -> tuple[Tensor, Tensor]:
    return dense.weight.detach().float().clone(), dense.bias.detach().float().clone()


def read_ranges(path: Path, weights: str) -> list[LayerRanges] | None:
    """The ranges in `path` for the weights of SHA-256 `weights`; None when there are none for those.

    Raises ModelError when the file is damaged.
    """
    if not path.is_file():
        return None
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            known = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in sorted(file.keys())}
        layers = [
            LayerRanges(*(tensors[f"{at}.{name}"] for name in LayerRanges.__slots__))
            for at in range(len(tensors) // len(LayerRanges.__slots__))
        ]
    except (SafetensorError, KeyError, OSError) as error:
        raise _damaged(path) from error
    if known.get("tensors") != _checksum(tensors):
        raise _damaged(path)
    return layers if known.get("weights") == weights else None


def write_ranges(path: Path, layers: list[LayerRanges], weights: str) -> None:
    """Write what `read_ranges` reads, for the weights of SHA-256 `weights`."""
    from safetensors.torch import save_file

    tensors = {
        f"{at}.{name}": getattr(layer, name).contiguous() for at, layer in enumerate(layers) for name in layer.__slots__
    }
    save_file(tensors, path, metadata={"weights": weights, "tensors": _checksum(tensors)})


def _checksum(tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + tensors[name].numpy().tobytes())
    return digest.hexdigest()


def _damaged(path: Path) -> ModelError:
    return ModelError(
        f"{path} is damaged; expected the ranges that came with the weights: install Attest again with "
        "`pip install --force-reinstall --no-deps attest`"
    )
