from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from rag.claim_reader import MODEL_FOLDER, ClaimReader, page_of
from rag.stance import STANCES, RuleStance, Window

pytestmark = pytest.mark.model

QUAY = "The council voted on Tuesday to keep the quay open until the spring."


@pytest.fixture(scope="module")
def reader() -> ClaimReader:
    return ClaimReader()


def told(reader: ClaimReader, claim: str, *windows: Window) -> list[str]:
    return [STANCES[int(row.argmax())] for row in reader(claim, windows)]


def test_what_a_sentence_says_is_told_from_its_opposite_and_from_something_else(reader: ClaimReader) -> None:
    school = Window("The council also heard from a school that wants a new roof.")
    assert told(reader, "The council decided to keep the quay open until spring.", Window(QUAY), school) == [
        "supports",
        "neither",
    ]
    assert told(reader, "The council voted to close the quay.", Window(QUAY), school) == ["refutes", "neither"]


def test_each_window_is_read_by_itself(reader: ClaimReader) -> None:
    windows = [Window(QUAY), Window("A school wants a new roof.", before=QUAY, around="Harbour Wire · 2020-02-01")]
    together = reader("The quay stays open.", windows)
    alone = np.concatenate([reader("The quay stays open.", [window]) for window in windows])
    assert together.shape == (2, 3)
    assert np.allclose(together, alone, atol=0.15)  # half precision rounds otherwise beside padding


def test_what_is_read_is_the_last_sentence_of_the_window() -> None:
    page = page_of(Window("It sank.", before="The ferry left.", around="Harbour Wire"))
    ((start, end),) = page.sentences
    assert page.text[start:end] == "It sank."
    assert page.text == "The ferry left. It sank."


def test_a_sentence_that_does_not_fit_says_nothing(reader: ClaimReader) -> None:
    assert reader("The quay stays open.", [Window("It does.", before="quay " * 600)]).tolist() == [[0.0, 0.0, 0.0]]


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes((MODEL_FOLDER / "model.safetensors").read_bytes()[:-1] + b"\1")
    (tmp_path / "SHA256").write_text((MODEL_FOLDER / "SHA256").read_text())
    with pytest.raises(ModelError, match="checksum"):
        ClaimReader(tmp_path)


def test_the_reader_is_weighed_against_the_rules(reader: ClaimReader) -> None:
    claim, window = "The council voted to close the quay.", Window(QUAY)
    [with_it] = RuleStance(lambda stem: 4.0, lambda: 8.0, reader=reader).judge(claim, [window])
    [without] = RuleStance(lambda stem: 4.0, lambda: 8.0).judge(claim, [window])
    assert with_it.refutes > without.refutes
    assert with_it.stance == "refutes"
    assert with_it.refutes + with_it.supports + with_it.neither == pytest.approx(1.0, abs=1e-5)
