"""Whether two sides of a split share an article, a near-duplicate of one, or a story.

Near-duplicates are found by shingles of eight words kept when their hash is 0 modulo `SAMPLED`, so that memory stays
small; two articles are near-duplicates when the smaller of them has half of its kept shingles in the other. A story
is told from its days and titles where the articles do not name it: within two days, half of the title's words.
"""

import hashlib
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from eval.datasets.model import Article, Dataset, articles_of

SHINGLE = 8  # words
SAMPLED = 4
SHARED = 0.5  # of the kept shingles; edits of an agency text keep more, two reports of one event fewer than a tenth
STORY_DAYS = 2
STORY_WORDS = 3  # words that two titles must at least share
COMMON = 200  # articles; a shingle or word in more of them is furniture and tells nothing


@dataclass(frozen=True, slots=True)
class Leak:
    """An article of the left side that the right side also has, and how."""

    left: str
    right: str
    kind: str  # "article", "near-duplicate" or "story"


def leaks(left: Dataset, right: Dataset, *, whole: bool = False) -> list[Leak]:
    """Every leak between the articles that the two sides' evidence names; `whole` compares all of their articles.

    The documents of judged items count as articles.
    """
    ours, theirs = _used(left, whole), _used(right, whole)
    both = (ours.keys() | _named(left)) & (theirs.keys() | _named(right))  # pages whose text is not here, too
    found = {(name, name): Leak(name, name, "article") for name in both}
    same_text = defaultdict(list)
    for name, article in theirs.items():
        same_text[_plain(article.text)].append(name)
    for name, article in ours.items():
        for other in same_text.get(_plain(article.text), ()):
            found.setdefault((name, other), Leak(name, other, "article"))
    for kind, pairs in (("near-duplicate", _near(ours, theirs)), ("story", _stories(ours, theirs))):
        for pair in pairs:
            found.setdefault(pair, Leak(*pair, kind))
    return sorted(found.values(), key=lambda leak: (leak.kind, leak.left, leak.right))


def _used(dataset: Dataset, whole: bool) -> dict[str, Article]:
    """Articles by id, and the documents of judged items by the id of the first that has it and their text's hash."""
    documents: dict[str, Article] = {}
    for item in dataset.judged:
        digest = hashlib.sha256(_plain(item.document).encode("utf-8", "replace")).hexdigest()
        documents.setdefault(digest, Article(f"{item.id} {digest[:12]}", item.document))
    used = sorted(dataset.articles.keys() if whole else _named(dataset) & dataset.articles.keys())
    return {name: dataset.articles[name] for name in used} | {one.id: one for one in documents.values()}


def _named(dataset: Dataset) -> set[str]:
    return {name for item in dataset.items() for name in articles_of(item)}


def _plain(text: str) -> str:
    return " ".join(text.split())


def shingles(text: str) -> frozenset[int]:
    """Hashes of the text's word 8-grams that are sampled; every one of a short text."""
    words = re.findall(r"\w+", text.lower())
    hashes = [zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in range(max(1, len(words) - SHINGLE + 1))]
    return frozenset(value for value in hashes if value % SAMPLED == 0) if len(hashes) > 40 else frozenset(hashes)


def _near(ours: Mapping[str, Article], theirs: Mapping[str, Article]) -> list[tuple[str, str]]:
    kept = {name: shingles(article.text) for name, article in theirs.items()}
    holding: dict[int, list[str]] = defaultdict(list)
    for name, values in kept.items():
        for value in values:
            holding[value].append(name)
    pairs = []
    for name, article in ours.items():
        mine = shingles(article.text)
        shared = Counter(
            other for value in mine if len(holding.get(value, ())) <= COMMON for other in holding.get(value, ())
        )
        pairs += [(name, other) for other, n in shared.items() if n >= SHARED * min(len(mine), len(kept[other]))]
    return pairs


def _stories(ours: Mapping[str, Article], theirs: Mapping[str, Article]) -> list[tuple[str, str]]:
    named: dict[str, list[str]] = defaultdict(list)
    holding: dict[str, list[str]] = defaultdict(list)
    for name, article in theirs.items():
        if article.story:
            named[article.story].append(name)
        for word in _title(article):
            holding[word].append(name)
    pairs = []
    for name, article in ours.items():
        if article.story:
            pairs += [(name, other) for other in named.get(article.story, ())]
        words = _title(article)
        shared = Counter(other for word in words if len(holding[word]) <= COMMON for other in holding[word])
        pairs += [
            (name, other)
            for other, n in shared.items()
            if n >= max(STORY_WORDS, 0.5 * min(len(words), len(_title(theirs[other]))))
            and _close(article, theirs[other])
        ]
    return pairs


def _title(article: Article) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", (article.title or "").lower()) if len(word) > 3)


def _close(one: Article, other: Article) -> bool:
    try:
        days = [date.fromisoformat(str(article.published_at)[:10]) for article in (one, other)]
    except ValueError:
        return False
    return abs((days[0] - days[1]).days) <= STORY_DAYS
