"""Claims: is the stance right, and is it proven?"""

from collections.abc import Sequence

from eval.datasets.model import STANCES, Claim, Stance
from eval.measures.coverage import complete
from eval.measures.measure import Measure
from eval.runs.model import Answer

VERDICTS: dict[Stance, str] = {"supports": "supported", "refutes": "refuted", "not_found": "not_found"}
RIGHT = Measure(
    "claim_right", "1 when the verdict is the claim's stance", "0 or 1", "FEVER label accuracy (1803.05355)"
)
EVIDENCE = Measure(
    "claim_evidence@3", "1 when the first three pieces of evidence hold a complete set", "0 or 1", "FEVER (1803.05355)"
)
FEVER = Measure(
    "fever_score",
    "1 when the stance is right and, unless it is not_found, the first five pieces of evidence hold a complete set",
    "0 or 1",
    "FEVER (1803.05355)",
)
MACRO_F1 = Measure(
    "stance_macro_f1", "unweighted mean of the F1 of the three stances", "0 to 1", "scikit-learn f1_score"
)


def right(claim: Claim, answer: Answer) -> bool:
    """Whether the verdict is the claim's stance."""
    return answer.status == VERDICTS[claim.stance]


def evidence_at(claim: Claim, answer: Answer, k: int = 3) -> bool:
    """Whether the first `k` pieces of evidence hold a complete set."""
    return complete(claim.evidence, answer.citations[:k])


def fever(claim: Claim, answer: Answer) -> bool:
    """Whether stance and evidence are right."""
    return right(claim, answer) and (claim.stance == "not_found" or evidence_at(claim, answer, 5))


def macro_f1(expected: Sequence[Stance], verdicts: Sequence[str]) -> float:
    """Macro-F1 over the three stances; a stance that neither side has counts as 0."""
    from sklearn.metrics import f1_score

    wanted = [VERDICTS[stance] for stance in expected]
    labels = [VERDICTS[stance] for stance in STANCES]
    return float(f1_score(wanted, list(verdicts), labels=labels, average="macro", zero_division=0))
