"""The values of one item: what `eval.scoring` makes figures of, and what the failure browser sorts by."""

from collections.abc import Mapping

from eval.datasets.model import Claim, Dataset, Question, Quotation, articles_of
from eval.measures import answer, citation, claim, evidence, quotation, quote
from eval.measures.citation import Supports
from eval.runs.model import Answer, Run

DEPTHS = (5, 10)
Row = dict[str, float]


def question_row(question: Question, given: Answer) -> Row:
    """What a question came to, by measure; a measure that does not apply is not there."""
    row: Row = {"answered": float(given.answered), "crashed": float(given.status == "error")}
    if given.milliseconds is not None:
        row["ms"] = given.milliseconds
    if given.tokens is not None:
        row["tokens"] = float(given.tokens)
    if given.confidence is not None:
        row["confidence"] = given.confidence
    if question.kind == "unanswerable":
        return row | {
            "abstain_right": float(given.status == "abstained"),
            "correct": float(given.status == "abstained"),
        }
    if question.patterns or question.strings:
        row[answer.RIGHT.id] = row["correct"] = float(answer.right(question, given))
        row[answer.RIGHT_STRICT.id] = float(answer.right_strict(question, given))
    if question.strings and not question.patterns:
        row[answer.EXACT_MATCH.id] = float(answer.exact_match(question, given))
        row[answer.F1.id] = answer.word_f1(question, given)
    if question.evidence:
        row[evidence.CITED.id] = float(evidence.cited(question, given))
        for depth in DEPTHS:
            row[f"evidence_recall@{depth}"] = evidence.recall_at(question, given, depth)
            row[f"evidence@{depth}"] = float(evidence.all_at(question, given, depth))
        if "right" in row:
            row["right_and_cited"] = row["right"] * row[evidence.CITED.id]
            row["right_and_any_cited"] = row["right"] * evidence.any_cited(question, given)
    if given.text:
        row["answer_words"] = float(len(given.text.split()))
    return row


def exact_row(given: Answer, dataset: Dataset) -> Row:
    """Counts of citations, or of the evidence of a claim or quotation, and of those that are the exact slice."""
    return {
        "citations": float(len(given.citations)),
        "exact": float(sum(quote.is_exact(part, dataset.articles) for part in given.citations)),
    }


def citation_row(given: Answer, dataset: Dataset, plain: Mapping[str, str], judge: Supports) -> Row:
    """Counts of citations and sentences, and how many hold, under `judge`."""
    row: Row = {
        **exact_row(given, dataset),
        "not_in_article": float(quote.not_in_article(given, plain)),
        "sentences": float(len(given.sentences)),
        "supported": float(sum(citation.supported(sentence, judge) for sentence in given.sentences)),
    }
    if given.sentences:
        row[f"citation_recall@{judge.name}"] = citation.recall(given, judge)
        row[f"citation_precision@{judge.name}"] = citation.precision(given, judge)
    return row


def claim_row(item: Claim, given: Answer) -> Row:
    """What a claim came to."""
    row: Row = {
        "claim_right": float(claim.right(item, given)),
        f"claim_right_{item.stance}": float(claim.right(item, given)),
        "fever_score": float(claim.fever(item, given)),
    }
    if item.evidence:
        row["claim_evidence@3"] = float(claim.evidence_at(item, given))
    return row


def quotation_row(item: Quotation, given: Answer) -> Row:
    """What a quotation came to."""
    row: Row = {"quotation_status_right": float(quotation.status_right(item, given))}
    if item.speaker:
        row["quotation_speaker_right"] = float(quotation.speaker_right(item, given))
    return row


def cited_articles(run: Run) -> set[str]:
    """Ids of every article that the run cites."""
    return {part.article_id for given in run.answers.values() for part in given.citations}


def relevant_articles(dataset: Dataset) -> dict[str, dict[str, int]]:
    """Graded articles of each answerable question: the dataset's own judgements, or 1 for the evidence's articles."""
    found = {}
    for question in dataset.questions:
        grades = dict(question.relevant) or dict.fromkeys(articles_of(question), 1)
        if any(grade > 0 for grade in grades.values()):
            found[question.id] = grades
    return found
