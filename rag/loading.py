"""Puts the parts of an asker together as the settings say. The only place that knows every default."""

from index.archive import Archive
from index.embedding import Embedder, MiniLmEmbedder
from rag.ask import Asker, IdfWeight
from rag.likelihood import QuestionLikelihood
from rag.models import find_embedder, find_language_model
from rag.quantize import faster_copy
from rag.selection import FusedSelector
from rag.settings import Settings
from rag.verification import CascadeVerifier
from rag.writing import ExtractiveWriter, Writer


def load_asker(archive: Archive, settings: Settings, *, embedder: Embedder | None = None) -> Asker:
    """An asker with its models in memory. Raises ModelError when one is missing or unreadable."""
    embedder = embedder or load_embedder(settings)
    scorer = find_language_model(None)
    likelihood = QuestionLikelihood(faster_copy(scorer), threads=settings.threads)
    selector = FusedSelector(embedder, weight=IdfWeight(archive), likelihood=likelihood)
    writer = load_writer(settings)
    verifier = CascadeVerifier(embedder)
    models: dict[str, object] = {
        "embedder": {"name": embedder.name, "dim": embedder.dim, "sha256": embedder.sha256},
        "selector": {"name": selector.name, "language_model": scorer.name},
        "writer": {"name": writer.name},
        "verifier": {"name": verifier.name},
    }
    return Asker(archive, embedder, selector=selector, writer=writer, verifier=verifier, models=models)


def load_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings, or the bundled MiniLM. Raises ModelError when it is missing or unreadable."""
    return MiniLmEmbedder.load(find_embedder(settings.embedder, settings) if settings.embedder else None)


def load_writer(settings: Settings) -> Writer:
    """Verbatim sentences unless the settings name a model that writes in its own words."""
    if settings.writer == "chat":
        from rag.chat import ChatWriter

        return ChatWriter.connect(settings.model or "", base_url=settings.base_url)
    if settings.writer == "llama" or settings.model is not None:
        from rag.llama import LlamaWriter

        model = find_language_model(settings.model, settings)
        return LlamaWriter(model, context_tokens=settings.context_tokens, threads=settings.threads)
    return ExtractiveWriter(max_words=settings.max_words)
