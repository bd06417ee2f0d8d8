"""Trains the cross-encoder that says how well a sentence answers; starts from the default embedder's weights.

    python -m eval.train_cross_encoder --archive DIR --questions train.jsonl [--pairs qnli.csv.gz]

Rows as in `eval/fit_selection.py`. Questions on a quarter of the articles are left out (`eval.spans`): the scores in
the model card come from them, and the fused score is fitted on them. Negatives are sentences of retrieved passages
that share the question's rare words, and the tempting sentence of each near miss. Nothing of the text is written out.
"""

import argparse
import csv
import gzip
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.fitting import SEED
from eval.spans import is_held_out, proves
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from rag.ask import IdfWeight
from rag.cross_encoder import MAX_TOKENS, MODEL_FOLDER, pair_text, tokenizer_folder
from rag.evidence import Candidate, candidates
from rag.retrieval import HybridRetriever
from rag.terms import content_stems

NEGATIVES = 6  # sentences for each question beside the proving ones
BATCH_QUESTIONS = 8
CHUNK = 16  # texts in one forward pass
EPOCHS = 2
RATE = 6e-5
WARM_UP = 0.1
PAIR_LABELS = {"entailment": 1.0, "not_entailment": 0.0}


@dataclass(frozen=True, slots=True)
class Group:
    """A question with the texts it is paired with and which of them answer (none, for a near miss)."""

    question: str
    texts: tuple[str, ...]
    labels: tuple[float, ...]


def make_groups(archive: Archive, rows: Sequence[dict[str, Any]]) -> list[Group]:
    """Each question with its proving or tempting sentences and hard negatives from retrieval."""
    from tqdm import tqdm

    embedder = MiniLmEmbedder.load()
    retriever = HybridRetriever(archive, embedder)
    weight = IdfWeight(archive)
    choose = random.Random(SEED)
    groups = []
    queries = embedder.embed_queries([row["question"] for row in rows])
    for row, query in zip(tqdm(rows, desc="questions"), queries, strict=True):
        question = row["question"]
        passages = retriever.retrieve_embedded(question, query, k=10)
        found = candidates(passages)
        marks = [
            any(proves(item, part["article_id"], part["start"], part["end"]) for part in row["evidence"])
            for item in found
        ]
        gold = [item for item, mark in zip(found, marks, strict=True) if mark]
        if not gold:  # retrieval missed it: the sentence is looked up in its article
            gold = _in_article(archive, row["evidence"][0])
        asked = set(content_stems(question))

        def overlap(item: Candidate, asked: set[str] = asked) -> float:
            return sum(weight(stem) for stem in asked & set(content_stems(f"{item.previous} {item.text}")))

        others = [item for item, mark in zip(found, marks, strict=True) if not mark]
        ranked = sorted(others, key=overlap, reverse=True)
        near = [item for item in others if item.passage.rank <= 3 and item not in ranked[:4]]
        negatives = ranked[:4] + choose.sample(near, min(len(near), NEGATIVES - 4))
        answers = 1.0 if row["kind"] == "ask" else 0.0
        chosen = [(pair_text(item), answers) for item in gold[:2]] + [(pair_text(item), 0.0) for item in negatives]
        if chosen:
            groups.append(Group(question, tuple(text for text, _ in chosen), tuple(label for _, label in chosen)))
    return groups


def _in_article(archive: Archive, part: dict[str, Any]) -> list[Candidate]:
    from index.article import ArticleMeta
    from index.passages import cut_passages
    from rag.answer import RetrievedPassage

    article = archive.article(part["article_id"])
    for passage in cut_passages(article):
        if passage.start <= part["start"] < passage.end:
            shown = RetrievedPassage(
                0,
                ArticleMeta.of(article),
                passage.start,
                passage.end,
                passage.text,
                0.0,
                1,
                sentences=passage.sentences,
            )
            inside = candidates([shown])
            return [item for item in inside if proves(item, part["article_id"], part["start"], part["end"])]
    return []


def read_pairs(path: Path) -> list[Group]:
    """Pairs with labels from a CSV of premise, hypothesis, label (QNLI: the premise is the question)."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Group(row["premise"], (row["hypothesis"],), (PAIR_LABELS[row["label"]],))
        for row in rows
        if row["label"] in PAIR_LABELS
    ]


def batches(groups: Sequence[Group], size: int, choose: random.Random) -> Iterator[list[Group]]:
    """All groups once, in random order."""
    order = list(groups)
    choose.shuffle(order)
    for at in range(0, len(order), size):
        yield order[at : at + size]


def train(groups: Sequence[Group], pairs: Sequence[Group], *, epochs: int) -> Any:
    """The trained model. Pairs are seen once, first; each question's group takes part in two losses.

    Softmax over a group teaches which sentence is best; the logistic loss teaches whether any is good enough.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(SEED)
    choose = random.Random(SEED)
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder())
    model = AutoModelForSequenceClassification.from_pretrained(tokenizer_folder(), num_labels=1)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    total = -(-len(pairs) // (BATCH_QUESTIONS * 6)) + epochs * -(-len(groups) // BATCH_QUESTIONS)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * total), max(0.0, (total - step) / (total * (1 - WARM_UP))))
    )

    def score(texts: list[tuple[str, str]]) -> Any:
        """Logits with their gradients. Alike lengths run together: padding costs a third of the time otherwise."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at][1]))
        parts = []
        for at in range(0, len(order), CHUNK):
            rows = [texts[row] for row in order[at : at + CHUNK]]
            encoded = tokenizer(
                [question for question, _ in rows],
                [text for _, text in rows],
                truncation="longest_first",
                max_length=MAX_TOKENS,
                padding=True,
                return_tensors="pt",
            )
            with torch.autocast("cpu", dtype=torch.bfloat16):
                parts.append(model(**encoded).logits[:, 0])
        return torch.cat(parts).float()[torch.argsort(torch.tensor(order))]

    plan = [list(batches(pairs, BATCH_QUESTIONS * 6, choose))] if pairs else []
    plan += [list(batches(groups, BATCH_QUESTIONS, choose)) for _ in range(epochs)]
    step, started, running = 0, time.perf_counter(), 0.0
    for epoch in plan:
        for batch in epoch:
            logits = score([(group.question, text) for group in batch for text in group.texts])
            labels = torch.tensor([label for group in batch for label in group.labels])
            weight = torch.where(labels > 0, 2.0, 1.0)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, weight=weight)
            at = 0
            ranking = []
            for group in batch:
                scores, marks = logits[at : at + len(group.texts)], labels[at : at + len(group.texts)]
                at += len(group.texts)
                if 0 < marks.sum() < len(marks):
                    ranking.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[marks > 0], 0))
            if ranking:
                loss = loss + torch.stack(ranking).mean()
            loss.backward()  # type: ignore[no-untyped-call]  # torch ships it untyped
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            running = 0.95 * running + 0.05 * float(loss.detach())
            if step % 25 == 0:
                print(f"step {step}/{total} loss {running:.3f} {time.perf_counter() - started:.0f} s", flush=True)
    model.eval()
    return model


def save(model: Any, folder: Path) -> str:
    """Writes `model.safetensors` in half precision, `config.json` and `SHA256`; the weights' SHA-256."""
    import torch

    model.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    sha256 = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    (folder / "SHA256").write_text(sha256 + "\n", encoding="ascii")
    return sha256


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER)
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row["kind"] in ("ask", "near_miss")]
    rows = [row for row in rows if not is_held_out(row["evidence"][0]["article_id"])]
    with Archive.open(options.archive) as archive:
        next(archive.articles(Filters()))  # an empty archive is said now, not after the models have loaded
        groups = make_groups(archive, rows)
    pairs = read_pairs(options.pairs) if options.pairs else []
    sizes = f"{len(groups)} questions, {sum(len(group.texts) for group in groups)} sentences, {len(pairs)} pairs"
    print(f"training on {sizes}; {np.mean([max(group.labels) for group in groups]):.2f} have an answer", flush=True)
    print("sha256", save(train(groups, pairs, epochs=options.epochs), options.out))


if __name__ == "__main__":
    main()
