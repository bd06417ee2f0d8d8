"""Which articles of an archive are copies of each other: found by MinHash when they come in, and kept in the archive.

An article's signature is cut into bands, and each band is a row: two articles with a band in common are compared by
their text (`index/shingles.py`), so that what is stored is verified wording and never a likelihood. datasketch makes
the signatures; its own LSH keeps every article in memory, while here an ingest needs no more of it for a million than
for one. All of this is derived: an archive from before it was kept gets it with the next ingest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.article import Article
from index.database import Database
from index.errors import ArchiveError
from index.lookup import read_article
from index.schema import COPY_TABLES
from index.shingles import LEAST_RUNS, Overlap, Shingles, overlap, read_shingles

if TYPE_CHECKING:
    from datasketch import MinHash

# Pairs of values: texts that share a quarter of their runs have a band in common with probability .98, those that share
# a thousandth with .0001; what a band brings together by chance is compared and dropped.
BANDS = 64
BAND_VALUES = 2
# Articles that a new one is compared with, those with most bands in common first. Of a larger group it is enough to
# meet some, since groups are joined through their members.
MOST_COMPARED = 8
VERSION = "1"  # of words, runs and signatures together; with another one all of it is made again
COMPLETED_AT_ONCE = 100  # articles of an old archive in one transaction


@dataclass(frozen=True, slots=True)
class Link:
    """A verified copy of an article, by its id."""

    article_id: str
    overlap: Overlap


def prepare(database: Database) -> None:
    """Make the tables where they are missing, and empty ones that were made by another version. In a transaction."""
    for statement in filter(str.strip, COPY_TABLES.split(";")):
        database.run(statement)
    if database.meta("copies") != VERSION:
        for table in ("copy_signatures", "copy_bands", "copy_pairs"):
            database.run(f"DELETE FROM {table}")
        database.set_meta("copies", VERSION)


def add(database: Database, number: int, article: Article) -> None:
    """Note the article's signature and which articles are copies of it. Inside a transaction."""
    take_out(database, number)
    runs = read_shingles(article)
    bands = _bands(runs)
    database.run("INSERT INTO copy_signatures VALUES (?, ?)", (number, bands.tobytes()))
    if not bands.size:
        return
    values = [int(band) for band in bands]
    for other in _candidates(database, values):
        if (found := _compared(database, runs, other)) is not None and found.is_copy:
            row = (found.contained, found.ratio, found.shared, found.spread)
            database.run_many(
                "INSERT INTO copy_pairs VALUES (?, ?, ?, ?, ?, ?)", [(number, other, *row), (other, number, *row)]
            )
    database.run_many("INSERT OR IGNORE INTO copy_bands VALUES (?, ?)", [(band, number) for band in values])


def take_out(database: Database, number: int) -> None:
    """Forget the article: it was removed, or a newer version answers. Inside a transaction."""
    stored = database.one("SELECT bands FROM copy_signatures WHERE article = ?", (number,))
    if stored is None:
        return
    bands = np.frombuffer(stored[0], dtype="<i8")
    database.run_many("DELETE FROM copy_bands WHERE band = ? AND article = ?", [(int(one), number) for one in bands])
    database.run("DELETE FROM copy_pairs WHERE article = ? OR other = ?", (number, number))
    database.run("DELETE FROM copy_signatures WHERE article = ?", (number,))


def missing(database: Database) -> list[int]:
    """Numbers of the current articles that have not been compared, at most `COMPLETED_AT_ONCE`."""
    found = database.rows(
        "SELECT number FROM articles WHERE current = 1 AND NOT EXISTS "
        "(SELECT 1 FROM copy_signatures WHERE article = number) ORDER BY number LIMIT ?",
        (COMPLETED_AT_ONCE,),
    )
    return [int(number) for (number,) in found]


def complete(database: Database, numbers: Sequence[int]) -> None:
    """Compare articles that came in before copies were kept. Inside a transaction."""
    for number in numbers:
        try:
            add(database, number, read_article(database, number))
        except ArchiveError:  # damaged, as `attest doctor` says: it is no copy of anything
            database.run("INSERT OR IGNORE INTO copy_signatures VALUES (?, x'')", (number,))


def complete_all(database: Database) -> int:
    """Compare all that came in before copies were kept, some in a transaction; how many there were."""
    done = 0
    while numbers := missing(database):
        with database.transaction():
            complete(database, numbers)
        done += len(numbers)
    return done


def is_known(database: Database, number: int) -> bool:
    """Whether the article's copies are stored; False in an archive from before they were kept."""
    return _has_tables(database) and bool(
        database.one("SELECT 1 FROM copy_signatures WHERE article = ?", (number,))
        and database.meta("copies") == VERSION
    )


def links(database: Database, number: int) -> list[Link]:
    """The verified copies of the article, most alike first."""
    found = database.rows(
        "SELECT id, contained, ratio, shared, spread FROM copy_pairs JOIN articles ON articles.number = other "
        "WHERE article = ? AND current = 1 ORDER BY contained DESC, id",
        (number,),
    )
    return [Link(article_id, Overlap(*values)) for article_id, *values in found]


def count_groups(database: Database) -> tuple[int, int] | None:
    """How many groups of copies there are, and how many articles are in one; None where they are not kept yet."""
    if not _has_tables(database) or database.meta("copies") != VERSION:
        return None
    root: dict[int, int] = {}

    def find(number: int) -> int:
        while root.setdefault(number, number) != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for one, other in database.stream("SELECT article, other FROM copy_pairs WHERE article < other"):
        root[find(one)] = find(other)
    return len({find(number) for number in list(root)}), len(root)


def _has_tables(database: Database) -> bool:
    return database.one("SELECT 1 FROM sqlite_master WHERE name = 'copy_pairs'") is not None


def _candidates(database: Database, bands: Sequence[int]) -> Iterator[int]:
    marks = ", ".join("?" * len(bands))
    sql = f"SELECT article FROM copy_bands WHERE band IN ({marks}) GROUP BY article ORDER BY count(*) DESC, article"
    for (number,) in database.rows(f"{sql} LIMIT {MOST_COMPARED}", bands):
        yield int(number)


def _compared(database: Database, runs: Shingles, other: int) -> Overlap | None:
    try:
        return overlap(runs, read_shingles(read_article(database, other)))
    except ArchiveError:  # damaged; or deleted by an Attest that knew nothing of these tables
        return None


def _bands(runs: Shingles) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The signature's bands as whole numbers with a sign, as SQLite stores them; none for a text too short."""
    if len(runs.all) < LEAST_RUNS:
        return np.empty(0, dtype="<i8")
    signature = _blank().copy()
    signature.update_batch(runs.all.tolist())
    values = signature.hashvalues.astype(np.uint64).reshape(BANDS, BAND_VALUES)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64)
    for column in range(BAND_VALUES):  # so that equal values in different bands are different rows
        mixed = (mixed ^ values[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed.astype("<u8").view("<i8")


@lru_cache(maxsize=1)
def _blank() -> "MinHash":
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * BAND_VALUES, seed=1, hashfunc=int, scheme="affine32")
