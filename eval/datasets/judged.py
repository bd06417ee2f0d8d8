"""Sets in which people judged claims against documents: what a judge of grounding is validated on.

Labels are mapped to supported, partial, unsupported and contradicted; an item that its annotators could not judge is
left out. Sources are kept apart, because a scorer that is right on one is often at chance on another.
"""

from pathlib import Path

from eval.datasets.model import Dataset, Judged, Label
from eval.datasets.reading import Row, each, objects, tab_separated

WICE: dict[str, Label] = {
    "supported": "supported",
    "partially_supported": "partial",
    "not_supported": "unsupported",
}
EXPERTQA: dict[str, Label] = {"Complete": "supported", "Partial": "partial", "Incomplete": "unsupported"}
BEGIN: dict[str, Label] = {
    "entailment": "supported",
    "neutral": "unsupported",
    "hallucination": "unsupported",
    "contradiction": "contradicted",
    "Fully attributable": "supported",
    "Not fully attributable": "unsupported",
}
FAITHBENCH: dict[str, Label] = {"consistent": "supported", "benign": "supported", "unwanted": "unsupported"}


def qags(path: Path) -> Dataset:
    """QAGS: summary sentences with three votes each; the majority is the label."""

    def make(numbered: Row) -> list[Judged]:
        row, number = numbered["row"], numbered["number"]
        found = []
        for at, sentence in enumerate(row["summary_sentences"]):
            votes = tuple(response["response"] == "yes" for response in sentence["responses"])
            label: Label = "supported" if sum(votes) * 2 > len(votes) else "unsupported"
            found.append(
                Judged(
                    f"qags-{number}-{at}", path.stem, row["article"], sentence["sentence"], label, votes, str(number)
                )
            )
        return found

    return _dataset(path, [item for items in each(path, _numbered(objects(path)), make) for item in items])


def summedits(path: Path) -> Dataset:
    """SummEdits: a summary that was edited so that it is still consistent with its document, or no longer."""

    def make(row: Row) -> Judged:
        label: Label = "supported" if row["label"] else "unsupported"
        return Judged(row["id"], path.name.split(".")[0], row["doc"], row["summary"], label, group=row["doc"][:80])

    return _dataset(path, each(path, objects(path), make))


def wice(path: Path) -> Dataset:
    """WiCE: a claim against all sentences of the page that Wikipedia cites for it."""

    def make(row: Row) -> Judged:
        page = row["meta"]["id"].partition("-")[0]
        return Judged(
            row["meta"]["id"],
            path.name.split(".")[0],
            "\n".join(row["evidence"]),
            row["claim"],
            WICE[row["label"]],
            group=page,
        )

    return _dataset(path, each(path, objects(path), make))


def expertqa(path: Path) -> Dataset:
    """ExpertQA: claims of an answer with the evidence it gave, where an expert judged the support."""

    def make(numbered: Row) -> list[Judged]:
        row, number = numbered["row"], numbered["number"]
        found = []
        for system, answer in row["answers"].items():
            for at, claim in enumerate(answer["claims"]):
                if claim["support"] in EXPERTQA and claim["evidence"]:
                    found.append(
                        Judged(
                            f"expertqa-{number}-{at}",
                            f"expertqa-{system}",
                            "\n".join(map(str, claim["evidence"])),
                            claim["claim_string"],
                            EXPERTQA[claim["support"]],
                            group=str(number),
                            question=row["question"],
                        )
                    )
        return found

    return _dataset(path, [item for items in each(path, _numbered(objects(path)), make) for item in items])


def begin(path: Path) -> Dataset:
    """BEGIN, either version: replies against the evidence they were given. A row that recurs is kept once."""

    def make(numbered: Row) -> Judged | None:
        row, number = numbered["row"], numbered["number"]
        given = row.get("begin_label") or row["coarse label"]
        if given not in BEGIN:  # generic replies: there is nothing to support
            return None
        document = row.get("knowledge") or row["evidence"]
        return Judged(
            f"begin-{number}", path.name.split(".")[0], document, row["response"], BEGIN[given], group=document[:80]
        )

    made = [item for item in each(path, _numbered(tab_separated(path)), make) if item is not None]
    return _dataset(path, list({(item.document, item.claim): item for item in made}.values()))


def faithbench(path: Path) -> Dataset:
    """FaithBench: a summary is as bad as its worst annotation; questionable ones are left out."""

    def make(numbered: Row) -> Judged | None:
        row, number = numbered["row"], numbered["number"]
        labels = {
            str(label).partition(".")[0].lower()
            for note in row.get("annotations", ())
            for label in (note["label"] if isinstance(note["label"], list) else [note["label"]])
        }
        worst = next((name for name in ("unwanted", "questionable", "benign") if name in labels), "consistent")
        if worst not in FAITHBENCH:
            return None
        group = str(row.get("sample_id", number))
        return Judged(
            f"faithbench-{number}", "faithbench", row["source"], row["summary"], FAITHBENCH[worst], group=group
        )

    found = objects(path)
    rows = found[0]["samples"] if len(found) == 1 and "samples" in found[0] else found
    return _dataset(path, [item for item in each(path, _numbered(rows), make) if item is not None])


def ragtruth(responses: Path, sources: Path) -> Dataset:
    """RAGTruth: a response is unsupported when it holds any marked span; one source for each task."""
    by_id = dict(each(sources, objects(sources), lambda row: (str(row["source_id"]), row)))

    def make(row: Row) -> Judged:
        source = by_id[str(row["source_id"])]
        info = source["source_info"]
        document = info if isinstance(info, str) else "\n".join(str(value) for value in info.values())
        label: Label = "unsupported" if row["labels"] else "supported"
        return Judged(
            str(row["id"]),
            f"ragtruth-{source['task_type'].lower()}",
            document,
            row["response"],
            label,
            group=str(row["source_id"]),
        )

    return _dataset(responses, each(responses, objects(responses), make))


def _numbered(rows: list[Row]) -> list[Row]:
    return [{"row": row, "number": number} for number, row in enumerate(rows)]


def _dataset(path: Path, judged: list[Judged]) -> Dataset:
    return Dataset(path.name, judged=tuple(judged))
