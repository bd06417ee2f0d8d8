"""BERT's encoder for a processor with bfloat16, with weights in oneDNN's own layout. Imports torch.

Query, key and value are one product; GELU and the residual sums are part of the products before them. There is no
padding: the tokens of a batch lie one after the other, and attention goes text by text. It is written out, because
torch's fused attention takes three times as long on a processor without AMX (41% of the encoder's time). The
operations of the products are those that torch's own compiler calls, and have no public name.
"""

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from index.bert import BertEncoder

ROWS = 2048  # of the products the layout is chosen for: the tokens of a batch
# Weights of attention are powers of 2 without the shift by the largest that softmax takes a pass for. In bfloat16 they
# reach 2^127. MiniLM's sums are 2^3 to 2^40, but in one head of its first layer 2^97 for the median of 511 passages and
# beyond 2^120 for 2 of them; a batch with a sum out of these bounds goes through softmax in that layer.
LEAST_SUM, LARGEST_SUM = 2.0**-60, 2.0**120


def can_pack() -> bool:
    """Whether this build of torch has the operations, and this processor oneDNN's bfloat16."""
    try:
        operations = torch.ops.mkldnn
        return bool(operations._is_mkldnn_bf16_supported() and operations._linear_pointwise)
    except (AttributeError, RuntimeError):
        return False


class PackedBert:
    """A copy of a BertEncoder in bfloat16, for inference: token ids and mask in, the last layer's states out."""

    def __init__(self, encoder: BertEncoder) -> None:
        self.width = encoder.width
        self._embeddings = _halved(encoder.embeddings)
        layers: Any = encoder.encoder["layer"]
        self._layers = [_PackedLayer(layer) for layer in layers]

    def __call__(self, ids: Tensor, mask: Tensor, types: Tensor | None = None) -> Tensor:
        """States of shape (batch, tokens, width), 0 for padding.

        `ids`, `mask` (1 for a token, 0 for padding) and `types` (0 where left out) have shape (batch, tokens).
        """
        kept = mask.bool()
        lengths: list[int] = kept.sum(dim=1).tolist()
        states = self._embedded(ids, kept, types)
        scratch = _Scratch(max(lengths), self._layers[0].heads, states)
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


class _Scratch:
    """Room for the attention of one text, taken once for a batch: fresh pages for each cost more than the products."""

    def __init__(self, longest: int, heads: int, states: Tensor) -> None:
        tokens, width = states.shape
        self._heads, self._head = heads, width // heads
        self._weights = states.new_empty(heads * longest * longest)
        self._values = states.new_empty(heads * longest * (self._head + 1))
        self._sums = torch.empty_like(self._values)
        self.mixed = states.new_empty((tokens, heads, self._head + 1))  # of all texts; the sum of the weights behind

    def of(self, length: int) -> tuple[Tensor, Tensor, Tensor]:
        """Weights (heads, length, length); values with a one behind, and their sums (heads, length, head + 1)."""
        square, flat = (self._heads, length, length), (self._heads, length, self._head + 1)
        size = math.prod(flat)
        weights = self._weights[: math.prod(square)].view(square)
        return weights, self._values[:size].view(flat), self._sums[:size].view(flat)

    def within_bounds(self) -> bool:
        """Whether the weights of every token have a sum that can be divided by; a NaN cannot."""
        totals = self.mixed[..., -1]
        return bool(totals.min() >= LEAST_SUM and totals.max() <= LARGEST_SUM)


class _PackedLayer:
    def __init__(self, layer: Any) -> None:
        attention = layer.attention["self"]
        self.heads = layer.heads
        query, *others = [attention[name] for name in ("query", "key", "value")]
        # So that the products of queries and keys are logarithms to the base of 2 of the weights.
        scale = math.log2(math.e) * (query.weight.shape[0] // self.heads) ** -0.5
        weights = [query.weight.float() * scale, *(other.weight for other in others)]
        biases = [query.bias.float() * scale, *(other.bias for other in others)]
        self._inputs = _packed(torch.cat(weights), torch.cat(biases))
        self._mixed = _packed(layer.attention["output"]["dense"].weight, layer.attention["output"]["dense"].bias)
        self._inner = _packed(layer.intermediate["dense"].weight, layer.intermediate["dense"].bias)
        self._outer = _packed(layer.output["dense"].weight, layer.output["dense"].bias)
        self._norms = (_halved(layer.attention["output"]["LayerNorm"]), _halved(layer.output["LayerNorm"]))

    def __call__(self, states: Tensor, lengths: Sequence[int], scratch: _Scratch) -> Tensor:
        product: Any = torch.ops.mkldnn._linear_pointwise
        parts = product(states, *self._inputs, "none", [], "").unflatten(-1, (3, self.heads, -1))
        texts = parts.split(lengths)
        _mix(texts, scratch, _powers)
        if not scratch.within_bounds():
            _mix(texts, scratch, _softmax)
        mixed = (scratch.mixed[..., :-1] / scratch.mixed[..., -1:]).flatten(1)
        summed = product.binary(mixed, states, *self._mixed, "add")
        states = self._norms[0](summed)
        inner = product(states, *self._inner, "gelu", [], "none")
        normed: Tensor = self._norms[1](product.binary(inner, states, *self._outer, "add"))
        return normed


def _mix(texts: Sequence[Tensor], scratch: _Scratch, weigh: Callable[[Tensor], None]) -> None:
    """Sums of the values by their weights into `scratch`; of each text (tokens, 3, heads, head): query, key, value."""
    for text, mixed in zip(texts, torch.split(scratch.mixed, [len(text) for text in texts]), strict=True):
        query, key, value = text.permute(1, 2, 0, 3).unbind(0)
        weights, values, sums = scratch.of(len(text))
        torch.bmm(query, key.transpose(1, 2), out=weights)
        weigh(weights)
        values[..., :-1] = value
        values[..., -1] = 1  # its sum is that of the weights
        torch.bmm(weights, values, out=sums)
        mixed.copy_(sums.transpose(0, 1))


def _powers(weights: Tensor) -> None:
    torch.exp2(weights, out=weights)


def _softmax(weights: Tensor) -> None:
    weights.copy_(torch.softmax(weights.float() * math.log(2), dim=-1))


def _halved(module: Any) -> Any:
    return copy.deepcopy(module).to(torch.bfloat16).requires_grad_(False)


def _packed(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    weight, bias = weight.detach().to(torch.bfloat16), bias.detach().to(torch.bfloat16)
    return torch.ops.mkldnn._reorder_linear_weight(weight, ROWS), bias
