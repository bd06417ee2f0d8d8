import json
from pathlib import Path

import numpy as np

from eval.fit_tracing import Found, measured
from eval.fit_verdict import Traced, cross_validated, figures_of, fit, write
from index.article import ArticleMeta
from rag.answer import RetrievedPassage
from rag.claim_ranking import Bearing, ClaimRanking
from rag.evidence import Candidate
from rag.stance import Judged
from rag.weighing import Weighing
from rag.windows import Ranked

TOLD = {"supports": Judged(0.9, 0.05, 0.05), "refutes": Judged(0.05, 0.9, 0.05), "not_found": Judged(0.1, 0.1, 0.8)}


def bearing(article: str, judged: Judged, share: float) -> Bearing:
    meta = ArticleMeta(
        id=article, source_id=article, path="-", title=None, source=None, authors=(), published_at=None, url=None
    )
    passage = RetrievedPassage(row=0, article=meta, start=0, end=4, text="Yes.", score=0.5, rank=1)
    return Bearing(Ranked(Candidate(passage, 0, 4, "Yes.", "", "", 0), share, share, 0.5), judged, 0.0)


def claims() -> list[Traced]:
    found = []
    for at in range(30):
        stance = ("supports", "refutes", "not_found")[at % 3]
        far = bearing(f"far{at}", TOLD["refutes" if at % 2 else "supports"], 0.2 + at / 300)
        own = (far, bearing(f"own{at}", TOLD[stance], 0.9 - at / 300))
        traced = Found(stance, f"own{at}", own, measured(own), np.asarray([False, True]))
        found.append(Traced(traced, (far,), 1.0))
    return found


def test_the_nearest_sentence_is_followed_and_nothing_is_found_without_it() -> None:
    traced = claims()
    figures = figures_of(traced, cross_validated(traced))
    assert figures == {
        "claims": 30,
        "verdict_right": 1.0,
        "not_found_without_own_article": 1.0,
        "marked_among_3": 1.0,
    }
    assert fit(traced).order[0] > 0  # the share, by which alone the two sentences differ


def test_both_files_are_written_as_the_product_reads_them(tmp_path: Path) -> None:
    traced = claims()
    figures = write(traced, 10, {"seed": 1}, tmp_path)
    verdict, order = (json.loads((tmp_path / name).read_text()) for name in ("verdict.json", "tracing.json"))
    assert verdict["provenance"] == order["provenance"] == {"seed": 1, "cross_validation": figures}
    bearings = traced[0].own.bearings
    ranked = ClaimRanking(order)([one.ranked for one in bearings], [one.judged for one in bearings])
    assert Weighing(verdict)(ranked) == "supports"
