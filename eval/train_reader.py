"""Trains the passage reader: which sentence answers, with which words, or none.

    python -m eval.train_reader --archive DIR --questions rows.jsonl... [--squad xquad.en.json] [--pairs qnli.csv.gz]

Starts from the default embedder's weights, or from those in `--start`. The archive must hold the articles of the
questions and others beside them; `eval/reader_groups.py` says what a row is. Questions on every eighth article are
left out (`eval.spans`): scores come from them. Nothing of the text is written out.
"""

import argparse
import pickle
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.fitting import SEED
from eval.reader_groups import Group, make_groups, read_pairs, read_rows, read_squad
from eval.reader_losses import Item, chunks, encode, group_loss, page_loss, span_loss
from eval.reader_training import averaging, optimizing, rounded, save
from eval.spans import is_held_out
from index.archive import Archive
from rag.reader import MODEL_FOLDER, Encoder, collate

NEGATIVES = 3  # passages read beside the proving one, drawn anew each epoch
BATCH_QUESTIONS = 8
LENGTHS = 32  # inputs are padded to a multiple of so many tokens
EPOCHS = 2


def train(stages: Sequence[tuple[Sequence[Group], int, int]], *, out: Path, start: Path | None = None) -> None:
    """Trains on `stages` of (groups, questions a step, epochs), in order, and writes the model after every epoch: the
    moving average of its weights over that epoch."""
    import torch
    from safetensors.torch import load_file

    from rag.models import find_embedder
    from rag.reader_network import ReaderNetwork

    torch.manual_seed(SEED)
    choose = random.Random(SEED)
    folder = find_embedder(None)
    encoder = Encoder(folder)
    network = ReaderNetwork()
    if start is None:
        pretrained = load_file(folder / "model.safetensors")
        network.encoder.load_state_dict({name: pretrained[name] for name in network.encoder.state_dict()})
    else:
        network.load_state_dict(load_file(start / "model.safetensors"))
    # No dropout: its random numbers cost more here than the arithmetic (1,500 tokens a second against 3,600), and two
    # or three passes over the data do without.
    network.eval()
    network.encoder.embeddings.requires_grad_(False)  # 12 million numbers that a few thousand questions cannot better
    total = sum(epochs * -(-len(groups) // size) for groups, size, epochs in stages)
    optimizer, schedule = optimizing(network, [network.sentence, network.span], total)
    step, begun, running = 0, time.perf_counter(), np.zeros(3)
    for groups, size, epochs in stages:
        for _ in range(epochs):
            order = list(groups)
            choose.shuffle(order)
            averaged = averaging(network)
            for at in range(0, len(order), size):
                items = encode(encoder, order[at : at + size], choose, NEGATIVES)
                losses = _step(network, items, encoder.pad)
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
                averaged.update_parameters(network)
                step += 1
                running = 0.97 * running + 0.03 * losses
                if step % 20 == 0:
                    shown = " ".join(f"{value / (1 - 0.97**step):.3f}" for value in running)
                    print(
                        f"step {step}/{total} page, group, span {shown} {time.perf_counter() - begun:.0f} s", flush=True
                    )
            print("sha256", save(averaged.module, out), flush=True)


def _step(network: Any, items: Sequence[Item], pad: int) -> Any:
    """Adds the gradients of one step; mean losses of page, group and span."""
    import torch

    questions = len({item.question for item in items})
    total = np.zeros(3)
    for chunk in chunks(items):
        encoded = [item.encoded for item in chunk]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            counts = [len(item.labelled.page.sentences) for item in chunk]
            made, spans = network(**rounded(collate(encoded, counts, pad), LENGTHS))
        scores, spans = made[..., 0].float(), spans.float()
        pages = [page_loss(row, item) for row, item in zip(scores, chunk, strict=True)]
        words = [loss for row, item in zip(spans, chunk, strict=True) if (loss := span_loss(row, item)) is not None]
        groups = []
        for question in {item.question for item in chunk}:
            own = [(row, item) for row, item in zip(scores, chunk, strict=True) if item.question == question]
            if (loss := group_loss(own)) is not None:
                groups.append(loss)
        parts = [
            torch.stack(losses).sum() / questions if losses else torch.zeros(()) for losses in (pages, groups, words)
        ]
        (0.5 * parts[0] + parts[1] + 0.5 * parts[2]).backward()  # type: ignore[no-untyped-call]  # torch ships it untyped
        total += [float(part.detach()) for part in parts]
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--leave-out", type=Path, help="a file of ids, a line each: questions not to train on")
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--mined", type=Path, help="keeps the mined groups in this file, or reads them from there")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--start", type=Path, help="go on from the model in this folder")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER)
    options = parser.parse_args(arguments)
    groups: list[Group] = []
    if options.mined and options.mined.exists():
        groups = pickle.loads(options.mined.read_bytes())  # written by this script a few lines below
    elif options.archive:
        rows = read_rows(options.questions, options.leave_out)
        rows = [row for row in rows if not any(is_held_out(part["article_id"]) for part in row["evidence"])]
        with Archive.open(options.archive) as archive:
            groups = make_groups(archive, rows)
        if options.mined:
            options.mined.write_bytes(pickle.dumps(groups))
    public = (read_squad(options.squad) if options.squad else []) + (read_pairs(options.pairs) if options.pairs else [])
    print(f"training on {len(groups)} questions about news and {len(public)} public ones", flush=True)
    stages = [(public, 3 * BATCH_QUESTIONS, 1)] if public else []
    stages += [(groups, BATCH_QUESTIONS, options.epochs)] if groups else []
    train(stages, out=options.out, start=options.start)


if __name__ == "__main__":
    main()
