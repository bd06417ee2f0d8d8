from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import rag.loading
from index.archive import Archive
from index.embedding import MiniLmEmbedder
from rag.adapter import find_adapter
from rag.claim_ranking import most_of_each
from rag.evidence import Floats
from rag.evidence_tokens import CLAIM, Piece
from rag.language_claim_reader import CLAIM_ADAPTER_FOLDER, LanguageClaimReader, put_together
from rag.likelihood import QuestionLikelihood
from rag.llama_network import LlamaNetwork
from rag.loading import load_second_reader
from rag.models import find_language_model
from rag.network_likelihood import NetworkLikelihood
from rag.settings import Settings
from rag.stance import STANCES, VERBATIM, Judged, Window
from rag.trace import READ_AGAIN, Tracer

pytestmark = pytest.mark.model
CLAIM_OF_COST = "The town of Orle paid for the new bridge."
PAID = Window(
    "The bill for the new bridge was settled by the town itself.", "Orle celebrates.", "Bridge opens · 2019-05-02"
)
REFUSED = Window("The town declined to pay for the new bridge, so the state did.", "Orle celebrates.", "Bridge opens")
SHADE = Window("Herons nest under the old bridge in spring.", "Orle celebrates.", "Birds of Orle")


@pytest.fixture(scope="module")
def network() -> NetworkLikelihood:
    return NetworkLikelihood(find_language_model(None), adapter=find_adapter(CLAIM_ADAPTER_FOLDER), prompt=CLAIM)


def test_what_a_sentence_says_is_told_from_its_opposite_and_from_something_else(network: NetworkLikelihood) -> None:
    reader = LanguageClaimReader(network.answers, "0" * 64)
    logits = reader(CLAIM_OF_COST, [PAID, REFUSED, SHADE])
    assert [STANCES[at] for at in logits.argmax(axis=1)] == ["supports", "refutes", "neither"]
    assert reader.name == "language model with adapter 00000000"


def test_the_sentence_is_read_behind_the_one_before_and_under_its_heading() -> None:
    read: list[Piece] = []

    def answers(claim: str, pieces: Sequence[Piece]) -> Floats:
        read.extend(pieces)
        return np.zeros((len(pieces), 3), dtype=np.float32)

    LanguageClaimReader(answers, "0" * 64)(CLAIM_OF_COST, [PAID, SHADE])
    assert read == [Piece(window.sentence, window.before, window.around) for window in (PAID, SHADE)]
    assert read[0] == Piece(
        sentence="The bill for the new bridge was settled by the town itself.",
        before="Orle celebrates.",
        heading="Bridge opens · 2019-05-02",
    )


def test_torch_and_llama_cpp_answer_alike(network: NetworkLikelihood) -> None:
    pieces = [Piece(window.sentence, window.before, window.around) for window in (PAID, REFUSED, SHADE)]
    found = network.answers(CLAIM_OF_COST, pieces)
    other = QuestionLikelihood(find_language_model(None), adapter=find_adapter(CLAIM_ADAPTER_FOLDER), prompt=CLAIM)
    expected = other.answers(CLAIM_OF_COST, pieces)
    assert found.shape == expected.shape == (3, 3)
    # llama.cpp rounds what it multiplies to 8 bits; answers differ by several times as much
    assert (
        np.abs((found - found.mean(axis=1, keepdims=True)) - (expected - expected.mean(axis=1, keepdims=True))).max()
        < 0.6
    )
    assert np.ptp(found[:, 0] - found[:, 1]) > 1.5
    among = other.answers(CLAIM_OF_COST, pieces * 7)  # more than are read in one batch
    assert np.abs(among[3:6] - expected).max() < 0.5
    for one in (network, other):
        assert one.answers("", pieces).tolist() == [[0.0] * 3] * 3
        assert one.answers(CLAIM_OF_COST, []).shape == (0, 3)


def logits(stance: str, sure: float = 6.0) -> Floats:
    return np.asarray([[sure if name == stance else 0.0 for name in STANCES]], dtype=np.float32)


def test_what_is_read_again_is_put_together_with_what_was_judged() -> None:
    open_one = Judged(0.3, 0.1, 0.6, bears=-0.4, read=-1.0)
    [found] = put_together([open_one], logits("supports"))
    assert found.stance == "supports"
    assert found.supports + found.refutes + found.neither == pytest.approx(1.0)
    assert (found.bears, found.read) == (-0.4, -1.0)
    # Log probabilities of both count the same: where one says the opposite of the other, neither wins.
    [even] = put_together([Judged(0.9, 0.05, 0.05)], np.log(np.asarray([[0.05, 0.9, 0.05]], dtype=np.float32)))
    assert even.supports == pytest.approx(even.refutes)
    assert even.supports > even.neither


def test_the_claim_itself_and_a_refutation_with_a_name_for_what_differs_stay() -> None:
    sure = logits("supports", 20.0)
    refuted = Judged(0.1, 0.7, 0.2, "30,000, not 90,000", "number")
    assert put_together([VERBATIM], logits("refutes", 20.0)) == [VERBATIM]
    assert put_together([refuted], sure) == [refuted]
    for unnamed in (Judged(0.1, 0.7, 0.2), Judged(0.1, 0.7, 0.2, "it denies", "denial")):
        assert put_together([unnamed], sure)[0].stance == "supports"
    doubtful = Judged(0.5, 0.3, 0.2, "30,000, not 90,000", "number")  # not refuted by it
    assert put_together([doubtful], logits("refutes"))[0].stance == "refutes"


def test_the_first_sentences_are_read_again_and_the_others_are_as_before(
    sample_archive: Archive, embedder: MiniLmEmbedder
) -> None:
    read: list[tuple[str, int]] = []

    class Denier:
        name = "denier"

        def __call__(self, claim: str, windows: Sequence[Window]) -> Floats:
            read.append((claim, len(windows)))
            return np.repeat(logits("refutes", 20.0), len(windows), axis=0)

    claim = "Herons nested in the harbour of Kestrel Bay, and nobody in Sweden minded."
    plain = Tracer(sample_archive, embedder)
    again = Tracer(sample_archive, embedder, again=Denier())
    before, after = plain.bearings(claim), again.bearings(claim)
    assert read == [(claim, READ_AGAIN)]
    assert [one.ranked for one in after] == [one.ranked for one in before]  # in their order
    first = most_of_each(before, most=READ_AGAIN)
    expected = put_together([one.judged for one in first], np.repeat(logits("refutes", 20.0), READ_AGAIN, axis=0))
    anew = {id(one.ranked): judged for one, judged in zip(first, expected, strict=True)}
    assert [one.judged for one in after] == [anew.get(id(one.ranked), one.judged) for one in before]
    assert [one.judged for one in after] != [one.judged for one in before]
    assert again.models["read_again"] == {"name": "denier"}
    read.clear()
    assert again.trace("Швеція вступила до НАТО").verdict == "not_found"
    assert read == []  # of other letters the models know nothing


def test_the_tracer_that_is_loaded_reads_with_the_language_model(tracer: Tracer) -> None:
    sha256 = (CLAIM_ADAPTER_FOLDER / "SHA256").read_text(encoding="ascii")[:8]
    assert str(tracer.models["read_again"]).count(f"language model with adapter {sha256}") == 1


@pytest.mark.parametrize("bfloat16", [True, False])
def test_the_processor_decides_which_of_the_two_reads(monkeypatch: pytest.MonkeyPatch, bfloat16: bool) -> None:
    monkeypatch.setattr(rag.loading, "fastest", lambda: "bfloat16" if bfloat16 else "float32")
    answers = load_second_reader(Settings())._answers
    assert isinstance(getattr(answers, "__self__", None), QuestionLikelihood if bfloat16 else NetworkLikelihood)


def test_two_adapters_of_one_model_share_what_neither_changes(tmp_path: Path) -> None:
    model = find_language_model(None)
    one, other = (LlamaNetwork(model, adapter=find_adapter(*folder)) for folder in ((), (CLAIM_ADAPTER_FOLDER,)))
    assert one.embeddings.data_ptr() == other.embeddings.data_ptr()
    shared = [
        first.query_key_value.data_ptr() == second.query_key_value.data_ptr()
        for first, second in zip(one._layers, other._layers, strict=True)
    ]
    assert shared == [True] * 14 + [False] * 16
    tokens = [list(range(5, 25))]
    alone = other([1], tokens)[0]
    del one
    assert (LlamaNetwork(model, adapter=find_adapter(CLAIM_ADAPTER_FOLDER))([1], tokens)[0] == alone).all()
