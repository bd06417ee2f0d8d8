"""The tables of an archive, and how an article and a vector become rows with a hash of their own.

SQLite notices almost no flipped byte (measured: 4 of 139), so every row that a citation rests on carries a hash that
`Archive.verify` recomputes. Texts are kept as UTF-8 blobs: SQL functions stop at a NUL, and a lone surrogate from a
JSON escape is no UTF-8, yet both must come back as they were read, or offsets would slip.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import get_args

import numpy as np
import numpy.typing as npt

from index.article import Article, ArticleMeta, Block, PassageKind

APPLICATION_ID = 0x41747374  # "Atst" in SQLite's header: tells an archive from any other SQLite file
SCHEMA_VERSION = 1
KINDS: tuple[PassageKind, ...] = get_args(PassageKind)  # a passage's kind is stored as its place here

# Rows are never used twice (AUTOINCREMENT): an outdated vector index may name a row that is gone, never another one.
TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    source_id TEXT NOT NULL,
    outlet TEXT NOT NULL,       -- the source, case folded; empty when unknown
    day TEXT NOT NULL,          -- published_at[:10]; empty when unknown
    current INTEGER NOT NULL,   -- 1 for the version that answers
    added_at TEXT NOT NULL,
    text_hash BLOB NOT NULL,    -- finds exact copies under another key
    metadata TEXT NOT NULL,     -- JSON, ASCII
    text BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE UNIQUE INDEX articles_current_key ON articles (key) WHERE current = 1;
CREATE INDEX articles_key ON articles (key);
CREATE INDEX articles_source_id ON articles (source_id);
CREATE INDEX articles_text_hash ON articles (text_hash);

CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    sentences TEXT NOT NULL,    -- JSON: [[start, end], ...]
    hash BLOB NOT NULL
);
CREATE INDEX passages_article ON passages (article);

CREATE TABLE vectors (
    row INTEGER PRIMARY KEY REFERENCES passages (row) ON DELETE CASCADE,
    vector BLOB NOT NULL,       -- float16, little endian
    hash BLOB NOT NULL
);

CREATE TABLE ledger (
    path TEXT NOT NULL,
    record INTEGER,             -- NULL: the file as a whole
    outcome TEXT NOT NULL CHECK (outcome IN ('added', 'updated', 'unchanged', 'duplicate', 'skipped', 'failed')),
    reason TEXT,
    article TEXT,               -- article id
    at TEXT NOT NULL
);
CREATE INDEX ledger_record ON ledger (path, record);
CREATE INDEX ledger_article ON ledger (article);
"""

# Contentless: the text is already in `articles`; `writing.py` gives the old text back when a passage is deleted.
FULL_TEXT = """
CREATE VIRTUAL TABLE {name} USING fts5 (
    heading, text, content = '', tokenize = "porter unicode61 remove_diacritics 2"
);
"""

# Which articles are copies of each other (`index/copies.py`): derived, and made where it is missing when an archive is
# opened for writing, so an older Attest still reads the archive. Bands have no foreign key: it would need an index as
# large as they are, and one that is left behind names an article that is in no signature.
COPY_TABLES = """
CREATE TABLE IF NOT EXISTS copy_signatures (
    article INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE, bands BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS copy_bands (band INTEGER, article INTEGER, PRIMARY KEY (band, article)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copy_pairs (
    article INTEGER REFERENCES articles (number) ON DELETE CASCADE,
    other INTEGER REFERENCES articles (number) ON DELETE CASCADE,
    contained REAL NOT NULL, ratio REAL NOT NULL, shared INTEGER NOT NULL, spread REAL NOT NULL,
    PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copy_pairs_other ON copy_pairs (other);
"""

# Files whose every record came in (`index/skipping.py`), each with the number of its ledger lines, and where the files
# of relative paths lie (`index/places.py`); made where missing.
FILE_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, content BLOB NOT NULL, reading TEXT NOT NULL, lines INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_content ON files (content);
CREATE TABLE IF NOT EXISTS places (path TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS places_place ON places (place);
"""

# Embeddings of another model on their way in; they replace `vectors` in one transaction when complete.
NEXT_VECTORS = """
CREATE TABLE IF NOT EXISTS next_vectors (
    row INTEGER PRIMARY KEY REFERENCES passages (row) ON DELETE CASCADE, vector BLOB NOT NULL, hash BLOB NOT NULL
)
"""


def plain(value: str) -> str:
    """`value` as SQL can hold, compare and index it: lone surrogates become "?" and NULs become spaces."""
    return value.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def encode_text(text: str) -> bytes:
    """The text as stored; `decode_text` gives back exactly the same code points."""
    return text.encode("utf-8", "surrogatepass")


def decode_text(blob: bytes) -> str:
    """The stored text; raises UnicodeDecodeError when the bytes are damaged."""
    return blob.decode("utf-8", "surrogatepass")


def outlet_key(source: str | None) -> str:
    """What the outlet filter compares: the source's name without regard to case or outer spaces."""
    return plain(source or "").strip().casefold()


def encode_metadata(article: Article) -> str:
    """Everything of an article but its text, as ASCII JSON with keys in a fixed order."""
    fields = {
        "key": article.key,
        "source_id": article.source_id,
        "path": article.path,
        "title": article.title,
        "source": article.source,
        "authors": list(article.authors),
        "published_at": article.published_at,
        "url": article.url,
        "blocks": [[block.start, block.end, block.kind] for block in article.blocks],
        "provenance": dict(article.provenance),
        "language": article.language,
    }
    return _as_json(fields)


def _as_json(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def path_of(metadata: str) -> str | None:
    """The path that stored metadata name; None where they are damaged."""
    try:
        path = json.loads(metadata)["path"]
    except (ValueError, KeyError, TypeError):
        return None
    return path if isinstance(path, str) else None


def with_path(metadata: str, path: str) -> str:
    """Stored metadata with another path, and nothing else changed."""
    return _as_json({**json.loads(metadata), "path": path})


def decode_article(metadata: str, text: bytes) -> Article:
    """The article that `encode_metadata` and `encode_text` were given."""
    fields = json.loads(metadata)
    fields["authors"] = tuple(fields["authors"])
    fields["blocks"] = tuple(Block(start, end, kind) for start, end, kind in fields["blocks"])
    return Article(text=decode_text(text), **fields)


def decode_meta(article_id: str, metadata: str) -> ArticleMeta:
    """The article's metadata without decoding its text."""
    fields = json.loads(metadata)
    return ArticleMeta(
        id=article_id,
        source_id=fields["source_id"],
        path=fields["path"],
        title=fields["title"],
        source=fields["source"],
        authors=tuple(fields["authors"]),
        published_at=fields["published_at"],
        url=fields["url"],
        language=fields.get("language"),  # archives from before it was kept have none
    )


def text_hash(text: bytes) -> bytes:
    """16 bytes, equal for exactly equal texts."""
    return hashlib.sha256(text).digest()[:16]


def article_hash(article_id: str, current: int, added_at: str, metadata: str, text: bytes) -> bytes:
    """SHA-256 over all that an article's row says (its other columns are computed from these)."""
    digest = hashlib.sha256(f"{article_id}\n{current}\n{added_at}\n{metadata}\n".encode("utf-8", "replace"))
    digest.update(text)
    return digest.digest()


def passage_hash(row: int, article: int, start: int, end: int, kind: int, sentences: str) -> bytes:
    """8 bytes over all that a passage's row says."""
    payload = f"{row} {article} {start} {end} {kind} {sentences}".encode("utf-8", "replace")
    return hashlib.blake2b(payload, digest_size=8).digest()


def vector_hash(row: int, vector: bytes) -> bytes:
    """8 bytes over a vector and the row it belongs to, so that swapped vectors are noticed as well."""
    return hashlib.blake2b(vector, digest_size=8, key=row.to_bytes(8, "little")).digest()


def encode_vector(vector: npt.NDArray[np.float32]) -> bytes:
    """The vector in half precision: half the disk, and similarities that agree to about .001."""
    return vector.astype("<f2").tobytes()


def decode_vectors(blobs: list[bytes], dim: int) -> npt.NDArray[np.float32]:
    """Unit vectors, shape (len(blobs), dim); a zero vector stays zero."""
    half = np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), dim)
    vectors = half.astype(np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, norms, out=vectors, where=norms > 0)  # half precision leaves norms off by up to .0005
    return vectors
