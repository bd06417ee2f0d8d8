"""Languages: told where the text is long enough, stored with the article, and searchable whichever it is."""

from pathlib import Path

import pytest

from eval.file_samples import STORY
from index import language
from index.archive import Archive
from index.article import ArticleMeta
from index.filtering import Filters
from index.ingest import ingest
from index.language import detect_language, question_language
from index.schema import decode_article, decode_meta, encode_metadata
from tests.index.fakes import HashEmbedder, record

TEXTS = {
    "en": STORY,
    "de": "Der Stadtrat von Osthafen hat am Montag den Plan für die neue Brücke gebilligt. Die Fischer wollen klagen.",
    "uk": "Міська рада схвалила план поглиблення гавані у першому читанні, повідомив журналістам голова комітету.",
    "fr": "Le conseil municipal a approuvé lundi le plan du port après onze heures de débat, a déclaré la mairesse.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_the_language_of_a_story_is_told(code: str) -> None:
    assert detect_language(TEXTS[code]) == code


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("¿Cuándo se inauguró el puente de Osthafen?", "es"),
        ("Wann trat Finnland der NATO bei?", "de"),
        ("Коли відкрили міст у Орле?", "uk"),
        ("When did Finland join NATO?", None),
        ("Who is Zuzana Čaputová?", None),
        ("CNBC third Republican debate October 2015 host city", None),
        ("Macron vs Le Pen?", None),
    ],
)
def test_a_question_is_in_another_language_only_where_that_is_plain(question: str, expected: str | None) -> None:
    assert question_language(question) == expected


def test_a_text_too_short_to_tell_has_none() -> None:
    assert detect_language("Eastport 3, Westport 1") is None


def test_a_model_that_cannot_be_unpacked_costs_the_language_and_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("py3langid.langid.LanguageIdentifier.from_model_file", full)
    language._identifier.cache_clear()
    try:
        assert detect_language(STORY) is None
    finally:
        language._identifier.cache_clear()


def test_every_language_is_kept_and_found_by_its_words(tmp_path: Path) -> None:
    embedder = HashEmbedder()
    records = [record(text, id=code, number=at) for at, (code, text) in enumerate(TEXTS.items(), start=1)]
    with Archive.open(tmp_path, embedder=embedder.identity, writable=True, create=True) as archive:
        ingest(archive, records, embedder)
        for code, word in (("de", "Stadtrat"), ("uk", "гавані"), ("fr", "mairesse")):
            [hit] = archive.lexical([word], 5, Filters())
            [found] = archive.passages([hit.row])
            assert found.article.source_id == found.article.language == code
        assert archive.article("uk").text == TEXTS["uk"]
        assert archive.verify() == []


def test_an_article_stored_before_languages_were_has_none() -> None:
    from index.documents import build_article

    metadata = encode_metadata(build_article(record(STORY, id="old")))
    before = metadata.replace('"language":"en",', "")
    assert before != metadata
    assert decode_article(before, STORY.encode()).language is None
    assert decode_meta("0", before) == ArticleMeta("0", "old", "desk.jsonl", None, None, (), None, None)
