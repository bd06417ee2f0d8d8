"""Which pieces of evidence stand for a report that several articles copied."""

from rag.answer import Citation
from rag.copies import Copies, Copy
from rag.sources import CopySources
from rag.stance import StanceName
from rag.verdict import TracedEvidence
from tests.rag.samples import meta


class OneReport(Copies):
    """Knows that all articles are copies of one report."""

    def __init__(self) -> None:
        """Without an archive: nothing is looked up."""

    def same_report(self, a: str, b: str) -> bool:
        return True

    def group(self, article_id: str) -> tuple[Copy, ...]:
        return ()


def piece(name: str, quote: str, stance: StanceName, *, counts: bool = True) -> TracedEvidence:
    return TracedEvidence(Citation(meta(name), 0, len(quote), quote), stance, 0.9, 0.9, counts=counts)


def kept(*pieces: TracedEvidence) -> list[str]:
    return [one.citation.article.source_id for one in CopySources(OneReport()).folded(pieces)]


def test_copies_are_folded_under_the_first_unless_one_says_the_opposite_in_other_words() -> None:
    wire = piece("wire", "The fire hurt 41 people.", "supports")
    assert kept(wire, piece("copy", "The fire hurt 41 people.", "supports")) == ["wire"]
    assert kept(wire, piece("edited", "The fire hurt 14 people.", "refutes")) == ["wire", "edited"]
    assert kept(wire, piece("edited", "The fire hurt 14 people.", "refutes", counts=False)) == ["wire"]


def test_the_same_words_of_a_copy_are_not_set_against_its_original() -> None:
    wire = piece("wire", "The fire hurt 41 people.", "supports")
    assert kept(wire, piece("copy", "ORLE (AP) - The fire hurt\n41 people.", "refutes")) == ["wire"]


def test_what_the_verdict_rests_on_is_not_folded_under_what_it_does_not_rest_on() -> None:
    aside = piece("wire", "A fire was seen.", "supports", counts=False)
    assert kept(aside, piece("copy", "The fire hurt 41 people.", "supports")) == ["wire", "copy"]
