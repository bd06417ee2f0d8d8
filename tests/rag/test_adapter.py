from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import ModelError
from rag.adapter import find_adapter
from rag.ask import Asker
from rag.evidence_tokens import Piece
from rag.likelihood import QuestionLikelihood
from rag.models import find_language_model
from rag.selection import piece_of
from tests.rag.samples import passage

QUESTION = "In which town did the ministers of 27 countries meet?"
PROOF = Piece("They met in the small town of Orle on Monday.", "Ministers of 27 countries came.", "Summit (2019-05)")
NEAR = Piece("They will meet again next year in another town.", "Ministers of 27 countries came.", "Summit (2019-05)")
OTHER = Piece("Bananas are yellow and many people eat them every day.", "", "Fruit (2019-05)")


@pytest.fixture(scope="module")
def judge() -> QuestionLikelihood:
    return QuestionLikelihood(find_language_model(None), adapter=find_adapter())


@pytest.mark.model
def test_what_answers_is_told_from_what_only_looks_so(judge: QuestionLikelihood) -> None:
    proof, near, other = judge.judge(QUESTION, [PROOF, NEAR, OTHER])[:, 1]
    assert proof > near
    assert proof > other + 1


@pytest.mark.model
def test_a_piece_is_judged_the_same_alone_and_among_others(judge: QuestionLikelihood) -> None:
    alone = judge.judge(QUESTION, [PROOF])[0]
    among = judge.judge(QUESTION, [OTHER, PROOF, NEAR])[1]
    assert abs(alone - among).max() < 0.3  # batches are summed in another order


@pytest.mark.model
def test_of_a_long_sentence_before_the_end_is_read(judge: QuestionLikelihood) -> None:
    end = " ".join(["and they came"] * 20)  # more tokens than are read
    long = replace(PROOF, before=f"Nobody had asked whether the bananas were yellow. {end}")
    assert judge._tokens.piece(long) == judge._tokens.piece(replace(PROOF, before=end))


@pytest.mark.model
def test_what_asks_the_archive_reads_with_the_adapter(asker: Asker, judge: QuestionLikelihood) -> None:
    found = asker._selector.select(QUESTION, [passage("The ministers of 27 countries met in Orle on Monday.")])[0]
    expected = judge.judge(QUESTION, [piece_of(found.candidate)])[0, 1]
    plain = QuestionLikelihood(find_language_model(None)).judge(QUESTION, [piece_of(found.candidate)])[0, 1]
    assert abs(found.features["fits"] - expected) < 0.4  # batches are summed in another order, and a copy has 8 bits
    assert abs(plain - expected) > 0.7  # without it, so the line above tells the two apart


def test_an_adapter_that_is_not_the_one_that_was_trained_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"expected the trained adapter.*pip install"):
        find_adapter(tmp_path)
    (tmp_path / "adapter.gguf").write_bytes(b"GGUF another")
    (tmp_path / "SHA256").write_text("0" * 64, encoding="ascii")
    with pytest.raises(ModelError, match="checksum"):
        find_adapter(tmp_path)


@pytest.mark.model
def test_a_file_that_is_no_adapter_is_refused_in_one_sentence(tmp_path: Path) -> None:
    page = tmp_path / "adapter.gguf"
    page.write_text("<html>", encoding="utf-8")
    with pytest.raises(ModelError, match=r"could not be loaded as an adapter"):
        QuestionLikelihood(find_language_model(None), adapter=page)
