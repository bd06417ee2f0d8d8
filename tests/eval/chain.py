"""The product's chain without a model: words in place of the reader, vectors from a hash. Takes milliseconds."""

from collections.abc import Sequence

from index.archive import Archive
from rag.answer import RetrievedPassage
from rag.answerability import Answerability
from rag.ask import Asker
from rag.evidence import candidates
from rag.selection import Evidence
from rag.stance import RuleStance
from rag.terms import content_stems
from rag.verification import CascadeVerifier
from rag.writing import ExtractiveWriter
from tests.index.fakes import HashEmbedder


class SharedWords:
    """Sentences by how many of the question's words they share."""

    name = "shared words"

    def select(self, question: str, passages: Sequence[RetrievedPassage]) -> list[Evidence]:
        asked = set(content_stems(question))
        found = [Evidence(one, float(len(asked & set(content_stems(one.text))))) for one in candidates(passages)]
        return sorted(found, key=lambda one: -one.score)


class TwoShared(Answerability):
    """The archive answers when a sentence shares two words with the question."""

    def __init__(self) -> None:
        super().__init__()
        self.threshold = 0.5

    def probability(
        self, passages: Sequence[RetrievedPassage], evidence: Sequence[Evidence], *, narrowed: bool = False
    ) -> float:
        return min(1.0, evidence[0].score / 4) if evidence else 0.0


def plain_asker(archive: Archive) -> Asker:
    """An asker over an archive that was embedded with `HashEmbedder`."""
    embedder = HashEmbedder()
    return Asker(
        archive,
        embedder,
        selector=SharedWords(),
        answerability=TwoShared(),
        writer=ExtractiveWriter(),
        verifier=CascadeVerifier(lambda: RuleStance(lambda stem: 1.0, lambda: 1.0)),
    )
