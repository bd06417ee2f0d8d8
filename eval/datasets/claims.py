"""Claims in the manner of FEVER and of AVeriTeC."""

from collections import defaultdict
from pathlib import Path

from eval.datasets.model import Article, Claim, Dataset, Span, Stance
from eval.datasets.reading import Row, each, json_lines, objects

FEVER: dict[str, Stance] = {"SUPPORTS": "supports", "REFUTES": "refutes", "NOT ENOUGH INFO": "not_found"}
AVERITEC: dict[str, Stance] = {
    "Supported": "supports",
    "Refuted": "refutes",
    "Not Enough Evidence": "not_found",
}


def fever(path: Path) -> Dataset:
    """FEVER: `evidence` is a list of alternative sets of [annotation, evidence, page, line]; a span is a whole page.

    Where the evidence is a text instead, as in the symmetric set, that text is an article of its own.
    """
    articles: dict[str, Article] = {}
    pages: dict[str, dict[int, str]] = defaultdict(dict)

    def make(row: Row) -> Claim:
        label = row.get("label") or row["gold_label"]
        identity, evidence = str(row["id"]), row.get("evidence", [])
        if isinstance(evidence, str):
            identity = f"{identity}-{len(articles)}"
            article = Article(f"fever-{identity}", evidence)
            articles[article.id] = article
            return Claim(identity, row["claim"], FEVER[label], ((Span(article.id),),))
        sets = []
        for alternative in evidence:
            named = [(part[2], part[3]) for part in alternative if part[2] is not None]
            for page, line in named:
                pages[page].setdefault(line, "")
            if named:
                sets.append(tuple(Span(page) for page in dict.fromkeys(page for page, _ in named)))
        return Claim(identity, row["claim"], FEVER[label], tuple(dict.fromkeys(sets)))

    claims = tuple(each(path, [row for _, row in json_lines(path)], make))
    return Dataset(
        path.name, articles, claims=claims, notes={"pages": f"{len(pages)} pages named, their text not here"}
    )


def averitec(path: Path) -> Dataset:
    """AVeriTeC: each answer's text is an article at its address; claims of conflicting evidence are left out."""
    articles: dict[str, Article] = {}

    def make(numbered: Row) -> Claim | None:
        row, number = numbered["row"], numbered["number"]
        if row["label"] not in AVERITEC:
            return None
        spans = []
        for asked, question in enumerate(row["questions"]):
            for said, answer in enumerate(question["answers"]):
                article = Article(
                    f"averitec-{number}-{asked}-{said}",
                    f"{question['question']}\n\n{answer['answer']}",
                    url=answer.get("source_url"),
                    story=f"averitec-{number}",
                )
                articles[article.id] = article
                spans.append(Span(article.id))
        stance = AVERITEC[row["label"]]
        return Claim(f"averitec-{number}", row["claim"], stance, (tuple(spans),) if stance != "not_found" else ())

    rows: list[Row] = [{"row": row, "number": number} for number, row in enumerate(objects(path))]
    made = tuple(claim for claim in each(path, rows, make) if claim is not None)
    left = len(rows) - len(made)
    return Dataset(path.name, articles, claims=made, notes={"left out": f"{left} claims with conflicting evidence"})
