"""Our own format: questions, claims and quotations of one JSONL file, over articles in JSONL or a folder of text files.

A row has `id` and `kind` (ask, multi, unanswerable, claim, quotation) and proves itself by `evidence`, a list of
{article_id, start, end, quote}, or by `article` and `quote`. `alternatives`, a list of such lists, are other complete
sets. The questions of `eval/sample` and `eval/newsroom` are in it too.
"""

from pathlib import Path

from eval.datasets.locating import locate, located
from eval.datasets.model import Article, Claim, Dataset, EvidenceSets, Question, Quotation, Span
from eval.datasets.reading import Row, each, json_lines, text_of
from index.errors import UsageError

QUESTIONS = ("ask", "multi", "unanswerable", "near_miss")


def load(rows: Path, articles: Path) -> Dataset:
    """The dataset of a file of rows and its articles."""
    texts = read_articles(articles)
    found = [row for _, row in json_lines(rows)]
    made = each(rows, found, lambda row: _item(row, texts))
    spans = [span for item in made if item is not None for alternative in item.evidence for span in alternative]
    return Dataset(
        name=f"{rows.parent.name}-{rows.stem}",
        articles=texts,
        questions=tuple(item for item in made if isinstance(item, Question)),
        claims=tuple(item for item in made if isinstance(item, Claim)),
        quotations=tuple(item for item in made if isinstance(item, Quotation)),
        notes={"evidence": located(spans)},
    )


def read_articles(path: Path) -> dict[str, Article]:
    """Articles by id: of a JSONL file (id, or else url), or of a folder, its .txt files by name and its .jsonl."""
    if path.is_dir():
        found = {file.name: Article(file.name, text_of(file)) for file in sorted(path.glob("*.txt"))}
        for file in sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz"), *path.glob("*.jsonl.xz")]):
            found |= read_articles(file)
        if not found:
            raise UsageError(f"{path} holds no .txt and no .jsonl file; expected the articles")
        return found
    rows = [row for _, row in json_lines(path)]
    return {article.id: article for article in each(path, rows, _article)}


def _article(row: Row) -> Article:
    return Article(
        id=str(row.get("id") or row["url"]),
        text=row["text"],
        title=row.get("title"),
        source=row.get("source"),
        published_at=row.get("published_at"),
        url=row.get("url"),
        story=row.get("story"),
    )


def _item(row: Row, texts: dict[str, Article]) -> Question | Claim | Quotation | None:
    kind, evidence = row["kind"], _evidence(row, texts)
    if kind in QUESTIONS:
        patterns = tuple(row.get("answers", ()))
        if kind in ("unanswerable", "near_miss"):  # what a near miss names as evidence tempts, it does not prove
            return Question(row["id"], "unanswerable", row["question"], group=kind)
        return Question(row["id"], kind, row["question"], patterns, _words(row, texts), evidence, group=kind)
    if kind == "claim":
        return Claim(row["id"], row["claim"], row["stance"], evidence if row["stance"] != "not_found" else ())
    if kind == "quotation":
        return Quotation(row["id"], _quotation(row, evidence), bool(row["altered"]), row.get("speaker"), evidence)
    raise ValueError(f"kind {kind!r}")


def _evidence(row: Row, texts: dict[str, Article]) -> EvidenceSets:
    if "quote" in row:
        return ((_span(row["article"], row["quote"], texts),),)
    sets = [row.get("evidence", []), *row.get("alternatives", [])]
    return tuple(tuple(_given(part, texts) for part in one) for one in sets if one)


def _given(part: Row, texts: dict[str, Article]) -> Span:
    """The span of one piece of evidence; its quote is the article's slice where the article is here."""
    article, start, end = texts.get(part["article_id"]), part.get("start"), part.get("end")
    if start is None:
        return _span(part["article_id"], part["quote"], texts)
    if article is None:
        return Span(part["article_id"], start, end, part["quote"])
    quote = article.text[start:end]
    if not quote or " ".join(part.get("quote", quote).split()) != " ".join(quote.split()):
        raise ValueError(f"characters {start}-{end} of {part['article_id']} are not its quote")
    return Span(part["article_id"], start, end, quote)


def _span(article_id: str, quote: str, texts: dict[str, Article]) -> Span:
    article = texts.get(article_id)
    start, end = (article and locate(article.text, quote)) or (None, None)
    return Span(article_id, start, end, quote)


def _words(row: Row, texts: dict[str, Article]) -> tuple[str, ...]:
    """The answering words where a row gives their offsets in its first piece of evidence's article."""
    if not row.get("answer"):
        return ()
    text = texts[row["evidence"][0]["article_id"]].text
    return tuple(text[start:end] for start, end in row["answer"])


def _quotation(row: Row, evidence: EvidenceSets) -> str:
    """The words asked about; where only edits are given, they are made in the evidence's words."""
    if "quotation" in row:
        return str(row["quotation"])
    words = (evidence[0][0].quote or "").split()
    for first, last, new in reversed(row["edits"]):
        words[first:last] = new.split()
    return " ".join(words)
