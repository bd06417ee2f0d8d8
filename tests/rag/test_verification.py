import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, ArticleMeta, Block
from index.embedding import MiniLmEmbedder
from index.errors import ArchiveError
from rag.answer import Citation
from rag.verification import CascadeVerifier, Check, Draft, context_of, judge, missing_names

ARTICLE = Article(
    key="id:1",
    source_id="a.txt",
    path="a.txt",
    text="Marta Kovar opened the dam at Orle on Monday. It cost 9 million euros, she said, and took six years.",
    title="Dam opens",
    published_at="2021-03-04",
)


def cited(start: int, end: int, quote: str | None = None) -> Citation:
    return Citation(ArticleMeta.of(ARTICLE), start, end, ARTICLE.text[start:end] if quote is None else quote)


@pytest.fixture(scope="module")
def verifier(embedder: MiniLmEmbedder) -> CascadeVerifier:
    return CascadeVerifier(embedder)


def read(_: str) -> Article:
    return ARTICLE


def test_a_verbatim_sentence_is_supported(verifier: CascadeVerifier) -> None:
    sentence = judge(Draft(ARTICLE.text[:45], (cited(0, 45),)), verifier, read)
    assert (sentence.verdict, sentence.score) == ("supported", 1.0)


def test_a_quote_that_is_not_the_stored_slice_is_never_supported(verifier: CascadeVerifier) -> None:
    sentence = judge(
        Draft("Marta Kovar closed the dam.", (cited(0, 27, "Marta Kovar closed the dam."),)), verifier, read
    )
    assert sentence.verdict == "unsupported"
    assert sentence.citations == ()


def test_a_sentence_without_citation_is_unsupported(verifier: CascadeVerifier) -> None:
    assert judge(Draft("The dam is tall.", ()), verifier, read).verdict == "unsupported"


@pytest.mark.parametrize(
    ("sentence", "absent"),
    [
        ("The dam at Orle cost 12 million euros.", "12"),
        ("The dam at Orle took seven years.", "7"),
        ("The dam was opened by Petra Kovar.", "Petra"),
    ],
)
def test_a_number_or_name_from_nowhere_is_a_veto_that_names_it(
    verifier: CascadeVerifier, sentence: str, absent: str
) -> None:
    check = verifier.check(sentence, [ARTICLE.text])
    assert check.verdict == "unsupported"
    assert check.reason is not None
    assert absent in check.reason


def test_a_close_paraphrase_is_supported_and_another_story_is_not(verifier: CascadeVerifier) -> None:
    assert (
        verifier.check("The dam at Orle was opened on Monday by Marta Kovar.", [ARTICLE.text[:45]]).verdict
        == "supported"
    )
    assert verifier.check("Rain is expected in the hills all week.", [ARTICLE.text[:45]]).verdict == "unsupported"


def test_a_denied_sentence_does_not_pass(verifier: CascadeVerifier) -> None:
    assert (
        verifier.check("Marta Kovar did not open the dam at Orle on Monday.", [ARTICLE.text[:45]]).verdict
        == "unsupported"
    )


def test_a_name_from_the_heading_or_the_lines_around_is_no_veto() -> None:
    context = context_of(ARTICLE, 46, 100)
    assert missing_names("Marta Kovar said it cost 9 million.", f"{ARTICLE.text[46:]}\n{context}") == []
    assert missing_names("Petra Kovar said it cost 9 million.", f"{ARTICLE.text[46:]}\n{context}") == ["Petra"]


@pytest.mark.parametrize("error", [ArchiveError("gone"), RuntimeError("boom"), OSError("disk"), MemoryError()])
def test_a_check_that_cannot_run_gives_unchecked(error: Exception, verifier: CascadeVerifier) -> None:
    class Broken:
        name = "broken"

        def check(self, sentence: str, quotes: object, context: str = "") -> Check:
            raise error

    def lost(_: str) -> Article:
        raise error

    draft = Draft(ARTICLE.text[:45], (cited(0, 45),))
    assert judge(draft, Broken(), read).verdict == "unchecked"
    assert judge(draft, verifier, lost).verdict == "unchecked"
    assert judge(draft, verifier, lost).score is None


@given(st.integers(0, len(ARTICLE.text)), st.integers(0, len(ARTICLE.text)), st.text(max_size=30))
def test_only_exact_slices_are_ever_supported(start: int, end: int, quote: str) -> None:
    class Agreeable:
        name = "says yes"

        def check(self, sentence: str, quotes: object, context: str = "") -> Check:
            return Check("supported", 1.0)

    sentence = judge(Draft("Anything.", (cited(start, end, quote),)), Agreeable(), read)
    assert (sentence.verdict == "supported") == (ARTICLE.text[start:end] == quote)


def test_a_part_of_a_quote_is_not_taken_for_the_whole(verifier: CascadeVerifier) -> None:
    quote = "Aides denied that the minister took bribes."
    assert verifier.check("the minister took bribes.", [quote]).verdict == "unsupported"


def test_a_score_that_is_no_number_is_unchecked(embedder: MiniLmEmbedder) -> None:
    broken = CascadeVerifier(embedder, weights={"weights": {"cosine": float("nan")}, "threshold": 0.5})
    assert broken.check("The dam opened at Orle on Monday.", [ARTICLE.text[:45]]).verdict == "unchecked"


def test_what_a_comment_says_beside_the_quote_is_no_context() -> None:
    text = "The dam at Orle opened. Elvis was there!"
    article = Article(
        key="k", source_id="a", path="a", text=text, blocks=(Block(0, 23, "body"), Block(24, 40, "comment"))
    )
    assert "Elvis" not in context_of(article, 0, 23)
