"""The language model reads a claim behind a sentence and tells whether it is true: Yes, No or Maybe.

With its adapter for claims, a LoRA of 16 ranks (Hu et al. 2021) beside the one for questions; `weights/claim_adapter`
has its model card, `eval/train_claim_adapter.py` trains it. It is slower than `rag.claim_reader` and errs elsewhere, so
it reads the first few sentences only, and what it says is put together with what was judged before.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from rag.evidence import Floats
from rag.evidence_tokens import Piece
from rag.stance import VERBATIM, Judged, Window

CLAIM_ADAPTER_FOLDER = Path(str(files("rag"))) / "weights" / "claim_adapter"
# How much its log probabilities count, the others the rest: of .3 to .7 on 463 held-out claims .5 to .7 are alike, and
# the less it counts the better are claims told that rules make (docs/quality.md, "Claims: order, verdict, stance").
SHARE = 0.5
# A number, a date or a name that differs: it misses more of these than the rules, whose refutation then stands.
NAMED = ("number", "date", "order", "opposite", "amount", "name")
_LEAST = 1e-4  # probability; keeps the logs finite


class LanguageClaimReader:
    """A `PairReader`; `answers` is `QuestionLikelihood.answers` or what torch makes of it."""

    def __init__(self, answers: Callable[[str, Sequence[Piece]], Floats], adapter_sha256: str) -> None:
        self._answers = answers
        self.name = f"language model with adapter {adapter_sha256[:8]}"

    def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
        """Logits of supports, refutes and neither, shape (len(windows), 3)."""
        return self._answers(claim, [Piece(window.sentence, window.before, window.around) for window in windows])


def put_together(judged: Sequence[Judged], logits: Floats) -> list[Judged]:
    """Each judgement with the second reader's `logits`, shape (len(judged), 3): the geometric mean of both.

    What needs no model stays as it is: the sentence that is the claim, and a refutation for which the rules name what
    differs.
    """
    apart = logits - logits.max(axis=1, keepdims=True)
    read = apart - np.log(np.exp(apart).sum(axis=1, keepdims=True))
    return [_put_together(one, row) for one, row in zip(judged, np.maximum(read, np.log(_LEAST)), strict=True)]


def _put_together(judged: Judged, read: Floats) -> Judged:
    if judged.supports >= VERBATIM.supports or (judged.stance == "refutes" and judged.kind in NAMED):
        return judged
    said = np.log(np.maximum((judged.supports, judged.refutes, judged.neither), _LEAST))
    powers = np.exp((1 - SHARE) * said + SHARE * read)
    supports, refutes, neither = (float(chance) for chance in powers / powers.sum())
    return replace(judged, supports=supports, refutes=refutes, neither=neither)
