"""How well quotations are found: excerpts, altered quotations, and quotations that are not in the archive.

    python -m eval.quotations ARCHIVE                               # excerpts and altered quotations from the archive
    python -m eval.quotations ARCHIVE --outside more.jsonl.xz       # and quotations from articles that it does not hold

Everything is drawn by script with a fixed seed. An excerpt is two or three sentences in a row, as they stand; it is
right when the article shown first is the one that it was taken from, or one of the same outlet and date with the same
words. An altered quotation has some of its words replaced, dropped or added at random; it is right when it is called
altered and the place is the one it was taken from, or verbatim when what is left of it stands there. A quotation from
outside is right when it is not found, and listed when it is, because the archive may well hold it.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.archive import Archive
from index.article import Article
from index.embedding import MiniLmEmbedder
from index.readers import read_paths
from index.records import RawRecord
from index.sentences import split_sentences
from rag.quotation import Quotation
from rag.quote import Quoter
from rag.quoted_spans import quoted_spans
from rag.wording import read_words

SEED = 20261125
EXCERPT_WORDS = (15, 160)
QUOTED_WORDS = (6, 45)
SHARES = (0.0, 0.1, 0.2, 0.3)  # of words changed; 0 stands for one word


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of an article, as they stand there."""

    text: str
    article: Article


def excerpts(articles: Sequence[Article], count: int, chance: random.Random) -> Iterator[Excerpt]:
    """Two or three sentences in a row from each of `count` articles."""
    for article in chance.sample(articles, len(articles)):
        sentences = split_sentences(article.text)
        size = chance.choice((2, 3))
        if len(sentences) <= size + 3 or count == 0:
            continue
        first = chance.randrange(len(sentences) - size)
        text = article.text[sentences[first][0] : sentences[first + size - 1][1]]
        if EXCERPT_WORDS[0] <= len(text.split()) <= EXCERPT_WORDS[1]:
            count -= 1
            yield Excerpt(text, article)


def quoted(texts: Sequence[str], count: int, chance: random.Random) -> Iterator[str]:
    """One quotation from each of `count` texts."""
    for text in chance.sample(texts, len(texts)):
        spans = [text[span.start : span.end] for span in quoted_spans(text)]
        long = [span for span in spans if QUOTED_WORDS[0] <= len(span.split()) <= QUOTED_WORDS[1]]
        if long and count:
            count -= 1
            yield chance.choice(long)


def altered(quotation: str, share: float, vocabulary: Sequence[str], chance: random.Random) -> str:
    """The quotation with that share of its words, one at least, replaced (mostly), dropped or joined by another."""
    words = quotation.split()
    for at in sorted(chance.sample(range(len(words)), max(1, round(len(words) * share))), reverse=True):
        how = chance.choice(("replace", "replace", "replace", "drop", "add"))
        other = [] if how == "drop" else [chance.choice(vocabulary)]
        words[at : at + (how != "add")] = other
    return " ".join(words)


def is_source(found: Quotation, excerpt: Excerpt) -> bool:
    """Whether the cited article is the excerpt's, or has the same outlet and date and the same words."""
    if found.citation is None or found.status != "verbatim":
        return False
    cited, own = found.citation.article, excerpt.article
    same_words = read_words(found.citation.quote).words == read_words(excerpt.text).words
    return cited.id == own.id or (
        same_words and (cited.source, cited.published_at) == (own.source, own.published_at) and own.source is not None
    )


def measure_excerpts(
    quoter: Quoter, articles: Sequence[Article], count: int, chance: random.Random
) -> dict[str, object]:
    """The share of excerpts whose own article is cited, and the time that one takes."""
    right = verbatim = total = 0
    cpu_ms: list[float] = []
    for excerpt in excerpts(articles, count, chance):
        begun = time.process_time()
        found = quoter.quote(excerpt.text)
        cpu_ms.append((time.process_time() - begun) * 1000)
        total += 1
        right += is_source(found, excerpt)
        verbatim += found.status == "verbatim"
    return {
        "excerpts": total,
        "right_article_outlet_date_first": round(right / total, 4),
        "verbatim": round(verbatim / total, 4),
        "cpu_ms_median": round(sorted(cpu_ms)[total // 2]),
    }


def measure_altered(
    quoter: Quoter, articles: Sequence[Article], count: int, chance: random.Random
) -> dict[str, object]:
    """For each share of changed words: what is found at all, and what is called verbatim and is not."""
    quotations = list(quoted([article.text for article in articles], count, chance))
    vocabulary = [word for quotation in quotations for word in quotation.split()]
    results: dict[str, object] = {"quotations": len(quotations)}
    unchanged = [quoter.quote(quotation).status for quotation in quotations]
    results["unchanged_called_verbatim"] = round(unchanged.count("verbatim") / len(quotations), 4)
    for share in SHARES:
        changed = false = found = 0
        for quotation in quotations:
            text = altered(quotation, share, vocabulary, chance)
            outcome = quoter.quote(text)
            # Dropping a word at either end leaves words that stand there, and so does another place by chance.
            stands = outcome.citation is not None and (
                read_words(text).words == read_words(outcome.citation.quote).words
            )
            changed += 1
            false += outcome.status == "verbatim" and not stands and "…" not in text and "[" not in text
            found += outcome.status != "not_found"
        name = f"{share:.0%}_changed" if share else "one_word_changed"
        results[name] = {"found": round(found / changed, 4), "falsely_verbatim": round(false / changed, 4)}
    return results


def measure_outside(quoter: Quoter, texts: Sequence[str], count: int, chance: random.Random) -> dict[str, object]:
    """The share of quotations from elsewhere that are found, and which they are."""
    listed = []
    total = 0
    for quotation in quoted(texts, count, chance):
        found = quoter.quote(quotation)
        total += 1
        if found.citation is not None:
            listed.append((found.status, round(found.variants[0].similarity, 2), found.citation.article.source_id))
    return {"from_outside": total, "found": round(len(listed) / total, 4), "which": listed}


def main(argv: Sequence[str] | None = None) -> None:
    """Print the figures as a JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument(
        "--outside", type=Path, nargs="*", default=[], help="files of articles; those it has are left out"
    )
    parser.add_argument("--excerpts", type=int, default=200)
    parser.add_argument("--altered", type=int, default=100)
    args = parser.parse_args(argv)
    chance = random.Random(SEED)
    with Archive.open(args.archive) as archive:
        quoter = Quoter(archive, MiniLmEmbedder.load)
        articles = list(archive.articles())
        figures = measure_excerpts(quoter, articles, args.excerpts, chance)
        figures |= measure_altered(quoter, articles, args.altered, chance)
        if args.outside:
            known = {article.source_id for article in articles}
            records = (record for record in read_paths(args.outside) if isinstance(record, RawRecord))
            texts = [record.text for record in records if str(record.fields.get("id")) not in known]
            figures |= measure_outside(quoter, texts, args.excerpts, chance)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
