import json
from pathlib import Path

import pytest
import torch

from eval import fit_ranges
from index.byte_products import can_multiply_bytes, read_ranges
from index.minilm import MINILM_SHA256
from rag import claim_reader, reader

TEXT = (
    "Marta Kovar opened the dam at Orle on Monday. It cost 9 million euros. Rain fell on the hills that whole week, "
    "and nobody from the ministry came. "
)


@pytest.mark.model
@pytest.mark.skipif(not can_multiply_bytes(), reason="this processor or this torch multiplies no bytes")
def test_ranges_are_seen_on_one_half_of_the_articles_and_tried_on_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles, questions = tmp_path / "a.jsonl", tmp_path / "q.jsonl"
    with articles.open("w", encoding="utf-8") as file:
        for at in range(4):
            file.write(json.dumps({"id": f"a{at}", "text": TEXT * (at + 1), "title": "Dam opened"}) + "\n")
    with questions.open("w", encoding="utf-8") as file:
        for at in range(4):
            evidence = [{"article_id": f"a{at}", "start": 0, "end": 45}]
            file.write(json.dumps({"kind": "ask", "question": "Who opened the dam?", "evidence": evidence}) + "\n")
            claim = {"kind": "claim", "claim": "The dam cost 8 million euros.", "evidence": evidence}
            file.write(json.dumps(claim) + "\n")
        file.write(json.dumps({"kind": "ask", "question": "Who closed it?", "evidence": []}) + "\n")
    minilm = tmp_path / "minilm.safetensors"
    monkeypatch.setattr(fit_ranges, "RANGES", minilm)
    monkeypatch.setattr("index.minilm.RANGES", minilm)
    folders = {}
    for module in (reader, claim_reader):
        folder = tmp_path / module.MODEL_FOLDER.name
        folder.mkdir()
        for name in ("model.safetensors", "SHA256"):
            (folder / name).symlink_to(module.MODEL_FOLDER / name)
        folders[module.MODEL_FOLDER.name] = folder
        monkeypatch.setattr(module, "MODEL_FOLDER", folder)
    said: list[str] = []
    fit_ranges.main(["--questions", str(questions), "--articles", str(articles)], say=said.append)
    told = json.loads(said[0])
    assert told["passages"]["passages"] == 2
    assert 0.98 < told["passages"]["least_cosine"] < 1.0
    assert (told["sentences"]["pairs"], told["stances"]["pairs"]) == (2, 2)
    assert 0 < told["stances"]["largest_difference"] < 0.2
    layers = read_ranges(minilm, MINILM_SHA256)
    assert layers is not None
    assert len(layers) == 6
    assert all(layer.outer.shape == (1536,) and layer.inputs.shape == (384,) for layer in layers)
    read = read_ranges(folders["reader"] / reader.RANGES, (folders["reader"] / "SHA256").read_text().strip())
    assert read is not None
    assert not torch.equal(read[0].inner, layers[0].inner)
