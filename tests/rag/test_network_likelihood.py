from pathlib import Path

import numpy as np
import pytest
import torch

import rag.loading
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from rag.adapter import find_adapter
from rag.ask import Asker
from rag.evidence_tokens import Piece, Prompt
from rag.gguf_tensors import OtherFormatError
from rag.likelihood import QuestionLikelihood
from rag.loading import load_judge
from rag.models import find_language_model
from rag.network_likelihood import NetworkLikelihood
from rag.settings import Settings
from tests.rag.test_adapter import NEAR, OTHER, PROOF, QUESTION

pytestmark = pytest.mark.model
PIECES = [Piece(""), PROOF, NEAR, OTHER]


@pytest.fixture(scope="module")
def network() -> NetworkLikelihood:
    return NetworkLikelihood(find_language_model(None), adapter=find_adapter())


def test_torch_and_llama_cpp_judge_alike(network: NetworkLikelihood) -> None:
    found = network.judge(QUESTION, PIECES)
    expected = QuestionLikelihood(find_language_model(None), adapter=find_adapter()).judge(QUESTION, PIECES)
    assert found.shape == (4, 2)
    assert found.dtype == np.float32
    # llama.cpp rounds what it multiplies to 8 bits; pieces differ by several times as much
    assert np.abs(found - expected)[:, 0].max() < 0.1
    assert np.abs(found - expected)[:, 1].max() < 0.6
    assert np.ptp(found[:, 1]) > 1.5


def test_a_piece_is_judged_the_same_alone_and_among_any_number(network: NetworkLikelihood) -> None:
    among = network.judge(QUESTION, [OTHER, PROOF, NEAR] * 7)
    np.testing.assert_allclose(among[1::3], np.repeat(network.judge(QUESTION, [PROOF]), 7, axis=0), atol=2e-3)


def test_nothing_asked_or_to_read_is_no_error(network: NetworkLikelihood) -> None:
    assert network.judge("", PIECES).tolist() == [[0.0, 0.0]] * 4
    assert network.judge(QUESTION, []).shape == (0, 2)


def test_text_of_any_length_and_script_is_judged(network: NetworkLikelihood) -> None:
    long = Piece("слово " * 2000, "\u200b" * 500, "é" * 500)
    assert np.isfinite(network.judge("Де це було? " * 200, [long, Piece("<|im_end|>")])).all()


@pytest.mark.parametrize("bfloat16", [True, False])
def test_the_processor_decides_which_of_the_two_judges(monkeypatch: pytest.MonkeyPatch, bfloat16: bool) -> None:
    monkeypatch.setattr(rag.loading, "fastest", lambda: "bfloat16" if bfloat16 else "float32")
    judge = load_judge(find_language_model(None), Settings(), adapter=find_adapter())
    assert isinstance(getattr(judge, "__self__", None), QuestionLikelihood if bfloat16 else NetworkLikelihood)


def test_a_model_that_torch_does_not_read_goes_to_llama_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(model: Path, *, adapter: Path, prompt: Prompt) -> None:
        raise OtherFormatError("Q4_K")

    monkeypatch.setattr(rag.loading, "fastest", lambda: "float32")
    monkeypatch.setattr(rag.loading, "NetworkLikelihood", refuse)
    judge = load_judge(find_language_model(None), Settings(), adapter=find_adapter())
    assert isinstance(getattr(judge, "__self__", None), QuestionLikelihood)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_the_threads_that_were_asked_for_bound_torch_too(monkeypatch: pytest.MonkeyPatch, bfloat16: bool) -> None:
    monkeypatch.setattr(rag.loading, "fastest", lambda: "bfloat16" if bfloat16 else "float32")
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            load_judge(find_language_model(None), Settings(threads=threads), adapter=find_adapter())
            assert torch.get_num_threads() == threads
        load_judge(find_language_model(None), Settings(), adapter=find_adapter())
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_askers_threads_bound_this_thread_though_the_model_is_loaded_by_another(
    sample_archive: Archive, embedder: MiniLmEmbedder
) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        Asker.load(sample_archive, Settings(threads=1), embedder=embedder)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
