"""Does the system decline what the archive does not answer, and only that?"""

from eval.measures.measure import Measure

RECALL = Measure(
    "abstain_right",
    "share of the unanswerable questions on which the system abstained (abstention recall); a crash is none",
    "0 to 1",
    "RGB's negative rejection (2309.01431), MultiHop-RAG's null queries",
)
PRECISION = Measure(
    "abstention_precision",
    "share of all abstentions that are on unanswerable questions",
    "0 to 1",
    "AbstentionBench (2506.09038)",
)
ANSWERED = Measure("answered", "share of the answerable questions that got an answer (coverage)", "0 to 1", "standard")
ACCURACY = Measure(
    "right_when_answered",
    "share of the answers given, to unanswerable questions too, that are right",
    "0 to 1",
    "PaperQA2's precision (2409.13740)",
)
