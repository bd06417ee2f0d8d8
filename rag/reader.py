"""Reads a question and a passage together: how well each sentence answers, and which words of it are the answer.

One small encoder (22 million parameters, from the default embedder's weights) trained on hand-written questions about
news; `weights/reader/README.md` is its model card, `eval/train_reader.py` trains it. It sees the whole passage under
its heading, so that "he" and "the bill" mean something, and gives one number for each sentence. Numbers are log odds
against "nothing in this passage answers", so that they compare across passages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arithmetic import Arithmetic, fastest
from index.article import heading
from index.atomic import file_sha256
from index.embedding import token_batches
from index.errors import ModelError
from index.side_by_side import SideBySide
from rag.answer import RetrievedPassage
from rag.evidence import UNREAD

Floats = npt.NDArray[np.float32]
Span = tuple[int, int]

MODEL_FOLDER = Path(str(files("rag"))) / "weights" / "reader"
RANGES = "ranges.safetensors"  # of what goes into the products, for products of bytes
MAX_TOKENS = 384
MAX_QUESTION_TOKENS = 96
HEAD_TOKENS = 40  # of title, outlet and date
BATCH_TOKENS = 2048  # of one forward pass, padding included
LONGEST_SPAN = 24  # tokens of a short answer


@dataclass(frozen=True, slots=True)
class Page:
    """What is read beside a question: a passage under its heading. Sentence spans are offsets into `text`."""

    head: str
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one page. Spans are offsets into its `text`; None where a sentence was not read."""

    scores: Floats  # (sentences,): log odds that the sentence answers
    spans: tuple[Span | None, ...]  # the words of each sentence that answer best
    span_scores: Floats  # (sentences,): the sum of the span's start and end logits
    span_logs: (
        Floats  # (sentences,): log probability of the span among all words of the page, start and end by themselves
    )


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of one question and page, and where each token stands."""

    ids: list[int]
    types: list[int]  # 0 question, 1 page
    sentence: list[int]  # the sentence a token belongs to, or -1
    offsets: list[Span]  # into the page's text; (0, 0) for tokens of question and heading


class Encoder:
    """Turns questions and pages into token ids with the default embedder's own vocabulary."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._cls, self._sep, self.pad = (self._id(token) for token in ("[CLS]", "[SEP]", "[PAD]"))

    def _id(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise ModelError(f"the tokenizer has no {token}; expected the default embedder's: attest models verify")
        return int(found)

    def __call__(self, question: str, pages: Sequence[Page]) -> list[Encoded]:
        """One input for each page: `[CLS] question [SEP] heading [SEP] text [SEP]`, at most `MAX_TOKENS` long."""
        texts = [question, *(page.head for page in pages), *(page.text for page in pages)]
        # Half an astral character is no UTF-8, and the tokenizer takes nothing else; one "?" keeps the offsets.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        tokens = self._tokenizer.encode_batch(clean, add_special_tokens=False)
        asked = [self._cls, *tokens[0].ids[:MAX_QUESTION_TOKENS], self._sep]
        made = []
        for page, head, text in zip(pages, tokens[1 : len(pages) + 1], tokens[len(pages) + 1 :], strict=True):
            before = [*head.ids[:HEAD_TOKENS], self._sep] if head.ids else []
            room = MAX_TOKENS - len(asked) - len(before) - 1
            ids, offsets = text.ids[:room], text.offsets[:room]
            made.append(
                Encoded(
                    ids=[*asked, *before, *ids, self._sep],
                    types=[0] * len(asked) + [1] * (len(before) + len(ids) + 1),
                    sentence=[-1] * (len(asked) + len(before)) + _sentence_of(offsets, page.sentences) + [-1],
                    offsets=[(0, 0)] * (len(asked) + len(before)) + list(offsets) + [(0, 0)],
                )
            )
        return made


def _sentence_of(offsets: Sequence[Span], sentences: Sequence[Span]) -> list[int]:
    """For each token the sentence it starts in, or -1. Both are in order."""
    found, at = [], 0
    for start, _ in offsets:
        while at < len(sentences) and sentences[at][1] <= start:
            at += 1
        found.append(at if at < len(sentences) and sentences[at][0] <= start else -1)
    return found


def collate(rows: Sequence[Encoded], counts: Sequence[int], pad: int) -> dict[str, Any]:
    """The network's input for `rows`, padded; `counts` says how many sentences each has. Tensors."""
    import torch

    longest, most = max(len(row.ids) for row in rows), max(1, *counts)
    ids = torch.full((len(rows), longest), pad, dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    membership = torch.zeros(len(rows), most, longest)
    for at, row in enumerate(rows):
        size = len(row.ids)
        ids[at, :size] = torch.tensor(row.ids)
        mask[at, :size] = 1
        types[at, :size] = torch.tensor(row.types)
        sentence = torch.tensor(row.sentence)
        inside = torch.nonzero(sentence >= 0)[:, 0]
        membership[at, sentence[inside], inside] = 1.0
    membership /= membership.sum(dim=2, keepdim=True).clamp(min=1.0)
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types, "membership": membership}


class Network:
    """A trained network of `rag.reader_network`, loaded from its folder after its checksum was compared."""

    def __init__(self, folder: Path, *, outputs: int, arithmetic: Arithmetic | None = None) -> None:
        """Computes in `arithmetic`, or in what is fastest here. Raises ModelError when the weights are not as known."""
        weights = folder / "model.safetensors"
        expected = (folder / "SHA256").read_text(encoding="ascii").strip() if (folder / "SHA256").is_file() else ""
        self.sha256 = file_sha256(weights) if weights.is_file() else ""
        if not expected or self.sha256 != expected:
            raise ModelError(
                f"{weights} is missing or not the file whose checksum stands in {folder.name}/SHA256; expected the "
                f"trained {folder.name}: install Attest again with `pip install --force-reinstall --no-deps attest`"
            )
        import torch
        from safetensors.torch import load_file

        from index.packed_bert import packed
        from rag.models import find_embedder
        from rag.reader_network import ReaderNetwork

        self._torch = torch
        self._side_by_side = SideBySide()
        self._encode = Encoder(find_embedder(None))
        network: Any = ReaderNetwork(outputs)
        network.load_state_dict(load_file(weights))
        # Half precision is for the disk.
        arithmetic = arithmetic or fastest()
        encoder = packed(network.encoder, arithmetic, folder / RANGES, self.sha256)
        self._network: Any = network.to(torch.bfloat16 if arithmetic == "bfloat16" else torch.float32).eval()
        if encoder is not None:
            del self._network.encoder
            self._network.encoder = encoder

    @property
    def encoder(self) -> Any:
        """The part that makes a state of each token: a BertEncoder, or a packed copy."""
        return self._network.encoder

    def __call__(self, question: str, pages: Sequence[Page]) -> Iterator[tuple[int, Encoded, Floats, Floats]]:
        """For each page, in any order: its position, its tokens, logits of its sentences (sentences, outputs) and of
        its tokens (tokens, 2)."""
        encoded = self._encode(question, pages)

        def read(batch: list[int]) -> tuple[list[int], Floats, Floats]:
            counts = [len(pages[at].sentences) for at in batch]
            with self._torch.inference_mode():
                scores, spans = self._network(**collate([encoded[at] for at in batch], counts, self._encode.pad))
                return batch, scores.float().numpy(), spans.float().numpy()

        batches = list(token_batches([len(row.ids) for row in encoded], BATCH_TOKENS))
        for batch, scores, spans in self._side_by_side(read, batches) if len(batches) > 1 else map(read, batches):
            for at, row_scores, row_spans in zip(batch, scores, spans, strict=True):
                row = encoded[at]
                yield at, row, row_scores[: len(pages[at].sentences)], row_spans[: len(row.ids)]


class PassageReader:
    """Reads questions with one loaded network."""

    def __init__(self, folder: Path = MODEL_FOLDER) -> None:
        self._network = Network(folder, outputs=1)
        self.sha256 = self._network.sha256

    def __call__(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        """One reading for each page, in order."""
        found = {at: _reading(row, scores[:, 0], spans) for at, row, scores, spans in self._network(question, pages)}
        return [found[at] for at in range(len(pages))]


def _reading(row: Encoded, scores: Floats, logits: Floats) -> Reading:
    kept = np.full(len(scores), UNREAD, dtype=np.float32)
    best = np.full(len(scores), UNREAD, dtype=np.float32)
    spans: list[Span | None] = [None] * len(scores)
    inside = np.asarray(row.sentence) >= 0
    total = float(np.logaddexp.reduce(logits[inside], axis=0).sum()) if inside.any() else 0.0
    for at, first, last in runs(row.sentence):
        kept[at] = scores[at]
        start, end, score = best_span(logits[first : last + 1])
        spans[at] = (row.offsets[first + start][0], row.offsets[first + end][1])
        best[at] = score
    return Reading(kept, tuple(spans), best, best - total)


def runs(sentence: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Each sentence with its first and last token."""
    first = 0
    for at in range(1, len(sentence) + 1):
        if at == len(sentence) or sentence[at] != sentence[first]:
            if sentence[first] >= 0:
                yield sentence[first], first, at - 1
            first = at


def page_of(passage: RetrievedPassage) -> Page:
    """What is read of a passage, under its article's heading."""
    article = passage.article
    spans = passage.sentences or ((passage.start, passage.end),)
    return Page(
        heading(article.title, article.source, article.published_at),
        passage.text,
        tuple((start - passage.start, end - passage.start) for start, end in spans),
    )


def best_span(logits: Floats) -> tuple[int, int, float]:
    """First and last token with the highest sum of start and end logit, at most `LONGEST_SPAN` tokens; the sum.

    `logits` has shape (tokens, 2).
    """
    sums = logits[:, None, 0] + logits[None, :, 1]
    length = np.arange(len(logits))[None, :] - np.arange(len(logits))[:, None]
    sums = np.where((length >= 0) & (length < LONGEST_SPAN), sums, -np.inf)
    start, end = np.unravel_index(int(np.argmax(sums)), sums.shape)
    return int(start), int(end), float(sums[start, end])
