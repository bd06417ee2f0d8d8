"""The sets of claims that people judged, each in the form its authors published: rows in, labelled pairs out.

A format tells its rows by their fields and says which label counts as supported. What it yields instead of a pair is
the reason why a row gives none.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.judges.pairs import LabelledPair
from eval.judges.reading import Row, read_rows, stem_of
from index.errors import UsageError
from index.sentences import split_sentences

Yielded = LabelledPair | str  # a pair, or why a row gave none


@dataclass(frozen=True, slots=True)
class Format:
    """One published form. `fields` tell it: the first row of a file has them all."""

    name: str
    fields: frozenset[str]
    read: Callable[[Path, Sequence[Row]], Iterator[Yielded]]


class RowError(ValueError):
    """A row is not of its format; the message says what was found and what was expected."""


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise RowError(f"{name!r} is {value!r:.60}; expected text")
    return value


def _list(row: Row, name: str) -> list[object]:
    value = row.get(name)
    if not isinstance(value, list):
        raise RowError(f"{name!r} is {value!r:.60}; expected a list")
    return value


def _rows(row: Row, name: str) -> list[Row]:
    values = _list(row, name)
    wrong = next((value for value in values if not isinstance(value, dict)), None)
    if wrong is not None:
        raise RowError(f"{name!r} holds {wrong!r:.60}; expected objects")
    return [value for value in values if isinstance(value, dict)]


def _label(row: Row, name: str, meaning: Mapping[object, bool | str]) -> bool | str:
    value = row.get(name)
    key = value.strip().lower() if isinstance(value, str) else value
    if key not in meaning:
        expected = ", ".join(repr(known) for known in meaning)
        raise RowError(f"{name!r} is {value!r:.60}; expected one of {expected}")
    return meaning[key]


def _pair(source: str, claim: str, evidence: str, label: bool | str, votes: tuple[bool, ...] = ()) -> Yielded:
    if isinstance(label, str):
        return label
    if not claim.strip():
        return "no claim"
    if not evidence.strip():
        return "no evidence to judge by"
    return LabelledPair(source, claim, evidence, label, votes)


def qags(path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """QAGS (Wang et al. 2020): sentences of a summary against its article; the majority of the votes is the label."""
    for row in rows:
        for sentence in _rows(row, "summary_sentences"):
            answers = [_label(vote, "response", {"yes": True, "no": False}) for vote in _rows(sentence, "responses")]
            votes = tuple(answer is True for answer in answers)
            label: bool | str = sum(votes) > len(votes) / 2
            if not votes or sum(votes) == len(votes) / 2:
                label = "votes are even"
            yield _pair(f"qags/{stem_of(path)}", _text(sentence, "sentence"), _text(row, "article"), label, votes)


def summedits(path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """SummEdits (Laban et al. 2023): a summary, or the same with one small edit, against its document."""
    source = "summedits/" + stem_of(path).removeprefix("summedits_")
    for row in rows:
        yield _pair(source, _text(row, "summary"), _text(row, "doc"), _label(row, "label", {1: True, 0: False}))


_WICE: dict[object, bool | str] = {"supported": True, "partially_supported": False, "not_supported": False}


def wice(path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """WiCE (Kamoi et al. 2023): a claim against the whole page that it cites; partially supported is unsupported."""
    for row in rows:
        evidence = "\n".join(str(sentence) for sentence in _list(row, "evidence"))
        yield _pair(f"wice/{stem_of(path)}", _text(row, "claim"), evidence, _label(row, "label", _WICE))


_EXPERTQA: dict[object, bool | str] = {
    "complete": True,
    "partial": False,
    "incomplete": False,
    "missing": "no evidence to judge by",
    "n/a": "experts gave no verdict",
    None: "experts gave no verdict",
}
_MARKER = re.compile(r"\s*\[\d+\]")
_ADDRESS = re.compile(r"\A\s*\[\d+\]\s+\S+\s*")


def expertqa(_path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """ExpertQA (Malaviya et al. 2024): claims of answers against what they cite; only complete support counts.

    Citation markers are taken out of the claims and addresses off the evidence: they prove nothing.
    """
    for row in rows:
        answers = row.get("answers")
        if not isinstance(answers, dict):
            raise RowError(f"'answers' is {answers!r:.60}; expected an object with an answer for each system")
        for answer in answers.values():
            for claim in _rows(answer, "claims"):
                cited = [_ADDRESS.sub("", str(text)) for text in _list(claim, "evidence")]
                said = _MARKER.sub("", _text(claim, "claim_string"))
                yield _pair("expertqa", said, "\n\n".join(cited), _label(claim, "support", _EXPERTQA))


_GENERIC = "generic: it claims nothing that could be attributed"
_BEGIN: dict[object, bool | str] = {
    "fully attributable": True,
    "not fully attributable": False,
    "generic": _GENERIC,
    "entailment": True,
    "hallucination": False,
    "contradiction": False,
    "off-topic": False,
}


def begin(_path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """BEGIN's second version (Dziri et al. 2022): a reply in a dialogue against the knowledge it was given."""
    for row in rows:
        source = f"begin/{_text(row, 'data_source')}"
        yield _pair(source, _text(row, "response"), _text(row, "knowledge"), _label(row, "begin_label", _BEGIN))


def begin_first(_path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """BEGIN's first version, by other columns. Its rows recur in the second, whose labels go before."""
    for row in rows:
        yield _pair("begin/v1", _text(row, "response"), _text(row, "evidence"), _label(row, "gold label", _BEGIN))


def faithbench(_path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """FaithBench (Bao et al. 2025): a summary is unsupported where anybody marked unwanted content in it.

    Questionable and benign marks without an unwanted one leave the summary out: their annotators did not call it wrong,
    and it is not what the source says either.
    """
    for row in rows:
        marks = set()
        for note in _rows(row, "annotations"):
            given = note.get("label")
            marks |= {str(mark).partition(".")[0].lower() for mark in (given if isinstance(given, list) else [given])}
        unknown = marks - {"unwanted", "benign", "questionable", "consistent"}
        if unknown:
            raise RowError(
                f"an annotation says {min(unknown)!r}; expected Unwanted, Benign, Questionable or Consistent"
            )
        label: bool | str = "unwanted" not in marks
        if label and marks & {"benign", "questionable"}:
            label = "questionable or benign content only"
        yield _pair("faithbench", _text(row, "summary"), _text(row, "source"), label)


def ragtruth(path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """RAGTruth (Niu et al. 2024): each sentence of a response; a marked span that reaches into it makes it unsupported.

    The evidence stands in `source_info.jsonl` in the same folder. Responses that refuse or break off are left out.
    """
    sources = {_text(row, "source_id"): row for row in _beside(path, "source_info.jsonl")}
    for row in rows:
        if row.get("quality", "good") != "good":
            yield "the response refuses or breaks off"
            continue
        source = sources.get(_text(row, "source_id"))
        if source is None:
            raise RowError(f"'source_id' is {row['source_id']!r}; expected one of source_info.jsonl")
        given = source.get("source_info")
        if isinstance(given, dict) and "passages" in given:
            given = given["passages"]
        evidence = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, indent=0)
        response = _text(row, "response")
        spans = [_span(mark) for mark in _rows(row, "labels")]
        for start, end in split_sentences(response):
            supported = not any(first < end and start < last for first, last in spans)
            yield _pair(f"ragtruth/{_text(source, 'task_type')}", response[start:end], evidence, supported)


def _span(mark: Row) -> tuple[int, int]:
    start, end = mark.get("start"), mark.get("end")
    if not isinstance(start, int) or not isinstance(end, int):
        raise RowError(f"a label runs from {start!r:.20} to {end!r:.20}; expected offsets into the response")
    return start, end


def _beside(path: Path, name: str) -> list[Row]:
    for ending in ("", ".gz", ".xz"):
        other = path.parent / f"{name}{ending}"
        if other.is_file():
            return read_rows(other)
    raise UsageError(f"{path.parent} holds {path.name} but no {name}; expected both: put it there and run this again")


_STANCE: dict[object, bool | str] = {
    "supports": True,
    "supported": True,
    "refutes": False,
    "refuted": False,
    "not enough info": False,
    "not_enough_info": False,
    "not enough evidence": False,
    "conflicting evidence/cherrypicking": False,
    "disputed": False,
}


def claims(path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """Claims in FEVER's style with their evidence as text, fever-symmetric among them; only support counts."""
    for row in rows:
        evidence = row.get("evidence")
        texts = evidence if isinstance(evidence, list) else [evidence]
        if not all(isinstance(text, str) for text in texts):
            raise RowError(
                "'evidence' names pages; expected the text itself (FEVER's own files need its Wikipedia dump: put the "
                "sentences in)"
            )
        yield _pair(stem_of(path), _text(row, "claim"), "\n".join(map(str, texts)), _label(row, "label", _STANCE))


def climate_fever(_path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """Climate-FEVER (Diggelmann et al. 2020): a claim with five sentences, each with its own label and votes."""
    for row in rows:
        for part in _rows(row, "evidences"):
            votes = tuple(_label({"vote": vote}, "vote", _STANCE) is True for vote in _list(part, "votes") if vote)
            label = _label(part, "evidence_label", _STANCE)
            yield _pair("climate-fever", _text(row, "claim"), _text(part, "evidence"), label, votes)


def averitec(_path: Path, rows: Sequence[Row]) -> Iterator[Yielded]:
    """AVeriTeC (Schlichtkrull et al. 2023): a claim against the questions and answers that fact checkers found."""
    for row in rows:
        lines = []
        for question in _rows(row, "questions"):
            lines.append(_text(question, "question"))
            for answer in _rows(question, "answers"):
                lines += [str(answer[key]) for key in ("answer", "boolean_explanation") if answer.get(key)]
        yield _pair("averitec", _text(row, "claim"), "\n".join(lines), _label(row, "label", _STANCE))


FORMATS = (  # the more particular before the more general
    Format("qags", frozenset({"article", "summary_sentences"}), qags),
    Format("summedits", frozenset({"doc", "summary", "label", "edit_types"}), summedits),
    Format("wice", frozenset({"claim", "evidence", "label", "supporting_sentences"}), wice),
    Format("expertqa", frozenset({"question", "answers", "metadata"}), expertqa),
    Format("begin", frozenset({"knowledge", "response", "begin_label", "data_source"}), begin),
    Format("begin-v1", frozenset({"evidence", "response", "gold label"}), begin_first),
    Format("faithbench", frozenset({"source", "summary", "annotations"}), faithbench),
    Format("ragtruth", frozenset({"source_id", "labels", "response"}), ragtruth),
    Format("climate-fever", frozenset({"claim", "claim_label", "evidences"}), climate_fever),
    Format("averitec", frozenset({"claim", "label", "questions"}), averitec),
    Format("claims", frozenset({"claim", "evidence", "label"}), claims),
)
