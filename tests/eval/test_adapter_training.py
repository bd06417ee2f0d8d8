import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.adapter_items import Item, item_of
from eval.lora import as_llama_cpp_turns
from index.article import ArticleMeta
from rag.answer import SentenceRead
from rag.likelihood import Piece, QuestionLikelihood
from rag.models import find_language_model
from tests.rag.samples import meta, passage

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


@pytest.mark.model
def test_what_was_learnt_is_what_llama_cpp_reads(tmp_path: Path) -> None:
    import torch

    from eval.lora import load_base
    from eval.train_adapter import Prompter, read_batch, train

    base = find_language_model(None)
    item = Item(QUESTION, (PROOF,), (OTHER,), (False,))
    train([item] * 12, out=tmp_path, base=base, first_layer=26)
    plain = QuestionLikelihood(base).judge(QUESTION, [PROOF, OTHER])
    learnt = QuestionLikelihood(base, adapter=tmp_path / "adapter.gguf").judge(QUESTION, [PROOF, OTHER])
    assert learnt[0, 1] - learnt[1, 1] > plain[0, 1] - plain[1, 1] + 0.3

    model, tokenizer = load_base(base)
    prompter = Prompter(tokenizer)
    odds_of = model.lm_head.weight[prompter.yes] - model.lm_head.weight[prompter.no]
    with torch.no_grad():
        likely, odds = read_batch(model, [prompter(QUESTION, piece) for piece in (PROOF, OTHER)], odds_of)
    # llama.cpp multiplies in 8 bits what transformers has in 32; without the adapter the two read the same.
    assert np.allclose(plain[:, 0], likely.numpy(), atol=0.1)
    assert np.allclose(plain[:, 1], odds.numpy(), atol=0.3)
