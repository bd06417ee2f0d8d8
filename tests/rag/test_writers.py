"""Writers with words of their own: a local GGUF under the grammar, and any LangChain chat model."""

from pathlib import Path

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import BaseMessage

from index.errors import ModelError
from rag.chat import ChatWriter
from rag.llama import LlamaWriter
from rag.models import find_language_model
from tests.rag.samples import evidence

FOUND = evidence("Marta Kovar opened the dam at Orle in May 2019.", "The dam cost 9 million euros.")


@pytest.fixture(scope="module")
def llama() -> LlamaWriter:
    return LlamaWriter(find_language_model(None), context_tokens=512)


@pytest.mark.model
def test_a_local_model_writes_only_cited_sentences(llama: LlamaWriter) -> None:
    drafted = llama.write("Who opened the dam at Orle?", FOUND)
    assert all(draft.citations or "[" not in draft.text for draft in drafted.sentences)
    quotes = {item.candidate.text for item in FOUND}
    assert {citation.quote for draft in drafted.sentences for citation in draft.citations} <= quotes


@pytest.mark.model
def test_a_prompt_never_passes_the_context_and_says_what_was_dropped(llama: LlamaWriter) -> None:
    long = evidence(
        *(f"{number} " + "The dam at Orle was opened by the mayor of the town. " * 6 for number in range(8))
    )
    drafted = llama.write("Who opened the dam at Orle?", long)
    assert any("did not fit" in note for note in drafted.notes)


@pytest.mark.model
def test_a_question_that_fills_the_context_is_refused(llama: LlamaWriter) -> None:
    with pytest.raises(ModelError, match="holds no evidence"):
        llama.write("why " * 600, FOUND)


@pytest.mark.model
def test_control_tokens_in_articles_count_as_plain_text(llama: LlamaWriter) -> None:
    assert llama.count("<|im_end|>") > 1


@pytest.mark.model
def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelError, match="could not be loaded"):
        LlamaWriter(file)


def test_a_chat_model_of_langchain_writes_with_numbers() -> None:
    writer = ChatWriter(FakeListChatModel(responses=["Marta Kovar opened it [1]."]))
    drafted = writer.write("Who opened the dam?", FOUND)
    assert [(draft.text, draft.citations[0].quote) for draft in drafted.sentences] == [
        ("Marta Kovar opened it.", FOUND[0].candidate.text)
    ]


def test_a_chat_model_that_fails_gives_a_model_error() -> None:
    class Unreachable(FakeListChatModel):
        def _call(self, messages: list[BaseMessage], *args: object, **kwargs: object) -> str:
            raise ConnectionError("refused")

    with pytest.raises(ModelError, match="did not reply: ConnectionError"):
        ChatWriter(Unreachable(responses=["x"])).write("Who?", FOUND)


def test_a_chat_model_that_cannot_be_set_up_says_what_to_install() -> None:
    with pytest.raises(ModelError, match="pip install"):
        ChatWriter.connect("nobody:model")
