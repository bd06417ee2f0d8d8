import copy
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.adapter_items import Item, item_of
from eval.lora import as_llama_cpp_turns, as_transformers_turns
from index.article import ArticleMeta
from rag.adapter import find_adapter
from rag.answer import SentenceRead
from rag.evidence_tokens import Piece
from rag.likelihood import QuestionLikelihood
from rag.models import find_language_model
from tests.rag.samples import meta, passage


@pytest.fixture
def fresh(loaded: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """A copy to put matrices into, and training that begins from such copies."""
    monkeypatch.setattr("eval.train_adapter.load_base", lambda _: (copy.deepcopy(loaded[0]), loaded[1]))
    return copy.deepcopy(loaded[0]), loaded[1]


QUESTION = "In which town did the ministers of 27 countries meet?"
PROOF = Piece("They met in the small town of Orle on Monday.", "Ministers of 27 countries came.", "Summit (2019-05)")
OTHER = Piece("Bananas are yellow and many people eat them.", "", "Fruit")


def read(*scores: float) -> tuple[SentenceRead, ...]:
    return tuple(SentenceRead(score, None, 0.0) for score in scores)


def row(kind: str, start: int, end: int) -> dict[str, object]:
    return {"kind": kind, "question": QUESTION, "evidence": [{"article_id": "a.txt", "start": start, "end": end}]}


def passages(article: ArticleMeta) -> list[object]:
    from dataclasses import replace

    first = passage("Rain fell on the hills again.", "They met in Orle on Monday.", article=article)
    other = passage("The dam is old and very grey.", row=2, rank=2, article=meta("b.txt"))
    return [replace(first, read=read(-1.0, 3.0)), replace(other, read=read(2.0))]


def test_the_sentence_that_proves_is_kept_apart_and_the_likeliest_other_comes_first() -> None:
    item = item_of(row("ask", 30, 57), passages(meta()))  # type: ignore[arg-type]
    assert item is not None
    assert [piece.sentence for piece in item.proving] == ["They met in Orle on Monday."]
    assert item.proving[0].before == "Rain fell on the hills again."
    assert item.proving[0].heading == "Dam works delayed (2021-03)"
    assert [piece.sentence for piece in item.others] == [
        "The dam is old and very grey.",
        "Rain fell on the hills again.",
    ]
    assert item.own == (False, True)


def test_what_tempts_one_to_answer_a_near_miss_is_always_read() -> None:
    item = item_of(row("near_miss", 30, 57), passages(meta()))  # type: ignore[arg-type]
    assert item is not None
    assert item.proving == ()
    for seed in range(20):
        drawn, answers = item.draw(random.Random(seed), 2)
        assert not answers
        assert drawn[0].sentence == "They met in Orle on Monday."
        assert len(drawn) == 3


def test_a_question_whose_proof_was_not_found_teaches_nothing() -> None:
    assert item_of(row("ask", 300, 340), passages(meta())) is None  # type: ignore[arg-type]


def test_now_and_then_the_article_is_taken_away_whole() -> None:
    others = (Piece("Own."), Piece("Another's."), Piece("A third's."))
    item = Item(QUESTION, (PROOF,), others, (True, False, False))
    draws = [item.draw(random.Random(seed), 2) for seed in range(200)]
    assert all(drawn[0] == PROOF for drawn, answers in draws if answers)
    absent = [drawn for drawn, answers in draws if not answers]
    assert 5 < len(absent) < 50
    assert all(PROOF not in drawn and Piece("Own.") not in drawn for drawn in absent)


def test_rows_are_turned_back_to_the_order_that_transformers_undoes() -> None:
    from transformers.modeling_gguf_pytorch_utils import LlamaTensorProcessor

    rows = np.arange(6 * 8 * 3, dtype=np.float32).reshape(48, 3)
    turned = as_llama_cpp_turns(rows, 6)
    assert not np.array_equal(turned, rows)
    undo: Any = LlamaTensorProcessor
    assert np.array_equal(undo({})._reverse_permute_weights(turned, 6, 6), rows)
    assert np.array_equal(as_transformers_turns(turned, 6), rows)


def test_the_loss_falls_with_the_odds_and_the_likelihood_of_what_answers_and_rises_with_those_of_the_rest() -> None:
    import torch

    from eval.train_adapter import losses

    def loss(likely: list[float], odds: list[float], answers: bool) -> float:
        return float(losses(torch.tensor(likely), torch.tensor(odds), [(0, 2, answers)]))

    even = loss([-3.0, -3.0], [0.0, 0.0], True)
    assert loss([-3.0, -3.0], [2.0, 0.0], True) < even
    assert loss([-2.0, -3.0], [0.0, 0.0], True) < even
    assert loss([-3.0, -3.0], [0.0, 2.0], True) > even
    assert loss([-3.0, -2.0], [0.0, 0.0], True) > even
    # Where nothing answers, only the odds count: a question may well be likely after what does not answer it.
    assert loss([-3.0, -3.0], [2.0, 0.0], False) > loss([-2.0, -3.0], [0.0, 0.0], False)
    assert loss([-2.0, -3.0], [0.0, 0.0], False) == loss([-3.0, -3.0], [0.0, 0.0], False)


@pytest.mark.model
def test_llama_cpp_reads_the_written_adapter_as_it_was_in_training(tmp_path: Path, fresh: tuple[Any, Any]) -> None:
    import torch

    from eval.lora import add_lora, write_gguf
    from eval.train_adapter import Prompter, read_batch

    base = find_language_model(None)
    model, tokenizer = fresh
    torch.manual_seed(0)
    for factor in add_lora(model, 26):
        if not factor.any():  # as if it had learnt something
            torch.nn.init.normal_(factor, std=0.2)
    write_gguf(model, tmp_path / "adapter.gguf")
    prompter = Prompter(tokenizer)
    odds_of = model.lm_head.weight[prompter.yes] - model.lm_head.weight[prompter.no]
    with torch.no_grad():
        likely, odds = read_batch(model, [prompter(QUESTION, piece) for piece in (PROOF, OTHER)], odds_of)
    plain = QuestionLikelihood(base).judge(QUESTION, [PROOF, OTHER])
    read = QuestionLikelihood(base, adapter=tmp_path / "adapter.gguf").judge(QUESTION, [PROOF, OTHER])
    # llama.cpp multiplies in 8 bits what transformers has in 32.
    assert np.allclose(read[:, 0], likely.numpy(), atol=0.15)
    assert np.allclose(read[:, 1], odds.numpy(), atol=0.3)
    assert abs(read - plain).max() > 0.6


@pytest.mark.model
@pytest.mark.usefixtures("fresh")
def test_a_few_steps_make_the_model_surer_of_what_answers(tmp_path: Path) -> None:
    from eval.train_adapter import train

    base = find_language_model(None)
    digest = train([Item(QUESTION, (PROOF,), (OTHER,), (False,))] * 48, out=tmp_path, base=base, first_layer=26)
    assert (tmp_path / "SHA256").read_text(encoding="ascii").strip() == digest
    before = QuestionLikelihood(base).judge(QUESTION, [PROOF, OTHER])[:, 1]
    after = QuestionLikelihood(base, adapter=find_adapter(tmp_path)).judge(QUESTION, [PROOF, OTHER])[:, 1]
    assert after[0] > before[0] + 0.4


def small_model() -> Any:
    """A Llama of three layers with fewer heads for keys than for queries, as SmolLM2 has."""
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes: dict[str, Any] = {"hidden_size": 48, "intermediate_size": 64, "num_hidden_layers": 3, "vocab_size": 32}
    return LlamaForCausalLM(LlamaConfig(**sizes, num_attention_heads=6, num_key_value_heads=2))


def test_a_written_adapter_is_read_back_matrix_by_matrix(tmp_path: Path) -> None:
    import torch

    from eval.lora import add_lora, layer_to_begin_with, read_gguf, write_gguf

    model = small_model()
    learnt = add_lora(model, 1)
    for matrix in learnt:
        torch.nn.init.normal_(matrix)
    write_gguf(model, tmp_path / "adapter.gguf")
    assert layer_to_begin_with(tmp_path / "adapter.gguf") == 1
    again = small_model()
    read = add_lora(again, 1)
    read_gguf(again, tmp_path / "adapter.gguf")
    assert len(read) == 2 * 7 * 2
    assert all(torch.equal(one.half().float(), other) for one, other in zip(learnt, read, strict=True))
    for first_layer, wrong in ((2, r"matrices too many, such as blk\.1"), (0, r"has no blk\.0")):
        other = small_model()
        add_lora(other, first_layer)
        with pytest.raises(ValueError, match=wrong):
            read_gguf(other, tmp_path / "adapter.gguf")


@pytest.mark.model
@pytest.mark.usefixtures("fresh")
def test_an_adapter_goes_on_from_what_it_has_learnt(tmp_path: Path) -> None:
    from eval.train_adapter import train

    base, items = find_language_model(None), [Item(QUESTION, (PROOF,), (OTHER,), (False,))] * 4
    first = train(items, out=tmp_path / "first", base=base, first_layer=29)
    start = find_adapter(tmp_path / "first")
    # Without a step to take it stays as it was, to the byte; begun anew, all that had been learnt would be gone.
    assert train(items, out=tmp_path / "still", base=base, start=start, rate=0.0) == first
    assert train(items, out=tmp_path / "on", base=base, start=start) != first


@pytest.mark.model
def test_a_step_read_side_by_side_has_the_gradient_of_its_parts(fresh: tuple[Any, Any]) -> None:
    import torch

    from eval.lora import add_lora
    from eval.train_adapter import Gradients, Prompter, losses, read_batch

    model, tokenizer = fresh
    learnt = add_lora(model, 29)
    prompter = Prompter(tokenizer)
    odds_of = model.lm_head.weight[prompter.yes] - model.lm_head.weight[prompter.no]
    groups = [([prompter(QUESTION, piece) for piece in pair], True) for pair in ((PROOF, OTHER), (OTHER, PROOF))]
    before, threads = [], torch.get_num_threads()
    for read, answers in groups:
        loss = losses(*read_batch(model, read, odds_of), [(0, 2, answers)])
        before.append((loss.item(), torch.autograd.grad(loss, learnt)))
    torch.set_num_threads(2)
    try:
        loss, found = Gradients(model, learnt, odds_of)(groups)
    finally:
        torch.set_num_threads(threads)
    assert loss == pytest.approx((before[0][0] + before[1][0]) / 2, rel=1e-4)
    for gradient, one, other in zip(found, before[0][1], before[1][1], strict=True):
        assert torch.allclose(gradient, (one + other) / 2, rtol=1e-3, atol=1e-5)
