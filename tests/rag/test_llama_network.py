from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from index.errors import ModelError
from rag.gguf_tensors import OtherFormatError
from rag.llama_network import LlamaNetwork

WIDTH, HEADS, GROUPS, FEED, LAYERS, WORDS = 48, 6, 2, 80, 3, 50
PREFIX, SEQUENCES = [3, 1, 4], [[1, 5, 9, 2, 6], [5], [3, 5, 8, 9]]


@pytest.fixture(scope="module")
def reference() -> Any:
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=WORDS,
        hidden_size=WIDTH,
        num_attention_heads=HEADS,
        num_key_value_heads=GROUPS,
        intermediate_size=FEED,
        num_hidden_layers=LAYERS,
        rope_parameters={"rope_type": "default", "rope_theta": 1000.0},
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
    model: Any = LlamaForCausalLM(config)
    return model.eval()


def weights_of(reference: Any) -> dict[str, np.ndarray]:
    """Under their names in a GGUF file, the rows of query and key in its order: pairs side by side."""
    names = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    names |= {f"self_attn.{one}_proj": f"attn_{one}" for one in "qkv"} | {"self_attn.o_proj": "attn_output"}
    names |= {f"mlp.{one}_proj": f"ffn_{one}" for one in ("gate", "up", "down")}
    state = {name: tensor.numpy() for name, tensor in reference.state_dict().items()}
    made = {"token_embd.weight": state["model.embed_tokens.weight"], "output_norm.weight": state["model.norm.weight"]}
    for layer in range(LAYERS):
        for theirs, ours in names.items():
            weight = state[f"model.layers.{layer}.{theirs}.weight"]
            if ours in ("attn_q", "attn_k"):
                heads = HEADS if ours == "attn_q" else GROUPS
                weight = weight.reshape(heads, 2, -1, WIDTH).swapaxes(1, 2).reshape(weight.shape)
            made[f"blk.{layer}.{ours}.weight"] = weight
    return made


def write(path: Path, tensors: dict[str, np.ndarray], *, alpha: float | None = None) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    if alpha is not None:
        writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_block_count(LAYERS)
    writer.add_embedding_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1000.0)
    for name, tensor in tensors.items():
        writer.add_tensor(name, np.ascontiguousarray(tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def expected_states(reference: Any, sequence: list[int]) -> torch.Tensor:
    states: torch.Tensor = reference.model(torch.tensor([[*PREFIX, *sequence]])).last_hidden_state
    return states[0, len(PREFIX) :]


@torch.inference_mode()
def test_states_are_those_of_transformers_for_each_sequence_behind_the_prefix(tmp_path: Path, reference: Any) -> None:
    network = LlamaNetwork(write(tmp_path / "model.gguf", weights_of(reference)))
    found = network(PREFIX, SEQUENCES)
    assert [len(states) for states in found] == [len(sequence) for sequence in SEQUENCES]
    for states, sequence in zip(found, SEQUENCES, strict=True):
        torch.testing.assert_close(states, expected_states(reference, sequence), rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_an_adapter_adds_its_scaled_product(tmp_path: Path, reference: Any) -> None:
    weights, draw = weights_of(reference), np.random.default_rng(3)
    parts: dict[str, np.ndarray] = {}
    merged = dict(weights)
    for name in ("blk.1.attn_q.weight", "blk.2.ffn_down.weight"):
        rows, columns = weights[name].shape
        low, high = (draw.normal(size=size).astype(np.float32) for size in ((4, columns), (rows, 4)))
        parts |= {f"{name}.lora_a": low, f"{name}.lora_b": high}
        merged[name] = weights[name] + 8.0 / 4 * high @ low
    model, adapter = write(tmp_path / "m.gguf", weights), write(tmp_path / "a.gguf", parts, alpha=8.0)
    plain, found = LlamaNetwork(model), LlamaNetwork(model, adapter=adapter)
    same = LlamaNetwork(write(tmp_path / "merged.gguf", merged))
    for one, other, without in zip(*(each(PREFIX, SEQUENCES) for each in (found, same, plain)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
        assert (one - without).abs().max() > 0.1


def test_an_adapter_of_another_model_is_refused(tmp_path: Path, reference: Any) -> None:
    model = write(tmp_path / "m.gguf", weights_of(reference))
    name = "blk.1.attn_q.weight"
    for rows, of in ((WIDTH + 1, name), (WIDTH, name.replace("1", "77"))):
        parts = {
            f"{of}.lora_a": np.ones((4, WIDTH), dtype=np.float32),
            f"{of}.lora_b": np.ones((rows, 4), dtype=np.float32),
        }
        with pytest.raises(ModelError, match="does not fit"):
            LlamaNetwork(model, adapter=write(tmp_path / "a.gguf", parts, alpha=8.0))


def test_a_model_with_more_than_is_read_is_left_to_llama_cpp(tmp_path: Path, reference: Any) -> None:
    weights = weights_of(reference)
    for more in ("output.weight", "blk.0.attn_q.bias"):
        with pytest.raises(OtherFormatError, match=more):
            LlamaNetwork(write(tmp_path / "m.gguf", {**weights, more: weights["output_norm.weight"]}))
