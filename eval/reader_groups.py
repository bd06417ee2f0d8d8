"""What the passage reader learns from: questions, each with labelled pages that answer it and pages that do not.

Rows of our own: `kind` is `ask` (`evidence`: article_id, start, end of the proving sentence; `answers`: patterns, or
`answer`: [start, end] of the answering words in each article; `also`: further spans that state it), `multi` (evidence
in two articles) or `near_miss` (no answer; evidence is the sentence that tempts). Negatives are the passages that the
product's own retrieval brings up, those of the same article among them.
"""

import csv
import gzip
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.spans import overlaps
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from index.sentences import split_sentences
from rag.answer import RetrievedPassage
from rag.reader import Page, page_of
from rag.retrieval import HybridRetriever

DEPTH = 24  # passages of the fused ranking that a negative may come from
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


def read_rows(paths: Sequence[Path], left_out: Path | None = None) -> list[dict[str, Any]]:
    """Rows that ask something, in order, less those whose ids are the lines of the file `left_out`."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    gone = set(left_out.read_text(encoding="utf-8").split()) if left_out else set()
    return [row for row in rows if row["kind"] in ("ask", "multi", "near_miss") and row["id"] not in gone]


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
