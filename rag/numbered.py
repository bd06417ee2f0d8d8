"""Numbered evidence for a model that writes in its own words, and its text read back into cited draft sentences.

A model never types an identifier: it sees `[1]`, `[2]`, and code maps the numbers to exact slices. A number that was
not handed out cites nothing, so its sentence is withheld by the check. Brackets inside articles are shown as
parentheses, so that a `[1]` printed in a newspaper is no citation.
"""

import re
from collections.abc import Callable, Sequence

import prompts
from index.article import heading
from index.sentences import split_sentences
from rag.answer import Citation
from rag.selection import Evidence
from rag.verification import Draft
from rag.writing import Drafted, cite

MOST_EVIDENCE = 8  # sentences shown to a writer
ABSTAIN = "ABSTAIN"
_CITED = re.compile(r"(?P<text>[^\[\]]+?)\s*(?P<marks>(?:\[\d{1,3}\]\s*)+)(?P<stop>[.!?]?)")


def numbered(evidence: Sequence[Evidence]) -> str:
    """The evidence as numbered lines, each with its article's heading and the sentence before it."""
    lines = []
    for number, item in enumerate(evidence, start=1):
        candidate = item.candidate
        article = candidate.passage.article
        said = " ".join(part for part in (candidate.previous, candidate.text) if part)
        about = heading(article.title, article.source, article.published_at)
        lines.append(f"[{number}] {_plain(about)}: {_plain(said)}")
    return "\n".join(lines)


def fitting(
    question: str, evidence: Sequence[Evidence], *, count: Callable[[str], int], room: int
) -> tuple[str, tuple[Evidence, ...], tuple[str, ...]]:
    """The filled prompt, the evidence in it, and notes, so that `count(prompt) <= room` tokens.

    Whole pieces of evidence are dropped, worst first. With room for none the evidence is empty.
    """
    offered = tuple(evidence[:MOST_EVIDENCE])
    kept = offered
    before, rest = prompts.read("write.txt").split("{evidence}")  # filled by parts: evidence may hold "{question}"
    between, after = rest.split("{question}")
    while True:
        prompt = f"{before}{numbered(kept)}{between}{_plain(question)}{after}"
        if count(prompt) <= room or not kept:
            break
        kept = kept[:-1]
    dropped = len(offered) - len(kept)
    notes = (f"{dropped} of {len(offered)} pieces of evidence did not fit the model's context and were left out",)
    return prompt, kept, notes if dropped else ()


def read_back(text: str, evidence: Sequence[Evidence]) -> Drafted:
    """Draft sentences of `text`; nothing when the model abstained. Text without a number is a draft without one."""
    if text.strip().rstrip(".") == ABSTAIN:
        return Drafted(())
    drafts: list[Draft] = []
    at = 0
    for match in _CITED.finditer(text):
        marks = [int(number) for number in dict.fromkeys(re.findall(r"\d+", match["marks"]))]
        citations: tuple[Citation, ...] = ()
        if all(1 <= number <= len(evidence) for number in marks):
            citations = tuple(cite(evidence[number - 1].candidate) for number in marks)
        *without, sentence = _sentences(match["text"].strip() + match["stop"]) or [""]
        drafts += [Draft(other, ()) for other in without]  # a number speaks for the sentence it ends
        if sentence:
            drafts.append(Draft(sentence, citations))
        at = match.end()
    rest = text[at:].strip()
    if any(character.isalnum() for character in rest):
        drafts.append(Draft(rest, ()))
    return Drafted(tuple(drafts))


def _sentences(text: str) -> list[str]:
    return [
        text[start:end]
        for start, end in split_sentences(text)
        if any(character.isalnum() for character in text[start:end])
    ]


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("[", "(").replace("]", ")")
