"""BERT's encoder for a processor with bfloat16, with weights in oneDNN's own layout. Imports torch.

Query, key and value are one product; GELU and the residual sums are part of the products before them. The arithmetic is
`index.bert`'s, rounded less often. 48 passages of 900 characters, one thread, an AMD with avx512_bf16, busy: 1.66 s of
processor time in place of 2.01. The operations are those that torch's own compiler calls, and have no public name.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from index.bert import BertEncoder

ROWS = 2048  # of the products the layout is chosen for: the tokens of a batch


def can_pack() -> bool:
    """Whether this build of torch has the operations, and this processor oneDNN's bfloat16."""
    try:
        operations = torch.ops.mkldnn
        return bool(operations._is_mkldnn_bf16_supported() and operations._linear_pointwise)
    except (AttributeError, RuntimeError):
        return False


class PackedBert:
    """A BertEncoder in bfloat16, for inference: token ids and mask in, the last layer's states out."""

    def __init__(self, encoder: BertEncoder) -> None:
        self.width = encoder.width
        self._embeddings = encoder.embeddings
        layers: Any = encoder.encoder["layer"]
        self._layers = [_PackedLayer(layer) for layer in layers]

    def __call__(self, ids: Tensor, mask: Tensor) -> Tensor:
        """States of shape (batch, tokens, width); `mask` is 1 for a token and 0 for padding."""
        states: Tensor = self._embeddings(ids, torch.zeros_like(ids))
        hidden = (1.0 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
        for layer in self._layers:
            states = layer(states, hidden)
        return states


class _PackedLayer:
    def __init__(self, layer: Any) -> None:
        attention = layer.attention["self"]
        inputs = [attention[name] for name in ("query", "key", "value")]
        self._heads = layer.heads
        self._inputs = _packed(torch.cat([one.weight for one in inputs]), torch.cat([one.bias for one in inputs]))
        self._mixed = _packed(layer.attention["output"]["dense"].weight, layer.attention["output"]["dense"].bias)
        self._inner = _packed(layer.intermediate["dense"].weight, layer.intermediate["dense"].bias)
        self._outer = _packed(layer.output["dense"].weight, layer.output["dense"].bias)
        self._norms = (layer.attention["output"]["LayerNorm"], layer.output["LayerNorm"])

    def __call__(self, states: Tensor, hidden: Tensor) -> Tensor:
        product: Any = torch.ops.mkldnn._linear_pointwise
        parts = product(states, *self._inputs, "none", [], "").unflatten(-1, (3, self._heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=hidden)
        summed = product.binary(mixed.transpose(1, 2).flatten(2), states, *self._mixed, "add")
        states = self._norms[0](summed)
        inner = product(states, *self._inner, "gelu", [], "none")
        normed: Tensor = self._norms[1](product.binary(inner, states, *self._outer, "add"))
        return normed


def _packed(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    return torch.ops.mkldnn._reorder_linear_weight(weight.detach(), ROWS), bias.detach()
