"""What a question costs."""

from collections.abc import Sequence

from eval.measures.measure import Measure

MEDIAN = Measure("ms_p50", "median of the milliseconds of a question", "0 and up", "timings_ms.total", "lower")
SLOW = Measure("ms_p95", "milliseconds that one question in twenty exceeds", "0 and up", "timings_ms.total", "lower")
WORDS = Measure("answer_words", "words of an answer, abstentions left out", "0 and up", "shown sentences", "lower")
TOKENS = Measure("tokens", "tokens read and written by the language model", "0 and up", "tokens of the answer", "lower")
MEMORY = Measure("peak_mb", "largest resident memory of the run in megabytes", "0 and up", "getrusage", "lower")


def nth(values: Sequence[float], share: float) -> float:
    """The value at position floor(share * n) of the sorted values: no interpolation, as in shared/tools/score.py."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
