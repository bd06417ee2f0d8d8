"""Baselines over a small real archive with vectors from a hash: no model is loaded."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from eval.baselines.closed_book import ClosedBook
from eval.baselines.constant import AlwaysAbstain, AlwaysYes, constant_runs
from eval.baselines.copying import Copying, lead
from eval.baselines.retrieving import (
    Asking,
    DenseRetriever,
    LexicalRetriever,
    OracleRetriever,
    SwappedRetriever,
    others,
)
from eval.baselines.systems import SYSTEMS, Kit, build
from eval.gate import answers
from eval.scoring import score
from index.archive import Archive
from index.errors import UsageError
from index.ingest import ingest
from rag.ask import Asker
from rag.models import find_language_model
from rag.retrieval import HybridRetriever
from rag.settings import Settings
from tests.eval.chain import plain_asker
from tests.eval.made import ARTICLES, CLAIMS, DATASET, QUESTIONS, QUOTATIONS
from tests.index.fakes import HashEmbedder, record


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    embedder = HashEmbedder()
    records = [record(one.text, id=one.id, number=at, title=one.title) for at, one in enumerate(ARTICLES.values(), 1)]
    folder = tmp_path_factory.mktemp("made") / "archive"
    with Archive.open(folder, embedder=embedder.identity, writable=True, create=True) as made:
        ingest(made, iter(records), embedder)
        yield made


@pytest.fixture(scope="module")
def asker(archive: Archive) -> Asker:
    return plain_asker(archive)


def figures(system: Any) -> dict[str, float]:
    return {figure.id: figure.value for figure in score(DATASET, answers(system, DATASET)).figures}


def test_always_abstaining_is_right_on_unanswerable_questions_alone() -> None:
    found = figures(AlwaysAbstain())
    assert (found["abstain_right"], found["ask_right"], found["ask_answered"]) == (1.0, 0.0, 0.0)


def test_always_yes_answers_everything_and_cites_nothing() -> None:
    found = figures(AlwaysYes())
    assert (found["ask_answered"], found["abstain_right"], found["ask_right"]) == (1.0, 0.0, 0.0)
    assert found["unsupported_sentences@verbatim"] == 1.0


def test_the_constants_take_sides_on_claims_and_quotations_too() -> None:
    whole = replace(DATASET, claims=CLAIMS, quotations=QUOTATIONS)
    abstaining, yes = (score(whole, run) for run in constant_runs(whole))
    assert (abstaining.run, yes.run) == ("always abstain", "always yes")
    assert abstaining.figure("claim_right_not_found") == yes.figure("claim_right_supports") == 1.0
    assert (abstaining.figure("quotation_status_right"), yes.figure("quotation_status_right")) == (0.0, 0.5)


def test_a_copied_passage_has_perfect_citations(archive: Archive) -> None:
    found = figures(Copying("top passage", LexicalRetriever(archive, HashEmbedder())))
    assert found["citation_recall@verbatim"] == found["citation_precision@verbatim"] == 1.0
    assert found["ask_right"] == 1.0  # three short articles: the first passage is the whole of the right one
    assert found["abstain_right"] == 0.0
    assert found["invalid_citations"] == 0


def test_the_lead_is_the_first_sentence_of_the_article(archive: Archive) -> None:
    system = Copying("lead", LexicalRetriever(archive, HashEmbedder()), lead(archive))
    [said] = system.answer(QUESTIONS[1])["sentences"]
    assert said["text"] == "The mayor Marta Kovar opened the new dam at Orle in May."
    assert said["citations"][0]["start"] == 0


def test_one_search_alone_uses_only_its_own_scores(archive: Archive) -> None:
    embedder = HashEmbedder()
    question = "ferry passengers"
    lexical = LexicalRetriever(archive, embedder).retrieve(question)
    assert [one.article.source_id for one in lexical] == ["ferry.txt"]  # the others share no word with it
    dense = DenseRetriever(archive, embedder).retrieve(question)
    assert [one.similarity for one in dense] == sorted((one.similarity for one in dense), reverse=True)
    assert len(dense) == len(HybridRetriever(archive, embedder).retrieve(question)) == 3


def test_the_oracle_finds_the_gold_passages_and_no_other(archive: Archive, asker: Asker) -> None:
    system = Asking("oracle", asker, OracleRetriever(archive, HashEmbedder()))
    found = system.answer(QUESTIONS[2])["passages"]
    assert {one["article"]["source_id"] for one in found} == {"ferry.txt"}
    both = system.answer(QUESTIONS[3])["passages"]
    assert {one["article"]["source_id"] for one in both} == {"dam.txt", "fair.txt"}
    assert figures(system)["ask_evidence@10"] == 1.0


def test_another_questions_passages_make_a_reader_fall(archive: Archive, asker: Asker) -> None:
    swapped = others(DATASET)
    assert swapped["q1"] == QUESTIONS[4].text
    assert all(swapped[one.id] != one.text for one in QUESTIONS)
    embedder = HashEmbedder()

    class Few(SwappedRetriever, LexicalRetriever):
        """Only what the words find: by a hash every one of three articles is near."""

    own = figures(Asking("own", asker.with_parts(retriever=LexicalRetriever(archive, embedder))))
    control = figures(Asking("control", asker, Few(archive, embedder, DATASET)))
    assert own["ask_right"] == pytest.approx(2 / 3)  # no sentence shares two words with the second question
    assert control["ask_right"] == 0.0


def test_every_system_is_built_by_name_and_others_are_refused(archive: Archive, asker: Asker) -> None:
    kit = Kit(DATASET, Settings(), lambda: archive, HashEmbedder, lambda: asker)
    built = {name: build(name, kit).name for name in SYSTEMS if name != "closed-book"}
    assert len(set(built.values())) == len(built) == 9
    with pytest.raises(UsageError, match="expected one of product, abstain"):
        build("oracel", kit)


@pytest.mark.model
def test_the_model_without_passages_answers_or_abstains_and_cites_nothing() -> None:
    system = ClosedBook(find_language_model(None))
    assert len(system.models["model"]["sha256"]) == 64
    found = system.answer(QUESTIONS[0])
    assert found["status"] in ("answered", "abstained")
    assert all(said["citations"] == [] for said in found["sentences"])
    assert found["tokens"] > 10
