"""What the adapter learns from: questions, each with sentences that answer it and sentences that only look so.

Rows as in `eval/reader_groups.py`. The sentences are those of the first passages that the product's own retrieval
brings up, and of the passage that holds the evidence; the ones that the passage reader likes best come first among
those that do not answer, before them the sentence that tempts one to answer a near miss.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eval.reader_groups import label, passages_around, with_patterns
from eval.spans import overlaps
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from rag.answer import RetrievedPassage
from rag.dated_pages import read_passages
from rag.evidence import Candidate, candidates
from rag.evidence_tokens import Piece
from rag.reader import PassageReader
from rag.reranking import with_reading
from rag.retrieval import HybridRetriever
from rag.selection import piece_of

READ = 4  # passages whose sentences are read, beside the one that holds the evidence
PROVING, OTHERS = 2, 12  # sentences kept of each question, at most
ABSENT = 0.1  # share of the answerable questions from which everything of their article is taken away
HARDEST = 0.35  # rate at which the harder sentences are drawn oftener


@dataclass(frozen=True, slots=True)
class Item:
    """A question with pieces that answer it (none, for a near miss) and pieces that do not, hardest first."""

    question: str
    proving: tuple[Piece, ...]
    others: tuple[Piece, ...]
    own: tuple[bool, ...]  # for each of `others`: whether it is of the article that holds the evidence
    tempting: bool = False  # whether the first of `others` is what tempts one to answer a near miss

    def draw(self, choose: random.Random, most: int) -> tuple[list[Piece], bool]:
        """`most` + 1 pieces of one step, and whether the first of them answers."""
        others = list(self.others)
        answers = bool(self.proving) and choose.random() >= ABSENT
        if self.proving and not answers:
            others = [piece for piece, own in zip(self.others, self.own, strict=True) if not own] or others
        drawn = [choose.choice(self.proving)] if answers else []
        if self.tempting and others:
            drawn.append(others.pop(0))
        while others and len(drawn) <= most:
            drawn.append(others.pop(min(int(choose.expovariate(HARDEST)), len(others) - 1)))
        return drawn, answers


def make_items(archive: Archive, rows: Sequence[dict[str, Any]]) -> Iterator[Item]:
    """One item for each of `rows` whose articles are in the archive and that has a sentence to tell apart."""
    embedder, reader = MiniLmEmbedder.load(), PassageReader()
    retriever = HybridRetriever(archive, embedder)
    ids = {article.source_id: article.id for article in archive.articles(Filters())}
    for row in rows:
        if not all(part["article_id"] in ids for part in row["evidence"]):
            continue
        row = with_patterns(archive, ids, row)
        query = embedder.embed_queries([row["question"]])[0]
        passages = [one for one in retriever.pool(row["question"], query)[:READ] if one.kind != "comment"]
        have = {(one.article.source_id, one.start) for one in passages}
        for part in row["evidence"]:
            around = passages_around(archive, ids[part["article_id"]], part)
            passages += [
                one
                for one in around
                if one.start <= part["start"] < one.end and (one.article.source_id, one.start) not in have
            ]
        readings = read_passages(reader, row["question"], passages)
        read = [with_reading(passage, reading) for passage, reading in zip(passages, readings, strict=True)]
        item = item_of(row, read)
        if item is not None:
            yield item


def item_of(row: dict[str, Any], passages: Sequence[RetrievedPassage]) -> Item | None:
    """The item of one row with its read passages; None for a question that none of them answers."""
    proving, others = [], []
    labels = {(passage.article.id, passage.start): label(passage, row) for passage in passages}
    for found in candidates(passages):
        labelled = labels[found.passage.article.id, found.passage.start]
        own = found.passage.article.source_id == row["evidence"][0]["article_id"]
        at = found.position
        score = found.read.answers if found.read else 0.0
        if at in labelled.gold:
            proving.append((score, found))
        elif at not in labelled.ignored:
            others.append((_tempts(row, found), score, own, found))
    others.sort(key=lambda one: one[:2], reverse=True)
    proving.sort(key=lambda one: -one[0])
    if row["kind"] != "near_miss" and not proving:
        return None
    others = others[:OTHERS]
    return Item(
        row["question"],
        tuple(piece_of(found) for _, found in proving[:PROVING]),
        tuple(piece_of(found) for *_, found in others),
        tuple(own for _, _, own, _ in others),
        bool(others) and others[0][0],
    )


def _tempts(row: dict[str, Any], found: Candidate) -> bool:
    return row["kind"] == "near_miss" and any(
        found.passage.article.source_id == part["article_id"]
        and overlaps(found.start, found.end, part["start"], part["end"])
        for part in row["evidence"]
    )
