import json
from pathlib import Path

import pytest

from eval.reader_groups import Group, Labelled, read_rows
from eval.reader_training import AVERAGED, averaging, rounded
from rag.reader import MODEL_FOLDER, Page, PassageReader


def test_rows_that_ask_are_read_less_those_of_the_file_of_ids(tmp_path: Path) -> None:
    kinds = {"a": "ask", "b": "claim", "c": "near_miss", "d": "multi", "e": "ask"}
    rows, ids = tmp_path / "rows.jsonl", tmp_path / "ids.txt"
    rows.write_text("\n".join(json.dumps({"id": id, "kind": kind}) for id, kind in kinds.items()), encoding="utf-8")
    ids.write_text("a\nd\n", encoding="utf-8")
    assert [row["id"] for row in read_rows([rows])] == ["a", "c", "d", "e"]
    assert [row["id"] for row in read_rows([rows], ids)] == ["c", "e"]


def test_the_average_leaves_a_hundredth_to_each_step() -> None:
    import torch

    network = torch.nn.Linear(1, 1, bias=False)
    averaged = averaging(network)
    for weight in (2.0, 3.0):
        network.weight.data.fill_(weight)
        averaged.update_parameters(network)
    assert averaged.module.weight.item() == pytest.approx(AVERAGED * 2.0 + (1 - AVERAGED) * 3.0)


def test_inputs_are_padded_with_zeros_to_a_multiple() -> None:
    import torch

    made = rounded({"input_ids": torch.ones(2, 5), "membership": torch.ones(2, 3, 5)}, 4)
    assert {name: tuple(tensor.shape) for name, tensor in made.items()} == {
        "input_ids": (2, 8),
        "membership": (2, 3, 8),
    }
    assert made["input_ids"][:, 5:].sum() == 0
    assert rounded(made, 4)["input_ids"].shape == (2, 8)


@pytest.mark.model
def test_the_reader_learns_which_sentence_answers_and_the_average_is_kept(tmp_path: Path) -> None:
    from eval.train_reader import train

    text = "A fair was held. The grey heron signed."
    page = Page("", text, ((0, 16), (17, 39)))
    group = Group("Who wrote in blue?", (Labelled(page, (1,), (21, 31)),), ())
    before = PassageReader()(group.question, [page])[0].scores
    train([([group] * 8, 1, 1)], out=tmp_path, start=MODEL_FOLDER)
    after = PassageReader(tmp_path)(group.question, [page])[0].scores
    assert after[1] - after[0] > before[1] - before[0] + 0.05
