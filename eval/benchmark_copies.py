"""Whether copies of a story are grouped and independent reports of the same event are not, and what it costs.

    python -m eval.benchmark_copies ARTICLES BASIL [--stories 20] [--seed 1] [--sweep]

ARTICLES: a file or folder that `attest ingest` reads. Twenty of its stories are copied five times each with light
edits:
words, numbers and headlines changed, sentences dropped or moved, the end cut off, page furniture added. BASIL: the
tar.gz of 100 events, each told by three outlets. All of it goes through an ingest, with a stand-in for the embedder,
which has no part in this. Prints pairwise precision, recall and F1 of the copies, the share of BASIL's pairs of one
event that were grouped, and the time of a look-up. `--sweep` prints the same for other thresholds, on the other half
of both (by a hash of the id): that is what `index/shingles.py` was set by.
"""

import argparse
import hashlib
import json
import random
import re
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from index.archive import Archive
from index.documents import build_article
from index.embedding import EmbedderIdentity, Vectors
from index.ingest import ingest
from index.readers import read_paths
from index.records import RawRecord
from index.sentences import split_sentences
from index.shingles import EXCERPT_RATIO, LEAST_RUNS, SPREAD, overlap, read_shingles
from rag.copies import Copies

LEAST_WORDS, MOST_WORDS = 200, 2000  # of a story that is copied
FOOTER = "Sign up for our newsletter\n\nFollow us on Twitter for the latest from the capital and the campaign trail."
Labelled = tuple[str, RawRecord]  # the group that it belongs to, and the record


class NoEmbedder:
    """One and the same vector for every passage: copies are found by their words."""

    name, dim, sha256 = "none", 2, "0" * 64
    identity = EmbedderIdentity(name, dim, sha256)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))

    embed_queries = embed_passages


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles")
    parser.add_argument("basil")
    parser.add_argument("--stories", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sweep", action="store_true")
    options = parser.parse_args(arguments)
    half = 0 if options.sweep else 1
    copies = list(copied_stories(options.articles, options.stories, options.seed, half))
    events = [item for item in basil_articles(Path(options.basil)) if half_of(item[0]) == half]
    rows = swept([*copies, *events]) if options.sweep else [measured([*copies, *events])]
    for row in rows:
        say(json.dumps(row))


def copied_stories(path: str, count: int, seed: int, half: int) -> Iterator[Labelled]:
    """Stories of that half with five edited copies each, under the story's id."""
    records = [item for item in read_paths([path]) if isinstance(item, RawRecord)]
    dice = random.Random(seed)
    dice.shuffle(records)
    stories = (
        record
        for record in records
        if LEAST_WORDS <= len(record.text.split()) <= MOST_WORDS and half_of(str(record.fields.get("id"))) == half
    )
    for _, record in zip(range(count), stories, strict=False):
        group = f"story {record.fields.get('id')}"
        yield group, _record(record.text, f"{group} 0", "The first outlet", str(record.fields.get("title")))
        for number, text in enumerate(edited(record.text, dice), start=1):
            yield group, _record(text, f"{group} {number}", f"Outlet {number}", f"Another headline, number {number}")


def edited(text: str, dice: random.Random) -> Iterator[str]:
    """Five copies of `text`, each with light edits of its own."""
    sentences = [text[start:end] for start, end in split_sentences(text)]
    yield "\n".join([*(_other_words(one, 0.05, dice) for one in sentences), FOOTER])
    kept = [one for one in sentences if dice.random() > 0.2]
    at = dice.randrange(max(1, len(kept) - 1))
    yield "\n".join([*kept[:at], *reversed(kept[at : at + 2]), *kept[at + 2 :]])
    yield "\n".join(_other_numbers(_other_words(one, 0.08, dice), dice) for one in sentences)
    yield "\n".join(sentences[: max(4, len(sentences) // 2)])
    shortened = sentences[: max(6, len(sentences) // 3)]
    yield "\n".join(["WASHINGTON (AP) —", *(_other_words(one, 0.04, dice) for one in shortened), FOOTER])


def _other_words(text: str, share: float, dice: random.Random) -> str:
    words = text.split(" ")
    return " ".join(dice.choice(words) if dice.random() < share else word for word in words)


def _other_numbers(text: str, dice: random.Random) -> str:
    return re.sub(r"\d+", lambda match: str(int(match[0]) + dice.randint(1, 9)), text)


def basil_articles(path: Path) -> Iterator[Labelled]:
    """BASIL's articles, each under its event's id: the same event, told independently."""
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if re.search(r"articles/.*\.json$", member.name) else None
            if file is None:
                continue
            fields = json.load(file)
            text = "\n\n".join(" ".join(paragraph) for paragraph in fields["body-paragraphs"])
            yield f"event {fields['triplet-uuid']}", _record(text, fields["uuid"], fields["source"], fields["title"])


def half_of(key: str) -> int:
    """0 or 1, always the same for one key: what thresholds are chosen on, and what is reported."""
    return hashlib.sha256(key.split(" ")[-1].encode()).digest()[0] & 1


def measured(items: Sequence[Labelled]) -> dict[str, object]:
    """The figures of an ingest of `items` as it is shipped."""
    group_of = {str(record.fields["id"]): group for group, record in items}
    with tempfile.TemporaryDirectory() as folder:
        path, embedder = Path(folder) / "a", NoEmbedder()
        with Archive.open(path, embedder=embedder.identity, writable=True, create=True) as archive:
            report = ingest(archive, [record for _, record in items], embedder)
            ids = {article.source_id: article.id for article in archive.articles()}
            found = Copies(archive)
            began = time.perf_counter()
            groups = {name: {copy.article.source_id for copy in found.group(ref)} for name, ref in ids.items()}
            lookup_ms = (time.perf_counter() - began) / len(ids) * 1000
    joined = {frozenset(pair) for pair in combinations(group_of, 2) if pair[1] in groups.get(pair[0], ())}
    return {
        **figures(group_of, joined),
        "articles": len(items),
        "stored": report.stored,
        "lookup_ms": round(lookup_ms, 2),
    }


def swept(items: Sequence[Labelled]) -> Iterator[dict[str, object]]:
    """The figures by thresholds, from the texts alone."""
    group_of = {str(record.fields["id"]): group for group, record in items}
    runs = {str(record.fields["id"]): read_shingles(build_article(record)) for _, record in items}
    near = {pair: overlap(runs[pair[0]], runs[pair[1]]) for pair in combinations(group_of, 2)}
    for step in range(2, 15):
        least = step * 0.05
        joined = {
            frozenset(pair)
            for pair, one in near.items()
            if one.shared >= LEAST_RUNS
            and one.spread >= SPREAD
            and one.contained >= (least if one.ratio >= EXCERPT_RATIO else max(least, 0.6))
        }
        yield {"contained": round(least, 2), **figures(group_of, joined)}


def figures(group_of: Mapping[str, str], joined: set[frozenset[str]]) -> dict[str, object]:
    """Pairwise precision, recall and F1 of the copies, and how many pairs of one event were grouped."""
    pairs = [frozenset(pair) for pair in combinations(group_of, 2)]
    same = {pair for pair in pairs if len({group_of[name] for name in pair}) == 1}
    copies = {pair for pair in same if group_of[next(iter(pair))].startswith("story")}
    events = same - copies
    right = len(copies & joined)
    wrong = len(joined - copies - events)  # of one event counts on its own
    precision, recall = right / max(1, right + wrong), right / max(1, len(copies))
    return {
        "copies": len(copies),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "independent_pairs": len(events),
        "wrongly_grouped": round(len(events & joined) / max(1, len(events)), 4),
    }


def _record(text: str, name: str, source: str, title: str) -> RawRecord:
    return RawRecord("benchmark", None, text, {"id": name, "source": source, "title": title}, "jsonl", name)


if __name__ == "__main__":
    main()
