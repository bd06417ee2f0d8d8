"""The gate on the sample's claims and quotations: what is planted into stance, evidence and search is caught."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import pytest

from eval.datasets.model import Dataset
from eval.gate import BASELINE, sample, stated, statements, with_statements
from eval.gating import Measured, measured, problems, read
from eval.runs.model import Passage, Run
from eval.scoring import score
from index.archive import Archive
from index.errors import UsageError
from rag.quote import Quoter
from rag.stance import Judged, RuleStance, Window
from rag.trace import Tracer
from tests.index.fakes import HashEmbedder

EMPTY = Measured({"data": "d"}, {}, {}, {}, 0)


def test_the_sample_has_every_kind_with_claims_of_every_stance_and_both_sorts_of_quotation() -> None:
    told = statements()
    kinds = {one.kind for one in sample().questions}
    assert kinds == {"ask", "multi", "unanswerable"}
    assert {one.stance for one in told.claims} == {"supports", "refutes", "not_found"}
    assert {one.altered for one in told.quotations} == {True, False}
    assert len(sample().questions) + len(told.claims) + len(told.quotations) == 116
    spans = [span for one in told.items() for alternative in one.evidence for span in alternative]
    assert len(spans) == 26
    assert all(span.start is not None for span in spans)


@pytest.fixture(scope="module")
def told() -> Dataset:
    return statements()


@pytest.fixture(scope="module")
def quoter(plain_archive: Archive) -> Quoter:
    return Quoter(plain_archive, HashEmbedder)


@pytest.fixture(scope="module")
def tracer(plain_archive: Archive) -> Tracer:
    return Tracer(plain_archive, HashEmbedder(), stance=RuleStance(lambda stem: 1.0, lambda: 1.0))


@pytest.fixture(scope="module")
def before(tracer: Tracer, quoter: Quoter, told: Dataset) -> Measured:
    return with_statements(EMPTY, stated(tracer, quoter, told), told)


def test_claims_and_quotations_are_gated_beside_the_questions(before: Measured) -> None:
    gated = {"claim_right", "quotation_status_right"}
    assert set(before.floors) == gated
    assert set(read(BASELINE).floors) == gated | {"passed", "evidence@10", "accepts", "rejects"}
    assert before.floors["claim_right"].value > 0.3
    assert before.floors["quotation_status_right"].value == 1.0
    assert before.invalid_citations == 0
    assert problems(before, before) == []


class Agreeing:
    """Supports every claim by every sentence."""

    name = "agreeing"

    def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
        return [Judged(1.0, 0.0, 0.0, None) for _ in windows]


def test_a_stance_that_says_yes_to_everything_is_caught(plain_archive: Archive, quoter: Quoter, told: Dataset) -> None:
    product = read(BASELINE)  # the rules alone are no better than a yes to everything: nothing would be lost
    agreeing = Tracer(plain_archive, HashEmbedder(), stance=Agreeing())
    worse = with_statements(product, stated(agreeing, quoter, told), told)
    assert [problem.split()[0] for problem in problems(worse, product)] == ["claim_right"]


def test_a_crash_on_every_quotation_is_a_miss(
    before: Measured, plain_archive: Archive, tracer: Tracer, told: Dataset
) -> None:
    class Broken(Quoter):
        """Has no room."""

        def quote(self, *args: object, **options: object) -> NoReturn:
            raise MemoryError("no room")

    worse = with_statements(EMPTY, stated(tracer, Broken(plain_archive, HashEmbedder), told), told)
    found = problems(worse, before)
    assert "12 items lost" in found[0]
    assert found[0].startswith("quotation_status_right fell by 1.000")


def test_evidence_that_is_not_the_exact_slice_is_an_invalid_citation(
    before: Measured, tracer: Tracer, quoter: Quoter, told: Dataset
) -> None:
    run = stated(tracer, quoter, told)
    name, given = next((name, given) for name, given in run.answers.items() if given.evidence)
    first = given.evidence[0]
    shifted = replace(given, evidence=(Passage(first.article_id, first.start + 1, first.end + 1, first.text),))
    worse = with_statements(EMPTY, replace(run, answers={**run.answers, name: shifted}), told)
    assert any("exact slice" in problem for problem in problems(worse, before))


def test_a_run_without_a_gated_measure_is_refused(told: Dataset) -> None:
    empty = score(replace(told, claims=(), quotations=()), Run("nothing", {}))
    with pytest.raises(UsageError, match="nothing to gate"):
        measured(empty, {}, {})
