"""Is the evidence among the first passages, and is it cited?"""

from eval.datasets.model import Question
from eval.measures.coverage import complete, covers, share
from eval.measures.measure import Measure
from eval.runs.model import Answer

RECALL = Measure(
    "evidence_recall@k",
    "share of the gold spans of the best alternative set that the first k passages hold",
    "0 to 1",
    "MultiHop-RAG (2401.15391), its text for Hits@k; passages hold a span by half of its word 5-grams",
)
ALL = Measure(
    "evidence@k",
    "1 when the first k passages hold every span of an alternative set",
    "0 or 1",
    "FEVER (1803.05355), complete evidence sets",
)
CITED = Measure(
    "evidence_cited",
    "1 when the citations of the shown sentences hold every span of an alternative set",
    "0 or 1",
    "FEVER (1803.05355), complete evidence sets",
)


def recall_at(question: Question, answer: Answer, k: int) -> float:
    """The largest share of an alternative set that the first `k` passages hold."""
    return share(question.evidence, answer.passages[:k])


def all_at(question: Question, answer: Answer, k: int) -> bool:
    """Whether the first `k` passages hold a complete set."""
    return complete(question.evidence, answer.passages[:k])


def any_cited(question: Question, answer: Answer) -> bool:
    """Whether the shown citations hold any span of the evidence."""
    return any(covers(span, answer.citations) for alternative in question.evidence for span in alternative)


def cited(question: Question, answer: Answer) -> bool:
    """Whether the shown citations hold a complete set."""
    return complete(question.evidence, answer.citations)
