"""A writer that runs a GGUF model here, held to a grammar: sentences with evidence numbers, or ABSTAIN."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import prompts
from index.errors import ModelError
from rag.likelihood import cores
from rag.llama_parameters import as_defaults
from rag.numbered import fitting, read_back
from rag.selection import Evidence
from rag.writing import Drafted

ANSWER_TOKENS = 160
_HERE = "\x00evidence\x00"  # stands for the user's text while the chat template is filled; no text can hold it


class LlamaWriter:
    """Writes with llama-cpp-python. Article text is tokenised apart from the template, as plain text."""

    def __init__(self, model_path: Path, *, context_tokens: int = 2048, threads: int | None = None) -> None:
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self.name = f"{model_path.stem} with llama.cpp"
        threads = threads or cores()
        try:
            with as_defaults(llama_cpp):
                self._llama: Any = llama_cpp.Llama(
                    str(model_path), n_ctx=context_tokens, n_threads=threads, n_threads_batch=threads, verbose=False
                )
        except (ValueError, RuntimeError, OSError, AssertionError) as error:
            raise ModelError(
                f"{model_path} could not be loaded ({error}); expected a GGUF model that llama.cpp reads: "
                "run `attest models list`"
            ) from error
        self._context = int(self._llama.n_ctx())
        self._grammar_text = prompts.read("answer.gbnf")
        template = self._llama.metadata.get("tokenizer.chat_template")
        before, after = f"{_HERE}".split(_HERE)
        if template:
            formatter = Jinja2ChatFormatter(template=template, eos_token="", bos_token="")
            filled = formatter(messages=[{"role": "user", "content": _HERE}]).prompt
            before, _, after = filled.partition(_HERE)
        else:
            after = "\n\nAnswer:"
        self._before = self._llama.tokenize(before.encode(), add_bos=True, special=True)
        self._after = self._llama.tokenize(after.encode(), add_bos=False, special=True)

    def count(self, text: str) -> int:
        """Tokens of `text` read as plain text, with the model's own tokenizer."""
        return len(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=False))

    def write(self, question: str, evidence: Sequence[Evidence]) -> Drafted:
        """At most two sentences with numbers, decoded greedily under the grammar. Raises ModelError."""
        import llama_cpp

        room = self._context - ANSWER_TOKENS - len(self._before) - len(self._after)
        prompt, kept, notes = fitting(question, evidence, count=self.count, room=room)
        if not kept:
            raise ModelError(
                f"the model's context of {self._context} tokens holds no evidence beside the question; expected at "
                "least 1,024: raise context_tokens in the settings"
            )
        tokens = [
            *self._before,
            *self._llama.tokenize(prompt.encode("utf-8"), add_bos=False, special=False),
            *self._after,
        ]
        grammar = llama_cpp.LlamaGrammar.from_string(self._grammar_text, verbose=False)
        try:
            completion = self._llama.create_completion(
                prompt=tokens, max_tokens=ANSWER_TOKENS, temperature=0.0, grammar=grammar
            )
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"the language model stopped: {error}; expected an answer: run `attest models verify`"
            ) from error
        drafted = read_back(completion["choices"][0]["text"], kept)
        return Drafted(drafted.sentences, notes + drafted.notes)
