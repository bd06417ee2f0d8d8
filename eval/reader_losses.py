"""What corrects the passage reader: its inputs, in passes that fit the memory, and the losses of their logits."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eval.reader_groups import Group, Labelled
from rag.reader import Encoded, Encoder

CHUNK_TOKENS = 3072  # of one forward and backward pass


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
