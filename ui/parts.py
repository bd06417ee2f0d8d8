"""Opens and loads what a command needs, when it needs it. Tests give the commands another `Parts`."""

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArchiveError
from ui.protocols import Asks, Quotes, Searches, Traces

if TYPE_CHECKING:
    from index.archive import Archive
    from index.embedding import Embedder
    from rag.settings import Settings


class Parts:
    """The real archive and models. Every import is made in the method that needs it: `--help` takes no second."""

    _loaded: "tuple[object, Embedder] | None" = None  # the page asks and checks quotations with one and the same

    def settings(self) -> "Settings":
        """The settings of environment and config file."""
        from rag.settings import Settings

        return Settings.load()

    def archive(self, path: Path, *, writable: bool = False, create: bool = False) -> "Archive":
        """The archive in folder `path`, not yet compared with an embedder."""
        from index.archive import Archive

        return Archive.open(path, writable=writable, create=create)

    def embedder(self, settings: "Settings", *, quickly: bool = False) -> "Embedder":
        """The embedder of the settings, loaded: some five seconds, `quickly` some two where it is the bundled one."""
        from index.embedding import MiniLmEmbedder
        from rag.models import find_embedder

        chosen = None if settings.embedder is None else find_embedder(settings.embedder, settings)
        key = (chosen, quickly)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = (key, MiniLmEmbedder.load(chosen, quickly=quickly))
        return self._loaded[1]

    def asker(self, archive: "Archive", settings: "Settings") -> Asks:
        """An asker over the archive with every model loaded, once the archive is known to fit the embedder."""
        from rag.ask import Asker

        self._refuse_empty(archive)
        embedder = self._fitting_embedder(archive, settings)
        return Asker.load(archive, settings, embedder=embedder)

    def searcher(self, archive: "Archive", settings: "Settings") -> Searches:
        """A retriever over the archive; needs no language model."""
        from rag.retrieval import HybridRetriever

        self._refuse_empty(archive)
        embedder = self._fitting_embedder(archive, settings)
        return HybridRetriever(archive, embedder)

    def quoter(self, archive: "Archive", settings: "Settings") -> Quotes:
        """A quoter over the archive. Loads no model: the embedder comes when words alone find no verbatim quotation."""
        from rag.quote import Quoter

        self._refuse_empty(archive)
        return Quoter(archive, lambda: self._fitting_embedder(archive, settings))

    def tracer(self, archive: "Archive", settings: "Settings") -> Traces:
        """A tracer over the archive with every model loaded, once the archive is known to fit the embedder."""
        from rag.loading import load_tracer

        self._refuse_empty(archive)
        return load_tracer(archive, settings, embedder=self._fitting_embedder(archive, settings))

    def _fitting_embedder(self, archive: "Archive", settings: "Settings") -> "Embedder":
        embedder = self.embedder(settings, quickly=True)
        archive.check_embedder(embedder.identity)
        return embedder

    def _refuse_empty(self, archive: "Archive") -> None:
        if archive.embedder is None:
            raise ArchiveError(f"the archive {archive.path} holds no article; put some in with: attest ingest PATH")
