"""The vector index: derived from SQLite, checked by checksum, made again whenever it is missing, stale or damaged.

How it is made is in `building.py` and, for large archives, `lists.py`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.atomic import file_sha256, write_atomically
from index.embedding import EmbedderIdentity

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

Kind = Literal["exact", "ivf"]
Wish = Literal["auto", "exact", "ivf"]

MANIFEST = "manifest.json"
EXACT_UP_TO = 100_000  # passages; what "auto" searches exactly
LEAST_FOR_LISTS = 3000  # passages; up to here they are searched exactly whatever is wished: too few to train on


def kind_for(wish: Wish, count: int) -> Kind:
    """How so many passages are searched."""
    return "ivf" if count > (LEAST_FOR_LISTS if wish == "ivf" else EXACT_UP_TO) and wish != "exact" else "exact"


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
    """Search by inner product over unit vectors, each known by its passage row.

    `exact` looks at every vector. `ivf` looks at the lists nearest to the query, where vectors have 8 bits a value: its
    scores are near the cosine, and whoever shows them reckons them again from the stored vectors.
    """

    def __init__(self, index: Any) -> None:
        self.index = index  # faiss.IndexIDMap over an IndexFlatIP, or faiss.IndexIVFScalarQuantizer
        self.kind: Kind = "ivf" if hasattr(index, "nlist") else "exact"
        self.rows = _row_ids(index)  # ascending where they were added so
        self._selected: tuple[npt.NDArray[np.bool_], Any] | None = None  # the last filter, and its selector

    @classmethod
    def build(cls, dim: int, batches: Iterable[tuple[Rows, Floats]]) -> "VectorIndex":
        """An exact index over all `batches` of rows and unit vectors of shape (len(rows), dim)."""
        import faiss

        index = faiss.IndexIDMap(faiss.IndexFlatIP(dim))
        for rows, vectors in batches:
            index.add_with_ids(np.ascontiguousarray(vectors), rows)
        return cls(index)

    @property
    def count(self) -> int:
        return int(self.index.ntotal)

    def search(self, query: Floats, k: int, allowed: npt.NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """The `k` rows most similar to `query`, shape (dim,), with their cosine, best first; ties by row.

        `allowed` says for each of `self.rows` whether it may be found; None allows all.
        """
        permitted = self.count if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, permitted)
        if k < 1:
            return []
        selector = None if allowed is None or permitted == len(allowed) else self._selector(allowed)
        wanted = np.ascontiguousarray(query.reshape(1, -1), dtype=np.float32)
        if self.kind == "exact":
            found = self._found(wanted, k, _parameters(selector))
        else:
            # The fewer may be found, the more lists: what is compared stays the same, and a list holds some of them.
            probes = min(self.index.nlist, self.index.nprobe * self.count // permitted)
            found = self._found(wanted, k, _parameters(selector, probes))
            if len(found) < k:
                found = self._found(wanted, k, _parameters(selector, self.index.nlist))
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _found(self, wanted: Floats, k: int, parameters: Any) -> list[tuple[int, float]]:
        scores, rows = self.index.search(wanted, k, params=parameters)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]

    def _selector(self, allowed: npt.NDArray[np.bool_]) -> Any:
        """FAISS's form of `allowed`; kept for the next query, which mostly comes with the same array."""
        import faiss

        selected = self._selected
        if selected is None or selected[0] is not allowed:
            bits = np.zeros(int(self.rows.max()) + 1, dtype=np.bool_)
            bits[self.rows[allowed]] = True
            bitmap = np.packbits(bits, bitorder="little")
            selected = self._selected = (allowed, faiss.IDSelectorBitmap(bitmap))  # type: ignore[call-arg, arg-type]
        return selected[1]

    def save(self, folder: Path, generation: int, embedder: EmbedderIdentity) -> None:
        """Write the index and then the manifest that names it; older vector files are deleted afterwards.

        Does nothing when the folder already has a later one: a slow reader must not undo a writer's work.
        """
        present = Manifest.read(folder)
        if present and present.embedder == embedder and present.generation > generation:
            return

        path = folder / f"vectors.{generation}.faiss"
        write_atomically(path, lambda temporary: _write_index(self.index, temporary))
        Manifest(path.name, file_sha256(path), generation, self.count, embedder).write(folder)
        for pattern in ("vectors.*.faiss", ".vectors.*.faiss.*.tmp"):  # the latter left by a process that was killed
            for old in folder.glob(pattern):
                if old != path:
                    old.unlink(missing_ok=True)


def load_index(
    folder: Path, generation: int, embedder: EmbedderIdentity, wish: Wish = "auto"
) -> tuple[VectorIndex | None, str]:
    """The saved index for this state of the archive, or None with what is wrong with it, e.g. "is damaged".

    Maps the file instead of reading it, after its checksum was found right.
    """
    manifest = Manifest.read(folder)
    if manifest is None:
        return None, "is damaged" if (folder / MANIFEST).exists() else "is missing"
    if manifest.generation != generation or manifest.embedder != embedder:
        return None, "is out of date"
    index, wrong = _load(folder, manifest, mapped=True)
    if index is not None and index.kind != kind_for(wish, index.count):
        return None, "is out of date"
    return index, wrong


def load_earlier(folder: Path, embedder: EmbedderIdentity) -> VectorIndex | None:
    """The saved index of whatever state of the archive, whole and in memory, so that it can be added to; or None."""
    manifest = Manifest.read(folder)
    if manifest is None or manifest.embedder != embedder:
        return None
    return _load(folder, manifest, mapped=False)[0]


def _load(folder: Path, manifest: Manifest, *, mapped: bool) -> tuple[VectorIndex | None, str]:
    import faiss

    path = folder / manifest.file
    if not path.is_file():
        return None, "is missing"
    try:
        if file_sha256(path) != manifest.sha256:
            return None, "is damaged"
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        if int(index.ntotal) != manifest.count or int(index.d) != manifest.embedder.dim:
            return None, "is damaged"
        found = VectorIndex(index)
    except (OSError, RuntimeError):  # FAISS raises RuntimeError for whatever it cannot read
        return None, "is damaged"
    return found, ""


def _write_index(index: Any, path: Path) -> None:
    """Write the file; raises OSError. Left to write by itself, FAISS prints "close error" when the disk is full."""
    import faiss

    failed: list[OSError] = []

    def write(chunk: bytes) -> int:
        try:
            return file.write(chunk)
        except OSError as error:
            failed.append(error)
            raise

    with path.open("wb") as file:
        try:
            faiss.write_index(index, faiss.PyCallbackIOWriter(write))  # type: ignore[attr-defined]  # not in the stubs
        except RuntimeError as error:
            raise (failed[0] if failed else error) from error


def _parameters(selector: Any, probes: int | None = None) -> Any:
    import faiss

    if probes is not None:
        return faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]  # the stubs know only C++
    return None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]


def _row_ids(index: Any) -> Rows:
    import faiss

    if hasattr(index, "nlist"):
        lists = index.invlists
        sizes = [lists.list_size(number) for number in range(index.nlist)]
        parts = [faiss.rev_swig_ptr(lists.get_ids(number), size) for number, size in enumerate(sizes) if size]
        return np.sort(np.concatenate([*parts, np.empty(0, dtype=np.int64)]))
    ids: Rows = faiss.vector_to_array(index.id_map)
    return ids
