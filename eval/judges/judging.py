"""A judge as what citations are measured by: its probability and a line make a yes or a no."""

from eval.judges.judge import Judge, Pair, judge_of_product, metric_name, probabilities
from index.errors import UsageError


class Judging:
    """Says whether a premise supports a sentence, by a judge that is not the product's. `name` goes into metric ids."""

    def __init__(self, judge: Judge, line: float | None = None) -> None:
        """Raises UsageError when the judge belongs to the product, or has no line of its own and none is given."""
        self._judge = judge_of_product(judge)
        chosen = judge.threshold if line is None else line
        if chosen is None:
            raise UsageError(
                f"{judge.name} has no line of its own; expected --line with a probability from 0 to 1: `attest eval "
                f"judge {judge.name} --json --data FOLDER` names the one that people's labels suggest"
            )
        if not 0 <= chosen <= 1:
            raise UsageError(f"--line is {chosen:g}, expected a probability from 0 to 1")
        self._line = chosen
        self.name = metric_name(judge, line)

    def __call__(self, premise: str, sentence: str) -> bool:
        return bool(probabilities(self._judge, [Pair(sentence, premise)])[0] >= self._line)
