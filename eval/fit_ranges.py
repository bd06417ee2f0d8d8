"""Looks at what goes into the encoders' products, and writes the ranges by which they are rounded to bytes.

    python -m eval.fit_ranges --questions train.jsonl --articles articles-*.jsonl.xz

For the default embedder, the passage reader and the claim reader (`index/byte_products.py`). Rows as in
`eval/reader_groups.py`; the passages are those of their articles. The ranges are seen on one part of the articles, and
what rounding does is measured on the others: the cosine of passages, and the probabilities of sentences and stances.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from eval.article_records import read_articles
from eval.fitting import SEED
from index.article import Article, ArticleMeta, heading
from index.byte_products import LayerRanges, write_ranges
from index.embedding import bundled_folder, passage_input, token_batches
from index.minilm import MINILM_SHA256, RANGES, BareMiniLm
from index.passages import cut_passages
from rag import claim_reader, reader
from rag.reader import Network, Page
from rag.stance import STANCES, Window
from rag.windows import around_of

SEEN, TRIED = 400, 1000  # texts for the ranges, and for the figures
Pair = tuple[str, Page]
T = TypeVar("T")


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Write the three files of ranges; print what rounding does to texts that they were not seen on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--articles", type=Path, nargs="+", required=True)
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    articles = read_articles(options.articles, {row["evidence"][0]["article_id"] for row in rows if row["evidence"]})
    figures = {"passages": of_embedder(list(articles.values()))}
    for name, folder, outputs, kinds, page in (
        ("sentences", reader.MODEL_FOLDER, 1, ("ask", "near_miss"), page_of),
        ("stances", claim_reader.MODEL_FOLDER, len(STANCES), ("claim",), window_of),
    ):
        asked = [row for row in rows if row["kind"] in kinds and row["evidence"]]
        figures[name] = of_reader(folder, outputs, pairs(asked, articles, page))
    say(json.dumps(figures, indent=2))


def of_embedder(articles: Sequence[Article]) -> dict[str, float]:
    """Write the embedder's ranges; how near passages of other articles stay to those in float32."""
    model = BareMiniLm.load(bundled_folder())
    texts = [[passage_input(one, passage) for passage in cut_passages(one)] for one in articles]
    seen, tried = (draw([text for part in texts[at::2] for text in part]) for at in (0, 1))
    with torch.inference_mode(), Observed(model.encoder) as observed:
        vectors(model, seen[:SEEN])
    write_ranges(RANGES, observed.ranges(), MINILM_SHA256)
    fast = model.made_fast("bytes")
    with torch.inference_mode():
        cosines = (vectors(model, tried[:TRIED]) * vectors(fast, tried[:TRIED])).sum(dim=1).numpy()
    return {
        "passages": len(cosines),
        "cosine": float(cosines.mean()),
        "cosine_first_percentile": float(np.quantile(cosines, 0.01)),
        "least_cosine": float(cosines.min()),
    }


def vectors(model: BareMiniLm, texts: Sequence[str]) -> Tensor:
    """Unit vectors, shape (texts, width)."""
    tokens = model.tokens(texts)
    found = torch.empty(len(texts), model.dim)
    for batch in token_batches([len(row) for row in tokens]):
        found[batch] = torch.nn.functional.normalize(model.embed([tokens[at] for at in batch]), dim=1)
    return found


def of_reader(folder: Path, outputs: int, read: tuple[list[Pair], list[Pair]]) -> dict[str, float]:
    """Write the ranges of a reader; how far its probabilities move on pairs of other articles."""
    network = Network(folder, outputs=outputs, arithmetic="float32")
    seen, tried = read
    with Observed(network.encoder) as observed:
        probabilities(network, seen[:SEEN])
    write_ranges(folder / reader.RANGES, observed.ranges(), network.sha256)
    rounded = Network(folder, outputs=outputs, arithmetic="bytes")
    moved = np.abs(probabilities(network, tried[:TRIED]) - probabilities(rounded, tried[:TRIED]))
    return {
        "pairs": len(tried[:TRIED]),
        "mean_difference": float(moved.mean()),
        "difference_99th_percentile": float(np.quantile(moved, 0.99)),
        "largest_difference": float(moved.max()),
        "within_.02": float((moved <= 0.02).mean()),
    }


def probabilities(network: Network, read: Sequence[Pair]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Of each sentence of each page, whether it answers (one output), or of each stance (several), in one row."""
    found = []
    for asked, page in read:
        for _, _, scores, _ in network(asked, [page]):
            powers = np.exp(np.concatenate([scores, np.zeros_like(scores[:, :1])], axis=1).astype(float))
            if scores.shape[1] > 1:
                powers = powers[:, :-1]
            found.append((powers / powers.sum(axis=1, keepdims=True))[:, : max(1, scores.shape[1])].ravel())
    return np.concatenate(found)


def pairs(
    rows: Sequence[dict[str, Any]], articles: dict[str, Article], page: Callable[[Article, random.Random], Page]
) -> tuple[list[Pair], list[Pair]]:
    """What is asked or claimed, each beside a page of its article; articles in two parts."""
    drawn = random.Random(SEED)
    halves: tuple[list[Pair], list[Pair]] = ([], [])
    half = {article_id: at % 2 for at, article_id in enumerate(articles)}
    for row in rows:
        article_id = row["evidence"][0]["article_id"]
        asked = str(row.get("question") or row.get("claim"))
        halves[half[article_id]].append((asked, page(articles[article_id], drawn)))
    return draw(halves[0]), draw(halves[1])


def page_of(article: Article, drawn: random.Random) -> Page:
    """One of the article's passages, as the passage reader sees it."""
    passage = drawn.choice(cut_passages(article))
    spans = passage.sentences or ((passage.start, passage.end),)
    head = heading(article.title, article.source, article.published_at)
    return Page(head, passage.text, tuple((start - passage.start, end - passage.start) for start, end in spans))


def window_of(article: Article, drawn: random.Random) -> Page:
    """One of its sentences, as the claim reader sees it."""
    passage = drawn.choice(cut_passages(article))
    spans = passage.sentences or ((passage.start, passage.end),)
    at = drawn.randrange(len(spans))
    sentence, before = (article.text[slice(*spans[one])] if one >= 0 else "" for one in (at, at - 1))
    return claim_reader.page_of(Window(sentence, before, around_of(ArticleMeta.of(article))))


def draw(many: Sequence[T]) -> list[T]:
    """All of them, in an order of chance that is the same each time."""
    return random.Random(SEED).sample(many, len(many))


@dataclass
class Observed:
    """Looks at what goes into the products of a BertEncoder while it runs; a context."""

    encoder: Any

    def __enter__(self) -> "Observed":
        layers = self.encoder.encoder["layer"]
        self._largest: list[dict[str, Tensor]] = [{} for _ in layers]
        self._kept: Tensor | None = None
        self._hooks = [self.encoder.register_forward_pre_hook(self._keep)]
        for at, layer in enumerate(layers):
            for name, module in self._modules(layer):
                self._hooks.append(module.register_forward_pre_hook(self._look(at, name)))
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def ranges(self) -> list[LayerRanges]:
        """Of what was seen so far."""
        return [LayerRanges(**largest) for largest in self._largest]

    @staticmethod
    def _modules(layer: Any) -> Iterator[tuple[str, Any]]:
        yield "inputs", layer.attention["self"]["query"]
        yield "mixed", layer.attention["output"]["dense"]
        yield "inner", layer.intermediate["dense"]
        yield "outer", layer.output["dense"]

    def _keep(self, _: Any, given: tuple[Any, ...]) -> None:
        self._kept = given[1].bool()

    def _look(self, at: int, name: str) -> Callable[[Any, tuple[Any, ...]], None]:
        def look(_: Any, given: tuple[Any, ...]) -> None:
            largest = given[0][self._kept].abs().amax(dim=0)
            before = self._largest[at].get(name, largest)
            self._largest[at][name] = torch.maximum(before, largest)

        return look


if __name__ == "__main__":
    main()
