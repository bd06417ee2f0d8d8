"""BERT's encoder for inference, with weights in oneDNN's own layout, in bfloat16 or in bytes. Imports torch.

Query, key and value are one product; GELU and the residual sums are part of the products before them. There is no
padding: the tokens of a batch lie one after the other, and attention (`index.packed_attention`) goes text by text. The
operations of the products are those that torch's own compiler calls, and have no public name.
"""

import copy
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from index.arithmetic import Arithmetic
from index.bert import BertEncoder
from index.byte_products import ByteProducts, LayerRanges, read_ranges
from index.packed_attention import Scratch, attend, attention_inputs

ROWS = 2048  # of the products the layout is chosen for: the tokens of a batch


def can_pack() -> bool:
    """Whether this build of torch has the operations, and this processor oneDNN's bfloat16."""
    try:
        operations = torch.ops.mkldnn
        return bool(operations._is_mkldnn_bf16_supported() and operations._linear_pointwise)
    except (AttributeError, RuntimeError):
        return False


def packed(
    encoder: BertEncoder, arithmetic: Arithmetic, ranges: Path, weights: str
) -> "PackedBert | BertEncoder | None":
    """A copy of `encoder` that computes in `arithmetic`; None where it is to stay as it is.

    `ranges` is the file of what goes into its products, `weights` the SHA-256 that the file must be for. Raises
    ModelError when the file is damaged.
    """
    if arithmetic == "bytes":
        known = read_ranges(ranges, weights)
        return PackedBert(encoder, known) if known else None
    if arithmetic == "bfloat16":
        return PackedBert(encoder) if can_pack() else _copied(encoder, torch.bfloat16)
    return None


class Products(Protocol):
    """The products of one layer. States and results have shape (tokens, width)."""

    def inputs(self, states: Tensor) -> Tensor:
        """Queries, keys and values of all heads, shape (tokens, 3 * width)."""
        ...

    def mixed(self, values: Tensor, states: Tensor) -> Tensor:
        """`states` and what attention took, before they are normed."""
        ...

    def feed_forward(self, states: Tensor) -> Tensor:
        """`states` and what the two products with GELU between them make of them, before they are normed."""
        ...


class PackedBert:
    """A copy of a BertEncoder for inference: token ids and mask in, the last layer's states out.

    With `ranges`, one for each layer, products are of bytes and states in float32; else all is in bfloat16.
    """

    def __init__(self, encoder: BertEncoder, ranges: list[LayerRanges] | None = None) -> None:
        self.width = encoder.width
        kind = torch.bfloat16 if ranges is None else torch.float32
        self._embeddings = _copied(encoder.embeddings, kind)
        layers: Any = encoder.encoder["layer"]
        self._layers = [
            _PackedLayer(layer, _HalfProducts(layer) if ranges is None else ByteProducts(layer, ranges[at]), kind)
            for at, layer in enumerate(layers)
        ]

    def __call__(self, ids: Tensor, mask: Tensor, types: Tensor | None = None) -> Tensor:
        """States of shape (batch, tokens, width), 0 for padding.

        `ids`, `mask` (1 for a token, 0 for padding) and `types` (0 where left out) have shape (batch, tokens).
        """
        kept = mask.bool()
        lengths: list[int] = kept.sum(dim=1).tolist()
        states = self._embedded(ids, kept, types)
        scratch = Scratch(max(lengths), self._layers[0].heads, states)
        for layer in self._layers:
            states = layer(states, lengths, scratch)
        padded = states.new_zeros((*ids.shape, self.width))
        padded[kept] = states
        return padded

    def _embedded(self, ids: Tensor, kept: Tensor, types: Tensor | None) -> Tensor:
        """What goes into the first layer, for the tokens alone: shape (tokens of the batch, width)."""
        parts = self._embeddings
        summed = parts.word_embeddings(ids[kept]) + parts.position_embeddings(kept.nonzero()[:, 1])
        summed += parts.token_type_embeddings(torch.zeros_like(ids[kept]) if types is None else types[kept])
        normed: Tensor = parts.LayerNorm(summed)
        return normed


class _PackedLayer:
    def __init__(self, layer: Any, products: Products, kind: torch.dtype) -> None:
        self.heads = layer.heads
        self._products = products
        self._norms = (
            _copied(layer.attention["output"]["LayerNorm"], kind),
            _copied(layer.output["LayerNorm"], kind),
        )

    def __call__(self, states: Tensor, lengths: list[int], scratch: Scratch) -> Tensor:
        parts = self._products.inputs(states).view(len(states), 3, self.heads, -1)
        states = self._norms[0](self._products.mixed(attend(parts, lengths, scratch), states))
        normed: Tensor = self._norms[1](self._products.feed_forward(states))
        return normed


class _HalfProducts:
    """Products in bfloat16."""

    def __init__(self, layer: Any) -> None:
        self._product: Any = torch.ops.mkldnn._linear_pointwise
        self._inputs = _packed(*attention_inputs(layer))
        self._mixed, self._inner, self._outer = (
            _packed(dense.weight, dense.bias)
            for dense in (
                layer.attention["output"]["dense"],
                layer.intermediate["dense"],
                layer.output["dense"],
            )
        )

    def inputs(self, states: Tensor) -> Tensor:
        made: Tensor = self._product(states, *self._inputs, "none", [], "")
        return made

    def mixed(self, values: Tensor, states: Tensor) -> Tensor:
        made: Tensor = self._product.binary(values, states, *self._mixed, "add")
        return made

    def feed_forward(self, states: Tensor) -> Tensor:
        inner = self._product(states, *self._inner, "gelu", [], "none")
        made: Tensor = self._product.binary(inner, states, *self._outer, "add")
        return made


def _copied(module: Any, kind: torch.dtype) -> Any:
    return copy.deepcopy(module).to(kind).requires_grad_(False)


def _packed(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    weight, bias = weight.detach().to(torch.bfloat16), bias.detach().to(torch.bfloat16)
    return torch.ops.mkldnn._reorder_linear_weight(weight, ROWS), bias
