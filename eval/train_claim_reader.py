"""Trains the claim reader: does this sentence, read after the one before it, support a claim, refute it, or neither?

    python -m eval.train_claim_reader --articles articles.jsonl... --claims rows.jsonl... --public mnli.csv.gz --out DIR

Starts from weights that read two texts together already: the passage reader's, or a claim reader's. Every epoch has
claims on news: rows with `stance` and `evidence` (article_id, start, end of the sentence that supports or refutes, or
that tempts one to believe a claim that is not stated), each beside its own evidence, and some beside another sentence
of the same article that shares words with it, which does neither; claims that rules make of the articles' sentences,
drawn anew (`eval/made_claims.py`); and some of the public pairs. The weights that are kept are a moving average over
the steps of the last epoch. Claims on every eighth article are left out (`eval.spans`): scores come from them, after
every epoch. Nothing of the text is written out.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.article_records import read_articles
from eval.claim_pairs import LABELS, STANCES, Claimed, Pair, Told, make, read_claims, read_pairs, told_in
from eval.fitting import SEED
from eval.reader_training import averaging, blend, optimizing, rounded, save
from eval.spans import is_held_out
from rag.reader import MODEL_FOLDER as READER_FOLDER
from rag.reader import Encoded, Encoder, collate

BATCH = 32
SHUFFLED = 64  # batches among which pairs are sorted by length, so that little is padding
LENGTHS = 8  # inputs are padded to a multiple of so many tokens
SCORED = 500  # sentences of held-out articles of which claims are made for the score


@dataclass(frozen=True, slots=True)
class Shares:
    """How much an epoch has of each, beside the claims themselves."""

    beside: float  # share of the claims that are also read beside another sentence
    made: float  # sentences of which claims are made, for each claim
    public: int  # pairs


def batches(pairs: Sequence[Pair], encoder: Encoder, choose: random.Random) -> Iterator[list[tuple[Encoded, int]]]:
    """The pairs in random order, those of like length together."""
    encoded = [(encoder(pair.claim, [pair.page])[0], pair.label) for pair in pairs]
    choose.shuffle(encoded)
    made = []
    for at in range(0, len(encoded), SHUFFLED * BATCH):
        pool = sorted(encoded[at : at + SHUFFLED * BATCH], key=lambda one: len(one[0].ids))
        made += [pool[first : first + BATCH] for first in range(0, len(pool), BATCH)]
    choose.shuffle(made)
    yield from made


def draw_epoch(
    claims: Sequence[Claimed], told: Sequence[Told], public: Sequence[Pair], shares: Shares, choose: random.Random
) -> list[Pair]:
    """What one epoch reads: every claim beside its evidence, and of all else as much as `shares` say."""
    beside = [choose.choice(one.others) for one in claims if one.others and choose.random() < shares.beside]
    made = make(told, round(shares.made * len(claims)), choose)
    drawn = choose.sample(list(public), min(shares.public, len(public)))
    return [one.own for one in claims] + beside + made + drawn


def train(
    claims: Sequence[Claimed],
    told: Sequence[Told],
    public: Sequence[Pair],
    shares: Shares,
    *,
    epochs: int,
    out: Path,
    start: Path,
    after: Callable[[Path], None],
) -> None:
    """Trains and writes the model after every epoch, the last time the average over that epoch; then calls `after`."""
    import torch
    from safetensors.torch import load_file

    from rag.models import find_embedder
    from rag.reader_network import ReaderNetwork

    torch.manual_seed(SEED)
    choose = random.Random(SEED)
    encoder = Encoder(find_embedder(None))
    network = ReaderNetwork(len(STANCES))
    state = {name: tensor.float() for name, tensor in load_file(start / "model.safetensors").items()}
    if state["sentence.2.weight"].shape[0] != len(STANCES):  # the passage reader's head, which tells something else
        state = {name: tensor for name, tensor in state.items() if not name.startswith("sentence.2")}
    network.load_state_dict(state, strict=False)
    network.eval()  # as in eval/train_reader.py: without dropout, and with the word embeddings as they are
    network.encoder.embeddings.word_embeddings.requires_grad_(False)
    network.span.requires_grad_(False)
    averaged = averaging(network)
    trained = [value for value in network.encoder.parameters() if value.requires_grad]
    drawn = [draw_epoch(claims, told, public, shares, choose) for _ in range(epochs)]
    total = sum(-(-len(epoch) // BATCH) for epoch in drawn)
    optimizer, schedule = optimizing(network, [network.sentence], total)
    step, begun, loss_mean, right_mean = 0, time.perf_counter(), 0.0, 0.0
    for number, epoch in enumerate(drawn, 1):
        for batch in batches(epoch, encoder, choose):
            labels = torch.tensor([label for _, label in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                inputs = collate([row for row, _ in batch], [1] * len(batch), encoder.pad)
                scores, _ = network(**rounded(inputs, LENGTHS))
            logits = scores[:, 0].float()
            loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.05)
            loss.backward()  # type: ignore[no-untyped-call]  # torch ships it untyped
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            if number == epochs:
                averaged.update_parameters(network)
            step += 1
            loss_mean = 0.98 * loss_mean + 0.02 * float(loss.detach())
            right_mean = 0.98 * right_mean + 0.02 * float((logits.argmax(1) == labels).float().mean())
            if step % 25 == 0:
                scale = 1 - 0.98**step
                took = time.perf_counter() - begun
                print(
                    f"step {step}/{total} loss {loss_mean / scale:.3f} right {right_mean / scale:.3f} {took:.0f} s",
                    flush=True,
                )
        folder = out if number == epochs else out / f"epoch-{number}"
        print("epoch", number, "sha256", save(averaged.module if number == epochs else network, folder), flush=True)
        after(folder)


def score(claims: Sequence[Claimed], made: Sequence[Pair], folder: Path) -> dict[str, float]:
    """How the model in `folder` reads claims that it was not trained on, each with its own evidence: the share told
    right of three, and the area under the curve of supported against refuted ones; how often a sentence beside the
    evidence is told to do neither; and of claims made by rules, the share told supported or not as they are."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    from rag.reader import Network

    network = Network(folder, outputs=len(STANCES))
    own, beside = [], []
    for one in claims:
        pages = [one.own.page, *(other.page for other in one.others[:1])]
        logits = {at: scores[0] for at, _, scores, _ in network(one.own.claim, pages)}
        own.append(logits[0])
        beside += [logits[at].argmax() == 2 for at in logits if at]
    table, labels = np.array(own), np.array([one.own.label for one in claims])
    told = labels < 2
    figures = {
        "claims": float(len(claims)),
        "right": float((table.argmax(1) == labels).mean()),
        **{f"{STANCES[at]}_right": float((table.argmax(1)[labels == at] == at).mean()) for at in range(3)},
        "auc_supported_against_refuted": float(roc_auc_score(labels[told] == 0, (table[:, 0] - table[:, 1])[told])),
        "neither_beside": float(np.mean(beside)),
    }
    read = [next(iter(network(one.claim, [one.page])))[2][0] for one in made]
    for kind in sorted({one.kind for one in made}):
        right = [
            (row.argmax() == 0) == (one.label == 0) for row, one in zip(read, made, strict=True) if one.kind == kind
        ]
        figures[f"made_{kind}"] = float(np.mean(right))
    return {name: round(value, 4) for name, value in figures.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--claims", type=Path, nargs="+", required=True)
    parser.add_argument("--public", type=Path, nargs="*", default=[])
    parser.add_argument("--public-pairs", type=int, default=10_000, help="of all public pairs, drawn anew each epoch")
    parser.add_argument("--made", type=float, default=0.3, help="sentences for each claim of which claims are made")
    parser.add_argument("--beside", type=float, default=0.3, help="share of claims also read beside another sentence")
    parser.add_argument("--epochs", type=int, default=2, help="0 scores the model in --out")
    parser.add_argument("--start", type=Path, default=READER_FOLDER)
    parser.add_argument("--blend", type=Path, help="weights of which the rest is taken where --share is below 1")
    parser.add_argument("--share", type=float, default=1.0, help="of the trained weights in what is kept at the end")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    files = {path: read_rows(path) for path in options.claims}
    wanted = {part["article_id"] for rows in files.values() for row in rows for part in row["evidence"]}
    articles = read_articles(options.articles, wanted)
    held = {path: read_claims([row for row in rows if held_out(row)], articles) for path, rows in files.items()}
    claims = read_claims([row for rows in files.values() for row in rows if not held_out(row)], articles)
    public = [pair for path in options.public for pair in read_pairs(path)]
    made = make(told_in([one for kept in held.values() for one in kept], articles), SCORED, random.Random(SEED))

    def after(folder: Path) -> None:
        for at, (path, kept) in enumerate(item for item in held.items() if item[1]):
            print(path.name, json.dumps(score(kept, made if at == 0 else [], folder)), flush=True)

    print(f"{len(public)} public pairs, {len(claims)} claims", flush=True)
    shares = Shares(options.beside, options.made, options.public_pairs)
    if options.epochs:
        told = told_in(claims, articles)
        train(claims, told, public, shares, epochs=options.epochs, out=options.out, start=options.start, after=after)
        if options.blend:
            print("blended, sha256", blend(options.out, options.blend, options.share), flush=True)
    if options.blend or not options.epochs:
        after(options.out)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file that are claims with evidence."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row.get("stance") in LABELS and row["evidence"]]


def held_out(row: dict[str, Any]) -> bool:
    """Whether a row is on an article that is kept from training."""
    return any(is_held_out(part["article_id"]) for part in row["evidence"])


if __name__ == "__main__":
    main()
