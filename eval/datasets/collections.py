"""Retrieval collections: BEIR folders and MultiHop-RAG's two files."""

from collections import defaultdict
from pathlib import Path

from eval.datasets.locating import located, span_of
from eval.datasets.model import Article, Dataset, Question, QuestionKind
from eval.datasets.reading import Row, each, json_lines, objects, text_of
from index.errors import UsageError

NULL = "insufficient information."


def beir(folder: Path, *, split: str = "test") -> Dataset:
    """A BEIR folder: corpus.jsonl, queries.jsonl and qrels/<split>.tsv. Unjudged queries are left out."""
    articles = {
        article.id: article
        for article in each(folder / "corpus.jsonl", [row for _, row in json_lines(folder / "corpus.jsonl")], _document)
    }
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    path = folder / "qrels" / f"{split}.tsv"
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        fields = line.split("\t")
        if number == 1 and not fields[-1].strip().lstrip("-").isdigit():
            continue  # the heading
        try:
            grades[fields[0]][fields[1]] = int(fields[2])
        except (IndexError, ValueError) as error:
            raise UsageError(f"{path} line {number} is no judgement; expected query, article and grade") from error

    def query(row: Row) -> Question | None:
        relevant = grades.get(str(row["_id"]), {})
        if not any(grade > 0 for grade in relevant.values()):
            return None
        return Question(str(row["_id"]), "ask", row["text"], relevant=relevant)

    queries = each(folder / "queries.jsonl", [row for _, row in json_lines(folder / "queries.jsonl")], query)
    return Dataset(folder.name, articles, tuple(question for question in queries if question is not None))


def _document(row: Row) -> Article:
    return Article(str(row["_id"]), row["text"], row.get("title") or None)


def multihop(questions: Path, corpus: Path) -> Dataset:
    """MultiHop-RAG: every listed fact is needed; a null query is unanswerable. An article's id is its URL."""
    articles = {
        article.id: article
        for article in each(
            corpus,
            objects(corpus),
            lambda row: Article(
                row["url"], row["body"], row.get("title"), row.get("source"), row.get("published_at"), row["url"]
            ),
        )
    }

    def make(numbered: Row) -> Question:
        row, number = numbered["row"], numbered["number"]
        null = row["question_type"].startswith("null") or row["answer"].strip().lower() == NULL
        facts = tuple(
            span_of(part["url"], articles[part["url"]].text if part["url"] in articles else None, part["fact"])
            for part in row["evidence_list"]
        )
        kind: QuestionKind = "unanswerable" if null else "multi"
        return Question(
            f"multihop-{number:04}",
            kind,
            row["query"],
            strings=() if null else (row["answer"],),
            evidence=() if null or not facts else (facts,),
            group=row["question_type"].removesuffix("_query"),
        )

    rows: list[Row] = [{"row": row, "number": number} for number, row in enumerate(objects(questions))]
    made = tuple(each(questions, rows, make))
    spans = [span for question in made for alternative in question.evidence for span in alternative]
    return Dataset(questions.stem, articles, made, notes={"evidence": located(spans)})
