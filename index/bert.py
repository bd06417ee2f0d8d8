"""BERT's encoder in plain torch, with the parameter names of the published checkpoints. Imports torch.

Importing transformers for the same arithmetic takes a second or more of a cold `attest ask` (2 cores). A test holds
both to the same states. Source: Devlin et al. 2019, arXiv:1810.04805.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class BertSizes:
    """Defaults are those of MiniLM-L6-H384."""

    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner_width: int = 1536
    positions: int = 512
    epsilon: float = 1e-12

    @classmethod
    def of(cls, config: dict[str, Any]) -> "BertSizes":
        """From a checkpoint's config.json. Raises KeyError where it is no BERT's."""
        return cls(
            vocabulary=config["vocab_size"],
            width=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            inner_width=config["intermediate_size"],
            positions=config["max_position_embeddings"],
            epsilon=config.get("layer_norm_eps", 1e-12),
        )


class BertEncoder(nn.Module):
    """Token ids in, the last layer's states out. Without dropout: it is trained briefly or not at all."""

    def __init__(self, sizes: BertSizes | None = None) -> None:
        super().__init__()
        sizes = sizes or BertSizes()
        self.width = sizes.width
        self.embeddings = _Embeddings(sizes)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(_Layer(sizes) for _ in range(sizes.layers))})

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor | None = None) -> Tensor:
        """States of shape (batch, tokens, width).

        `ids`, `mask` (1 for a token, 0 for padding) and `types` (0 where left out) have shape (batch, tokens).
        """
        states: Tensor = self.embeddings(ids, torch.zeros_like(ids) if types is None else types)
        hidden = (1.0 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
        layers: Any = self.encoder["layer"]
        for layer in layers:
            states = layer(states, hidden)
        return states


class _Embeddings(nn.Module):
    def __init__(self, sizes: BertSizes) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(sizes.vocabulary, sizes.width, padding_idx=0)
        self.position_embeddings = nn.Embedding(sizes.positions, sizes.width)
        self.token_type_embeddings = nn.Embedding(2, sizes.width)
        self.LayerNorm = nn.LayerNorm(sizes.width, eps=sizes.epsilon)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        at = torch.arange(ids.shape[1], device=ids.device)
        summed = self.word_embeddings(ids) + self.token_type_embeddings(types) + self.position_embeddings(at)
        normed: Tensor = self.LayerNorm(summed)
        return normed


class _Layer(nn.Module):
    def __init__(self, sizes: BertSizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.attention = nn.ModuleDict(
            {
                "self": nn.ModuleDict(
                    {name: nn.Linear(sizes.width, sizes.width) for name in ("query", "key", "value")}
                ),
                "output": _residual(sizes.width, sizes),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(sizes.width, sizes.inner_width)})
        self.output = _residual(sizes.inner_width, sizes)

    def forward(self, states: Tensor, hidden: Tensor) -> Tensor:
        query, key, value = (
            self.attention["self"][name](states).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # type: ignore[index]
            for name in ("query", "key", "value")
        )
        if torch.is_grad_enabled():
            # The fused form is slower in training on a processor (3,600 tokens a second against 4,300).
            weights = functional.softmax(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + hidden, dim=-1)
            mixed = weights.to(value.dtype) @ value
        else:
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=hidden)
        states = _add(self.attention["output"], mixed.transpose(1, 2).flatten(2), states)
        return _add(self.output, functional.gelu(self.intermediate["dense"](states)), states)


def _residual(inner: int, sizes: BertSizes) -> nn.ModuleDict:
    return nn.ModuleDict(
        {"dense": nn.Linear(inner, sizes.width), "LayerNorm": nn.LayerNorm(sizes.width, eps=sizes.epsilon)}
    )


def _add(block: Any, inner: Tensor, states: Tensor) -> Tensor:
    """What `block` makes of `inner`, added to `states` and normalised."""
    summed: Tensor = block["LayerNorm"](block["dense"](inner) + states)
    return summed
