"""Questions with the quotes that prove their answers, and what counts as right.

One JSON object a line: `id`, `kind` (`ask`, `multi`: two articles, `unanswerable`), `question`, `answers` (regular
expressions, any of which is right), and the proving quotes as `article` + `quote` or a list `evidence` of
{`article_id`, `quote`}.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import UsageError
from rag.answer import Answer

Kind = Literal["ask", "multi", "unanswerable"]
KINDS: tuple[Kind, ...] = ("ask", "multi", "unanswerable")
GRAM = 5  # words
EVIDENCE_DEPTH = 10  # passages


@dataclass(frozen=True, slots=True)
class Question:
    """One row. `quotes` is empty for an unanswerable question."""

    id: str
    kind: Kind
    text: str
    answers: tuple[str, ...]
    quotes: tuple[str, ...]


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSONL file; rows of other kinds (claims, quotations) are left out."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row["kind"] not in KINDS:
                continue
            quotes = [part["quote"] for part in row.get("evidence", [])] or [row["quote"]] if "answers" in row else []
            questions.append(
                Question(row["id"], row["kind"], row["question"], tuple(row.get("answers", ())), tuple(quotes))
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path} line {number} is no question ({type(error).__name__}: {error}); expected id, kind, question, "
                "answers and quotes as eval/questions.py describes"
            ) from error
    return questions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question came to. For an unanswerable question `right` is that Attest abstained."""

    id: str
    kind: Kind
    answered: bool
    right: bool  # an expected answer stands in the shown sentences
    cited: bool  # every proving quote is covered by a citation
    evidence: bool  # ... by one of the first ten passages
    words: int  # shown
    milliseconds: float

    @property
    def passed(self) -> bool:
        """Right and proven; for an unanswerable question, abstained."""
        return self.right if self.kind == "unanswerable" else self.right and self.cited


def judge(question: Question, answer: Answer) -> Outcome:
    """The outcome of `answer`. Quotes are compared by word 5-grams: a text covers a quote from half of them on."""
    said = " ".join(sentence.text for sentence in answer.sentences)
    cited = [citation.quote for sentence in answer.sentences for citation in sentence.citations]
    read = [passage.text for passage in answer.passages[:EVIDENCE_DEPTH]]
    answered = answer.status == "answered"
    right = any(re.search(pattern, said, re.IGNORECASE) for pattern in question.answers)
    return Outcome(
        id=question.id,
        kind=question.kind,
        answered=answered,
        right=not answered if question.kind == "unanswerable" else right,
        cited=bool(question.quotes) and all(covered(quote, cited) for quote in question.quotes),
        evidence=bool(question.quotes) and all(covered(quote, read) for quote in question.quotes),
        words=len(said.split()),
        milliseconds=float(answer.timings_ms["total"]),
    )


def covered(quote: str, texts: Sequence[str]) -> bool:
    """Whether one of `texts` holds at least half of the word 5-grams of `quote`."""
    wanted = grams(quote)
    return any(len(wanted & grams(text)) >= 0.5 * len(wanted) for text in texts)


def grams(text: str) -> frozenset[tuple[str, ...]]:
    """The word 5-grams of `text`, lower-cased; of a shorter text, all of its words as one."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1)))
