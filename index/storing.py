"""Changes to an archive's rows: adding a version, taking one out, embedding anew. Each runs inside a transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import copies, full_text, ledger
from index.article import Article, Passage
from index.database import Database
from index.embedding import EmbedderIdentity, Vectors, passage_input
from index.places import Places
from index.schema import (
    KINDS,
    article_hash,
    decode_article,
    decode_vectors,
    encode_metadata,
    encode_text,
    encode_vector,
    outlet_key,
    passage_hash,
    plain,
    text_hash,
    vector_hash,
)
from index.vectors import Manifest


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be stored: one unit vector for each passage, shape (len(passages), dim)."""

    article: Article
    passages: Sequence[Passage]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Standing:
    """How an article that was just read relates to what the archive holds."""

    outcome: ledger.Outcome
    reason: str | None = None
    held_as: str | None = None  # id of the article that it is, where that has another id: its file was moved

    @property
    def wanted(self) -> bool:
        """Whether the article has to be stored."""
        return self.outcome != "unchanged"


def standing(database: Database, article: Article, path: str, record: int | None) -> Standing:
    """What storing `article`, read from `record` of the file `path`, would be.

    An earlier version met again stays in the past when this record held it before, or in a file not seen before: an old
    dump read twice changes nothing. When this very record held another version since, the article was changed back.
    """
    known = database.one("SELECT current FROM articles WHERE id = ?", (article.id,))
    if known and known[0]:
        return Standing("unchanged")
    if known:
        last = ledger.last_article(database, path, record)
        if last is None or last == article.id:
            return Standing("unchanged", "an earlier version of an article that has changed since")
        return Standing("updated")
    if database.one("SELECT 1 FROM articles WHERE key = ? AND current = 1", (plain(article.key),)):
        return Standing("updated")
    copy = database.one(
        "SELECT id FROM articles WHERE text_hash = ? AND current = 1", (text_hash(encode_text(article.text)),)
    )
    if copy and article.key.startswith("file:") and ledger.last_article(database, path, record) == copy[0]:
        return Standing("unchanged", "moved", copy[0])
    if copy and (before := _moved_from(database, copy[0], article)):
        return Standing("unchanged", f"moved from {before}", copy[0])
    return Standing("duplicate", f"same text as article {copy[0]}") if copy else Standing("added")


def _moved_from(database: Database, article_id: str, article: Article) -> str | None:
    """Where the stored article was read from, when that file is gone and `article` is the same under another name."""
    (metadata,) = database.one("SELECT metadata FROM articles WHERE id = ?", (article_id,))
    stored = decode_article(metadata, b"")
    of_files = stored.key.startswith("file:") and article.key.startswith("file:")
    said, says = ((each.title, each.source, each.authors, each.published_at, each.url) for each in (stored, article))
    paths = ledger.elsewhere(database, article_id)
    if not of_files or said != says or not paths or any(map(Places(database).is_there, paths)):
        return None
    return paths[-1]


def embedded(database: Database, key: str, dim: int) -> dict[str, Vectors]:
    """The unit vectors of the version that answers under `key`, by the text that each was made from.

    What is damaged is left out, so that it is embedded anew.
    """
    row = database.one("SELECT number, metadata, text FROM articles WHERE key = ? AND current = 1", (plain(key),))
    if row is None or not is_intact(database, row[0]):
        return {}
    article = decode_article(row[1], row[2])
    found: dict[str, Vectors] = {}
    for number, start, end, blob, hashed in database.rows(
        'SELECT passages.row, start, "end", vector, vectors.hash FROM passages JOIN vectors USING (row) '
        "WHERE article = ?",
        (row[0],),
    ):
        if vector_hash(number, blob) == hashed and len(blob) == 2 * dim:
            passage = Passage(article_id="", start=start, end=end, text=article.text[start:end])
            found[passage_input(article, passage)] = decode_vectors([blob], dim)[0]
    return found


def store(database: Database, item: Prepared) -> None:
    """Make the article the version that answers; the version before it stays to be shown, and no longer answers."""
    article = item.article
    before = database.one("SELECT number, id FROM articles WHERE key = ? AND current = 1", (plain(article.key),))
    if before and before[1] == article.id:
        return
    if before:
        _take_out_passages(database, before[0])
        copies.take_out(database, before[0])
        _set_current(database, before[0], 0)
    known = database.one("SELECT number FROM articles WHERE id = ?", (article.id,))
    number = known[0] if known else _insert_article(database, article)
    if known:
        _set_current(database, number, 1)
    entries = []
    for passage, vector in zip(item.passages, item.vectors, strict=True):
        row = insert_passage(database, number, passage)
        blob = encode_vector(vector)
        database.run("INSERT INTO vectors VALUES (?, ?, ?)", (row, blob, vector_hash(row, blob)))
        entries.append((row, *full_text.columns(article, passage)))
    full_text.add(database, entries)
    copies.add(database, number, article)


def _insert_article(database: Database, article: Article) -> int:
    text, metadata, added_at = encode_text(article.text), encode_metadata(article), ledger.now()
    return database.run(
        "INSERT INTO articles (id, key, source_id, outlet, day, current, added_at, text_hash, metadata, text, hash) "
        "VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)",
        (
            article.id,
            plain(article.key),
            plain(article.source_id),
            outlet_key(article.source),
            plain(article.published_at or "")[:10],
            added_at,
            text_hash(text),
            metadata,
            text,
            article_hash(article.id, 1, added_at, metadata, text),
        ),
    )


def insert_passage(database: Database, number: int, passage: Passage) -> int:
    """Store a passage of the article `number`, as yet without vector and words; its row."""
    kind = KINDS.index(passage.kind)
    sentences = encode_sentences(passage.sentences)
    row = database.run(
        'INSERT INTO passages (article, start, "end", kind, sentences, hash) VALUES (?, ?, ?, ?, ?, ?)',
        (number, passage.start, passage.end, kind, sentences, b""),
    )
    hashed = passage_hash(row, number, passage.start, passage.end, kind, sentences)
    database.run("UPDATE passages SET hash = ? WHERE row = ?", (hashed, row))
    return row


def encode_sentences(sentences: Sequence[tuple[int, int]]) -> str:
    """The spans as JSON: `[[start, end], ...]`."""
    return "[" + ",".join(f"[{start},{end}]" for start, end in sentences) + "]"


def _set_current(database: Database, number: int, current: int) -> None:
    article_id, before, added_at, metadata, text, hashed = database.one(
        "SELECT id, current, added_at, metadata, text, hash FROM articles WHERE number = ?", (number,)
    )
    if article_hash(article_id, before, added_at, metadata, text) == hashed:  # else it stays known as damaged
        hashed = article_hash(article_id, current, added_at, metadata, text)
    database.run("UPDATE articles SET current = ?, hash = ? WHERE number = ?", (current, hashed, number))


def _take_out_passages(database: Database, number: int) -> None:
    intact = is_intact(database, number)
    entries = list(_full_text_entries(database, number)) if intact else []
    full_text.delete(database, entries)
    database.run("DELETE FROM passages WHERE article = ?", (number,))  # vectors go with them
    if not intact:  # without the old words FTS5 cannot take them out one by one
        rebuild_full_text(database)


def is_intact(database: Database, number: int) -> bool:
    """Whether the article's row is what was stored."""
    row = database.one("SELECT id, current, added_at, metadata, text, hash FROM articles WHERE number = ?", (number,))
    return row is not None and bool(article_hash(*row[:5]) == row[5])


def _full_text_entries(database: Database, number: int) -> Iterator[tuple[int, str, str]]:
    metadata, text = database.one("SELECT metadata, text FROM articles WHERE number = ?", (number,))
    article = decode_article(metadata, text)
    for row, start, end in database.rows('SELECT row, start, "end" FROM passages WHERE article = ?', (number,)):
        passage = Passage(article_id="", start=start, end=end, text=article.text[start:end])
        yield (row, *full_text.columns(article, passage))


def all_full_text_entries(database: Database) -> Iterator[tuple[int, str, str]]:
    """Row, heading and text of every passage whose article is undamaged."""
    for (number,) in database.rows("SELECT number FROM articles WHERE current = 1 ORDER BY number"):
        if is_intact(database, number):
            yield from _full_text_entries(database, number)


def rebuild_full_text(database: Database) -> None:
    """Make the lexical index again from the articles."""
    full_text.clear(database)
    full_text.add(database, all_full_text_entries(database))


def delete_articles(database: Database, keys: Sequence[str]) -> list[str]:
    """Delete every version under `keys`, with passages, vectors, words and ledger lines; the ids that are gone."""
    gone: list[str] = []
    for key in keys:
        versions = database.rows("SELECT number, id FROM articles WHERE key = ? ORDER BY number", (key,))
        for number, article_id in versions:
            _take_out_passages(database, number)
            copies.take_out(database, number)
            database.run("DELETE FROM articles WHERE number = ?", (number,))
            database.run("DELETE FROM ledger WHERE article = ?", (article_id,))
            gone.append(article_id)
    full_text.merge(database)
    return gone


def get_embedder(database: Database) -> EmbedderIdentity | None:
    """The model whose vectors the archive holds; None when it holds none yet."""
    name = database.meta("embedder_name")
    if name is None:
        return None
    return EmbedderIdentity(name, int(database.meta("embedder_dim") or 0), database.meta("embedder_sha256") or "")


def set_embedder(database: Database, embedder: EmbedderIdentity) -> None:
    """Note which model the archive's vectors are from."""
    database.set_meta("embedder_name", embedder.name)
    database.set_meta("embedder_dim", str(embedder.dim))
    database.set_meta("embedder_sha256", embedder.sha256)


def get_generation(database: Database) -> int:
    """How many times the passages have changed: what a vector file must have been made from."""
    return int(database.meta("generation") or 0)


def next_generation(database: Database) -> None:
    """Note that the passages have changed.

    A generation that the folder's vector file was made from is never used again: the database may be an older copy that
    was put back, and would otherwise come to the number of a vector file that belongs to other passages.
    """
    manifest = Manifest.read(database.folder)
    latest = max(get_generation(database), manifest.generation if manifest else 0)
    database.set_meta("generation", str(latest + 1))
