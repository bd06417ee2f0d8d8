"""Any LangChain chat model as the writer, for example one behind an OpenAI-compatible server (vLLM, llama-server)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from index.errors import ModelError
from rag.numbered import fitting, read_back
from rag.selection import Evidence
from rag.writing import Drafted

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONTEXT_TOKENS = 4096
BYTES_PER_TOKEN = 3.0  # a careful guess for a model whose tokenizer is not here; English has about 4


class ChatWriter:
    """Hands numbered evidence to a chat model and reads its sentences back, to be checked like any other."""

    def __init__(self, model: "BaseChatModel", *, context_tokens: int = CONTEXT_TOKENS) -> None:
        self._model = model
        self._context = context_tokens
        self.name = f"{type(model).__name__} with LangChain"

    @classmethod
    def connect(cls, model: str, *, base_url: str | None = None, context_tokens: int = CONTEXT_TOKENS) -> "ChatWriter":
        """A writer for `provider:model` as LangChain names it, such as `openai:qwen2.5`, at `base_url`."""
        from langchain.chat_models import init_chat_model

        options: dict[str, Any] = {"temperature": 0} | ({"base_url": base_url} if base_url else {})
        try:
            chat = init_chat_model(model, **options)
        except Exception as error:  # each provider has its own ways of not starting
            raise ModelError(
                f"the chat model {model} could not be set up ({error}); expected `provider:model` with its LangChain "
                "package installed: for an OpenAI-compatible server run `pip install langchain-openai`"
            ) from error
        return cls(chat, context_tokens=context_tokens)

    def write(self, question: str, evidence: Sequence[Evidence]) -> Drafted:
        """Sentences of the chat model with their numbers mapped to slices. Raises ModelError when it does not reply."""
        prompt, kept, notes = fitting(
            question, evidence, count=lambda text: int(len(text.encode()) / BYTES_PER_TOKEN), room=self._context - 512
        )
        if not kept:
            raise ModelError(
                f"a context of {self._context} tokens holds no evidence beside the question; expected at least 1,024: "
                "raise context_tokens in the settings"
            )
        try:
            reply = self._model.invoke(prompt.replace("<|", "< |"))  # no control token of any template
        except Exception as error:  # a provider may raise anything; the asker falls back to verbatim sentences
            raise ModelError(f"the chat model did not reply: {type(error).__name__}: {error}") from error
        drafted = read_back(str(reply.text), kept)
        return Drafted(drafted.sentences, notes + drafted.notes)
