import io
import json
import tarfile
from pathlib import Path

import pytest

from eval.fit_attribution import examples, fit
from eval.polnear import main, quoted_sources, read_polnear, score, source_head
from index.errors import UsageError
from rag.paragraphs import Paragraphs

TEXT = (
    "Spokeswoman Haley Morris says “no more of that.”\n\n“The wall will stand for years,” said Ada Quist, the harbour "
    "master.\n\nThe exhibition “Walls and Water” opens in June.\n"
)


def marked() -> str:
    lines = []
    for number, (source, content) in enumerate(
        [
            ("Spokeswoman Haley Morris", "“no more of that.”"),
            ("Ada Quist, the harbour master", "“The wall will stand for years,”"),
        ]
    ):
        for kind, words, mark in (("Source", source, 2 * number + 1), ("Content", content, 2 * number + 2)):
            start = TEXT.index(words)
            lines.append(f"T{mark}\t{kind} {start} {start + len(words)}\t{words}")
        lines.append(f"E{number + 1}\tAttribution:T99 Source:T{2 * number + 1} Content:T{2 * number + 2}")
    return "\n".join(lines)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "polnear.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (("text/a_2016.txt", TEXT), ("attributions/a_2016_4e07.ann", marked())):
            blob = text.encode("utf-8")
            info = tarfile.TarInfo(f"polnear/dev/{name}")
            info.size = len(blob)
            archive.addfile(info, io.BytesIO(blob))
    return path


def test_the_marked_sources_are_read_with_their_heads(corpus: Path) -> None:
    [article] = read_polnear(corpus, "dev")
    found = list(quoted_sources(article, Paragraphs(article.text)))
    heads = [article.text[slice(*one.head)] for one in found if one.head]
    assert [one.quote for one in found] == [0, 1]
    assert heads == ["Morris", "Quist"]


@pytest.mark.parametrize(
    ("source", "head"),
    [
        ("Jill Stein, the Green nominee,", "Stein"),
        ("a senior adviser to Mr. Trump", "adviser"),
        ("Clinton’s top aide Jake Sullivan", "Sullivan"),
        ("But a source familiar with the matter", "source"),
        ("Haines, 44", "Haines"),
        ("he", "he"),
        ("Trump Jr.", "Trump"),
        ("the U.S.", "U.S."),
        ("Trump's", "Trump"),
        ("“", None),
    ],
)
def test_the_head_is_the_last_word_of_the_first_noun_phrase(source: str, head: str | None) -> None:
    text = f"So {source} said."
    found = source_head(text, (3, 3 + len(source)))
    assert (text[slice(*found)] if found else None) == head


def test_the_score_counts_heads_and_silence(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(corpus)])
    figures = json.loads(capsys.readouterr().out)
    assert (figures["articles"], figures["spans"], figures["exact_head"]) == (1, 2, 1.0)
    assert (figures["spans_without_source"], figures["not_believed_there"]) == (1, 1.0)


def test_without_weights_the_score_falls(corpus: Path) -> None:
    exact = score(list(read_polnear(corpus, "dev")), {})["exact_head"]
    assert exact != 1.0


def test_a_fit_prefers_the_marked_words(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.fit_attribution.LEAST_COUNT", 1)
    articles = list(read_polnear(corpus, "dev"))
    groups = examples(articles)
    assert [sum(gold for _, gold in group) for group in groups] == [1, 1, 1]
    weights = fit(groups)
    assert any(name.startswith("nobody") for name in weights)
    assert score(articles, weights)["exact_head"] == 1.0


def test_another_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(b"no tar")
    with pytest.raises(UsageError, match="expected the PolNeAR corpus"):
        list(read_polnear(tmp_path / "x.tar.gz", "dev"))
