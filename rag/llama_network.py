"""A Llama network (Touvron et al. 2023) in torch and single precision, read from a GGUF file, an adapter merged in.

On a processor without bfloat16, torch's products take less than half of the time of llama.cpp's (`docs/quality.md`,
"The language model in torch"). Imports torch: import it only where a model is loaded.
"""

from collections.abc import Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import NamedTuple
from weakref import WeakValueDictionary

import torch
from torch import Tensor
from torch.nn.functional import linear, rms_norm, scaled_dot_product_attention, silu

from index.errors import ModelError
from rag.gguf_tensors import GgufTensors, OtherFormatError


class _Layer(NamedTuple):
    attention_norm: Tensor
    query_key_value: Tensor  # the three below each other: one product
    output: Tensor
    feed_norm: Tensor
    gate_up: Tensor
    down: Tensor


class LlamaNetwork:
    """States of the last layer, normalised, for sequences that share a prefix; and the embeddings that are its head."""

    def __init__(self, model: Path, *, adapter: Path | None = None) -> None:
        """Raises OtherFormatError for a file that only llama.cpp reads, ModelError for a damaged one."""
        weights = _Weights(model, adapter)
        file = weights.file
        if file.metadata.get("general.architecture") != "llama" or "llama.rope.scaling.type" in file.metadata:
            raise OtherFormatError(f"{model} is no plain Llama network, and llama.cpp alone reads it")
        self.width = int(file.number("llama.embedding_length"))
        self._heads = int(file.number("llama.attention.head_count"))
        self._groups = int(file.number("llama.attention.head_count_kv"))
        self._size = self.width // self._heads
        self._epsilon = file.number("llama.attention.layer_norm_rms_epsilon")
        self._base = file.number("llama.rope.freq_base")
        self.embeddings = weights("token_embd")  # (vocabulary, width)
        self._norm = weights("output_norm")
        self._layers = [
            _Layer(
                weights(f"blk.{at}.attn_norm"),
                weights(*(f"blk.{at}.attn_{name}" for name in "qkv")),
                weights(f"blk.{at}.attn_output"),
                weights(f"blk.{at}.ffn_norm"),
                weights(f"blk.{at}.ffn_gate", f"blk.{at}.ffn_up"),
                weights(f"blk.{at}.ffn_down"),
            )
            for at in range(int(file.number("llama.block_count")))
        ]
        weights.check_that_all_were_read()

    def __call__(self, prefix: Sequence[int], sequences: Sequence[Sequence[int]]) -> list[Tensor]:
        """For each sequence of token ids, read after `prefix`, the states of its tokens: (tokens, width).

        The tokens lie one after the other, the prefix first and once; attention goes sequence by sequence.
        """
        lengths = [len(sequence) for sequence in sequences]
        places = [range(len(prefix)), *(range(len(prefix), len(prefix) + length) for length in lengths)]
        turns = self._turns(torch.tensor([place for places_of in places for place in places_of]))
        masks = [torch.ones(length, len(prefix) + length, dtype=torch.bool).tril(len(prefix)) for length in lengths]
        states = self.embeddings[torch.tensor([*prefix, *(token for sequence in sequences for token in sequence)])]
        for layer in self._layers:
            products = linear(self._normed(states, layer.attention_norm), layer.query_key_value)
            states = states + linear(self._attention(products, turns, len(prefix), masks), layer.output)
            gate, up = linear(self._normed(states, layer.feed_norm), layer.gate_up).chunk(2, dim=1)
            states = states + linear(silu(gate).mul_(up), layer.down)
        states = self._normed(states, self._norm)
        ends = accumulate(lengths, initial=len(prefix))
        return [states[end - length : end] for end, length in zip(islice(ends, 1, None), lengths, strict=True)]

    def _normed(self, states: Tensor, weight: Tensor) -> Tensor:
        return rms_norm(states, (self.width,), weight, self._epsilon)

    def _turns(self, places: Tensor) -> Tensor:
        """Rotary embeddings (Su et al. 2021) as complex numbers, (tokens, 1, size / 2): GGUF keeps pairs together."""
        rates = self._base ** (-torch.arange(0, self._size, 2, dtype=torch.double) / self._size)
        angles = torch.outer(places.double(), rates)
        return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)[:, None]

    def _attention(self, products: Tensor, turns: Tensor, shared: int, masks: Sequence[Tensor]) -> Tensor:
        count, turned = len(products), self._heads + self._groups
        pairs = torch.view_as_complex(products[:, : turned * self._size].reshape(count, turned, -1, 2))
        both = torch.view_as_real(pairs * turns).reshape(count, turned, self._size).transpose(0, 1)
        query, key = both[: self._heads], both[self._heads :]
        value = products[:, turned * self._size :].reshape(count, self._groups, self._size).transpose(0, 1)
        found = [torch.ones(shared, shared, dtype=torch.bool).tril(), *masks]
        heads = []
        start = 0
        for mask in found:
            end = start + len(mask)
            spans = [(start, end)] if start == 0 else [(0, shared), (start, end)]  # the prefix is seen by all
            keys, values = (
                torch.cat([tensor[:, begin:stop] for begin, stop in spans], dim=1)[None] for tensor in (key, value)
            )
            heads.append(
                scaled_dot_product_attention(query[None, :, start:end], keys, values, attn_mask=mask, enable_gqa=True)
            )
            start = end
        return torch.cat(heads, dim=2)[0].transpose(0, 1).reshape(count, self.width)


# What no adapter changes, by file and names: two networks of one file, each with its own adapter, share it.
_SHARED: WeakValueDictionary[tuple[Path, tuple[str, ...]], Tensor] = WeakValueDictionary()


class _Weights:
    """Weights by name, with `scale * b @ a` of the adapter added (Hu et al. 2021)."""

    def __init__(self, model: Path, adapter: Path | None) -> None:
        self.file = GgufTensors(model)
        self._model = model.resolve()
        self._adapter = GgufTensors(adapter) if adapter else None
        self._left = set(self.file.names)
        self._left_of_adapter = set(self._adapter.names) if self._adapter else set()
        self._alpha = self._adapter.number("adapter.lora.alpha") if self._adapter else 0.0

    def __call__(self, *names: str) -> Tensor:
        """The matrices of those names below each other."""
        names = tuple(f"{name}.weight" for name in names)
        if self._adapter is not None and any(f"{name}.lora_a" in self._adapter.names for name in names):
            return self._joined(names)
        self._left -= set(names)
        found = _SHARED.get((self._model, names))
        if found is None:
            found = _SHARED[self._model, names] = self._joined(names)
        return found

    def _joined(self, names: Sequence[str]) -> Tensor:
        return self._one(names[0]) if len(names) == 1 else torch.cat([self._one(name) for name in names])

    def _one(self, name: str) -> Tensor:
        weight = torch.from_numpy(self.file[name])
        self._left.discard(name)
        if self._adapter is not None and f"{name}.lora_a" in self._adapter.names:
            low, high = (torch.from_numpy(self._adapter[f"{name}.lora_{part}"]) for part in "ab")
            if (high.shape[0], low.shape[1]) != weight.shape or low.shape[0] != high.shape[1]:
                raise _misfit(name)
            weight.addmm_(high, low, alpha=self._alpha / len(low))
            self._left_of_adapter -= {f"{name}.lora_a", f"{name}.lora_b"}
        return weight

    def check_that_all_were_read(self) -> None:
        """OtherFormatError when the model has more (biases, a head of its own); ModelError when the adapter has."""
        if self._left:
            raise OtherFormatError(f"the model has {min(self._left)}, which llama.cpp alone reads")
        if self._left_of_adapter:
            raise _misfit(min(self._left_of_adapter))


def _misfit(name: str) -> ModelError:
    return ModelError(
        f"the adapter of the language model does not fit it at {name}; expected the model's own: install Attest again "
        "with `pip install --force-reinstall --no-deps attest`"
    )
