"""What an article puts between the words of one speech: "..., he said, ...", "[the bill]", "(Applause)", a caption.

A quotation is in the article word for word when its words stand there with nothing but such things between them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.article import Block
from rag.inline_links import inline_links
from rag.lexicon import verb_forms
from rag.quoted_spans import QuotedSpan
from rag.wording import Wording

LONGEST_ATTRIBUTION = 40  # words between the two halves of a quotation
LONGEST_INSERTION = 20
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b(?:Mr|Ms|Dr))(?<!\b(?:Mrs|Sen|Rep|Gov|Gen))[.!?]\s+(?=[^\W_])")
_INSERTION = re.compile(r"\[[^\[\]\n]{1,150}\]")
_ON_STAGE = re.compile(
    r"\((?:applause|laughter|laughs|laughing|cheers(?: and applause)?|boos|crosstalk|inaudible|unintelligible)\.?\)",
    re.I,
)
_NAME = r"(?:[A-Z][\w’'-]*\.?\s){0,3}[A-Z][\w’'-]*"
_ASIDE = re.compile(
    rf",\s(?:(?:he|she|they|{_NAME})\s(?P<after>\w+)|(?P<before>\w+)\s(?:he|she|{_NAME})),(?=\s)"
)  # I shall, he said, go


def interruptions(
    text: str, wording: Wording, spans: Sequence[QuotedSpan], blocks: Sequence[Block]
) -> list[tuple[int, int]]:
    """Half-open ranges of the words of `wording` that may be stepped over, in order of their starts."""
    found = set()
    for start, end in _stretches(text, spans, blocks):
        first, last = bisect_left(wording.starts, start), bisect_left(wording.starts, end)
        if first < last:
            found.add((first, last))
    return sorted(found)


def _stretches(text: str, spans: Sequence[QuotedSpan], blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    for before, after in pairwise(spans):
        if before.closed and _is_attribution(text[before.close : after.open]):
            yield before.close, after.open
    yield from inline_links(text)
    for match in _INSERTION.finditer(text):
        if len(_WORDS.findall(match[0])) <= LONGEST_INSERTION:
            yield match.span()
    for match in _ON_STAGE.finditer(text):
        yield match.span()
    for match in _ASIDE.finditer(text):
        if (match["after"] or match["before"]) in verb_forms("speech_verbs"):
            yield match.span()
    for block in blocks:
        if block.kind in ("caption", "boilerplate"):
            yield block.start, block.end


def _is_attribution(gap: str) -> bool:
    """Whether the text between two quotations only says who speaks: one sentence at most, with a verb of saying."""
    words = _WORDS.findall(gap)
    if not words or len(words) > LONGEST_ATTRIBUTION or _SENTENCE_END.search(gap.rstrip()):
        return False
    return any(word.lower() in verb_forms("speech_verbs") or word == "according" for word in words)
