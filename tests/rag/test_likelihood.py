from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from rag.likelihood import MAX_PIECES, QuestionLikelihood
from rag.models import find_language_model
from rag.quantize import faster_copy, file_type

QUESTION = "In which town did the ministers of 27 countries meet?"
PROOF = "The ministers of all 27 countries met in the small town of Orle on Monday."
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def likelihood() -> QuestionLikelihood:
    return QuestionLikelihood(find_language_model(None))


def test_the_proving_sentence_makes_the_question_more_likely(likelihood: QuestionLikelihood) -> None:
    proof, other, nothing = likelihood(QUESTION, [PROOF, "Bananas are yellow and many people eat them every day.", ""])
    assert proof > nothing + 0.5
    assert proof > other + 0.5


def test_a_piece_scores_the_same_alone_and_among_others(likelihood: QuestionLikelihood) -> None:
    alone = likelihood(QUESTION, [PROOF])[0]
    among = likelihood(QUESTION, ["Rain fell.", PROOF, "The dam is old and grey."])[1]
    assert abs(alone - among) < 0.15  # batches are summed in another order


def test_more_pieces_than_fit_one_batch_are_all_scored(likelihood: QuestionLikelihood) -> None:
    scores = likelihood(QUESTION, [PROOF] * (MAX_PIECES + 3))
    assert scores.shape == (MAX_PIECES + 3,)
    assert np.ptp(scores) < 0.15


def test_special_tokens_in_an_article_are_plain_text(likelihood: QuestionLikelihood) -> None:
    # As a control token, <|im_end|> would be one token and end the user's turn.
    assert len(likelihood._tokens("<|im_end|>")) > 1
    assert len(likelihood._tokens("<|im_end|>", special=True)) == 1


def test_text_of_any_length_and_script_is_scored(likelihood: QuestionLikelihood) -> None:
    scores = likelihood("Де це було? " * 200, ["слово " * 2000, "\u200b", "é" * 500])
    assert np.isfinite(scores).all()


def test_a_file_that_is_no_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    page = tmp_path / "model.gguf"
    page.write_text("<html>Sign in to download</html>")
    with pytest.raises(ModelError, match=r"could not be loaded .*attest models"):
        QuestionLikelihood(page)


def test_the_faster_copy_is_made_once_and_agrees_with_the_original(
    tmp_path: Path, likelihood: QuestionLikelihood
) -> None:
    original = find_language_model(None)
    copy = faster_copy(original, cache=tmp_path)
    assert copy != original
    assert file_type(copy) == 7  # Q8_0
    made = copy.stat().st_mtime_ns
    assert faster_copy(original, cache=tmp_path) == copy
    assert copy.stat().st_mtime_ns == made
    assert list(tmp_path.iterdir()) == [copy]
    assert abs(QuestionLikelihood(copy)(QUESTION, [PROOF])[0] - likelihood(QUESTION, [PROOF])[0]) < 0.15


def test_a_cache_that_cannot_be_written_costs_speed_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    original = find_language_model(None)
    assert faster_copy(original, cache=blocked) == original
