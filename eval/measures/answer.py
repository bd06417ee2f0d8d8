"""Is the answer right? By patterns, as our own questions have them, and by strings, as SQuAD has them."""

import re
import string
from collections import Counter

from eval.datasets.model import Question
from eval.measures.measure import Measure
from eval.runs.model import Answer

RIGHT = Measure(
    "right",
    "1 when an expected answer stands anywhere in the shown sentences (lenient)",
    "0 or 1",
    "pattern found, case ignored; a string after SQuAD's normalisation",
)
RIGHT_STRICT = Measure(
    "right_strict",
    "1 when it stands where a hurried reader looks: in the short answer, or without one in the first sentence (strict)",
    "0 or 1",
    "Attest",
)
EXACT_MATCH = Measure(
    "em",
    "1 when the short answer, or without one the whole text, equals an expected string after normalisation",
    "0 or 1",
    "SQuAD evaluate-v1.1.py (1606.05250)",
)
F1 = Measure(
    "f1",
    "largest harmonic mean of word precision and recall against an expected string",
    "0 to 1",
    "SQuAD evaluate-v1.1.py (1606.05250)",
)


def right(question: Question, answer: Answer) -> bool:
    """Whether an expected answer stands anywhere in what is shown."""
    return _says(question, answer.text)


def right_strict(question: Question, answer: Answer) -> bool:
    """Whether it stands in the short answer, or without one in the first sentence."""
    first = answer.sentences[0].text if answer.sentences else ""
    return _says(question, " ".join(answer.short) or first)


def _says(question: Question, text: str) -> bool:
    if question.patterns:
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in question.patterns)
    words = f" {normalised(text)} "
    return any(f" {normalised(expected)} " in words for expected in question.strings)


def exact_match(question: Question, answer: Answer) -> bool:
    """Whether what is said equals an expected string after normalisation."""
    said = normalised(answer.said_shortly)
    return any(said == normalised(expected) for expected in question.strings)


def word_f1(question: Question, answer: Answer) -> float:
    """The best F1 over the expected strings."""
    said = normalised(answer.said_shortly).split()
    return max((_f1(said, normalised(expected).split()) for expected in question.strings), default=0.0)


def _f1(said: list[str], expected: list[str]) -> float:
    common = sum((Counter(said) & Counter(expected)).values())
    return 2 * common / (len(said) + len(expected)) if common else 0.0


def normalised(text: str) -> str:
    """SQuAD's: lower case, no punctuation, no articles, one space between words."""
    plain = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())
