"""Quotations against the sample archive."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.embedding import MiniLmEmbedder
from rag.names import may_be_one
from rag.quote import Quoter
from rag.wording import read_words

KEENAN = "I feel so privileged to be the first person vaccinated against Covid-19"


@pytest.fixture(scope="module")
def quoter(sample_archive: Archive) -> Quoter:
    return Quoter(sample_archive)


@pytest.mark.model
@pytest.mark.parametrize(
    "quotation",
    [
        KEENAN,
        f"“{KEENAN},”",
        KEENAN.upper(),
        "i feel so  privileged\nto be the first person vaccinated against covid-19.",
        "I feel so privileged to be the first person vaccinated against Covid-19. It’s the best early birthday present",
        "I feel ... vaccinated against Covid-19",
        "I feel so privileged to be the first [woman] vaccinated against Covid‑19",
        "[She] feel[s] so privileged to be the first person",
    ],
)
def test_typography_ellipses_brackets_and_attributions_leave_a_quotation_verbatim(
    quoter: Quoter, quotation: str
) -> None:
    found = quoter.quote(quotation)
    assert (found.status, found.differences, found.speaker) == ("verbatim", (), "Margaret Keenan")
    assert found.citation is not None
    assert found.citation.article.source_id == "hw-keenan-vaccine"
    assert found.first_seen == found.citation


@pytest.mark.model
@pytest.mark.parametrize(
    ("quotation", "said", "have"),
    [
        ("I feel so privileged to be the second person vaccinated against Covid-19", "second", "first"),
        ("I feel so privileged to be the first person not vaccinated against Covid-19", "not", ""),
        ("I feel privileged to be the first person vaccinated against Covid-19", "", "so"),
        ("I feel so privileged to be the first person vaccinated against Covid-20", "20", "19"),
    ],
)
def test_one_changed_word_makes_it_altered(quoter: Quoter, quotation: str, said: str, have: str) -> None:
    found = quoter.quote(quotation)
    assert found.status == "altered"
    assert [(one.said, one.found) for one in found.differences] == [(said, have)]
    assert found.speaker == "Margaret Keenan"


@pytest.mark.model
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_of_an_article_are_found_verbatim_at_an_exact_slice(
    data: st.DataObject, quoter: Quoter, sample_archive: Archive
) -> None:
    articles = list(sample_archive.articles())
    article = data.draw(st.sampled_from(articles))
    body = data.draw(st.sampled_from([block for block in article.blocks if block.kind == "body"]))
    wording = read_words(article.text[body.start : body.end])
    first = data.draw(st.integers(0, max(0, len(wording) - 5)))
    last = data.draw(st.integers(min(first + 4, len(wording)), min(first + 60, len(wording))))
    quotation = wording.slice(first, last)
    if "..." in quotation or "…" in quotation or "[" in quotation or not quotation:
        return
    found = quoter.quote(quotation)
    assert found.status == "verbatim"
    assert found.citation is not None
    assert article.id in {one.citation.article.id for one in found.variants}
    for one in found.variants:
        text = sample_archive.article(one.citation.article.id).text
        assert text[one.citation.start : one.citation.end] == one.citation.quote
    assert read_words(found.citation.quote).words == read_words(quotation).words


@pytest.mark.model
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_word_that_no_article_has_never_leaves_a_quotation_verbatim(
    data: st.DataObject, quoter: Quoter, sample_archive: Archive
) -> None:
    article = data.draw(st.sampled_from(list(sample_archive.articles())))
    words = article.text.split()
    first = data.draw(st.integers(0, max(0, len(words) - 12)))
    quotation = words[first : first + data.draw(st.integers(3, 40))]
    at = data.draw(st.integers(0, len(quotation) - 1))
    for changed in (
        [*quotation[:at], "xylophone", *quotation[at + 1 :]],
        [*quotation[:at], "xylophone", *quotation[at:]],
    ):
        assert quoter.quote(" ".join(changed)).status != "verbatim"


@pytest.mark.model
@pytest.mark.parametrize(
    "quotation",
    [
        "The harvest of the northern valleys was better than anybody had dared to hope",
        "Лебеди улетели на юг раньше обычного",
        "Who won the election?",
        "it is the of and",
    ],
)
def test_what_nobody_said_is_not_found(sample_archive: Archive, embedder: MiniLmEmbedder, quotation: str) -> None:
    found = Quoter(sample_archive, lambda: embedder).quote(quotation)
    assert (found.status, found.citation, found.speaker, found.first_seen) == ("not_found", None, None, None)
    assert any("question" in note for note in found.notes) == quotation.endswith("?")


@pytest.mark.model
def test_the_embedder_is_loaded_only_when_words_find_nothing(sample_archive: Archive, embedder: MiniLmEmbedder) -> None:
    loads: list[int] = []

    def load() -> MiniLmEmbedder:
        loads.append(1)
        return embedder

    quoter = Quoter(sample_archive, load)
    assert quoter.quote(KEENAN).models["embedder"] is None
    assert loads == []
    quoter.quote("Nobody ever said anything like this about the valley")
    found = quoter.quote("Nobody ever said anything like that about the hill")
    assert loads == [1]
    assert found.models["embedder"] == {"name": embedder.name, "dim": embedder.dim, "sha256": embedder.sha256}


@pytest.mark.model
def test_a_claimed_speaker_is_compared_with_the_one_found(quoter: Quoter) -> None:
    assert quoter.quote(KEENAN, speaker="Mrs Keenan").speaker_agrees is True
    assert quoter.quote(KEENAN, speaker="May Parsons").speaker_agrees is False
    assert quoter.quote(KEENAN).speaker_agrees is None


@pytest.mark.parametrize(
    ("claimed", "found", "agrees"),
    [
        ("Peter Ash", "Mary Ash", False),
        ("Ash", "Mary Ash", True),
        ("Councillor Ash", "Mary Ash", True),
        ("Joe Ash", "Joseph Ash", True),
        ("Bob Ash", "Robert Ash", True),
        ("P. Ash", "Peter Ash", True),
        ("Peter Ash", "Peter Lund", False),
    ],
)
def test_two_people_with_one_surname_are_not_one(claimed: str, found: str, agrees: bool) -> None:
    assert may_be_one(claimed.lower().split(), found.lower().split()) is agrees
