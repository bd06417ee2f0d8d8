"""Labelled pairs from a file or a folder that the user names: every file whose rows are of a known format."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.judges.formats import FORMATS, Format, RowError
from eval.judges.pairs import LabelledPair, same, with_documents
from eval.judges.reading import KINDS, kind_of, read_rows
from index.errors import UsageError


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder held. Nothing about what gave no pair is thrown away."""

    pairs: tuple[LabelledPair, ...]
    left_out: Mapping[str, int]  # why rows gave no pair, and how many
    other_files: tuple[str, ...]  # of no known format


def load_pairs(path: Path) -> Loaded:
    """The pairs of every known file in `path`, once each, with their documents. Raises UsageError when there are none.

    Copies (letters and digits of claim and evidence the same) are taken from the file whose format stands first in
    `FORMATS`, so that rows of BEGIN which recur have the labels of its second version.
    """
    files, others = _files(path)
    found: list[LabelledPair] = []
    left_out: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for form, file in sorted(files, key=lambda item: (FORMATS.index(item[0]), item[1])):
        for item in _read(form, file):
            if isinstance(item, str):
                left_out[item] += 1
                continue
            key = (same(item.claim), same(item.evidence))
            if key in seen:
                left_out["a copy of another row"] += 1
                continue
            seen.add(key)
            found.append(item)
    if not found:
        raise UsageError(
            f"{path} holds no pair that people judged ({len(files)} files of a known format, {len(others)} others); "
            f"expected one of {', '.join(form.name for form in FORMATS)}: name such a folder with --data"
        )
    return Loaded(tuple(with_documents(found)), dict(left_out), tuple(others))


def _files(path: Path) -> tuple[list[tuple[Format, Path]], list[str]]:
    if path.is_file():
        paths = [path]
    elif path.is_dir():
        paths = sorted(item for item in path.rglob("*") if item.is_file())
    else:
        raise UsageError(f"{path} is no file or folder; expected a folder with judged claims: name one with --data")
    known, others = [], []
    for file in paths:
        form = _format(file)
        if form is None:
            others.append(file.name if file == path else str(file.relative_to(path)))
        else:
            known.append((form, file))
    return known, others


def _format(path: Path) -> Format | None:
    if kind_of(path) not in KINDS:
        return None
    rows = read_rows(path)
    return next((form for form in FORMATS if rows and form.fields <= rows[0].keys()), None)


def _read(form: Format, path: Path) -> Sequence[LabelledPair | str]:
    try:
        return list(form.read(path, read_rows(path)))
    except RowError as error:
        raise UsageError(
            f"{path} is no whole {form.name} file: {error}: get it again or name another with --data"
        ) from error
