"""How likely a question is, given a piece of evidence, under a small language model; and whether the piece answers it.

Query likelihood with a language model (Sachan et al. 2022, "Improving Passage Retrieval with Zero-Shot Question
Generation"): SmolLM2-135M answers poorly, but its probability of the question given a sentence ranks sentences well.
Only the logits of the question's tokens are computed, and all pieces of evidence go through the model in one batch
that shares the prompt's prefix, so eight sentences cost about as much as one answer of twenty words. With the adapter
of `rag.adapter`, trained on such pairs, the last of these logits also tell whether the piece answers.
"""

import ctypes
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from rag.evidence_tokens import MAX_EVIDENCE_TOKENS, MAX_QUESTION_TOKENS, QUESTION, EvidenceTokens, Piece, Prompt
from rag.llama_parameters import model_parameters

MAX_PIECES = 16  # pieces of evidence in one call
_SHARED = 0  # the sequence that holds the prompt's prefix


class QuestionLikelihood:
    """One loaded GGUF model that scores questions. Not thread-safe: one question at a time."""

    def __init__(
        self, model_path: Path, *, adapter: Path | None = None, threads: int | None = None, prompt: Prompt = QUESTION
    ) -> None:
        import llama_cpp  # a tenth of a second and a shared library: not for `import rag`

        self._api = llama_cpp
        silence(llama_cpp)
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(str(model_path).encode(), model_parameters(llama_cpp))
        if not self._model:
            raise ModelError(
                f"{model_path} could not be loaded as a GGUF language model; expected a file that llama.cpp reads: "
                "run `attest models list` and choose another with `attest models use NAME`"
            )
        self._adapter = _adapter(llama_cpp, self._model, adapter) if adapter else None
        self._tokens = EvidenceTokens(llama_cpp, self._model, prompt)
        self._prefix = self._tokens.prefix
        room = len(self._prefix) + MAX_PIECES * (MAX_EVIDENCE_TOKENS + len(self._tokens.between) + MAX_QUESTION_TOKENS)
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = room
        parameters.n_batch = room
        parameters.n_ubatch = 512
        parameters.n_seq_max = MAX_PIECES + 1
        parameters.kv_unified = True
        parameters.no_perf = True
        # llama.cpp's own default is four threads, which on two cores takes three times as long.
        parameters.n_threads = parameters.n_threads_batch = threads or cores()
        self._context = llama_cpp.llama_init_from_model(self._model, parameters)
        if not self._context:
            raise ModelError(
                f"{model_path} was read but no context of {room} tokens could be made; expected about 200 MB of free "
                "memory: close other programs or run `attest models use NAME` with a smaller model"
            )
        if self._adapter:
            one = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(self._adapter)
            if llama_cpp.llama_set_adapters_lora(self._context, one, 1, (ctypes.c_float * 1)(1.0)):
                raise ModelError(f"{adapter} does not fit {model_path}; expected its adapter: reinstall Attest")
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._batch = llama_cpp.llama_batch_init(room, 0, 1)
        self._decode([(token, at, _SHARED, False) for at, token in enumerate(self._prefix)])

    def __call__(self, question: str, evidence: Sequence[str]) -> npt.NDArray[np.float32]:
        """Mean natural-log probability of a token of `question` given each piece, shape (len(evidence),).

        An empty piece gives the question's likelihood without evidence. Raises ModelError when the model fails.
        """
        asked = self._tokens(question)[:MAX_QUESTION_TOKENS]
        return self._scored(asked, [self._tokens(piece)[:MAX_EVIDENCE_TOKENS] for piece in evidence])[:, 0]

    def judge(self, question: str, pieces: Sequence[Piece]) -> npt.NDArray[np.float32]:
        """For each piece, shape (len(pieces), 2): that mean log probability, and the log odds that the piece answers.

        Meant for a model with its adapter: without one, the log odds mean nothing. Raises ModelError when it fails.
        """
        return self._scored(self._tokens.asked(question), [self._tokens.piece(piece) for piece in pieces])

    def answers(self, claim: str, pieces: Sequence[Piece]) -> npt.NDArray[np.float32]:
        """The logits of the prompt's answers behind each piece and the claim, shape (len(pieces), len(answers)).

        Meant for a model with the adapter of that prompt. Raises ModelError when the model fails.
        """
        asked, answers = self._tokens.asked(claim), self._tokens.answers
        if not asked or not pieces:
            return np.zeros((len(pieces), len(answers)), dtype=np.float32)
        read = self._read(asked, [self._tokens.piece(piece) for piece in pieces], last=1)
        return np.stack([logits[-1, answers] for logits in read])

    def _scored(self, asked: Sequence[int], evidence: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        scores = np.zeros((len(evidence), 2), dtype=np.float32)
        if not asked:
            return scores
        targets = np.asarray(asked)
        for at, logits in enumerate(self._read(asked, evidence, last=len(asked) + 1)):
            asking, last = logits[:-1], logits[-1]
            peak = asking.max(axis=1)
            normaliser = peak + np.log(np.exp(asking - peak[:, None]).sum(axis=1))
            yes, no = self._tokens.answers
            scores[at, 0] = float((asking[np.arange(len(targets)), targets] - normaliser).mean())
            scores[at, 1] = float(last[yes] - last[no])
        return scores

    def _read(
        self, asked: Sequence[int], evidence: Sequence[Sequence[int]], *, last: int
    ) -> Iterator[npt.NDArray[np.float32]]:
        """Of each piece with what is asked behind it, the logits after its `last` tokens, shape (last, vocabulary)."""
        for at in range(0, len(evidence), MAX_PIECES):
            yield from self._read_together(asked, evidence[at : at + MAX_PIECES], last)

    def _read_together(
        self, asked: Sequence[int], evidence: Sequence[Sequence[int]], last: int
    ) -> Iterator[npt.NDArray[np.float32]]:
        rows: list[tuple[int, int, int, bool]] = []
        ends: list[int] = []
        start = len(self._prefix)
        for sequence, piece in enumerate(evidence, start=1):
            tokens = [*piece, *self._tokens.between, *asked]
            rows += [
                (token, start + offset, sequence, offset >= len(tokens) - last) for offset, token in enumerate(tokens)
            ]
            ends.append(len(rows))
            self._api.llama_memory_seq_rm(self._memory, sequence, -1, -1)
            self._api.llama_memory_seq_cp(self._memory, _SHARED, sequence, -1, -1)
        self._decode(rows)
        for end in ends:
            yield np.stack([self._logits(row) for row in range(end - last, end)])
        for sequence in range(1, len(evidence) + 1):
            self._api.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def _logits(self, row: int) -> npt.NDArray[np.float32]:
        pointer = self._api.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, shape=(self._tokens.size,))

    def _decode(self, rows: Sequence[tuple[int, int, int, bool]]) -> None:
        """Run rows of (token, position, sequence, logits wanted) through the model."""
        batch: Any = self._batch
        batch.n_tokens = len(rows)
        for at, (token, position, sequence, wanted) in enumerate(rows):
            batch.token[at] = token
            batch.pos[at] = position
            batch.n_seq_id[at] = 1
            batch.seq_id[at][0] = sequence
            batch.logits[at] = 1 if wanted else 0
        failed = self._api.llama_decode(self._context, batch)
        if failed:
            raise ModelError(
                f"the language model stopped with code {failed} while it read {len(rows)} tokens; expected 0: "
                "run `attest models verify`"
            )

    def close(self) -> None:
        """Give the model's memory back."""
        if self._context:
            self._api.llama_batch_free(self._batch)
            self._api.llama_free(self._context)
            if self._adapter:
                self._api.llama_adapter_lora_free(self._adapter)
            self._api.llama_model_free(self._model)
            self._context = self._model = None


def _adapter(llama_cpp: Any, model: Any, path: Path) -> Any:
    found = llama_cpp.llama_adapter_lora_init(model, str(path).encode())
    if not found:
        raise ModelError(
            f"{path} could not be loaded as an adapter of the language model; expected a GGUF adapter made for it: "
            "install Attest again with `pip install --force-reinstall --no-deps attest`"
        )
    return found


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def silence(llama_cpp: Any) -> None:
    """Keep llama.cpp's loading report off the terminal; errors come back as return codes."""
    if not hasattr(llama_cpp, "_attest_silent"):
        callback = llama_cpp.llama_log_callback(lambda _level, _text, _data: None)
        llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
        llama_cpp._attest_silent = callback  # kept alive for as long as the library may call it
