"""Trains the passage reader: which sentence answers, with which words, or none.

    python -m eval.train_reader --archive DIR --questions rows.jsonl... [--squad xquad.en.json] [--pairs qnli.csv.gz]

Starts from the default embedder's weights. The archive must hold the articles of the questions and others beside
them. Rows: `kind` is `ask` (`evidence`: article_id, start, end of the proving sentence; `answers`: patterns, or
`answer`: [start, end] of the answering words in each article; `also`: further spans that state it), `multi` (evidence
in two articles) or `near_miss` (no answer; evidence is the sentence that tempts). Questions on every eighth article
are left out (`eval.spans`): scores come from them. Negatives are the passages that the product's own retrieval brings
up, those of the same article among them. Nothing of the text is written out.
"""

import argparse
import csv
import gzip
import hashlib
import json
import pickle
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from eval.fitting import SEED
from eval.spans import is_held_out, overlaps
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from index.sentences import split_sentences
from rag.answer import RetrievedPassage
from rag.reader import MODEL_FOLDER, Encoded, Encoder, Page, collate, page_of
from rag.retrieval import HybridRetriever

DEPTH = 24  # passages of the fused ranking that a negative may come from
NEGATIVES = 3  # passages read beside the proving one, drawn anew each epoch
BATCH_QUESTIONS = 8
CHUNK_TOKENS = 3072  # of one forward and backward pass
EPOCHS = 2
RATE = 1e-4
WARM_UP = 0.06
PAIR_LABELS = {"entailment": True, "not_entailment": False}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page with what is known about it."""

    page: Page
    gold: tuple[int, ...] = ()  # sentences that answer
    answer: tuple[int, int] | None = None  # the answering words, offsets into the page's text
    ignored: tuple[int, ...] = ()  # sentences that may answer too: neither right nor wrong
    own: bool = False  # of an article that holds evidence


@dataclass(frozen=True, slots=True)
class Group:
    """A question with the pages that answer it (none, for a near miss) and pages that do not."""

    question: str
    positive: tuple[Labelled, ...]
    negative: tuple[Labelled, ...]  # hardest first
    fixed: tuple[Labelled, ...] = field(default=())  # negatives that are always read: the page that tempts

    def draw(self, choose: random.Random, most: int) -> list[Labelled]:
        """Pages of one step: the proving ones and `most` others, hard ones more often, one of the same article."""
        own = [page for page in self.negative if page.own]
        others = [page for page in self.negative if not page.own]
        drawn = list(self.fixed[:1])
        if own and len(drawn) < most:
            drawn.append(own[min(int(choose.expovariate(0.7)), len(own) - 1)])
        while others and len(drawn) < most:
            drawn.append(others.pop(min(int(choose.expovariate(0.25)), len(others) - 1)))
        return [*self.positive, *drawn]


def make_groups(archive: Archive, rows: Sequence[dict[str, Any]]) -> list[Group]:
    """Each question with its proving or tempting pages and hard negatives from retrieval."""
    from tqdm import tqdm

    embedder = MiniLmEmbedder.load()
    retriever = HybridRetriever(archive, embedder)
    by_source: dict[str, str] = {article.source_id: article.id for article in archive.articles(Filters())}
    queries = embedder.embed_queries([row["question"] for row in rows])
    groups = []
    for row, query in zip(tqdm(rows, desc="questions", mininterval=20), queries, strict=True):
        if not all(part["article_id"] in by_source for part in row["evidence"]):
            continue
        found = [item for item in retriever.pool(row["question"], query)[:DEPTH] if item.kind != "comment"]
        row = with_patterns(archive, by_source, row)
        have = {(item.article.source_id, item.start) for item in found}
        for part in row["evidence"]:
            for item in passages_around(archive, by_source[part["article_id"]], part):
                if (item.article.source_id, item.start) not in have:
                    found.append(item)
        labelled = [label(item, row) for item in found]
        proving = tuple(page for page in labelled if page.gold)
        tempting = tuple(
            page
            for item, page in zip(found, labelled, strict=True)
            if row["kind"] == "near_miss" and any(_holds(item, part) for part in row["evidence"])
        )
        negative = tuple(page for page in labelled if not page.gold and page not in tempting)
        if row["kind"] == "near_miss" or proving:
            groups.append(Group(row["question"], proving[:2], negative, tempting))
    return groups


def with_patterns(archive: Archive, ids: dict[str, str], row: dict[str, Any]) -> dict[str, Any]:
    """The row with `answers`, patterns of the answering words, where it only says at which offsets they stand."""
    if "answer" not in row:
        return row
    spans = zip(row["answer"], row["evidence"], strict=True)
    words = [archive.article(ids[part["article_id"]]).text[start:end] for (start, end), part in spans]
    return {**row, "answers": [r"\s+".join(re.escape(word) for word in text.split()) for text in words]}


def passages_around(archive: Archive, article_id: str, part: dict[str, Any]) -> list[RetrievedPassage]:
    """The passages of an article around its evidence, as retrieval would give them."""
    from index.article import ArticleMeta
    from index.passages import cut_passages

    article = archive.article(article_id)
    passages = [passage for passage in cut_passages(article) if passage.kind != "comment"]
    at = next((at for at, item in enumerate(passages) if item.start <= part["start"] < item.end), None)
    near = [] if at is None else passages[max(0, at - 1) : at + 2]
    return [
        RetrievedPassage(0, ArticleMeta.of(article), item.start, item.end, item.text, 0.0, 1, item.kind, item.sentences)
        for item in near
    ]


def _holds(item: RetrievedPassage, part: dict[str, Any]) -> bool:
    start = int(part["start"])
    return item.article.source_id == part["article_id"] and item.start <= start < item.end


def label(item: RetrievedPassage, row: dict[str, Any]) -> Labelled:
    """The passage with the sentences that prove the row's answer, and those that hold the answer's words besides."""
    page = page_of(item)
    evidence = row["evidence"]
    own = any(item.article.source_id == part["article_id"] for part in evidence)
    if row["kind"] == "near_miss":
        return Labelled(page, own=own)
    gold, ignored = [], []
    patterns = _patterns(row)
    spans = [(part["start"], part["end"]) for part in evidence if part["article_id"] == item.article.source_id]
    spans += row.get("also", []) if own else []
    for at, (start, end) in enumerate(page.sentences):
        if any(overlaps(item.start + start, item.start + end, *span) for span in spans):
            gold.append(at)
        elif any(pattern.search(page.text[start:end]) for pattern in patterns):
            ignored.append(at)
    return Labelled(page, tuple(gold), _answer(page, gold, patterns), tuple(ignored), own)


def _patterns(row: dict[str, Any]) -> list[re.Pattern[str]]:
    """Patterns of the answer that are telling enough to suspect another sentence of giving it."""
    return [re.compile(text, re.IGNORECASE) for text in row.get("answers", ()) if len(text) >= 4]


def _answer(page: Page, gold: Sequence[int], patterns: Sequence[re.Pattern[str]]) -> tuple[int, int] | None:
    for at in gold:
        start, end = page.sentences[at]
        for pattern in patterns:
            match = pattern.search(page.text, start, end)
            if match and match.end() > match.start():
                return match.span()
    return None


def read_squad(path: Path) -> list[Group]:
    """SQuAD's questions, each with its paragraph and two others of the same article."""
    groups = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        pages = []
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            pages.append(Page(article["title"].replace("_", " "), text, tuple(split_sentences(text))))
        for at, paragraph in enumerate(article["paragraphs"]):
            negatives = tuple(Labelled(page, own=True) for page in (pages[at + 1 :] + pages[:at])[:2])
            for asked in paragraph["qas"]:
                answer = asked["answers"][0]
                start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
                gold = tuple(n for n, span in enumerate(pages[at].sentences) if span[0] <= start < span[1])
                if gold:
                    groups.append(Group(asked["question"], (Labelled(pages[at], gold, (start, end)),), negatives))
    return groups


def read_pairs(path: Path) -> list[Group]:
    """Pairs with labels from a CSV of premise, hypothesis, label (QNLI: the premise is the question)."""
    groups = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row["hypothesis"]
            if row["label"] not in PAIR_LABELS or not text:
                continue
            page = Page("", text, ((0, len(text)),))
            answers = PAIR_LABELS[row["label"]]
            positive = (Labelled(page, (0,)),) if answers else ()
            groups.append(Group(row["premise"], positive, (), () if answers else (Labelled(page),)))
    return groups


@dataclass(frozen=True, slots=True)
class Item:
    """One input of the network with its labels and the question it belongs to."""

    encoded: Encoded
    labelled: Labelled
    question: int


def encode(encoder: Encoder, groups: Sequence[Group], choose: random.Random, negatives: int) -> list[Item]:
    """The inputs of one step."""
    items = []
    for at, group in enumerate(groups):
        drawn = group.draw(choose, negatives)
        for encoded, page in zip(encoder(group.question, [page.page for page in drawn]), drawn, strict=True):
            items.append(Item(encoded, page, at))
    return items


def chunks(items: Sequence[Item], budget: int = CHUNK_TOKENS) -> Iterator[list[Item]]:
    """Items in passes of about `budget` tokens, padding included, all pages of a question together.

    Each pass is followed by its own backward pass: kept until the end of a step, their memory costs more than padding.
    """
    by_question: dict[int, list[Item]] = {}
    for item in items:
        by_question.setdefault(item.question, []).append(item)
    questions = sorted(by_question.values(), key=lambda pages: max(len(page.encoded.ids) for page in pages))
    chunk: list[Item] = []
    for pages in questions:
        longest = max(len(item.encoded.ids) for item in pages)
        if chunk and longest * (len(chunk) + len(pages)) > budget:
            yield chunk
            chunk = []
        chunk = chunk + pages
    if chunk:
        yield chunk


def page_loss(scores: Any, item: Item) -> Any:
    """Cross-entropy over the page's sentences and "none of them", whose logit is 0."""
    import torch

    count = len(item.labelled.page.sentences)
    kept = torch.tensor([at not in item.labelled.ignored for at in range(count)])
    logits = torch.cat([torch.zeros(1), scores[:count].masked_fill(~kept, -30.0)])
    total = torch.logsumexp(logits, 0)
    gold = list(item.labelled.gold)
    return total - (torch.logsumexp(logits[[at + 1 for at in gold]], 0) if gold else logits[0])


def span_loss(spans: Any, item: Item) -> Any | None:
    """Cross-entropy of the answer's first and last token over the tokens of the page; None where it is not known."""
    import torch

    answer = item.labelled.answer
    if answer is None:
        return None
    inside = [
        at
        for at, (sentence, (start, end)) in enumerate(zip(item.encoded.sentence, item.encoded.offsets, strict=True))
        if sentence >= 0 and start < answer[1] and end > answer[0]
    ]
    if not inside:
        return None
    size = len(item.encoded.ids)
    allowed = torch.tensor([sentence >= 0 for sentence in item.encoded.sentence])
    logits = spans[:size].masked_fill(~allowed[:, None], -30.0)
    normal = torch.log_softmax(logits, dim=0)
    return -(normal[inside[0], 0] + normal[inside[-1], 1]) / 2


def group_loss(parts: Sequence[tuple[Any, Item]]) -> Any | None:
    """Cross-entropy over the sentences of all pages of one question; None for a near miss."""
    import torch

    everything, right = [], []
    for scores, item in parts:
        for at in range(len(item.labelled.page.sentences)):
            if at not in item.labelled.ignored:
                everything.append(scores[at])
                if at in item.labelled.gold:
                    right.append(scores[at])
    if not right or len(right) == len(everything):
        return None
    return torch.logsumexp(torch.stack(everything), 0) - torch.logsumexp(torch.stack(right), 0)


def train(stages: Sequence[tuple[Sequence[Group], int, int]], *, out: Path, start: Path | None = None) -> None:
    """Trains on `stages` of (groups, questions a step, epochs), in order, and writes the model after every epoch."""
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
    heads = [*network.sentence.parameters(), *network.span.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in network.encoder.parameters() if p.requires_grad], "lr": RATE},
            {"params": heads, "lr": 5 * RATE},
        ],
        weight_decay=0.01,
    )
    total = sum(epochs * -(-len(groups) // size) for groups, size, epochs in stages)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * total), max(0.02, (total - step) / (total * (1 - WARM_UP))))
    )
    step, begun, running = 0, time.perf_counter(), np.zeros(3)
    for groups, size, epochs in stages:
        for _ in range(epochs):
            order = list(groups)
            choose.shuffle(order)
            for at in range(0, len(order), size):
                items = encode(encoder, order[at : at + size], choose, NEGATIVES)
                losses = _step(network, items, encoder.pad)
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
                step += 1
                running = 0.97 * running + 0.03 * losses
                if step % 20 == 0:
                    shown = " ".join(f"{value / (1 - 0.97**step):.3f}" for value in running)
                    print(
                        f"step {step}/{total} page, group, span {shown} {time.perf_counter() - begun:.0f} s", flush=True
                    )
            print("sha256", save(network, out), flush=True)


def _step(network: Any, items: Sequence[Item], pad: int) -> Any:
    """Adds the gradients of one step; mean losses of page, group and span."""
    import torch

    questions = len({item.question for item in items})
    total = np.zeros(3)
    for chunk in chunks(items):
        encoded = [item.encoded for item in chunk]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            made, spans = network(**collate(encoded, [len(item.labelled.page.sentences) for item in chunk], pad))
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


def save(network: Any, folder: Path) -> str:
    """Writes `model.safetensors` in half precision and `SHA256`; the weights' SHA-256."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    sha256 = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    (folder / "SHA256").write_text(sha256 + "\n", encoding="ascii")
    return sha256


def read_rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Rows that ask something, in order."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [row for row in rows if row["kind"] in ("ask", "multi", "near_miss")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model into `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
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
        rows = read_rows(options.questions)
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
