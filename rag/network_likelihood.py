"""What `rag.likelihood` tells, by torch instead of llama.cpp: .41 of the processor time where there is no bfloat16.

The tokens are those of llama.cpp's tokenizer. Products are in single precision, as in the adapter's training.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from rag.evidence_tokens import QUESTION, EvidenceTokens, Piece, Prompt


class NetworkLikelihood:
    """A Llama model read from its GGUF file, its adapter merged in. Holds no state between questions."""

    def __init__(self, model: Path, *, adapter: Path | None = None, prompt: Prompt = QUESTION) -> None:
        """Raises `gguf_tensors.OtherFormatError` for what only llama.cpp reads, ModelError for a damaged file."""
        import llama_cpp  # its tokenizer: the file's vocabulary is all that is loaded of it

        from rag.likelihood import silence
        from rag.llama_network import LlamaNetwork

        self._network = LlamaNetwork(model, adapter=adapter)
        silence(llama_cpp)
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self._vocabulary = llama_cpp.llama_model_load_from_file(str(model).encode(), parameters)
        if not self._vocabulary:
            raise ModelError(f"the vocabulary of {model} could not be loaded; expected a GGUF model: reinstall Attest")
        self._tokens = EvidenceTokens(llama_cpp, self._vocabulary, prompt)

    def judge(self, question: str, pieces: Sequence[Piece]) -> npt.NDArray[np.float32]:
        """As `QuestionLikelihood.judge`: shape (len(pieces), 2), mean log probability and the log odds of an answer."""
        import torch

        asked, tokens = self._tokens.asked(question), self._tokens
        if not asked or not pieces:
            return np.zeros((len(pieces), 2), dtype=np.float32)
        with torch.inference_mode():
            read = [[*tokens.piece(piece), *tokens.between, *asked] for piece in pieces]
            states = self._network(tokens.prefix, read)
            head, targets = self._network.embeddings, torch.tensor(asked * len(read))
            # The token before a question's token predicts it; the last one predicts Yes or No.
            logits = torch.cat([found[-len(asked) - 1 : -1] for found in states]) @ head.T
            known = logits.gather(1, targets[:, None])[:, 0] - logits.logsumexp(dim=1)
            yes, no = tokens.answers
            odds = torch.stack([found[-1] for found in states]) @ (head[yes] - head[no])
            scores: npt.NDArray[np.float32] = torch.stack([known.view(len(read), -1).mean(dim=1), odds], dim=1).numpy()
        return scores

    def answers(self, claim: str, pieces: Sequence[Piece]) -> npt.NDArray[np.float32]:
        """As `QuestionLikelihood.answers`: the logits of the prompt's answers, shape (len(pieces), len(answers))."""
        import torch

        asked, tokens = self._tokens.asked(claim), self._tokens
        if not asked or not pieces:
            return np.zeros((len(pieces), len(tokens.answers)), dtype=np.float32)
        with torch.inference_mode():
            states = self._network(tokens.prefix, [[*tokens.piece(piece), *tokens.between, *asked] for piece in pieces])
            head = self._network.embeddings[torch.tensor(tokens.answers)]
            logits: npt.NDArray[np.float32] = (torch.stack([found[-1] for found in states]) @ head.T).numpy()
        return logits
