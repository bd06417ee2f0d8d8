import copy
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

from index import arithmetic, byte_products
from index.bert import BertEncoder, BertSizes
from index.byte_products import LayerRanges, Product, can_multiply_bytes, read_ranges, write_ranges
from index.embedding import MiniLmEmbedder
from index.errors import ModelError
from index.minilm import BareMiniLm
from index.packed_bert import PackedBert, packed

needs_bytes = pytest.mark.skipif(not can_multiply_bytes(), reason="this processor or this torch multiplies no bytes")
WIDTH, INNER = 64, 128


def small(loud: float = 1.0) -> BertEncoder:
    """An encoder of two layers; what one of its inner channels is, is `loud` times as much and counts as before."""
    torch.manual_seed(3)
    encoder = BertEncoder(BertSizes(vocabulary=100, width=WIDTH, layers=2, heads=8, inner_width=INNER)).eval()
    layers: Any = encoder.encoder["layer"]
    for layer in layers:
        layer.intermediate["dense"].bias.data[5] = 2 * loud
        layer.output["dense"].weight.data[:, 5] /= loud
    return encoder


def ranges_of(encoder: BertEncoder, *given: torch.Tensor) -> list[LayerRanges]:
    from eval.fit_ranges import Observed

    with torch.inference_mode(), Observed(encoder) as observed:
        encoder(*given)
    return observed.ranges()


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask of three texts of 40, 9 and 40 tokens."""
    ids = torch.randint(10, 100, (3, 40), generator=torch.Generator().manual_seed(7))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    return ids, mask


def states(encoder: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = encoder(ids, mask)[mask.bool()]
    return found


@needs_bytes
@pytest.mark.parametrize("loud", [1.0, 60.0])
def test_states_stay_near_those_in_float32_even_where_one_channel_is_loud(
    loud: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = small(loud)
    given = batch()
    ranges = ranges_of(encoder, *given)
    wanted = states(encoder, *given)
    near = torch.cosine_similarity(states(PackedBert(encoder, ranges), *given), wanted)
    assert near.min() > 0.998
    monkeypatch.setattr(byte_products, "APART", 0)
    without = torch.cosine_similarity(states(PackedBert(encoder, ranges), *given), wanted)
    assert (1 - without).mean() > (1.02 if loud == 1 else 2) * (1 - near).mean()


@needs_bytes
def test_a_text_is_the_same_alone_and_among_others_and_its_padding_is_nothing() -> None:
    encoder = small()
    ids, mask = batch()
    fast = PackedBert(encoder, ranges_of(encoder, ids, mask))
    together, alone = fast(ids, mask), fast(ids[1:2, :9], mask[1:2, :9])
    assert torch.allclose(together[1, :9], alone[0], atol=1e-5)
    assert not together[1, 9:].any()
    assert not torch.allclose(together[0, :9], alone[0], atol=0.05)


@needs_bytes
def test_what_lies_beyond_the_ranges_is_cut_off_and_does_not_wrap_round() -> None:
    product = Product(torch.eye(16), torch.zeros(16), torch.ones(16))
    beyond = product(torch.tensor([[3.0] * 8 + [-3.0] * 8]))
    assert beyond[0, :8].min() > 0.9
    assert beyond[0, 8:].max() < -0.9


@needs_bytes
def test_a_loud_channel_of_what_goes_in_shares_its_range_with_its_weights() -> None:
    generator = torch.Generator().manual_seed(5)
    given, weight = torch.randn(40, 32, generator=generator), torch.randn(16, 32, generator=generator)
    given[:, 3] *= 80
    weight[:, 3] /= 80
    wanted = given @ weight.T
    made = Product(weight, torch.zeros(16), given.abs().amax(dim=0))(given)
    step, steps = given.abs().max() / 127, weight.abs().amax(dim=1, keepdim=True) / 127
    plainly = (torch.round(given / step) * step) @ (torch.round(weight / steps) * steps).T
    assert (made - wanted).norm() < 0.015 * wanted.norm()
    assert (plainly - wanted).norm() > 10 * (made - wanted).norm()


@needs_bytes
def test_a_processor_that_adds_in_sixteen_bits_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Product.of

    def narrow(self: Product, rounded: torch.Tensor, **more: Any) -> torch.Tensor:
        return whole(self, rounded, **more) * 0.51  # 255 * 127 twice, in 16 bits

    monkeypatch.setattr(Product, "of", narrow)
    assert not can_multiply_bytes()


def test_ranges_are_for_the_weights_they_were_seen_with_and_damage_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ranges.safetensors"
    assert read_ranges(path, "a") is None
    layers = [LayerRanges(*(torch.rand(size) for size in (4, 4, 4, 8))) for _ in range(2)]
    write_ranges(path, layers, "a")
    found = read_ranges(path, "a")
    assert found is not None
    assert [layer.outer.tolist() for layer in found] == [layer.outer.tolist() for layer in layers]
    assert read_ranges(path, "b") is None
    data = path.read_bytes()
    for at in range(0, len(data), 7):
        path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        changed: list[LayerRanges] | None = None
        with suppress(ModelError):
            changed = read_ranges(path, "a")
        assert changed is None or all(  # a bit of the header that says nothing, such as a space
            torch.equal(getattr(one, name), getattr(other, name))
            for one, other in zip(changed, layers, strict=True)
            for name in LayerRanges.__slots__
        )
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 255]))
    with pytest.raises(ModelError, match="pip install"):
        read_ranges(path, "a")


def test_an_encoder_without_ranges_stays_as_it_is(tmp_path: Path) -> None:
    assert packed(small(), "bytes", tmp_path / "none", "a") is None
    assert packed(small(), "float32", tmp_path / "none", "a") is None
    half = packed(small(), "bfloat16", tmp_path / "none", "a")
    assert half is not None
    assert next(iter(small().parameters())).dtype == torch.float32


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        ({"float32": 1.0, "bfloat16": 0.6, "bytes": 0.3}, "bfloat16"),
        ({"float32": 1.0, "bfloat16": 5.0, "bytes": 0.3}, "bytes"),
        ({"float32": 1.0, "bfloat16": 5.0, "bytes": 0.7}, "float32"),
        ({"float32": 1.0, "bfloat16": 0.9}, "float32"),
    ],
)
def test_bytes_are_taken_where_they_are_fast_and_bfloat16_is_not(
    seconds: dict[arithmetic.Arithmetic, float], wanted: str
) -> None:
    assert arithmetic.chosen(seconds) == wanted


def test_what_is_fastest_is_one_of_those_this_processor_has() -> None:
    arithmetic.fastest.cache_clear()
    found = arithmetic.fastest()
    assert found in ("float32", "bfloat16", "bytes")
    assert can_multiply_bytes() or found != "bytes"


@pytest.mark.model
@needs_bytes
def test_passages_in_bytes_are_where_they_are_in_float32(
    embedder: MiniLmEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.embedding.fastest", lambda: "bytes")
    quick = MiniLmEmbedder.load(quickly=True)
    texts = [
        "The ferry was delayed by fog.",
        "The mayor of Porto Alto resigned on Tuesday over the harbour contract, the council said in a statement.",
        "Tomatoes need six hours of sun a day. " * 80,
        "",
        *(f"On {day} May the court of Orle heard witness number {day} in the case of the dam." for day in range(1, 29)),
    ]
    exact, fast = quick.embed_queries(texts), quick.embed_passages(texts)
    assert isinstance(quick._passage_model, BareMiniLm)
    assert isinstance(quick._passage_model.encoder, PackedBert)
    assert (exact * fast).sum(axis=1).min() > 0.995
    assert abs(exact - fast).max() > 1e-4  # they were made in another way
    alone = quick.embed_passages(texts[1:2])
    assert abs(alone - fast[1:2]).max() < 1e-5
    original = copy.deepcopy(quick.embed_queries(texts[:1]))
    assert abs(original - exact[:1]).max() < 1e-6
