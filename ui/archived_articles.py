"""The articles of an archive as the page shows them: the stored text, and who else printed it."""

from typing import TYPE_CHECKING

from index.article import Article
from index.errors import AttestError
from rag.copies import Copies, Copy

if TYPE_CHECKING:
    from index.archive import Archive


class ArchivedArticles:
    """Gives articles of one open archive, and the copies of each."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self._copies = Copies(archive)

    def article(self, ref: str) -> Article:
        """The stored article. Raises UsageError when there is none."""
        return self._archive.article(ref)

    def copies(self, ref: str) -> tuple[Copy, ...]:
        """Its copies, earliest first; none for an article that is no longer there, which its own place says."""
        try:
            return self._copies.group(ref)
        except AttestError:
            return ()
