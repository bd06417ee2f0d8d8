"""Attention written out, text by text, for the tokens of a batch that lie one after the other. Imports torch.

torch's fused attention takes three times as long on a processor without AMX (41% of the encoder's time).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

# Weights of attention are powers of 2 without the shift by the largest that softmax takes a pass for. In bfloat16 as in
# float32 they reach 2^127. MiniLM's sums are 2^3 to 2^40, but in one head of its first layer 2^97 for the median of 511
# passages and beyond 2^120 for 2 of them; a batch with a sum out of these bounds goes through softmax in that layer.
LEAST_SUM, LARGEST_SUM = 2.0**-60, 2.0**120


def attention_inputs(layer: Any) -> tuple[Tensor, Tensor]:
    """Weights (3 * width, width) and biases of queries, keys and values in one.

    Queries are scaled so that their products with keys are logarithms to the base of 2 of attention's weights.
    """
    attention = layer.attention["self"]
    query, *others = [attention[name] for name in ("query", "key", "value")]
    scale = math.log2(math.e) * (query.weight.shape[0] // layer.heads) ** -0.5
    weights = [query.weight.detach().float() * scale, *(other.weight.detach().float() for other in others)]
    biases = [query.bias.detach().float() * scale, *(other.bias.detach().float() for other in others)]
    return torch.cat(weights), torch.cat(biases)


def attend(parts: Tensor, lengths: Sequence[int], scratch: "Scratch") -> Tensor:
    """What each token takes of the values of its text: shape (tokens of the batch, width).

    `parts`, shape (tokens of the batch, 3, heads, head), has queries, keys and values; a product of query and key is
    the weight's logarithm to the base of 2. `lengths` are the tokens of each text.
    """
    texts = torch.split(parts, list(lengths))
    _mix(texts, scratch, _powers)
    if not scratch.within_bounds():
        _mix(texts, scratch, _softmax)
    return (scratch.mixed[..., :-1] / scratch.mixed[..., -1:]).flatten(1)


class Scratch:
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


def _mix(texts: Sequence[Tensor], scratch: Scratch, weigh: Callable[[Tensor], None]) -> None:
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
