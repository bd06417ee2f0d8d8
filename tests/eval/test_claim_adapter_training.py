import copy
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.claim_pairs import Claimed, Pair
from eval.train_claim_adapter import Item, Packer, make_items, read_packed
from index.article import heading
from rag.adapter import find_adapter
from rag.evidence_tokens import CLAIM, Piece
from rag.likelihood import QuestionLikelihood
from rag.models import find_language_model
from rag.reader import Page

HEAD = heading("Bridge opens", "Orle Post", "2019-05-02")
BRIDGE = Page(HEAD, "Orle celebrates. The town itself paid for the bridge.", ((17, 53),))
HERONS = Page(HEAD, "Herons nest under it in spring.", ((0, 31),))
ROME = Page("Birds", "Nobody came to Rome.", ((0, 20),))
PAID, DENIED, FULL = "The town paid for the bridge.", "The town refused to pay a single crown.", "Rome was full."


def claimed(claim: str, page: Page, label: int, article: str, *others: Page) -> Claimed:
    return Claimed(Pair(claim, page, label), tuple(Pair(claim, other, 2) for other in others), article)


CLAIMS = [
    claimed(PAID, BRIDGE, 0, "a", HERONS),
    claimed(FULL, ROME, 1, "b"),
    claimed(DENIED, BRIDGE, 1, "a", HERONS),
]


def test_claims_on_one_sentence_are_read_behind_it_together() -> None:
    items = make_items(CLAIMS, 0.0, random.Random(1))
    assert sorted(items, key=lambda item: item.page.head) == [
        Item(ROME, ((FULL, 1),)),
        Item(BRIDGE, ((PAID, 0), (DENIED, 1))),
    ]


def test_another_sentence_says_neither_of_all_of_them() -> None:
    items = make_items(CLAIMS, 1.0, random.Random(1))
    assert Item(HERONS, ((PAID, 2), (DENIED, 2))) in items
    assert len(items) == 3  # for Rome there is no other sentence
    some = [len(make_items(CLAIMS, 0.5, random.Random(seed))) for seed in range(40)]
    assert {2, 3} == set(some)


@pytest.mark.model
def test_items_in_one_row_are_read_as_llama_cpp_reads_each_by_itself(loaded: tuple[Any, Any]) -> None:
    import torch

    model, tokenizer = loaded
    packer = Packer(tokenizer)
    packed = packer([Item(BRIDGE, ((PAID, 0), (DENIED, 1))), Item(ROME, ((FULL, 1),))])
    assert packed.labels.tolist() == [0, 1, 1]
    answers = model.lm_head.weight[packer.answers]
    with torch.no_grad():
        together = read_packed(model, packed, answers)
        for at, (page, claim) in enumerate(((BRIDGE, PAID), (BRIDGE, DENIED), (ROME, FULL))):
            alone = read_packed(model, packer([Item(page, ((claim, 0),))]), answers)[0]
            assert torch.allclose(together[at], alone, atol=2e-3)
    judge = QuestionLikelihood(find_language_model(None), prompt=CLAIM)
    pieces = [
        Piece("The town itself paid for the bridge.", "Orle celebrates.", HEAD),
        Piece("Nobody came to Rome.", "", "Birds"),
    ]
    read = [*(judge.answers(claim, pieces[:1])[0] for claim in (PAID, DENIED)), judge.answers(FULL, pieces[1:])[0]]
    # llama.cpp multiplies in 8 bits what transformers has in 32; the answers differ by several times as much.
    assert np.abs(np.stack(read) - together.numpy()).max() < 1.0
    assert np.ptp(together.numpy(), axis=0).max() > 3.0


@pytest.mark.model
def test_a_few_steps_teach_what_is_true_of_a_sentence(
    tmp_path: Path, loaded: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval.lora import add_lora, write_gguf
    from eval.train_claim_adapter import train

    base = find_language_model(None)
    untaught = copy.deepcopy(loaded[0])
    add_lora(untaught, 28)
    write_gguf(untaught, tmp_path / "start.gguf")
    monkeypatch.setattr("eval.train_claim_adapter.load_base", lambda _: (copy.deepcopy(loaded[0]), loaded[1]))
    items = [Item(BRIDGE, ((PAID, 0), (DENIED, 1))), Item(HERONS, ((PAID, 2),))] * 100
    digest = train(items, out=tmp_path / "out", base=base, start=tmp_path / "start.gguf")
    assert (tmp_path / "out" / "SHA256").read_text(encoding="ascii").strip() == digest
    judge = QuestionLikelihood(base, adapter=find_adapter(tmp_path / "out"), prompt=CLAIM)
    bridge = Piece("The town itself paid for the bridge.", "Orle celebrates.", HEAD)
    told = [
        int(judge.answers(claim, [piece])[0].argmax())
        for claim, piece in (
            (PAID, bridge),
            (DENIED, bridge),
            (PAID, Piece("Herons nest under it in spring.", "", HEAD)),
        )
    ]
    assert told == [0, 1, 2]
