"""Trains the adapter with which the default language model tells whether a sentence supports a claim or refutes it.

    pip install --group training
    python -m eval.train_claim_adapter --articles articles.jsonl... --claims rows.jsonl... --out DIR

Claims as in `eval/claim_pairs.py`; those on every eighth article are left out (`eval.spans`). Each is read behind the
sentence that was marked for it, and some behind another sentence of the article that shares words with them, which says
neither. Claims on one sentence are read behind it in one go. The model is the packaged GGUF, whose own weights stay as
they are: matrices of low rank are learnt beside those of its upper layers (LoRA, Hu et al. 2021), from those of the
adapter in `--start` on. The loss is that of three words after the claim: "Yes", "No", "Maybe". Nothing of the text is
written out.
"""

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prompts
from eval.article_records import read_articles
from eval.claim_pairs import Claimed, Pair, read_claims
from eval.fitting import SEED
from eval.lora import RANK_AND_SCALE, add_lora, layer_to_begin_with, load_base, read_gguf
from eval.lora_training import Step, descend, save_adapter
from eval.train_claim_reader import held_out, read_rows
from index.side_by_side import SideBySide
from rag.adapter import ADAPTER_FOLDER, find_adapter
from rag.evidence_tokens import ASKED_TOKENS, BEFORE_TOKENS, HEADING_TOKENS, SENTENCE_TOKENS
from rag.models import find_language_model
from rag.reader import Page

ANSWERS = ("Yes", "No", "Maybe")  # supports, refutes, neither
BATCH = 8  # sentences a step, each with its claims
BESIDE = 0.25  # share of the sentences whose claims are also read behind another one
RATE = 4e-4
SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence with what stands around it, and the claims that are read behind it with their labels."""

    page: Page
    claims: tuple[tuple[str, int], ...]


def make_items(claims: Sequence[Claimed], beside: float, choose: random.Random) -> list[Item]:
    """Claims by the sentence they are on, in random order."""
    together: dict[tuple[str, Page], list[Claimed]] = {}
    for one in claims:
        together.setdefault((one.article_id, one.own.page), []).append(one)
    items = []
    for (_, page), those in together.items():
        items.append(Item(page, tuple((one.own.claim, one.own.label) for one in those)))
        others: list[Pair] = [other for one in those for other in one.others]
        if others and choose.random() < beside:
            items.append(Item(choose.choice(others).page, tuple((one.own.claim, 2) for one in those)))
    choose.shuffle(items)
    return items


@dataclass(frozen=True, slots=True)
class Packed:
    """Items in one row of tokens: each token sees the prompt's beginning, its sentence and its claim up to itself."""

    ids: Any  # (tokens,)
    places: Any  # (tokens,): position of each in what it sees
    sees: Any  # (tokens, tokens), bool
    last: Any  # (claims,): where the last token of each claim is
    labels: Any  # (claims,)


class Packer:
    """Puts items into tokens as `rag.claim_likelihood` has them read."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        before, rest = prompts.read("claim.txt").split("{evidence}")
        self._before, self._between = self._ids(before), self._ids(rest.split("{claim}")[0])
        self._line = self._ids("\n")
        self.answers = [self._ids(word)[0] for word in ANSWERS]

    def __call__(self, items: Iterable[Item]) -> Packed:
        """All of `items`, the prompt's beginning once."""
        import torch

        # Of each run of tokens: the runs before it that it sees.
        runs: list[tuple[list[int], list[int]]] = [(self._before, [])]
        ends, labels = [], []
        for item in items:
            runs.append(([*self._evidence(item.page), *self._between], [0]))
            sentence = len(runs) - 1
            for claim, label in item.claims:
                runs.append((self._ids(_plain(claim))[:ASKED_TOKENS], [0, sentence]))
                ends.append(len(runs) - 1)
                labels.append(label)
        starts = [0]
        for ids, _ in runs:
            starts.append(starts[-1] + len(ids))
        sees = torch.zeros(starts[-1], starts[-1], dtype=torch.bool)
        places = torch.zeros(starts[-1], dtype=torch.long)
        for at, (ids, seen) in enumerate(runs):
            own = slice(starts[at], starts[at + 1])
            sees[own, own] = torch.ones(len(ids), len(ids), dtype=torch.bool).tril()
            for other in seen:
                sees[own, starts[other] : starts[other + 1]] = True
            places[own] = torch.arange(len(ids)) + sum(len(runs[other][0]) for other in seen)
        last = torch.tensor([starts[at + 1] - 1 for at in ends])
        return Packed(torch.tensor([one for ids, _ in runs for one in ids]), places, sees, last, torch.tensor(labels))

    def _evidence(self, page: Page) -> list[int]:
        start, end = page.sentences[-1]
        before = self._ids(_plain(page.text[:start]))[-BEFORE_TOKENS:]
        return [
            *self._ids(_plain(page.head))[:HEADING_TOKENS],
            *self._line,
            *(before + self._line if before else []),
            *self._ids(_plain(page.text[start:end]))[:SENTENCE_TOKENS],
        ]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids


def _plain(text: str) -> str:
    return " ".join(text.split())


def read_packed(model: Any, packed: Packed, answers: Any) -> Any:
    """Logits of the three answers after each claim: (claims, 3)."""
    import torch

    mask = torch.zeros(packed.sees.shape).masked_fill(~packed.sees, torch.finfo(torch.float32).min)[None, None]
    states = model.model(
        input_ids=packed.ids[None], position_ids=packed.places[None], attention_mask=mask, use_cache=False
    ).last_hidden_state[0]
    return states[packed.last] @ answers.T


def train(items: Sequence[Item], *, out: Path, base: Path, start: Path, rate: float = RATE) -> str:
    """One pass over `items` in their order; writes `adapter.gguf` and its checksum into `out`, and returns that."""
    import torch
    from torch.nn.functional import cross_entropy

    torch.manual_seed(SEED)
    model, tokenizer = load_base(base)
    learnt = add_lora(model, layer_to_begin_with(start))
    read_gguf(model, start)
    packer = Packer(tokenizer)
    answers = model.lm_head.weight[packer.answers]
    side_by_side = SideBySide()

    def of_part(part: Sequence[Item]) -> tuple[float, int, int, Any]:
        packed = packer(part)
        logits = read_packed(model, packed, answers)
        loss = cross_entropy(logits, packed.labels, label_smoothing=SMOOTHING, reduction="sum")
        right = int((logits.argmax(1) == packed.labels).sum())
        return loss.item(), right, len(packed.labels), torch.autograd.grad(loss, learnt)

    def step(at: int) -> Step:
        batch = items[at * BATCH : (at + 1) * BATCH]
        count = min(torch.get_num_threads(), len(batch))
        parts = side_by_side(of_part, [batch[first::count] for first in range(count)])
        claims = sum(part[2] for part in parts)
        gradients = [sum(values) / claims for values in zip(*(part[3] for part in parts), strict=True)]
        return {
            "loss": sum(part[0] for part in parts) / claims,
            "right": sum(part[1] for part in parts) / claims,
        }, gradients

    descend(learnt, -(-len(items) // BATCH), step, rate)
    return save_adapter(model, out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the adapter into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--claims", type=Path, nargs="+", required=True)
    parser.add_argument("--beside", type=float, default=BESIDE, help="share of sentences whose claims get another one")
    parser.add_argument("--start", type=Path, default=ADAPTER_FOLDER, help="folder of the adapter to begin with")
    parser.add_argument("--rate", type=float, default=RATE, help="learning rate at its highest (%(default)s)")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    rows = [row for path in options.claims for row in read_rows(path) if not held_out(row)]
    articles = read_articles(options.articles, {part["article_id"] for row in rows for part in row["evidence"]})
    claims = read_claims(rows, articles)
    items = make_items(claims, options.beside, random.Random(SEED))
    print(f"{len(claims)} claims behind {len(items)} sentences; rank and scale {RANK_AND_SCALE}", flush=True)
    digest = train(
        items, out=options.out, base=find_language_model(None), start=find_adapter(options.start), rate=options.rate
    )
    print(json.dumps({"sha256": digest}), flush=True)


if __name__ == "__main__":
    main()
