"""Reads a claim and a sentence together: does the sentence support it, refute it, or neither?

One small encoder, from the passage reader's weights, trained on public pairs and on hand-written claims about news;
`weights/claim_reader/README.md` is its model card, `eval/train_claim_reader.py` trains it. The sentence is read after
the one before it and under its article's heading, so that "he" and "the bill" mean something.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from rag.evidence import Floats
from rag.reader import Network, Page
from rag.stance import STANCES, Window

MODEL_FOLDER = Path(str(files("rag"))) / "weights" / "claim_reader"


class ClaimReader:
    """A `PairReader` with one loaded network."""

    def __init__(self, folder: Path = MODEL_FOLDER) -> None:
        """Raises ModelError when the weights are missing or not those whose checksum is known."""
        self._network = Network(folder, outputs=len(STANCES))
        self.sha256 = self._network.sha256
        self.name = f"claim reader {self.sha256[:8]}"

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        """Logits of supports, refutes and neither, shape (len(windows), 3); zeros where a sentence was cut off."""
        logits = np.zeros((len(windows), len(STANCES)), dtype=np.float32)
        for at, row, scores, _ in self._network(claim, [page_of(window) for window in windows]):
            if 0 in row.sentence:
                logits[at] = scores[0]
        return logits


def page_of(window: Window) -> Page:
    """The window as a page of which its last sentence is read."""
    text = f"{window.before} {window.sentence}" if window.before else window.sentence
    return Page(window.around, text, ((len(text) - len(window.sentence), len(text)),))
