"""Public question sets: SQuAD (so XQuAD), ClapNQ, RGB and the news quiz."""

import re
from pathlib import Path

from eval.datasets.gold import read_articles
from eval.datasets.locating import located, span_of
from eval.datasets.model import Article, Dataset, Question, Span
from eval.datasets.reading import Row, each, json_document, json_lines, objects
from index.errors import UsageError


def squad(path: Path) -> Dataset:
    """SQuAD 1.1 or 2.0, XQuAD: each paragraph is an article, its title's paragraphs one story."""
    document = json_document(path)
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        raise UsageError(f'{path} has no "data"; expected a file of SQuAD\'s format')
    articles: dict[str, Article] = {}
    questions: list[Question] = []
    for page in document["data"]:
        for number, paragraph in enumerate(page["paragraphs"]):
            article = Article(f"{page['title']}-{number}", paragraph["context"], story=page["title"])
            articles[article.id] = article
            questions += each(path, paragraph["qas"], lambda row, article=article: _squad(row, article))  # type: ignore[misc]
    return Dataset(path.name, articles, tuple(questions))


def _squad(row: Row, article: Article) -> Question:
    if row.get("is_impossible"):
        return Question(row["id"], "unanswerable", row["question"])
    strings = tuple(dict.fromkeys(answer["text"] for answer in row["answers"]))
    spans = [(answer["answer_start"], answer["answer_start"] + len(answer["text"])) for answer in row["answers"]]
    for (start, end), answer in zip(spans, row["answers"], strict=True):
        if article.text[start:end] != answer["text"]:
            raise ValueError(f"characters {start}-{end} of the context are not the answer")
    evidence = tuple((Span(article.id, start, end, article.text[start:end]),) for start, end in dict.fromkeys(spans))
    return Question(row["id"], "ask", row["question"], strings=strings, evidence=evidence)


def clapnq(path: Path) -> Dataset:
    """ClapNQ, answerable or not: the sentences that annotators selected are the evidence, each annotator's a set."""
    rows = objects(path)
    articles: dict[str, Article] = {}

    def make(row: Row) -> Question:
        passage = row["passages"][0]
        article = Article(f"clapnq-{row['id']}", passage["text"], passage["title"], story=passage["title"])
        articles[article.id] = article
        outputs = [output for output in row["output"] if output["answer"]]
        if not outputs:
            return Question(str(row["id"]), "unanswerable", row["input"])
        sets = tuple(
            tuple(span_of(article.id, article.text, sentence) for sentence in output["selected_sentences"])
            for output in outputs
        )
        return Question(
            str(row["id"]),
            "ask",
            row["input"],
            strings=tuple(output["answer"] for output in outputs),
            evidence=tuple(alternative for alternative in sets if alternative),
        )

    questions = tuple(each(path, rows, make))
    return Dataset(path.name, articles, questions, notes={"evidence": _located(questions)})


def rgb(path: Path) -> Dataset:
    """RGB's fact file: the true passages are evidence; planted false ones and noise are articles beside them."""
    rows = [row for _, row in json_lines(path)]
    articles: dict[str, Article] = {}

    def make(row: Row) -> Question:
        true = []
        for part in ("positive", "positive_wrong", "negative"):
            for number, text in enumerate(row.get(part, ())):
                article = Article(f"rgb-{row['id']}-{part}-{number}", text, story=f"rgb-{row['id']}")
                articles[article.id] = article
                if part == "positive":
                    true.append((Span(article.id),))
        patterns, strings = _rgb_answer(row["answer"])
        return Question(f"rgb-{row['id']}", "ask", row["query"], patterns, strings, tuple(true))

    questions = tuple(each(path, rows, make))
    return Dataset(path.name, articles, questions, notes={"licence": "no commercial use: test only"})


def _rgb_answer(answer: str | list[str | list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Patterns and strings of an answer: one text, or a list whose every part is wanted, each in one of its forms."""
    given = [answer] if isinstance(answer, str) else answer
    parts = [[part] if isinstance(part, str) else part for part in given]
    if len(parts) == 1:
        return (), tuple(parts[0])
    return ("".join(f"(?=[\\s\\S]*(?:{'|'.join(map(re.escape, forms))}))" for forms in parts),), ()


def newsquiz(rows: Path, articles: Path) -> Dataset:
    """The weekly news quiz. Questions without a named article are left out: whether the archive answers is unknown."""
    texts = {name: article for path in _quiz_files(articles) for name, article in read_articles(path).items()}

    def make(row: Row) -> Question | None:
        named = [name for name in row["articles_containing_answer"] if name in texts]
        if not named:
            return None
        answer = row["answer"].strip("“”\"' ")
        # No \b: there is none between a space and "$", nor after "%".
        pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, answer.split())) + r"(?!\w)"
        evidence = tuple((Span(name),) for name in named)
        return Question(row["id"], "ask", row["question"], (pattern,), (answer,), evidence)

    made = each(rows, [row for _, row in json_lines(rows)], make)
    return Dataset(rows.parent.name, texts, tuple(question for question in made if question is not None))


def _quiz_files(articles: Path) -> list[Path]:
    """The quiz keeps its questions in the same folder as its articles."""
    return sorted(articles.glob("articles*.jsonl*")) if articles.is_dir() else [articles]


def _located(questions: tuple[Question, ...]) -> str:
    return located([span for question in questions for alternative in question.evidence for span in alternative])
