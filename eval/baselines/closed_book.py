"""The language model without passages: what it says from memory, with nothing to cite."""

import re
import time
from pathlib import Path
from typing import Any

from eval.baselines.constant import document
from eval.datasets.model import Question
from eval.runs.running import Document
from index.atomic import file_sha256
from index.errors import ModelError
from rag.likelihood import cores
from rag.llama_parameters import as_defaults

TOKENS = 64
PROMPT = "Answer the question in one sentence. If you do not know, say: I do not know.\n\nQuestion: {question}"
_UNKNOWN = re.compile(r"\b(do not|don['’]t) know\b", re.IGNORECASE)


class ClosedBook:
    """One greedy completion of a GGUF model's own chat template."""

    name = "model without passages"

    def __init__(self, model: Path, *, context_tokens: int = 2048, threads: int | None = None) -> None:
        import llama_cpp

        self.models = {"model": {"name": model.name, "sha256": file_sha256(model)}}
        threads = threads or cores()
        try:
            with as_defaults(llama_cpp):
                self._llama: Any = llama_cpp.Llama(
                    str(model), n_ctx=context_tokens, n_threads=threads, n_threads_batch=threads, verbose=False
                )
        except (ValueError, RuntimeError, OSError, AssertionError) as error:
            raise ModelError(f"{model} could not be loaded ({error}); run: attest models list") from error

    def answer(self, question: Question) -> Document:
        began = time.perf_counter()
        messages = [{"role": "user", "content": PROMPT.replace("{question}", question.text)}]
        given = self._llama.create_chat_completion(messages=messages, max_tokens=TOKENS, temperature=0.0)
        text = " ".join((given["choices"][0]["message"]["content"] or "").split())
        said: Document = {"text": text, "verdict": "unchecked", "score": None, "citations": []}
        known = bool(text) and not _UNKNOWN.search(text)
        found = document(status="answered", sentences=[said]) if known else document(status="abstained")
        ms = round((time.perf_counter() - began) * 1000, 1)
        return {**found, "timings_ms": {"total": ms}, "tokens": int(given["usage"]["total_tokens"])}
