import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertModel

from index.bert import BertEncoder, BertSizes
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


needs_packing = pytest.mark.skipif(not can_pack(), reason="this processor or this torch has no bfloat16 of oneDNN's")


@pytest.mark.model
@needs_packing
def test_packed_weights_give_the_states_of_the_encoder_in_half_precision(folder: Path) -> None:
    encoder = BertEncoder().eval()
    state = load_file(folder / "model.safetensors")
    encoder.load_state_dict({name: state[name] for name in encoder.state_dict()})
    ids, types, mask = _batch()
    for segments in (None, types):
        with torch.inference_mode():
            wanted = encoder(ids, mask, segments)[mask.bool()]
            plain = copy.deepcopy(encoder).to(torch.bfloat16)(ids, mask, segments)[mask.bool()].float()
            packed = PackedBert(encoder)(ids, mask, segments)[mask.bool()].float()
        assert torch.cosine_similarity(packed, wanted).min() > 0.999
        assert (packed - wanted).norm() < 1.1 * (plain - wanted).norm()  # no further off than without packing


@needs_packing
def test_a_packed_text_is_the_same_alone_and_among_others_and_its_padding_is_nothing() -> None:
    packed = PackedBert(_small())
    ids, _, mask = _batch(vocabulary=100)
    together, alone = packed(ids, mask), packed(ids[1:2, :9], mask[1:2, :9])
    assert torch.allclose(together[1, :9].float(), alone[0].float(), atol=0.05)
    assert not together[1, 9:].any()
    assert not torch.allclose(together[0, :9].float(), alone[0].float(), atol=0.05)


@needs_packing
@pytest.mark.parametrize("bias", [60.0, -60.0])
def test_attention_beyond_what_half_precision_holds_goes_through_softmax(bias: float) -> None:
    encoder = _small()
    layers: Any = encoder.encoder["layer"]
    for layer in layers:
        attention = layer.attention["self"]
        attention["query"].bias.data.fill_(bias)  # scores about 60 * 60 * sqrt(8) in size, nearly the same for all keys
        attention["key"].bias.data.fill_(60.0)
        attention["key"].weight.data.zero_()
    ids, _, mask = _batch(vocabulary=100)
    with torch.inference_mode():
        wanted = encoder(ids, mask)[mask.bool()]
        packed = PackedBert(encoder)(ids, mask)[mask.bool()].float()
    assert torch.isfinite(packed).all()
    assert torch.cosine_similarity(packed, wanted).min() > 0.99


def _small() -> BertEncoder:
    torch.manual_seed(3)
    return BertEncoder(BertSizes(vocabulary=100, width=64, layers=2, heads=8, inner_width=128)).eval()


def _batch(vocabulary: int = 30000) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, segments and mask of three texts of 40, 9 and 40 tokens."""
    ids = torch.randint(10, vocabulary, (3, 40), generator=torch.Generator().manual_seed(7))
    types, mask = torch.zeros_like(ids), torch.ones_like(ids)
    types[:, 5:] = 1
    mask[1, 9:] = 0
    return ids, types, mask
