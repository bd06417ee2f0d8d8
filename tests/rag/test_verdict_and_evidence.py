"""A verdict and the evidence shown for it, over the claims of the sample archive and some that are not in it."""

import json
from pathlib import Path

import pytest

from rag.trace import Tracer
from rag.verdict import verdict_of

pytestmark = pytest.mark.model

STATEMENTS = Path(__file__).parents[2] / "eval" / "sample" / "statements.jsonl"
CLAIMS = [row["claim"] for row in map(json.loads, STATEMENTS.read_text("utf-8").splitlines()) if row["kind"] == "claim"]
OTHERS = [
    "Sweden became the 32nd member of NATO, and Finland became the 31st member of NATO in 1987",
    "Robert Prevost was born in Lima and Pope Francis died in April.",
    "Two million people marched in Hong Kong in June 2019.",
    "The Razoni sails under the flag of Liberia.",
    "Elon Musk bought Twitter for 44 billion dollars.",
]


@pytest.mark.parametrize("claim", [*CLAIMS, *OTHERS])
def test_a_verdict_rests_on_the_evidence_that_is_shown_to_count(tracer: Tracer, claim: str) -> None:
    found = tracer.trace(claim)
    assert sum(len(part.evidence) for part in found.parts) == len(found.evidence)
    for number, part in enumerate(found.parts):
        of_part = [one for one in found.evidence if one.part == number]
        assert sorted(map(id, of_part)) == sorted(map(id, part.evidence))
        counting = {
            side: [one for one in of_part if one.counts and one.stance == side] for side in ("supports", "refutes")
        }
        assert len(counting["supports"]) + len(counting["refutes"]) == sum(one.counts for one in of_part)
        assert part.verdict == verdict_of(of_part)
        assert bool(counting["supports"]) == (part.verdict in ("supported", "conflicting"))
        assert bool(counting["refutes"]) == (part.verdict in ("refuted", "conflicting"))
        for side, told in (("supports", part.supports), ("refutes", part.refutes)):
            articles = {one.citation.article.id for one in counting[side]}
            assert bool(told) == bool(articles)
            assert told <= len(articles)
        assert all(one.reason for one in counting["refutes"])
        if part.first_seen is not None:
            assert counting["supports"]
    sides = {"supports": found.sources("supports"), "refutes": found.sources("refutes")}
    assert found.to_json()["independent_sources"] == sides
    assert sides["supports"] > 0 or found.verdict != "supported"
    assert sides["refutes"] > 0 or found.verdict != "refuted"
    if found.verdict == "not_found":
        assert found.reason
        assert found.first_seen is None
    if found.verdict == "refuted":
        assert found.reason in {one.reason for one in found.evidence if one.counts and one.stance == "refutes"}
