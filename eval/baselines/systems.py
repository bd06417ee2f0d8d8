"""Every system that `attest eval run` can ask, by name. Models are loaded only for the one that is asked."""

from collections.abc import Callable
from dataclasses import dataclass

from eval.baselines.closed_book import ClosedBook
from eval.baselines.constant import AlwaysAbstain, AlwaysYes
from eval.baselines.copying import Copying, lead
from eval.baselines.retrieving import Asking, DenseRetriever, LexicalRetriever, OracleRetriever, SwappedRetriever
from eval.datasets.model import Dataset
from eval.runs.running import System
from index.archive import Archive
from index.embedding import Embedder
from index.errors import UsageError
from rag.ask import Asker
from rag.models import find_language_model
from rag.retrieval import HybridRetriever
from rag.settings import Settings


@dataclass(frozen=True)
class Kit:
    """What systems are built of, each loaded when it is called for."""

    dataset: Dataset
    settings: Settings
    archive: Callable[[], Archive]
    embedder: Callable[[], Embedder]
    asker: Callable[[], Asker]


def _closed_book(kit: Kit) -> System:
    settings = kit.settings
    model = find_language_model(settings.model, settings)
    return ClosedBook(model, context_tokens=settings.context_tokens, threads=settings.threads)


SYSTEMS: dict[str, Callable[[Kit], System]] = {
    "product": lambda kit: Asking("product", kit.asker()),
    "abstain": lambda kit: AlwaysAbstain(),  # noqa: ARG005
    "yes": lambda kit: AlwaysYes(),  # noqa: ARG005
    "top-passage": lambda kit: Copying("top passage", HybridRetriever(kit.archive(), kit.embedder())),
    "lead": lambda kit: Copying("lead sentence", HybridRetriever(kit.archive(), kit.embedder()), lead(kit.archive())),
    "bm25": lambda kit: Copying("BM25 only", LexicalRetriever(kit.archive(), kit.embedder())),
    "dense": lambda kit: Copying("dense only", DenseRetriever(kit.archive(), kit.embedder())),
    "oracle": lambda kit: Asking("oracle retrieval", kit.asker(), OracleRetriever(kit.archive(), kit.embedder())),
    "closed-book": _closed_book,
    "swapped": lambda kit: Asking(
        "another question's passages", kit.asker(), SwappedRetriever(kit.archive(), kit.embedder(), kit.dataset)
    ),
}


def build(name: str, kit: Kit) -> System:
    """The system called `name`, with what it needs loaded. Raises UsageError for an unknown one."""
    if name not in SYSTEMS:
        raise UsageError(f"{name!r} is no system; expected one of {', '.join(SYSTEMS)}")
    return SYSTEMS[name](kit)
