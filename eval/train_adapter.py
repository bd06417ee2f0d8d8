"""Trains the adapter with which the default language model tells whether a sentence answers a question.

    pip install --group training
    python -m eval.train_adapter --archive DIR --questions rows.jsonl... --out rag/weights/adapter [--start FOLDER]

The archive must hold the articles of the questions. Rows as in `eval/reader_groups.py`; questions on every eighth
article are left out (`eval.spans`). The model is the packaged GGUF, whose own weights stay as they are: matrices of low
rank are learnt beside those of its upper layers (LoRA, Hu et al. 2021). Each step reads questions with a sentence that
answers (or none) and hard ones that do not, just as `rag/likelihood.py` does, and has three losses: which of them
answers, told by the question's likelihood and by the odds of "Yes" against "No" together; those odds for each by
itself; and a little of the question's surprise. With `--start`, what the adapter of that folder has learnt goes on.
Nothing of the text is written out.
"""

import argparse
import pickle
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prompts
from eval.adapter_items import Item, make_items
from eval.fitting import SEED
from eval.lora import FIRST_LAYER, RANK_AND_SCALE, add_lora, layer_to_begin_with, load_base, read_gguf
from eval.lora_training import Step, descend, save_adapter
from eval.reader_groups import read_rows
from eval.spans import is_held_out
from index.archive import Archive
from index.side_by_side import SideBySide
from rag.adapter import ADAPTER_FOLDER, find_adapter
from rag.evidence_tokens import ASKED_TOKENS, BEFORE_TOKENS, HEADING_TOKENS, SENTENCE_TOKENS, Piece
from rag.models import find_language_model

BATCH = 4  # questions a step
OTHERS = 2  # sentences beside the one that answers
RATE = 4e-4
LIKELY = 6.0  # what a nat a token of likelihood counts beside a nat of odds
LEAN = 1.0  # taken off the odds: more sentences do not answer than do
ODDS, SURPRISE = 0.5, 0.1  # weights of the second and the third loss


@dataclass(frozen=True, slots=True)
class Prompted:
    """Token ids of one sentence and question, and where the question begins in them."""

    ids: list[int]
    start: int


class Prompter:
    """Puts question and piece into the tokens that `rag/likelihood.py` has llama.cpp read."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        before, rest = prompts.read("likelihood.txt").split("{evidence}")
        self._before, self._between = self._ids(before), self._ids(rest.split("{question}")[0])
        self._line = self._ids("\n")
        self.yes, self.no = (self._ids(word)[0] for word in ("Yes", "No"))

    def __call__(self, question: str, piece: Piece) -> Prompted:
        """What is read for one piece."""
        before = self._ids(_plain(piece.before))[-BEFORE_TOKENS:]
        evidence = [
            *self._ids(_plain(piece.heading))[:HEADING_TOKENS],
            *self._line,
            *(before + self._line if before else []),
            *self._ids(_plain(piece.sentence))[:SENTENCE_TOKENS],
        ]
        asked = self._ids(_plain(question))[:ASKED_TOKENS]
        ids = [*self._before, *evidence, *self._between, *asked]
        return Prompted(ids, len(ids) - len(asked))

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids


def _plain(text: str) -> str:
    return " ".join(text.split())


def read_batch(model: Any, prompted: Sequence[Prompted], odds_of: Any) -> tuple[Any, Any]:
    """Mean log probability of a token of each question, and the log odds of "Yes": two tensors of shape (n,)."""
    import torch

    longest = max(len(one.ids) for one in prompted)
    ids = torch.zeros(len(prompted), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for at, one in enumerate(prompted):
        ids[at, : len(one.ids)] = torch.tensor(one.ids)
        mask[at, : len(one.ids)] = 1
    states = model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
    places = [(at, place) for at, one in enumerate(prompted) for place in range(one.start, len(one.ids))]
    rows, columns = (torch.tensor(values) for values in zip(*places, strict=True))
    logits = model.lm_head(states[rows, columns - 1])
    targets = ids[rows, columns]
    likely = logits.gather(1, targets[:, None])[:, 0] - torch.logsumexp(logits, 1)
    counts = torch.tensor([len(one.ids) - one.start for one in prompted], dtype=torch.float32)
    means = torch.zeros(len(prompted)).index_add(0, rows, likely) / counts
    last = states[torch.arange(len(prompted)), torch.tensor([len(one.ids) - 1 for one in prompted])]
    return means, last @ odds_of


def losses(likely: Any, odds: Any, groups: Sequence[tuple[int, int, bool]]) -> Any:
    """The sum of the three losses over `groups` of (first row, rows, whether the first answers)."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    which, each, surprise = [], [], []
    for first, count, answers in groups:
        rows = slice(first, first + count)
        if answers:
            scores = LIKELY * likely[rows] + odds[rows]
            which.append(cross_entropy(scores[None], torch.zeros(1, dtype=torch.long)))
            surprise.append(-likely[first])
        labels = torch.zeros(count)
        labels[0] = float(answers)
        weights = torch.where(labels > 0, 1.0, 1.0 / (OTHERS + 1))
        each.append((binary_cross_entropy_with_logits(odds[rows] - LEAN, labels, reduction="none") * weights).sum())
    total = ODDS * torch.stack(each).mean()
    return total + torch.stack(which).mean() + SURPRISE * torch.stack(surprise).mean() if which else total


Group = tuple[list[Prompted], bool]  # what is read of one question, and whether the first of it answers


class Gradients:
    """Loss of the questions of a step, and its gradient for each of the matrices learnt.

    The questions are dealt out to the cores, and the parts read side by side; the loss is the mean of theirs.
    """

    def __init__(self, model: Any, learnt: Sequence[Any], odds_of: Any) -> None:
        self._model, self._learnt, self._odds_of = model, learnt, odds_of
        self._side_by_side = SideBySide()

    def __call__(self, groups: Sequence[Group]) -> tuple[float, list[Any]]:
        """Of at least one group with something to read."""
        import torch

        count = min(torch.get_num_threads(), len(groups))
        parts = self._side_by_side(self._of_part, [groups[at::count] for at in range(count)])
        gradients = [sum(values) / count for values in zip(*(part[1] for part in parts), strict=True)]
        return sum(part[0] for part in parts) / count, gradients

    def _of_part(self, groups: Sequence[Group]) -> tuple[float, Sequence[Any]]:
        import torch

        places, first = [], 0
        for read, answers in groups:
            places.append((first, len(read), answers))
            first += len(read)
        likely, odds = read_batch(self._model, [one for read, _ in groups for one in read], self._odds_of)
        loss = losses(likely, odds, places)
        return loss.item(), torch.autograd.grad(loss, self._learnt)


def train(
    items: Sequence[Item],
    *,
    out: Path,
    base: Path,
    first_layer: int = FIRST_LAYER,
    start: Path | None = None,
    rate: float = RATE,
) -> str:
    """One pass over `items` in their order; writes `adapter.gguf` and its checksum into `out`, and returns that.

    `start` is the GGUF of an adapter that goes on learning; its layers are then those that learn.
    """
    import torch

    torch.manual_seed(SEED)
    choose = random.Random(SEED)
    model, tokenizer = load_base(base)
    learnt = add_lora(model, layer_to_begin_with(start) if start else first_layer)
    if start:
        read_gguf(model, start)
    prompter = Prompter(tokenizer)
    gradients = Gradients(model, learnt, (model.lm_head.weight[prompter.yes] - model.lm_head.weight[prompter.no]))

    def step(at: int) -> Step | None:
        batch = items[at * BATCH : (at + 1) * BATCH]
        groups = [
            ([prompter(item.question, piece) for piece in pieces], answers)
            for item in batch
            for pieces, answers in [item.draw(choose, OTHERS)]
            if pieces
        ]
        if not groups:
            return None
        loss, found = gradients(groups)
        return {"loss": loss}, found

    descend(learnt, -(-len(items) // BATCH), step, rate)
    return save_adapter(model, out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the adapter into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--most", type=int, help="questions, drawn with the seed")
    parser.add_argument("--items", type=Path, help="keeps what the questions were made into, or reads it from there")
    parser.add_argument("--start", type=Path, help="folder of an adapter that is to go on learning")
    parser.add_argument("--rate", type=float, default=RATE, help="learning rate at its highest (%(default)s)")
    parser.add_argument("--out", type=Path, default=ADAPTER_FOLDER)
    options = parser.parse_args(arguments)
    if options.items and options.items.exists():
        items = pickle.loads(options.items.read_bytes())  # written by this script a few lines below
    else:
        rows = [row for row in read_rows(options.questions) if row["kind"] != "multi"]
        rows = [row for row in rows if not any(is_held_out(part["article_id"]) for part in row["evidence"])]
        random.Random(SEED).shuffle(rows)
        with Archive.open(options.archive) as archive:
            items = list(make_items(archive, rows[: options.most]))
        if options.items:
            options.items.write_bytes(pickle.dumps(items))
    print(f"{len(items)} questions; adapter of rank and scale {RANK_AND_SCALE}", flush=True)
    start = find_adapter(options.start) if options.start else None
    digest = train(items, out=options.out, base=find_language_model(None), start=start, rate=options.rate)
    print("sha256", digest, flush=True)


if __name__ == "__main__":
    main()
