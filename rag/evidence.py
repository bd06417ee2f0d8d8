"""Sentences that could answer a question, and what is measured about each of them.

A candidate is a whole sentence of a retrieved passage, with its place in the article, so that choosing it is choosing
an exact slice. Measures are plain numbers with names: a selector weighs them, a model card lists them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.answer import RetrievedPassage, SentenceRead
from rag.terms import content_stems, names, numbers

Floats = npt.NDArray[np.float32]
UNREAD = -20.0  # log odds of a sentence that the reader has not read


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of one retrieved passage. `text == article_text[start:end]`."""

    passage: RetrievedPassage
    start: int
    end: int
    text: str
    previous: str  # the sentence before it in the passage; empty for the first
    following: str
    position: int  # 0 for the passage's first sentence
    read: SentenceRead | None = None  # what the passage reader makes of it

    @property
    def window(self) -> str:
        """The sentence with its neighbours and its article's title: what its pronouns refer to."""
        return " ".join(part for part in (self.passage.article.title, self.previous, self.text, self.following) if part)


def candidates(passages: Sequence[RetrievedPassage], *, least_words: int = 4) -> list[Candidate]:
    """The sentences of `passages`, best passage first, each text once; fragments under `least_words` words left out."""
    found: list[Candidate] = []
    seen: set[str] = set()
    for passage in passages:
        if passage.kind == "comment":  # it may be searched for; it is not the article's reporting and proves nothing
            continue
        spans = passage.sentences or ((passage.start, passage.end),)
        texts = [passage.text[start - passage.start : end - passage.start] for start, end in spans]
        for at, (start, end) in enumerate(spans):
            same = " ".join(texts[at].lower().split())
            if len(same.split()) < least_words or same in seen:
                continue
            seen.add(same)
            previous = texts[at - 1] if at else ""
            following = texts[at + 1] if at + 1 < len(texts) else ""
            read = passage.read[at] if at < len(passage.read) else None
            found.append(Candidate(passage, start, end, texts[at], previous, following, at, read))
    return found


# What a question asks for, told by its question words; and what in a sentence could be that.
_ASKS = {
    "person": r"\b(who|whom|whose)\b|\b(which|what) (\w+ ){0,2}(official|senator|president|minister|leader|judge|"
    r"lawyer|candidate|governor|lawmaker|politician|spokes\w+|adviser|general|secretary|company|group|party|agency|outlet)\b",
    "time": r"\bwhen\b|\b(what|which) (year|month|day|date|time)\b|\bhow (long|soon)\b|\bby what\b",
    "place": r"\bwhere\b|\b(which|what) (\w+ )?(city|country|state|town|place|venue|nation|county|region|district)\b",
    "number": r"\bhow (many|much|old|large|big|high|far|long|often|few)\b|\b(what|which) (\w+ )?(share|percent\w*|"
    r"number|amount|proportion|fraction|margin|figure|sum|price|total|rate)\b|\broughly how\b|"
    r"\bwhat (is|was|were|are) [^?]{0,40}\b(population|spending|budget|cost|salary|toll|size|worth|turnout|total)\b",
    "reason": r"\bwhy\b|\bwhat (reason|explanation|prompted|led|caused)\b|\bfor what reason\b",
    "speech": r"\b(say|said|tell|told|call|called|describe|described|respond|responded|reply|answer|"
    r"answered|claim|argue|explain|liken|compare|warn|promise|accuse|characteri[sz]e|comment|put it|words|phrase)\b",
}
_ASKED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _ASKS.items()}
_TIME = re.compile(
    r"\b(?:(?:19|20)\d\d|january|february|march|april|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|aug|sept?|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|"
    r"tomorrow|week|weeks|month|months|year|years|hours?|minutes?|days?|decades?|ago|since)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing|so that|in order|reason|after|amid|as a result|over|for fear|to)\b", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"\d|\b(?:dozens?|hundreds?|thousands?|millions?|billions?|half|third|quarter|twice|once|"
    r"percent|per cent|majority|several|hundred|thousand|million|billion)\b",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[\"“”«»„]|(?<!\w)['‘]")


def asked_for(question: str) -> frozenset[str]:
    """Kinds of answer asked for: person, time, place, number, reason, speech; empty when it cannot be told."""
    return frozenset(kind for kind, pattern in _ASKED.items() if pattern.search(question))


def offered(sentence: str, question: str) -> frozenset[str]:
    """Kinds of answer that the sentence could give and the question does not already hold."""
    # Whether a sentence's first word is a name cannot be seen from its capital; any new content word may be one.
    known_names = {name.lower() for name in names(question)} | set(question.lower().split())
    fresh_name = any(name.lower() not in known_names for name in names(sentence)) or any(
        word[:1].isupper() and content_stems(word) and word.lower() not in known_names for word in sentence.split()[:1]
    )
    known_numbers = set(numbers(question))
    fresh_number = any(number not in known_numbers for number in numbers(sentence))
    kinds = set()
    if fresh_name:
        kinds |= {"person", "place"}
    if _TIME.search(sentence):
        kinds.add("time")
    if fresh_number or _QUANTITY.search(sentence):
        kinds.add("number")
    if _REASON.search(sentence):
        kinds.add("reason")
    if _QUOTES.search(sentence):
        kinds.add("speech")
    return frozenset(kinds)


CHEAP = (
    "similarity",  # question and passage
    "passage_score",  # fused score of the passage, 0 to 1
    "passage_first",  # 1 / rank of the passage
    "coverage",  # share of the question's idf that the sentence holds
    "coverage_window",  # ... with neighbours and title
    "coverage_passage",  # ... in the whole passage with its title
    "names_window",  # share of the question's names in the window
    "numbers_window",  # share of the question's numbers in the window
    "asked_offered",  # kinds asked for and offered, as a share of those asked for
    "number_missing",  # asked for a number, and none is there
    "reason_missing",
    "speech_offered",  # asked what was said, and the sentence has quotation marks
    "new_words",  # log of 1 + content words that the question does not hold: room for an answer
    "words",  # log of the number of words
    "is_question",  # a sentence that asks does not answer
    "starts_dependent",  # begins with a pronoun or a connective
    "lead",  # among the first 600 characters of the article
    "answers",  # the reader's log odds that the sentence answers
    "answers_best",  # ... less the highest of all sentences
    "answers_page",  # log odds that anything in its passage answers
    "span",  # the reader's score of the words that answer
    "timely",  # whether its article appeared in a time that the question names
)

_DEPENDENT = re.compile(
    r"^[\"“'‘]?(?:he|she|they|it|his|her|their|its|this|that|these|those|but|and|so|however|still|also|then|there|"
    r"instead|meanwhile|moreover|yet|such)\b",
    re.IGNORECASE,
)


def starts_dependent(sentence: str) -> bool:
    """Whether the sentence leans on the one before it: a leading pronoun or connective."""
    return bool(_DEPENDENT.match(sentence.strip()))


def measure(
    question: str,
    found: Sequence[Candidate],
    *,
    weight: Callable[[str], float],
) -> Floats:
    """One row of `CHEAP` features for each candidate, shape (len(found), len(CHEAP)).

    `weight` gives the idf of a stem. The cosine of question and sentence is not among them: beside what the reader says
    it adds nothing (first sentence right .74 with and .75 without, on 403 held-out questions) and takes .4 s.
    """
    asked_stems = set(content_stems(question))
    total = sum(weight(stem) for stem in asked_stems) or 1.0
    asked_names = {name.lower() for name in names(question)}
    asked_numbers = set(numbers(question))
    kinds = asked_for(question)

    def coverage(text: str) -> float:
        return sum(weight(stem) for stem in asked_stems & set(content_stems(text))) / total

    passage_coverage = {
        passage.row: coverage(f"{passage.article.title or ''} {passage.text}")
        for passage in {candidate.passage.row: candidate.passage for candidate in found}.values()
    }
    answers = np.asarray([item.read.answers if item.read else UNREAD for item in found], dtype=np.float32)
    highest = float(answers.max(initial=UNREAD))
    pages = {item.passage.row: page_answers(item.passage) for item in found}
    rows = []
    for at, candidate in enumerate(found):
        window = candidate.window
        stems = content_stems(candidate.text)
        here = offered(candidate.text, question)
        lowered = window.lower()
        in_window = set(numbers(f"{window} {candidate.passage.article.published_at or ''}".replace("-", " ")))
        rows.append(
            (
                candidate.passage.similarity,
                candidate.passage.score,
                1.0 / candidate.passage.rank,
                coverage(candidate.text),
                coverage(window),
                passage_coverage[candidate.passage.row],
                _share(sum(name in lowered for name in asked_names), len(asked_names)),
                _share(len(asked_numbers & in_window), len(asked_numbers)),
                _share(len(kinds & here), len(kinds)),
                float("number" in kinds and "number" not in here),
                float("reason" in kinds and "reason" not in here),
                float("speech" in kinds and "speech" in here),
                float(np.log1p(sum(stem not in asked_stems for stem in stems))),
                float(np.log1p(len(candidate.text.split()))),
                float(candidate.text.rstrip("\"”’' ").endswith("?")),
                float(starts_dependent(candidate.text)),
                float(candidate.start < 600),
                float(answers[at]),
                float(answers[at]) - highest,
                pages[candidate.passage.row],
                candidate.read.span_score if candidate.read else UNREAD,
                candidate.passage.timely,
            )
        )
    return np.asarray(rows, dtype=np.float32).reshape(len(found), len(CHEAP))


def page_answers(passage: RetrievedPassage) -> float:
    """Log odds that anything in the passage answers, by the reader; `UNREAD` when it has not read it."""
    if not passage.read:
        return UNREAD
    return float(np.logaddexp.reduce([sentence.answers for sentence in passage.read]))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
