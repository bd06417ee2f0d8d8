from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertModel

from index.bert import BertEncoder
from index.packed_bert import PackedBert, can_pack
from rag.models import find_embedder


@pytest.fixture(scope="module")
def folder() -> Path:
    return find_embedder(None)


@pytest.mark.model
def test_the_states_are_those_of_transformers_with_padding_and_both_segments(folder: Path) -> None:
    reference = BertModel.from_pretrained(folder, add_pooling_layer=False)
    reference.eval()  # type: ignore[no-untyped-call]  # transformers ships it untyped
    encoder = BertEncoder().eval()
    state = load_file(folder / "model.safetensors")
    encoder.load_state_dict({name: state[name] for name in encoder.state_dict()})
    generator = torch.Generator().manual_seed(7)
    ids = torch.randint(1000, 30000, (3, 40), generator=generator)
    types = torch.zeros_like(ids)
    types[:, 12:] = 1
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    with torch.inference_mode():
        wanted = reference(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        fused = encoder(ids, mask, types)
    written_out = encoder(ids, mask, types)  # the form that training takes
    assert (fused - wanted)[mask.bool()].abs().max() < 1e-5
    assert (written_out - wanted)[mask.bool()].abs().max() < 1e-4
    assert (encoder(ids, mask) - written_out).abs().max() > 1e-2  # the segments count


@pytest.mark.model
@pytest.mark.skipif(not can_pack(), reason="this processor or this torch has no bfloat16 of oneDNN's")
def test_packed_weights_give_the_states_of_the_encoder_in_half_precision(folder: Path) -> None:
    encoder = BertEncoder().eval()
    state = load_file(folder / "model.safetensors")
    encoder.load_state_dict({name: state[name] for name in encoder.state_dict()})
    ids = torch.randint(1000, 30000, (3, 40), generator=torch.Generator().manual_seed(7))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    with torch.inference_mode():
        wanted = encoder(ids, mask)[mask.bool()]
        plain = encoder.to(torch.bfloat16)(ids, mask)[mask.bool()].float()
        packed = PackedBert(encoder)(ids, mask)[mask.bool()].float()
    assert torch.cosine_similarity(packed, wanted).min() > 0.999
    assert (packed - wanted).norm() < 1.1 * (plain - wanted).norm()  # no further off than without packing
