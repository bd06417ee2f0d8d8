"""Low-rank matrices beside those of a Llama (LoRA, Hu et al. 2021), and the GGUF file in which llama.cpp reads them."""

import math
from pathlib import Path
from typing import Any

RANK_AND_SCALE = (16, 2.0)
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
    heads = {"attn_q": model.config.num_attention_heads, "attn_k": model.config.num_key_value_heads}
    for at, layer in enumerate(model.model.layers):
        for name, ours in _NAMES.items():
            part, matrix = name.split(".")
            module = getattr(getattr(layer, part), matrix)
            for factor in ("a", "b") if hasattr(module, "a") else ():
                values = getattr(module, factor).detach().numpy()
                if factor == "b" and ours in heads:
                    values = as_llama_cpp_turns(values, heads[ours])
                writer.add_tensor(
                    f"blk.{at}.{ours}.weight.lora_{factor}", np.ascontiguousarray(values.astype(np.float16))
                )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def as_llama_cpp_turns(rows: Any, heads: int) -> Any:
    """Rows of a query or key matrix in llama.cpp's order: it turns neighbouring dimensions, transformers halves."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)
