"""Which fact-checked claim a post repeats: MAP@5 on CheckThat! 2020 (task 2, English).

    python -m eval.checkthat FOLDER            # the dev split, weights fitted on the train split; one JSON line
    python -m eval.checkthat FOLDER --cross    # the train split, fitted on four fifths of it at a time: to choose by

FOLDER has `verified_claims.docs.tsv`, `train/` and `dev/`. A post is read as `attest trace` reads one (`rag/posts.py`),
with its author's name. The product's own parts find the claims: embedder, lexical terms and fusion, over title and
claim. The hundred best of both searches are put in order by a conditional logit over what is measured of each.
"""

import argparse
import csv
import io
import json
import math
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.fitting import Floats, fit_ranking
from index.embedding import Embedder, MiniLmEmbedder, Vectors
from index.errors import UsageError
from index.full_text import match_any
from index.schema import FULL_TEXT, plain
from rag.posts import read_post
from rag.retrieval import POOL, fuse
from rag.terms import content_stems, names, numbers, query_terms

FOLDS = 5
BATCH = 256
FEATURES = (
    "dense",  # mean of the similarities of post and title, and of post and claim, as a share of the pool's range
    "dense_title",  # cosine of post and title
    "dense_claim",
    "lexical",  # bm25 as a share of the pool's range
    "lexical_plain",  # bm25 as it is
    "fused",  # mean of the two shares
    "claim_covered",  # share of the claim's idf that the post holds
    "title_covered",
    "post_covered",  # share of the post's idf that title and claim hold
    "numbers",  # share of the claim's numbers that the post has; 1 when it has none
    "names",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A fact-checked claim."""

    id: str
    title: str
    claim: str

    @property
    def text(self) -> str:
        return f"{self.title} {self.claim}"


@dataclass(frozen=True, slots=True)
class Split:
    """Posts by id, and the ids of the claims that each repeats."""

    posts: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pool:
    """What was found for a post: places in the list of claims, with one row of `FEATURES` each."""

    places: tuple[int, ...]
    rows: Vectors  # (len(places), len(FEATURES))


class ClaimSearch:
    """Finds the claims that are nearest to a post."""

    def __init__(self, claims: Sequence[Checked], embedder: Embedder) -> None:
        self._claims = claims
        self._embedder = embedder
        self._titles = _embedded(embedder, [one.title for one in claims])
        self._bodies = _embedded(embedder, [one.claim for one in claims])
        self._lexical = sqlite3.connect(":memory:")
        self._lexical.execute(FULL_TEXT.format(name="full_text"))
        entries = [(at, plain(one.title), plain(one.claim)) for at, one in enumerate(claims)]
        self._lexical.executemany("INSERT INTO full_text (rowid, heading, text) VALUES (?, ?, ?)", entries)
        self._stems = [(set(content_stems(one.title)), set(content_stems(one.claim))) for one in claims]
        counts = Counter(stem for title, claim in self._stems for stem in title | claim)
        self._idf = {stem: math.log(len(claims) / count) + 1 for stem, count in counts.items()}

    def pools(self, posts: Sequence[str]) -> list[Pool]:
        """One pool for each post, in order."""
        said = [" ".join(filter(None, (read.text, read.author))) for read in map(read_post, posts)]
        vectors = np.concatenate(
            [self._embedder.embed_queries(said[at : at + BATCH]) for at in range(0, len(said), BATCH)]
        )
        return [self._pool(text, vector) for text, vector in zip(said, vectors, strict=True)]

    def _pool(self, said: str, vector: Vectors) -> Pool:
        titles, bodies = self._titles @ vector, self._bodies @ vector
        both = (titles + bodies) / 2
        dense = {int(at): float(both[at]) for at in np.argsort(-both, kind="stable")[:POOL]}
        lexical = self._found(said)
        least = min(lexical.values(), default=0.0)
        stems, figures, called = set(content_stems(said)), set(numbers(said)), {name.lower() for name in names(said)}
        places, rows = [], []
        for scored in fuse(dense, lexical):
            claim, (title_stems, claim_stems) = self._claims[scored.row], self._stems[scored.row]
            places.append(scored.row)
            rows.append(
                (
                    scored.dense,
                    float(titles[scored.row]),
                    float(bodies[scored.row]),
                    scored.lexical,
                    lexical.get(scored.row, least),
                    scored.score,
                    self._share(claim_stems, stems),
                    self._share(title_stems, stems),
                    self._share(stems, title_stems | claim_stems),
                    _held(set(numbers(claim.text)), figures),
                    _held({name.lower() for name in names(claim.text)}, called | set(said.lower().split())),
                )
            )
        return Pool(tuple(places), np.asarray(rows, dtype=np.float32).reshape(-1, len(FEATURES)))

    def _found(self, said: str) -> dict[int, float]:
        query = match_any(query_terms(said))
        if not query:
            return {}
        sql = "SELECT rowid, -bm25(full_text) AS score FROM full_text WHERE full_text MATCH ? "
        sql += "ORDER BY score DESC, rowid LIMIT ?"
        return {int(row): float(score) for row, score in self._lexical.execute(sql, (query, POOL))}

    def _share(self, wanted: set[str], there: set[str]) -> float:
        total = sum(self._idf.get(stem, 0.0) for stem in wanted)
        return sum(self._idf.get(stem, 0.0) for stem in wanted & there) / total if total else 0.0


def read_claims(folder: Path) -> list[Checked]:
    """The fact-checked claims. Raises UsageError when the folder is none of CheckThat!."""
    return [Checked(row[""], row["title"], row["vclaim"]) for row in _table(folder / "verified_claims.docs.tsv")]


def read_split(folder: Path, name: str) -> Split:
    """The posts of "train" or "dev" and what each repeats. Raises UsageError when they are not there."""
    posts = {row[""]: row["tweet_content"] for row in _table(folder / name / "tweets.queries.tsv")}
    relevant: dict[str, set[str]] = {}
    for line in _opened(folder / name / "tweet-vclaim-pairs.qrels"):
        post, _, claim, grade = line.split()
        if int(grade) > 0:
            relevant.setdefault(post, set()).add(claim)
    return Split(posts, {post: frozenset(claims) for post, claims in relevant.items()})


def fit(claims: Sequence[Checked], split: Split, pools: Mapping[str, Pool]) -> Floats:
    """A weight for each of `FEATURES`, from the posts whose claim is in their pool."""
    groups = []
    for post, pool in pools.items():
        gold = np.asarray([claims[at].id in split.relevant.get(post, ()) for at in pool.places])
        if gold.any() and not gold.all():
            groups.append((pool.rows, gold))
    return fit_ranking(groups)


def ordered(claims: Sequence[Checked], pool: Pool, weights: Floats) -> list[str]:
    """The ids of a pool's claims, best first; equal ones as they were found."""
    return [claims[pool.places[at]].id for at in np.argsort(-(pool.rows @ weights), kind="stable")]


def score(split: Split, ranked: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """MAP@5, and how many posts have their claim among the first one and five; a post without a ranking counts 0."""
    import ir_measures
    from ir_measures import AP, Success

    run = {post: {claim: float(-at) for at, claim in enumerate(found)} for post, found in ranked.items() if found}
    qrels = {post: dict.fromkeys(claims, 1) for post, claims in split.relevant.items()}
    totals: Counter[str] = Counter()
    for value in ir_measures.iter_calc([AP @ 5, Success @ 1, Success @ 5], qrels, run):
        totals[str(value.measure)] += value.value
    return {name: round(totals[name] / len(qrels), 4) for name in ("AP@5", "Success@1", "Success@5")}


def main(argv: Sequence[str] | None = None, *, embedder: Embedder | None = None) -> None:
    """Print the scores of one split as a JSON line, and those of the product's fusion alone beside them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cross", action="store_true", help="cross-validate on train, and leave dev alone")
    args = parser.parse_args(argv)
    claims, train = read_claims(args.folder), read_split(args.folder, "train")
    search = ClaimSearch(claims, embedder or MiniLmEmbedder.load(None, quickly=True))
    pools = dict(zip(train.posts, search.pools(list(train.posts.values())), strict=True))
    shown, found = train, pools
    ranked: dict[str, list[str]] = {}
    if args.cross:
        for held in range(FOLDS):
            rest = {post: pool for at, (post, pool) in enumerate(pools.items()) if at % FOLDS != held}
            weights = fit(claims, train, rest)
            ranked |= {post: ordered(claims, pool, weights) for post, pool in pools.items() if post not in rest}
    else:
        shown = read_split(args.folder, "dev")
        found = dict(zip(shown.posts, search.pools(list(shown.posts.values())), strict=True))
        weights = fit(claims, train, pools)
        ranked = {post: ordered(claims, pool, weights) for post, pool in found.items()}
    fused = {post: [claims[at].id for at in pool.places] for post, pool in found.items()}
    scores = {"ranked": score(shown, ranked), "fused": score(shown, fused)}
    print(json.dumps({"split": "train, crossed" if args.cross else "dev", "posts": len(shown.relevant), **scores}))


def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    return np.concatenate([embedder.embed_passages(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])


def _held(wanted: set[str], there: set[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(_opened(path), delimiter="\t"))


def _opened(path: Path) -> io.StringIO:
    """The text, to be read line by line: a line ends at a line feed alone."""
    try:
        return io.StringIO(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}), expected the folder of CheckThat! 2020 with "
            "verified_claims.docs.tsv, train/ and dev/"
        ) from error


if __name__ == "__main__":
    main()
