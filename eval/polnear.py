"""Who said it, on PolNeAR: the share of quoted spans whose source's head word is found exactly.

    python -m eval.polnear polnear.tar.gz              # the dev split, one JSON line
    python -m eval.polnear polnear.tar.gz --split train

PolNeAR 1.0 is news of the 2016 campaign in which people marked each attribution's source, cue and content. Counted is
every span between quotation marks that lies in a marked content, or holds most of one, and whose attribution has a
source; that source's head must be the very token that `rag.attribution` chooses. A span for which nothing is chosen is
a miss, and so is a source that stands farther away than the paragraph before, its own and the next. What is believed
too little to be shown (`rag.speakers.least_belief`) counts here all the same, and is counted apart; so are the spans
that nobody is marked to have said, where the right outcome is to believe nothing.
"""

import argparse
import json
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.errors import UsageError
from rag.attribution import Attribution
from rag.clauses import is_suffix
from rag.paragraphs import Paragraphs
from rag.speakers import least_belief

Span = tuple[int, int]

_TEXT_BOUND = re.compile(r"T(\d+)\t(\w+) ([\d ;]+)\t")
_EVENT = re.compile(r"E\d+\t(.+)")
_OPENING = re.compile(r"\s*(?:[\"“'‘(]|but |and |for |meanwhile,? |both )*", re.I)
# Where the first noun phrase of a source ends: at punctuation, or at a word that begins what is said about it.
_HEAD_ENDS = re.compile(
    r"[,;:()]| [–—-] |—| (?:of|for|to|at|in|with|from|on|who|whom|that|which|whose|familiar|close|and|or|as|by|near"
    r"|among|inside|within|during|speaking|citing|working|writing|including|involved|released|obtained|published|named"
    r"|called|referring|when|after|before|because|about|into|over|said|says)\b",
    re.I,
)
_HEAD_WORD = re.compile(r"(?:[A-Z]\.){2,}|[\w.’'-]+")
_AFTER_HEAD = frozenset({"himself", "herself", "itself", "also", "then", "alone", "now", "later"})


@dataclass(frozen=True, slots=True)
class Marked:
    """One article with its attributions: for each the spans of its content, and the first one of its source."""

    name: str
    text: str
    attributions: tuple[tuple[tuple[Span, ...], Span], ...]


@dataclass(frozen=True, slots=True)
class QuotedSource:
    """A quoted span, by its number in the article, and the head of its marked source: code points; None without one."""

    quote: int
    head: Span | None


def read_polnear(path: Path, split: str) -> Iterator[Marked]:
    """The articles of a split in order of their names, each with the first of its annotators' files.

    Raises UsageError when `path` is not the corpus.
    """
    try:
        with tarfile.open(path) as archive:
            files = {PurePosixPath(item.name): archive.extractfile(item) for item in archive if item.isfile()}
            texts = {
                name.stem: file.read().decode("utf-8")
                for name, file in files.items()
                if file and name.parts[-3:-1] == (split, "text") and name.suffix == ".txt"
            }
            marks = {
                name.stem: file.read().decode("utf-8")
                for name, file in files.items()
                if file and name.parts[-3:-1] == (split, "attributions") and name.suffix == ".ann"
            }
    except (OSError, tarfile.TarError) as error:
        raise UsageError(f"{path} cannot be read ({error}); expected the PolNeAR corpus as a tar file") from error
    if not texts:
        raise UsageError(f"{path} holds no {split}/text/*.txt; expected the PolNeAR corpus as a tar file")
    first: dict[str, str] = {}
    for name in sorted(marks):
        first.setdefault(name.rsplit("_", 1)[0], marks[name])
    for name in sorted(texts.keys() & first.keys()):
        yield Marked(name, texts[name], tuple(_attributions(first[name])))


def _attributions(annotation: str) -> Iterator[tuple[tuple[Span, ...], Span]]:
    bounds: dict[str, tuple[str, list[Span]]] = {}
    for match in _TEXT_BOUND.finditer(annotation):
        spans = [(int(start), int(end)) for start, end in (part.split() for part in match[3].split(";"))]
        bounds[f"T{match[1]}"] = match[2], spans
    for match in _EVENT.finditer(annotation):
        parts = [bounds[part.split(":")[1]] for part in match[1].split() if part.split(":")[1] in bounds]
        contents = tuple(span for role, spans in parts if role == "Content" for span in spans)
        sources = [spans[0] for role, spans in parts if role == "Source"]
        if contents and sources:
            yield contents, sources[0]


def quoted_sources(article: Marked, paragraphs: Paragraphs) -> Iterator[QuotedSource]:
    """The quoted spans that are marked as somebody's, with the head of the source."""
    for number, quote in enumerate(paragraphs.spans):
        for contents, source in article.attributions:
            if any(_same_words(content, (quote.start, quote.end)) for content in contents):
                yield QuotedSource(number, source_head(article.text, source))
                break


def _same_words(content: Span, quote: Span) -> bool:
    """Whether the content holds the quoted span, or is most of it."""
    holds = content[0] <= quote[0] and quote[1] <= content[1]
    inside = quote[0] <= content[0] and content[1] <= quote[1]
    return holds or (inside and 2 * (content[1] - content[0]) > quote[1] - quote[0])


def source_head(text: str, source: Span) -> Span | None:
    """The head word of a source: the last of its first noun phrase, so "Morris" of "Haley Morris, a spokeswoman"."""
    opening = _OPENING.match(text, source[0], source[1])
    start = opening.end() if opening else source[0]
    ends = _HEAD_ENDS.search(text, start + 1, source[1])
    words = list(_HEAD_WORD.finditer(text, start, ends.start() if ends else source[1]))
    words = [word for word in words if any(map(str.isalnum, word[0])) and not is_suffix(word[0])]
    while len(words) > 1 and (words[-1][0].lower() in _AFTER_HEAD or words[-1][0].isdigit()):
        words.pop()
    if not words:
        return None
    word = words[-1]
    bare = re.sub(r"['’]s$", "", word[0])
    bare = bare if re.fullmatch(r"(?:[A-Z]\.){2,}", bare) else bare.rstrip("'’.-")
    return word.start(), word.start() + len(bare)


def score(articles: Sequence[Marked], weights: Mapping[str, float] | None = None) -> dict[str, object]:
    """Counts and shares over the quoted spans of the articles; `weights` in place of the shipped ones."""
    spans = exact = same = unsure = others = silent = 0
    for article in articles:
        paragraphs = Paragraphs(article.text)
        attribution = Attribution(paragraphs, weights)
        marked = {one.quote: one.head for one in quoted_sources(article, paragraphs)}
        for quote in range(len(paragraphs.spans)):
            chosen = next(iter(attribution.sources(quote)), None)
            span = paragraphs.spans[quote]
            least = least_belief(article.text[span.start : span.end])
            believed = chosen is not None and chosen.probability >= least
            if quote not in marked:
                others += 1
                silent += not believed
                continue
            spans += 1
            unsure += not believed
            head = marked[quote]
            if chosen is None or head is None:
                continue
            right = chosen.token.start <= head[0] < chosen.token.end
            exact += right
            same += right or chosen.token.lower == article.text[slice(*head)].lower()
    return {
        "articles": len(articles),
        "spans": spans,
        "exact_head": round(exact / spans, 4) if spans else None,
        "same_word": round(same / spans, 4) if spans else None,
        "not_believed": round(unsure / spans, 4) if spans else None,
        "spans_without_source": others,
        "not_believed_there": round(silent / others, 4) if others else None,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Print the scores of one split as a JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path, help="polnear.tar.gz")
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    args = parser.parse_args(argv)
    print(json.dumps({"split": args.split, **score(list(read_polnear(args.path, args.split)))}))


if __name__ == "__main__":
    main()
