"""Trains the claim reader: does this sentence, read after the one before it, support a claim, refute it, or neither?

    python -m eval.train_claim_reader --articles articles.jsonl... --claims rows.jsonl... --nli mnli.csv.gz snli.csv.gz

Starts from the passage reader's encoder, which reads two texts together already. First the public pairs (premise,
hypothesis, label), then claims on news: rows with `stance` and `evidence` (article_id, start, end of the sentence that
supports or refutes, or that tempts one to believe a claim that is not stated). Beside each claim's own evidence it
reads other sentences of the same article that share the most words with it, which do neither. Claims on every eighth
article are left out (`eval.spans`): scores come from them. Nothing of the text is written out.
"""

import argparse
import csv
import gzip
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.article_records import read_articles
from eval.fitting import SEED
from eval.reader_training import optimizing, save
from eval.spans import is_held_out, overlaps
from index.article import Article, heading
from index.sentences import split_sentences
from rag.reader import MODEL_FOLDER as READER_FOLDER
from rag.reader import Encoded, Encoder, Page, collate
from rag.terms import content_stems

STANCES = ("supports", "refutes", "neither")
LABELS = {"entailment": 0, "contradiction": 1, "neutral": 2, "supports": 0, "refutes": 1, "not_found": 2}
OTHERS = 1  # sentences beside a claim's own that it is read with, drawn anew each epoch from the nearest
NEAREST = 8
BATCH = 32
SHUFFLED = 64  # batches among which pairs are sorted by length, so that little is padding


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim with what it is read with; `label` is a place in `STANCES`."""

    claim: str
    page: Page
    label: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim on news: its own evidence, and sentences near it that say neither."""

    own: Pair
    others: tuple[Pair, ...]


def read_pairs(path: Path) -> list[Pair]:
    """Public pairs whose label is one of three; pairs that are only known not to entail are left out."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["label"] in LABELS]
    return [
        Pair(row["hypothesis"], Page("", row["premise"], ((0, len(row["premise"])),)), LABELS[row["label"]])
        for row in rows
    ]


def window(text: str, sentences: Sequence[tuple[int, int]], at: int, head: str) -> Page:
    """Sentence `at` after the one before it, as a page of which the last sentence is read."""
    first = max(0, at - 1)
    start, end = sentences[first][0], sentences[at][1]
    return Page(head, text[start:end], ((sentences[at][0] - start, end - start),))


def claimed(row: dict[str, Any], article: Article) -> Claimed | None:
    """The claim with its windows; None when its evidence is on none of the article's sentences."""
    text = article.text
    sentences = [(one[0], one[1]) for one in split_sentences(text)]
    part = row["evidence"][0]
    own = [at for at, (start, end) in enumerate(sentences) if overlaps(start, end, part["start"], part["end"])]
    if not own:
        return None
    head = heading(article.title, article.source, article.published_at)
    words = set(content_stems(row["claim"]))
    shared = {at: len(words & set(content_stems(text[start:end]))) for at, (start, end) in enumerate(sentences)}
    best = max(own, key=lambda at: shared[at])
    near = sorted((at for at in shared if not any(abs(at - one) < 2 for one in own)), key=lambda at: -shared[at])
    return Claimed(
        Pair(row["claim"], window(text, sentences, best, head), LABELS[row["stance"]]),
        tuple(Pair(row["claim"], window(text, sentences, at, head), 2) for at in near[:NEAREST]),
    )


def read_claims(rows: Sequence[dict[str, Any]], articles: dict[str, Article]) -> list[Claimed]:
    """The claims whose article is there."""
    made = (
        claimed(row, articles[row["evidence"][0]["article_id"]])
        for row in rows
        if row.get("stance") in LABELS and row["evidence"] and row["evidence"][0]["article_id"] in articles
    )
    return [one for one in made if one is not None]


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


def train(pairs: Sequence[Pair], claims: Sequence[Claimed], epochs: tuple[int, int], *, out: Path, start: Path) -> None:
    """Trains on the public pairs, then on the claims, and writes the model after every epoch."""
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
    trained = [value for value in network.encoder.parameters() if value.requires_grad]
    steps = [epochs[0] * -(-len(pairs) // BATCH), epochs[1] * -(-len(claims) * (1 + OTHERS) // BATCH)]
    total = sum(steps)
    optimizer, schedule = optimizing(network, [network.sentence], total)
    step, begun, loss_mean, right_mean = 0, time.perf_counter(), 0.0, 0.0
    for number in range(sum(epochs)):
        epoch = list(pairs)
        if number >= epochs[0]:
            epoch = [one.own for one in claims]
            epoch += [other for one in claims for other in choose.sample(one.others, min(OTHERS, len(one.others)))]
        for batch in batches(epoch, encoder, choose):
            labels = torch.tensor([label for _, label in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, _ = network(**collate([row for row, _ in batch], [1] * len(batch), encoder.pad))
            logits = scores[:, 0].float()
            loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.05)
            loss.backward()  # type: ignore[no-untyped-call]  # torch ships it untyped
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
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
        print("epoch", number + 1, "sha256", save(network, out), flush=True)


def score(claims: Sequence[Claimed], folder: Path) -> dict[str, float]:
    """How the model in `folder` reads claims that it was not trained on, each with its own evidence: the share told
    right of three, and the area under the curve of supported against refuted ones; and how often a sentence beside
    the evidence is told to do neither."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    from rag.reader import Network

    network = Network(folder, outputs=len(STANCES))
    own, beside = [], []
    for one in claims:
        pages = [one.own.page, *(other.page for other in one.others[:OTHERS])]
        logits = {at: scores[0] for at, _, scores, _ in network(one.own.claim, pages)}
        own.append(logits[0])
        beside += [logits[at].argmax() == 2 for at in logits if at]
    table, labels = np.array(own), np.array([one.own.label for one in claims])
    told = labels < 2
    return {
        "claims": len(claims),
        "right": float((table.argmax(1) == labels).mean()),
        "auc_supported_against_refuted": float(roc_auc_score(labels[told] == 0, (table[:, 0] - table[:, 1])[told])),
        "neither_beside": float(np.mean(beside)),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    parser.add_argument("--claims", type=Path, nargs="+", required=True)
    parser.add_argument("--nli", type=Path, nargs="*", default=[])
    parser.add_argument("--epochs", type=int, nargs=2, default=(2, 3), metavar=("PUBLIC", "CLAIMS"))
    parser.add_argument("--start", type=Path, default=READER_FOLDER)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for path in options.claims for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row.get("stance") in LABELS]
    articles = read_articles(options.articles, {part["article_id"] for row in rows for part in row["evidence"]})
    held_out = [any(is_held_out(part["article_id"]) for part in row["evidence"]) for row in rows]
    kept = [row for row, held in zip(rows, held_out, strict=True) if held]
    claims = read_claims([row for row, held in zip(rows, held_out, strict=True) if not held], articles)
    pairs = [pair for path in options.nli for pair in read_pairs(path)]
    print(f"training on {len(pairs)} public pairs and {len(claims)} claims of {len(rows)}", flush=True)
    if any(options.epochs):
        train(pairs, claims, (options.epochs[0], options.epochs[1]), out=options.out, start=options.start)
    print(json.dumps(score(read_claims(kept, articles), options.out)))


if __name__ == "__main__":
    main()
