"""Low-rank matrices beside those of a Llama (LoRA, Hu et al. 2021), and the GGUF file in which llama.cpp reads them."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RANK_AND_SCALE = (16, 2.0)
FIRST_LAYER = 14  # of SmolLM2's 30: the upper half learns
# Names of the matrices in transformers and in llama.cpp.
_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
# The matrices whose rows llama.cpp has in another order, and what the model's configuration calls their heads.
_HEADS = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}


def load_base(path: Path) -> tuple[Any, Any]:
    """Model and tokenizer of a GGUF file, in float32; transformers undoes its quantization."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(str(path.parent), gguf_file=path.name, dtype=torch.float32)
    return model.eval(), AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)


def add_lora(model: Any, first_layer: int) -> list[Any]:
    """Puts a low-rank matrix beside each of a layer's, from `first_layer` on; returns what may be learnt.

    The second factor starts as zeros, so that nothing has changed yet. The model's own weights are held still.
    """
    import torch

    rank, scale = RANK_AND_SCALE

    class WithLora(torch.nn.Module):
        """A linear layer without bias that stays as it is, and what is added to it."""

        def __init__(self, base: Any) -> None:
            super().__init__()
            self.weight = base.weight
            outputs, inputs = self.weight.shape
            self.a = torch.nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
            self.b = torch.nn.Parameter(torch.zeros(outputs, rank))

        def forward(self, states: Any) -> Any:
            linear = torch.nn.functional.linear
            return linear(states, self.weight) + scale * linear(linear(states, self.a), self.b)

    model.requires_grad_(False)
    for layer in model.model.layers[first_layer:]:
        for name in _NAMES:
            part, matrix = name.split(".")
            setattr(getattr(layer, part), matrix, WithLora(getattr(getattr(layer, part), matrix)))
    return [value for value in model.parameters() if value.requires_grad]


def write_gguf(model: Any, path: Path) -> None:
    """Writes what was added to `model`, in half precision, as an adapter that llama.cpp loads on its GGUF."""
    import numpy as np
    from gguf import GGUFWriter

    rank, scale = RANK_AND_SCALE
    writer = GGUFWriter(str(path), "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", scale * rank)
    for name, factor, ours, matrix in _factors(model):
        values = matrix.detach().numpy()
        if factor == "b" and ours in _HEADS:
            values = as_llama_cpp_turns(values, getattr(model.config, _HEADS[ours]))
        writer.add_tensor(name, np.ascontiguousarray(values.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def layer_to_begin_with(path: Path) -> int:
    """The lowest layer that the adapter in `path` has matrices for."""
    from gguf import GGUFReader

    return min(int(tensor.name.split(".")[1]) for tensor in GGUFReader(str(path)).tensors)


def read_gguf(model: Any, path: Path) -> None:
    """Puts the adapter in `path` into the matrices that `add_lora` put beside those of `model`.

    Raises ValueError when the file has other matrices than these.
    """
    import torch
    from gguf import GGUFReader

    found = {tensor.name: torch.tensor(tensor.data) for tensor in GGUFReader(str(path)).tensors}
    for name, factor, ours, matrix in _factors(model):
        if name not in found or found[name].shape != matrix.shape:
            raise ValueError(f"{path} has no {name} of shape {tuple(matrix.shape)}; expected an adapter of `eval.lora`")
        values = found.pop(name).float()
        if factor == "b" and ours in _HEADS:
            values = as_transformers_turns(values, getattr(model.config, _HEADS[ours]))
        matrix.data.copy_(values)
    if found:
        raise ValueError(
            f"{path} has {len(found)} matrices too many, such as {min(found)}; expected those of its layers"
        )


def _factors(model: Any) -> Iterator[tuple[str, str, str, Any]]:
    """Of each matrix that was added: its name in GGUF, which factor it is, beside which matrix, and itself."""
    for at, layer in enumerate(model.model.layers):
        for name, ours in _NAMES.items():
            part, matrix = name.split(".")
            module = getattr(getattr(layer, part), matrix)
            for factor in ("a", "b") if hasattr(module, "a") else ():
                yield f"blk.{at}.{ours}.weight.lora_{factor}", factor, ours, getattr(module, factor)


def as_llama_cpp_turns(rows: Any, heads: int) -> Any:
    """Rows of a query or key matrix in llama.cpp's order: it turns neighbouring dimensions, transformers halves."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def as_transformers_turns(rows: Any, heads: int) -> Any:
    """Undoes `as_llama_cpp_turns`."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)
