import csv
import gzip
import json
import random
from pathlib import Path

import pytest

from eval.article_records import article_of
from eval.claim_pairs import Claimed, Pair, Told, make, read_claims, read_pairs
from eval.made_claims import Name, draw, names_in
from eval.reader_training import blend
from eval.spans import is_held_out
from eval.train_claim_reader import Shares, draw_epoch, held_out
from index.article import Article
from index.atomic import file_sha256
from rag.reader import Page
from rag.terms import content_stems

TEXT = (
    "The mayor Martha Kovar opened the new dam at Orle on Tuesday. The engineer Peter Brandt had warned of three "
    "cracks in its wall. It cost 40 million crowns, said Brandt, and the town of Lune will not pay. A fair was held."
)
NAMES = names_in(TEXT)


def article(name: str = "dam") -> Article:
    return article_of({"id": name, "text": TEXT, "title": "New dam opened", "source": "Harbour Wire"})


def drawn(sentence: str, kind: str) -> set[str]:
    """Every claim of this kind in many draws."""
    claims = [draw(sentence, NAMES, random.Random(seed)) for seed in range(200)]
    return {claim for found in claims for claim, _, made in found if made == kind}


def test_names_are_told_from_first_words_and_days_and_people_from_places() -> None:
    assert set(NAMES) == {
        Name("Martha Kovar", True),
        Name("Orle", False),
        Name("Peter Brandt", True),
        Name("Brandt", True),
        Name("Lune", False),
    }


def test_another_name_is_one_of_the_article_of_the_same_kind_and_length() -> None:
    made = drawn("The mayor Martha Kovar opened the new dam at Orle on Tuesday.", "name")
    assert "The mayor Peter Brandt opened the new dam at Orle on Tuesday." in made
    assert "The mayor Martha Kovar opened the new dam at Lune on Tuesday." in made
    assert not any("Peter Brandt" in claim and "Lune" in claim for claim in made)
    assert not any("at Brandt" in claim or "mayor Orle" in claim for claim in made)


def test_a_true_claim_may_be_said_otherwise_and_a_false_one_begins_from_such_a_one() -> None:
    true = drawn("The mayor Martha Kovar opened the new dam at Orle on Tuesday.", "true")
    assert {"The mayor Kovar opened the new dam at Orle.", "The mayor Martha Kovar opened the new dam at Orle."} <= true
    said = drawn("The town of Lune will not pay for the three cracks in its wall.", "true")
    assert "The town of Lune won't pay for the 3 cracks in its wall." in said
    denied = drawn("The town of Lune will not pay for the three cracks in its wall.", "denial")
    assert "The town of Lune will pay for the 3 cracks in its wall." in denied


def test_half_of_what_is_made_is_true_and_a_question_is_neither() -> None:
    for seed in range(50):
        found = draw("The mayor Martha Kovar opened the new dam at Orle on Tuesday.", NAMES, random.Random(seed))
        assert found[0][1] == "supports"
        assert len(found) == 2
        assert found[1][1] == ("not_found" if found[1][2] == "question" else "refutes")
        assert found[1][2] != "question" or found[1][0].endswith("?")


def test_made_claims_are_read_beside_their_sentence_and_some_true_ones_beside_another() -> None:
    pairs = make([Told.of(article())], 40, random.Random(1))
    beside = [pair for pair in pairs if pair.kind == "beside"]
    assert 5 <= len(beside) <= 10
    assert {pair.label for pair in beside} == {2}
    for pair in pairs:
        sentence = pair.page.text[slice(*pair.page.sentences[0])]
        shared = set(content_stems(pair.claim)) & set(content_stems(sentence))
        assert (len(shared) >= 2) == (pair.kind != "beside"), pair


def test_public_pairs_are_read_from_tables_and_from_lines(tmp_path: Path) -> None:
    table, lines = tmp_path / "nli.csv.gz", tmp_path / "fever.jsonl"
    with gzip.open(table, "wt", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerows(
            [["premise", "hypothesis", "label"], ["A dam.", "A wall.", "neutral"], ["A", "B", "not_entailment"]]
        )
    lines.write_text(json.dumps({"claim": "It leaks.", "evidence": "It holds.", "gold_label": "REFUTES"}) + "\n")
    assert [(pair.claim, pair.page.text, pair.label) for path in (table, lines) for pair in read_pairs(path)] == [
        ("A wall.", "A dam.", 2),
        ("It leaks.", "It holds.", 1),
    ]


def test_an_epoch_has_every_claim_and_of_the_rest_its_shares() -> None:
    start = TEXT.index("It cost")
    row = {
        "claim": "Lune pays.",
        "stance": "refutes",
        "evidence": [{"article_id": "dam", "start": start, "end": start + 60}],
    }
    claims = read_claims([row] * 20, {"dam": article()})
    public = [Pair(str(at), Page("", "text", ((0, 4),)), 0) for at in range(50)]
    epoch = draw_epoch(claims, [Told.of(article())], public, Shares(0.5, 0.0, 10), random.Random(1))
    own = [pair for pair in epoch if pair.claim == "Lune pays." and pair.label == 1]
    beside = [pair for pair in epoch if pair.claim == "Lune pays." and pair.label == 2]
    assert (len(own), len(epoch) - len(own) - len(beside)) == (20, 10)
    assert 4 <= len(beside) <= 16
    assert len({pair.claim for pair in epoch}) == 11, "no public pair twice"
    assert isinstance(claims[0], Claimed)


def test_rows_on_held_out_articles_are_told() -> None:
    names = [f"article {at}" for at in range(40)]
    rows = [{"evidence": [{"article_id": name, "start": 0, "end": 1}]} for name in names]
    assert [held_out(row) for row in rows] == [is_held_out(name) for name in names]


@pytest.mark.model
def test_the_average_over_the_last_epoch_is_kept(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    from eval.train_claim_reader import train
    from rag.claim_reader import MODEL_FOLDER

    public = [Pair("Lune pays.", Page("", "Lune will not pay.", ((0, 18),)), 1)] * 64
    scored: list[Path] = []
    arguments = {"out": tmp_path, "start": MODEL_FOLDER, "after": scored.append}
    train([], [], public, Shares(0, 0, 64), epochs=2, **arguments)  # type: ignore[arg-type]
    assert scored == [tmp_path / "epoch-1", tmp_path]
    before, last, kept = (load_file(folder / "model.safetensors") for folder in (MODEL_FOLDER, *scored))
    name = "encoder.encoder.layer.5.output.dense.weight"
    moved = [float((state[name].float() - before[name].float()).abs().sum()) for state in (last, kept)]
    assert moved[0] > 0
    assert moved[1] > 0
    assert torch.equal(before["span.weight"], kept["span.weight"]), "the span head is not trained"


def test_a_blend_takes_its_share_of_either_and_has_a_checksum_of_its_own(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    for name, value in (("ours", 1.0), ("theirs", 2.0)):
        (tmp_path / name).mkdir()
        save_file({"a": torch.full((2,), value, dtype=torch.float16)}, tmp_path / name / "model.safetensors")
    sha256 = blend(tmp_path / "ours", tmp_path / "theirs", 0.75)
    assert load_file(tmp_path / "ours" / "model.safetensors")["a"].tolist() == [1.25, 1.25]
    assert (tmp_path / "ours" / "SHA256").read_text() == sha256 + "\n"
    assert sha256 == file_sha256(tmp_path / "ours" / "model.safetensors")
