"""Puts the parts of an asker together as the settings say. The only place that knows every default."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.archive import Archive
from index.arithmetic import fastest
from index.atomic import file_sha256
from index.embedding import Embedder, MiniLmEmbedder
from index.errors import ModelError
from rag.adapter import find_adapter
from rag.ask import Asker, IdfWeight
from rag.claim_reader import ClaimReader
from rag.evidence import Floats
from rag.evidence_tokens import CLAIM, QUESTION, Piece, Prompt
from rag.gguf_tensors import OtherFormatError
from rag.language_claim_reader import CLAIM_ADAPTER_FOLDER, LanguageClaimReader
from rag.likelihood import QuestionLikelihood
from rag.models import DEFAULT_NAMES, find_embedder, find_language_model
from rag.network_likelihood import NetworkLikelihood
from rag.quantize import faster_copy
from rag.reader import PassageReader
from rag.reranking import Reranker
from rag.retrieval import HybridRetriever
from rag.selection import FusedSelector, answer_reader
from rag.settings import Settings
from rag.stance import RuleStance
from rag.trace import Tracer
from rag.verification import CascadeVerifier
from rag.writing import ExtractiveWriter, Writer


def load_asker(archive: Archive, settings: Settings, *, embedder: Embedder | None = None) -> Asker:
    """An asker with its models in memory. Raises ModelError when one is missing or unreadable."""
    embedder = embedder or load_embedder(settings)
    archive.check_embedder(embedder.identity)
    scorer = find_language_model(None)
    adapter = find_adapter()
    bound_threads(settings)  # in this thread: the one that loads the language model is gone when a question comes
    with ThreadPoolExecutor(1, "loading") as beside:  # both take seconds, and each is mostly on one core
        loading = beside.submit(load_judge, scorer, settings, adapter=adapter)
        reader = PassageReader()
        judge = loading.result()
    idf = IdfWeight(archive)
    selector = FusedSelector(weight=idf, readers=[answer_reader(judge)])
    writer = load_writer(settings)
    verifier = CascadeVerifier(lambda: RuleStance(idf, lambda: idf.most, reader=ClaimReader()))
    models: dict[str, object] = {
        "embedder": {"name": embedder.name, "dim": embedder.dim, "sha256": embedder.sha256},
        "selector": {
            "name": selector.name,
            "reader": reader.sha256,
            "language_model": scorer.name,
            "adapter": file_sha256(adapter),
        },
        "writer": {"name": writer.name},
        "verifier": {"name": verifier.name},
    }
    return Asker(
        archive,
        embedder,
        reranker=Reranker(reader),
        selector=selector,
        writer=writer,
        verifier=verifier,
        fallback=ExtractiveWriter(max_words=settings.max_words),
        models=models,
    )


def load_tracer(
    archive: Archive, settings: Settings, *, embedder: Embedder | None = None, retriever: HybridRetriever | None = None
) -> Tracer:
    """A tracer with its models in memory. Raises ModelError when one is missing or unreadable."""
    embedder = embedder or load_embedder(settings)
    archive.check_embedder(embedder.identity)
    bound_threads(settings)
    return Tracer(archive, embedder, again=load_second_reader(settings), retriever=retriever)


def load_second_reader(settings: Settings) -> LanguageClaimReader:
    """The language model with its adapter for claims. Raises ModelError when one is missing or unreadable."""
    adapter = find_adapter(CLAIM_ADAPTER_FOLDER)
    network = load_network(find_language_model(None), settings, adapter=adapter, prompt=CLAIM)
    return LanguageClaimReader(network.answers, file_sha256(adapter))


def load_judge(model: Path, settings: Settings, *, adapter: Path) -> Callable[[str, Sequence[Piece]], Floats]:
    """What judges a question beside pieces: `judge` of `model` with its adapter for questions."""
    return load_network(model, settings, adapter=adapter, prompt=QUESTION).judge


def load_network(
    model: Path, settings: Settings, *, adapter: Path, prompt: Prompt
) -> NetworkLikelihood | QuestionLikelihood:
    """`model` with one of its adapters, by whichever of torch and llama.cpp is faster on this processor.

    Without bfloat16 that is torch (docs/quality.md, "The language model in torch"); with it the two were not compared,
    and llama.cpp stays. llama.cpp also takes the formats that torch's side does not read. `settings.threads` bounds
    both, and with torch all that reads passages and claims.
    """
    bound_threads(settings)
    if fastest() != "bfloat16":
        try:
            return NetworkLikelihood(model, adapter=adapter, prompt=prompt)
        except OtherFormatError:
            pass
    return load_likelihood(model, settings, adapter=adapter, prompt=prompt)


def bound_threads(settings: Settings) -> None:
    """Have torch take no more cores than `settings.threads`, in this thread and those that start after it."""
    if settings.threads is not None:
        import torch

        torch.set_num_threads(settings.threads)


def load_likelihood(
    model: Path, settings: Settings, *, adapter: Path | None = None, prompt: Prompt = QUESTION
) -> QuestionLikelihood:
    """The question's likelihood under `model`, from its faster copy; a copy that cannot be read is thrown away."""
    copy = faster_copy(model)
    try:
        return QuestionLikelihood(copy, adapter=adapter, threads=settings.threads, prompt=prompt)
    except ModelError:
        if copy == model:
            raise
        copy.unlink(missing_ok=True)
        return QuestionLikelihood(model, adapter=adapter, threads=settings.threads, prompt=prompt)


def load_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings, or the bundled MiniLM. Raises ModelError when it is missing or unreadable."""
    return MiniLmEmbedder.load(find_embedder(settings.embedder, settings) if settings.embedder else None, quickly=True)


def load_writer(settings: Settings) -> Writer:
    """Verbatim sentences unless the settings name a model that writes in its own words."""
    if settings.writer == "chat":
        from rag.chat import ChatWriter

        return ChatWriter.connect(
            settings.model or "", base_url=settings.base_url, context_tokens=settings.context_tokens
        )
    # The bundled model writes badly (docs/quality.md): choosing it means verbatim sentences, unless told to write.
    if settings.writer == "llama" or settings.model not in (None, DEFAULT_NAMES["language"]):
        from rag.llama import LlamaWriter

        model = find_language_model(settings.model, settings)
        return LlamaWriter(model, context_tokens=settings.context_tokens, threads=settings.threads)
    return ExtractiveWriter(max_words=settings.max_words)
