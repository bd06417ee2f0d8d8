"""The vector index: derived from SQLite, checked by checksum, made again whenever it is missing, stale or damaged."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.atomic import file_sha256, write_atomically
from index.embedding import EmbedderIdentity

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which vector file belongs to which state of the archive."""

    file: str
    sha256: str
    generation: int
    count: int
    embedder: EmbedderIdentity

    @classmethod
    def read(cls, folder: Path) -> "Manifest | None":
        """The folder's manifest; None when there is none that can be understood."""
        try:
            said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return cls(
                file=Path(said["file"]).name,  # never a file outside the folder
                sha256=str(said["sha256"]),
                generation=int(said["generation"]),
                count=int(said["count"]),
                embedder=EmbedderIdentity(**said["embedder"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        said = {
            "file": self.file,
            "sha256": self.sha256,
            "generation": self.generation,
            "count": self.count,
            "embedder": self.embedder.to_json(),
        }
        payload = json.dumps(said, indent=2, sort_keys=True) + "\n"
        write_atomically(folder / MANIFEST, lambda path: _write_text(path, payload))


def _write_text(path: Path, payload: str) -> None:
    path.write_text(payload, encoding="utf-8")


class VectorIndex:
    """Exact search by inner product over unit vectors, each known by its passage row."""

    def __init__(self, index: Any, rows: Rows) -> None:
        self._index = index  # faiss.IndexIDMap over an IndexFlatIP
        self.rows = rows  # in the order of the index

    @classmethod
    def build(cls, dim: int, batches: Iterable[tuple[Rows, Floats]]) -> "VectorIndex":
        """An index over all `batches` of rows and unit vectors of shape (len(rows), dim)."""
        import faiss

        index = faiss.IndexIDMap(faiss.IndexFlatIP(dim))
        for rows, vectors in batches:
            index.add_with_ids(np.ascontiguousarray(vectors), rows)
        return cls(index, _row_ids(index))

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Floats, k: int, allowed: npt.NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """The `k` rows most similar to `query`, shape (dim,), with their cosine, best first; ties by row.

        `allowed` says for each of `self.rows` whether it may be found; None allows all.
        """
        import faiss

        k = min(k, self.count if allowed is None else int(np.count_nonzero(allowed)))
        if k < 1:
            return []
        parameters = None
        if allowed is not None and not allowed.all():
            bitmap = np.zeros(int(self.rows.max()) // 8 + 1, dtype=np.uint8)
            kept = self.rows[allowed]
            np.bitwise_or.at(bitmap, kept // 8, (1 << (kept % 8)).astype(np.uint8))
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]  # the stubs know only C++
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        wanted = np.ascontiguousarray(query.reshape(1, -1), dtype=np.float32)
        scores, rows = self._index.search(wanted, k, params=parameters)
        found = [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def save(self, folder: Path, generation: int, embedder: EmbedderIdentity) -> None:
        """Write the index and then the manifest that names it; older vector files are deleted afterwards.

        Does nothing when the folder already has a later one: a slow reader must not undo a writer's work.
        """
        import faiss

        present = Manifest.read(folder)
        if present and present.embedder == embedder and present.generation > generation:
            return

        path = folder / f"vectors.{generation}.faiss"
        write_atomically(path, lambda temporary: faiss.write_index(self._index, str(temporary)))
        Manifest(path.name, file_sha256(path), generation, self.count, embedder).write(folder)
        for pattern in ("vectors.*.faiss", ".vectors.*.faiss.*.tmp"):  # the latter left by a process that was killed
            for old in folder.glob(pattern):
                if old != path:
                    old.unlink(missing_ok=True)


def load_index(folder: Path, generation: int, embedder: EmbedderIdentity) -> tuple[VectorIndex | None, str]:
    """The saved index for this state of the archive, or None with what is wrong with it, e.g. "is damaged".

    Maps the file instead of reading it, after its checksum was found right.
    """
    manifest = Manifest.read(folder)
    if manifest is None:
        return None, "is damaged" if (folder / MANIFEST).exists() else "is missing"
    if manifest.generation != generation or manifest.embedder != embedder:
        return None, "is out of date"
    path = folder / manifest.file
    if not path.is_file():
        return None, "is missing"
    try:
        if file_sha256(path) != manifest.sha256:
            return None, "is damaged"
        index = _read(path)
        if int(index.ntotal) != manifest.count or int(index.d) != embedder.dim:
            return None, "is damaged"
    except (OSError, RuntimeError):  # FAISS raises RuntimeError for whatever it cannot read
        return None, "is damaged"
    return VectorIndex(index, _row_ids(index)), ""


def _read(path: Path) -> Any:
    import faiss

    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)


def _row_ids(index: Any) -> Rows:
    import faiss

    ids: Rows = faiss.vector_to_array(index.id_map)
    return ids
