"""The gate: the sample archive's questions against `eval/baseline.json`, and regressions planted to be caught."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from eval.baselines.retrieving import Asking
from eval.datasets.model import Dataset, Question
from eval.gate import BASELINE, answers, gate, hashes, judged, measure, measure_all, sample
from eval.gating import Measured, problems, read, repinned, run_hashes, write
from eval.probes import probes
from eval.runs.running import Document
from index.archive import Archive, Filters
from index.embedding import MiniLmEmbedder
from index.errors import UsageError
from rag.answer import RetrievedPassage
from rag.ask import Asker
from rag.quote import Quoter
from rag.retrieval import POOL, HybridRetriever
from rag.settings import Settings
from rag.trace import Tracer
from rag.verification import Check, Cited
from tests.eval import chain
from tests.index.fakes import HashEmbedder

SAME = {"data": "d", "models": "m", "settings": "s"}


@pytest.mark.model
def test_answers_on_the_sample_are_no_worse_than_the_baseline(
    asker: Asker, tracer: Tracer, sample_archive: Archive, embedder: MiniLmEmbedder
) -> None:
    now = measure_all(asker, tracer, Quoter(sample_archive, lambda: embedder), sample_archive, Settings())
    assert problems(now, read(BASELINE)) == []


def pinned(passed: dict[str, float], *, margin: float = 0.08, invalid: int = 0) -> Measured:
    return Measured(SAME, {"passed": margin}, {"passed": passed}, {item: item for item in passed}, invalid)


def twenty(*, lost: int = 0, n: int = 84) -> dict[str, float]:
    return {f"q{number:02}": float(number >= lost) for number in range(n)}


class TestNonInferiority:
    def test_no_change_is_no_problem(self) -> None:
        assert problems(pinned(twenty()), pinned(twenty())) == []

    def test_four_of_84_lost_are_a_problem_and_are_named(self) -> None:
        [problem] = problems(pinned(twenty(lost=4)), pinned(twenty()))
        assert "passed fell by 0.048" in problem
        assert "4 items lost (q00, q01, q02, q03), 0 won" in problem

    def test_two_of_84_lost_may_be_noise(self) -> None:
        assert problems(pinned(twenty(lost=2)), pinned(twenty())) == []

    def test_as_many_won_as_lost_is_noise(self) -> None:
        before = {f"q{number}": float(number % 20 == 0) for number in range(84)}
        after = {f"q{number}": float(number % 20 == 1) for number in range(84)}
        assert problems(pinned(after), pinned(before)) == []

    def test_an_item_that_has_no_value_any_more_is_a_miss(self) -> None:
        short = dict.fromkeys(list(twenty())[6:], 1.0)
        assert "6 items lost" in problems(pinned(short), pinned(twenty()))[0]

    def test_a_measure_that_is_gone_is_a_problem(self) -> None:
        assert problems(replace(pinned(twenty()), rows={}), pinned(twenty())) != []

    def test_one_invalid_citation_is_a_problem_whatever_the_figures(self) -> None:
        assert "exact slice" in problems(pinned(twenty(), invalid=1), pinned(twenty()))[0]

    def test_other_data_models_or_settings_need_a_new_baseline_and_are_named(self) -> None:
        other = replace(pinned(twenty()), hashes={**SAME, "models": "other"})
        [problem] = problems(other, pinned(twenty()))
        assert problem.startswith("models are not those of the baseline")
        assert "--pin" in problem


class TestPinning:
    def test_a_floor_is_not_lowered_without_a_reason(self) -> None:
        with pytest.raises(UsageError, match=r"passed from 1\.000 to 0\.988 would be lowered.*--allow-regression"):
            repinned(pinned(twenty(lost=1)), pinned(twenty()), None)
        with pytest.raises(UsageError):
            repinned(pinned(twenty(lost=1)), pinned(twenty()), "  ")

    def test_a_reason_is_kept_with_what_was_lowered(self) -> None:
        first = repinned(pinned(twenty(lost=1)), pinned(twenty()), "harder questions")
        assert first.regressions == (
            {"reason": "harder questions", "lowered": {"passed": {"from": 1.0, "to": 0.9881}}},
        )
        later = repinned(pinned(twenty()), first, None)
        assert later.regressions == first.regressions

    def test_a_better_baseline_needs_no_reason(self) -> None:
        assert repinned(pinned(twenty()), pinned(twenty(lost=3)), None).rows == {"passed": twenty()}

    def test_a_measure_that_is_gone_is_a_lowered_floor(self) -> None:
        with pytest.raises(UsageError, match=r"to 0\.000"):
            repinned(replace(pinned(twenty()), rows={}), pinned(twenty()), None)

    def test_no_reason_pins_an_invalid_citation(self) -> None:
        with pytest.raises(UsageError, match="whatever the reason"):
            repinned(pinned(twenty(), invalid=1), pinned(twenty()), "a reason")

    def test_a_baseline_comes_back_as_it_was_written(self, tmp_path: Path) -> None:
        first = repinned(pinned(twenty(lost=1)), pinned(twenty()), "why not")
        write(first, tmp_path / "b.json")
        assert read(tmp_path / "b.json") == first
        floor = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))["floors"]["passed"]
        assert floor["low"] < floor["value"] < floor["high"] == 1.0

    def test_the_same_values_read_back_are_no_lowered_floor(self, tmp_path: Path) -> None:
        thirds = pinned({f"q{number}": 2 / 3 for number in range(7)})
        write(thirds, tmp_path / "b.json")  # kept as .6667, which is more than two thirds
        assert repinned(thirds, read(tmp_path / "b.json"), None).regressions == ()

    def test_a_file_of_another_format_is_no_baseline(self, tmp_path: Path) -> None:
        (tmp_path / "b.json").write_text('{"fingerprint": "x"}', encoding="utf-8")
        with pytest.raises(UsageError, match="no baseline of format"):
            gate(pinned(twenty()), tmp_path / "b.json", pin=True)

    def test_pin_then_compare(self, tmp_path: Path) -> None:
        path = tmp_path / "b.json"
        assert gate(pinned(twenty()), path, pin=True) == []
        assert gate(pinned(twenty()), path, pin=False) == []
        assert gate(pinned(twenty(lost=9)), path, pin=False) != []


def test_hashes_change_with_models_and_settings_but_not_with_the_folder() -> None:
    usual = hashes({"writer": "a"}, Settings())
    assert set(usual) == {"data", "models", "settings"}
    assert hashes({"writer": "b"}, Settings())["models"] != usual["models"]
    assert hashes({"writer": "a"}, Settings(max_words=30))["settings"] != usual["settings"]
    assert hashes({"writer": "a"}, Settings(archive=Settings().archive / "elsewhere")) == usual


def test_a_runs_hashes_are_of_its_dataset_models_and_settings() -> None:
    environment = {"system": "product", "models": {"writer": "a"}, "settings": {}, "dataset": {"digest": "d"}}
    usual = run_hashes(environment)
    assert usual["data"] == "d"
    assert run_hashes({**environment, "models": {"writer": "b"}})["models"] != usual["models"]
    assert run_hashes({**environment, "settings": {"max_words": 1}})["settings"] != usual["settings"]


def test_probes_change_a_number_deny_or_cite_another_articles_proof() -> None:
    found = [probe for probe in probes(sample()) if probe.item == "sample-001"]
    assert [probe.supported for probe in found].count(True) == 1
    quote = found[0].span.quote or ""
    assert all(probe.text != quote for probe in found if not probe.supported)
    everything = list(probes(sample()))
    assert len([probe for probe in everything if not probe.supported]) > 60
    assert any(re.search(r"\b(was|were|is) not\b", probe.text) for probe in everything)


# The regressions below are planted into the product's archive, retrieval, writer and check; see chain.py.


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return sample()


@pytest.fixture(scope="module")
def plain_asker(plain_archive: Archive) -> Asker:
    return chain.plain_asker(plain_archive)


@pytest.fixture(scope="module")
def before(plain_asker: Asker, plain_archive: Archive, dataset: Dataset) -> Measured:
    return measure(plain_asker, plain_archive, Settings(), dataset)


def test_the_same_chain_again_passes(
    before: Measured, plain_asker: Asker, plain_archive: Archive, dataset: Dataset
) -> None:
    assert before.floors["passed"].value > 0.3  # otherwise there is little to lose, and the tests below show little
    assert problems(measure(plain_asker, plain_archive, Settings(), dataset), before) == []


class EveryThirdDropped(HybridRetriever):
    """Finds nothing in every third passage of the archive."""

    def pool(
        self, question: str, query: npt.NDArray[np.float32], *, k: int = POOL, filters: Filters | None = None
    ) -> list[RetrievedPassage]:
        return [one for one in super().pool(question, query, k=k, filters=filters) if one.row % 3]


def test_every_third_passage_dropped_is_caught(
    before: Measured, plain_asker: Asker, plain_archive: Archive, dataset: Dataset
) -> None:
    worse = plain_asker.with_parts(retriever=EveryThirdDropped(plain_archive, HashEmbedder()))
    found = problems(measure(worse, plain_archive, Settings(), dataset), before)
    assert any(problem.startswith("evidence@10 fell") for problem in found)


class Yes:
    """Supports everything."""

    name = "yes"

    def check(self, sentence: str, cited: Sequence[Cited]) -> Check:
        return Check("supported", 1.0)


def test_a_verifier_that_says_yes_to_everything_is_caught(
    before: Measured, plain_asker: Asker, plain_archive: Archive, dataset: Dataset
) -> None:
    worse = measure(plain_asker.with_parts(verifier=Yes()), plain_archive, Settings(), dataset)
    assert worse.floors["rejects"].value == 0.0
    assert [problem.split()[0] for problem in problems(worse, before)] == ["rejects"]


class Never:
    """Supports nothing."""

    name = "never"

    def check(self, sentence: str, cited: Sequence[Cited]) -> Check:
        return Check("unsupported", 0.0)


def test_a_verifier_that_says_no_to_everything_is_caught(
    before: Measured, plain_asker: Asker, plain_archive: Archive, dataset: Dataset
) -> None:
    worse = measure(plain_asker.with_parts(verifier=Never()), plain_archive, Settings(), dataset)
    assert "accepts" in [problem.split()[0] for problem in problems(worse, before)]


class RandomSpans(Asking):
    """Answers as the asker does and cites a random span of the same article, the quote cut anew or left as it was."""

    def __init__(self, asker: Asker, archive: Archive, *, cut: bool) -> None:
        super().__init__("random spans", asker)
        self._archive, self._cut, self._random = archive, cut, random.Random(5)

    def answer(self, question: Question) -> Document:
        document = super().answer(question)
        for sentence in document["sentences"]:
            for citation in sentence["citations"]:
                text = self._archive.article(citation["article"]["id"]).text
                length = citation["end"] - citation["start"]
                citation["start"] = self._random.randrange(max(1, len(text) - length))
                citation["end"] = citation["start"] + length
                if self._cut:
                    citation["quote"] = text[citation["start"] : citation["end"]]
        return document


@pytest.mark.parametrize("cut", [True, False])
def test_a_random_span_cited_is_caught(
    cut: bool, before: Measured, plain_asker: Asker, plain_archive: Archive, dataset: Dataset
) -> None:
    run = answers(RandomSpans(plain_asker, plain_archive, cut=cut), dataset)
    worse = judged(run, dataset, plain_asker.check, plain_archive, before.hashes)
    found = problems(worse, before)
    assert (worse.invalid_citations == 0) == cut
    assert found[0].startswith("passed fell" if cut else f"{worse.invalid_citations} shown quotes")


class Crashing(Asking):
    """Crashes on every fifth question."""

    def answer(self, question: Question) -> Document:
        if int(question.id[-3:]) % 5 == 0:
            raise MemoryError("no room")
        return super().answer(question)


def test_crashes_are_misses_and_are_caught(
    before: Measured, plain_asker: Asker, plain_archive: Archive, dataset: Dataset
) -> None:
    run = answers(Crashing("crashing", plain_asker), dataset)
    found = problems(judged(run, dataset, plain_asker.check, plain_archive, before.hashes), before)
    assert any(problem.startswith("passed fell") for problem in found)
