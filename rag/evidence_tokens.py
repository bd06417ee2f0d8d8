"""What the language model reads: a sentence with what stands around it, and the question or claim, as its tokens."""

import ctypes
import re
from dataclasses import dataclass
from typing import Any

import prompts

MAX_EVIDENCE_TOKENS = 96  # a sentence has 30 on average; longer ones are read up to here
MAX_QUESTION_TOKENS = 64
# Tokens that are read of a heading, of the sentence before (its end), of the sentence and of the question, as in the
# adapter's training.
HEADING_TOKENS, BEFORE_TOKENS, SENTENCE_TOKENS, ASKED_TOKENS = 16, 24, 60, 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence with what tells when it was written and who "he" is: its article's heading and the sentence before."""

    sentence: str
    before: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template of `prompts`, what in it stands for the text that is read behind a piece, and the words after it."""

    template: str
    asked: str
    answers: tuple[str, ...]  # the model's next word is one of these


QUESTION = Prompt("likelihood.txt", "{question}", ("Yes", "No"))
CLAIM = Prompt("claim.txt", "{claim}", ("Yes", "No", "Maybe"))


class EvidenceTokens:
    """The prompt and its parts in the vocabulary of a model of llama.cpp; `api` is the module `llama_cpp`."""

    def __init__(self, api: Any, model: Any, prompt: Prompt = QUESTION) -> None:
        self._api = api
        self._vocabulary = api.llama_model_get_vocab(model)
        self.size = int(api.llama_vocab_n_tokens(self._vocabulary))
        before, rest = prompts.read(prompt.template).split("{evidence}")
        between, _ = rest.split(prompt.asked)
        self.prefix = self(before, special=True)
        self.between = self(between, special=True)
        self.answers = [self(word)[0] for word in prompt.answers]
        self._line = self("\n", special=True)

    def __call__(self, text: str, *, special: bool = False) -> list[int]:
        """Token ids. Article and question text is never read for special tokens: `<|im_end|>` in it is plain text."""
        if not special:
            text = re.sub(r"\s+", " ", text).strip()
        data = text.encode("utf-8")
        room = len(data) + 8
        buffer = (ctypes.c_int32 * room)()
        count = self._api.llama_tokenize(self._vocabulary, data, len(data), buffer, room, False, special)
        return list(buffer[: max(0, count)])

    def asked(self, question: str) -> list[int]:
        """The question or claim, as the adapter was trained on it."""
        return self(question)[:ASKED_TOKENS]

    def piece(self, piece: Piece) -> list[int]:
        """Heading, the end of the sentence before, and the sentence, each on its line."""
        before = self(piece.before)[-BEFORE_TOKENS:]
        return [
            *self(piece.heading)[:HEADING_TOKENS],
            *self._line,
            *(before + self._line if before else []),
            *self(piece.sentence)[:SENTENCE_TOKENS],
        ]
