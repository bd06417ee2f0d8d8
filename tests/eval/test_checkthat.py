"""CheckThat! 2020 with claims and posts of our own, and vectors that know which words two texts share."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.checkthat import ClaimSearch, Split, main, read_claims, read_split, score
from index.embedding import EmbedderIdentity, Vectors
from index.errors import UsageError
from rag.terms import content_stems

TOPICS = ("ferry", "bridge", "lighthouse", "harbour", "mayor", "tunnel", "market", "library")
DOCS = [
    (str(at), f'Did the {topic} of Orle close?\t"The {topic} of Orle closed in 20{30 + at}."')
    for at, topic in enumerate(TOPICS)
]


class WordEmbedder:
    """A text as the words that it holds, each in a place of its own."""

    identity = EmbedderIdentity("words", 64, "0" * 64)
    name, dim, sha256 = identity.name, identity.dim, identity.sha256

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dim), 0.01, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for stem in content_stems(text):
                row[self._places.setdefault(stem, len(self._places)) % self.dim] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    embed_queries = embed_passages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["\tvclaim\ttitle"]
    for id, both in DOCS:
        title, claim = both.split("\t")
        rows.append(f"{id}\t{claim}\t{title}")
    (tmp_path / "verified_claims.docs.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for split, shift in (("train", 0), ("dev", 1)):
        (tmp_path / split).mkdir()
        posts = [f"{at}\t#{topic.title()}Orle closed!! 😀 https://t.co/x" for at, topic in enumerate(TOPICS)]
        (tmp_path / split / "tweets.queries.tsv").write_text(
            "\n".join(["\ttweet_content", *posts]) + "\n", encoding="utf-8"
        )
        qrels = [f"{at}\t0\t{at}\t1" for at in range(shift, len(TOPICS))]
        (tmp_path / split / "tweet-vclaim-pairs.qrels").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    return tmp_path


def test_a_post_finds_its_claim_past_hashtag_link_and_emoji(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([str(folder)], [str(folder), "--cross"]):
        main(arguments, embedder=WordEmbedder())
        figures = json.loads(capsys.readouterr().out)
        assert figures["ranked"]["AP@5"] == 1.0
        assert figures["fused"]["AP@5"] == 1.0
    assert figures["posts"] == len(TOPICS)


def test_a_quoted_row_is_one_claim_and_only_judged_posts_count(folder: Path) -> None:
    assert [one.id for one in read_claims(folder)] == [id for id, _ in DOCS]
    assert read_claims(folder)[0].claim == "The ferry of Orle closed in 2030."
    dev = read_split(folder, "dev")
    assert (len(dev.posts), len(dev.relevant)) == (8, 7)


def test_the_figure_is_worked_by_hand_and_a_post_without_a_ranking_counts_nothing() -> None:
    split = Split({}, {"a": frozenset("1"), "b": frozenset("2"), "c": frozenset("34"), "d": frozenset("5")})
    found = score(split, {"a": ["1", "9"], "b": ["9", "2"], "c": ["3", "9", "4"], "x": ["5"]})
    assert found["AP@5"] == pytest.approx((1 + 1 / 2 + (1 + 2 / 3) / 2 + 0) / 4, abs=1e-4)
    assert found["Success@1"] == 0.5


def test_a_post_of_no_words_has_a_pool_all_the_same(folder: Path) -> None:
    [pool] = ClaimSearch(read_claims(folder), WordEmbedder()).pools(["😀"])
    assert len(pool.places) == len(DOCS)


def test_another_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected the folder of CheckThat"):
        main([str(tmp_path)], embedder=WordEmbedder())
