"""How well a sentence answers a question, read together by a small trained model.

A cross-encoder (question and sentence in one input, one logit out) fine-tuned from the default embedder's weights on
hand-written questions about news; `weights/cross_encoder/README.md` is its model card, `eval/train_cross_encoder.py`
trains it. It sees the sentence first, then what "he" and "there" may mean: the sentence before, the title, the date.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from index.atomic import file_sha256
from index.embedding import bfloat16_is_faster
from index.errors import ModelError
from rag.evidence import Candidate, Floats

MODEL_FOLDER = Path(str(files("rag"))) / "weights" / "cross_encoder"
MAX_TOKENS = 128
CONTEXT_WORDS = 25  # of the sentence before, its last ones
BATCH = 32


def tokenizer_folder() -> Path:
    """Where the tokenizer lies: the default embedder's folder, from whose weights the model was trained."""
    from rag.models import find_embedder

    return find_embedder(None)


def pair_text(candidate: Candidate) -> str:
    """What the model reads beside the question."""
    before = " ".join(candidate.previous.split()[-CONTEXT_WORDS:])
    article = candidate.passage.article
    parts = (candidate.text, before, article.title, (article.published_at or "")[:10])
    return " | ".join(" ".join(part.split()) for part in parts if part)


class CrossEncoder:
    """One loaded model. Scores are log odds that the sentence answers, uncalibrated."""

    def __init__(self, folder: Path = MODEL_FOLDER) -> None:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # 105 weights in 30 ms need no bar
        weights = folder / "model.safetensors"
        expected = (folder / "SHA256").read_text(encoding="ascii").strip() if (folder / "SHA256").is_file() else ""
        self.sha256 = file_sha256(weights) if weights.is_file() else ""
        if not expected or self.sha256 != expected:
            raise ModelError(
                f"{weights} is missing or not the file whose checksum stands in {folder.name}/SHA256; expected the "
                "trained cross-encoder: install Attest again with `pip install --force-reinstall --no-deps attest`"
            )
        self._torch = torch
        self._tokenizer: Any = AutoTokenizer.from_pretrained(tokenizer_folder())
        # Half precision is for the disk. bfloat16 runs fastest where the processor knows it, else single precision.
        self._model: Any = AutoModelForSequenceClassification.from_pretrained(
            folder, dtype=torch.bfloat16 if bfloat16_is_faster() else torch.float32
        ).eval()

    def __call__(self, question: str, found: Sequence[Candidate]) -> Floats:
        """One score for each candidate, shape (len(found),)."""
        texts = [pair_text(item) for item in found]
        scores = np.zeros(len(texts), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))  # alike lengths waste no padding
        with self._torch.inference_mode():
            for begin in range(0, len(order), BATCH):
                rows = order[begin : begin + BATCH]
                encoded = self._tokenizer(
                    [question] * len(rows),
                    [texts[at] for at in rows],
                    truncation="longest_first",
                    max_length=MAX_TOKENS,
                    padding=True,
                    return_tensors="pt",
                )
                scores[rows] = self._model(**encoded).logits[:, 0].float().numpy()
        return scores
