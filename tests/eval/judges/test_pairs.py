from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from eval.judges.pairs import LabelledPair, at_most, by_source, with_documents
from eval.judges.validation import halves


def pair(claim: str, evidence: str, source: str = "s") -> LabelledPair:
    return LabelledPair(source, claim, evidence, True)


def test_pairs_that_share_evidence_or_claim_are_one_document() -> None:
    found = with_documents([pair("a", "x"), pair("b", "x"), pair("b", "y"), pair("c", "z"), pair("a", "x", "other")])
    documents = [item.document for item in found]
    assert documents[0] == documents[1] == documents[2]
    assert len({documents[0], documents[3], documents[4]}) == 3


def test_copies_that_differ_in_case_and_spaces_are_one_document() -> None:
    first, second = with_documents([pair("a", "The quay, closed."), pair("b", "the quay closed")])
    assert first.document == second.document


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz")), max_size=20))
def test_documents_do_not_depend_on_the_order_of_pairs(keys: list[tuple[str, str]]) -> None:
    pairs = [pair(claim, evidence) for claim, evidence in keys]

    def together(items: list[LabelledPair]) -> set[frozenset[tuple[str, str]]]:
        groups: dict[str, set[tuple[str, str]]] = {}
        for item in with_documents(items):
            groups.setdefault(item.document, set()).add((item.claim, item.evidence))
        return {frozenset(group) for group in groups.values()}

    assert together(pairs) == together(pairs[::-1])


def test_a_limit_is_for_each_source_and_does_not_depend_on_order() -> None:
    pairs = with_documents([pair(str(at), str(at), source) for at in range(9) for source in ("s", "t")])
    kept = at_most(pairs, 4)
    assert {source: len(group) for source, group in by_source(kept).items()} == {"s": 4, "t": 4}
    assert set(kept) == set(at_most(pairs[::-1], 4))
    assert at_most(pairs, None) == pairs


@settings(deadline=None)
@given(st.lists(st.sampled_from([str(at) for at in range(12)]), min_size=1))
def test_halves_put_each_document_on_one_side_and_balance_pairs(documents: list[str]) -> None:
    half_of = halves(documents)
    assert set(half_of) == set(documents)
    sizes = [sum(half_of[document] == half for document in documents) for half in (0, 1)]
    assert abs(sizes[0] - sizes[1]) <= max(documents.count(document) for document in documents)


def test_votes_and_labels_stay_with_their_pair() -> None:
    item = LabelledPair("s", "c", "e", False, (True, False, False))
    (found,) = with_documents([item])
    assert replace(found, document="") == item
