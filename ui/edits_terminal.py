"""What was changed between two articles, as text for a terminal: told by signs, so that it needs no colour.

Within a sentence [-these words-] are only in the first article and {+these words+} only in the second, as in `wdiff`.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from index.article import ArticleMeta
from rag.edits import Edit
from ui.html import byline
from ui.printable import one_line
from ui.terminal import wrapped

SIGNS = {"added": "+", "removed": "-", "altered": "~", "moved": ">"}
_MARKS = ".,;:!?…\"'“”‘’()[]«»"  # typography is no difference, as in `rag.edits`


def render_edits(first: ArticleMeta, second: ArticleMeta, found: Sequence[Edit], width: int | None = None) -> str:
    """Both articles, how many sentences differ, and each of them."""
    head = "\n".join(
        [wrapped(byline(first), width, "first:  ", "        "), wrapped(byline(second), width, "second: ", "        ")]
    )
    if not found:
        return f"{head}\n\nNo sentence differs in its words."
    return "\n\n".join([head, wrapped(_summary(found), width), *(_edit(one, width) for one in found)])


def _summary(found: Sequence[Edit]) -> str:
    changes = [one.change for one in found]
    counts = ", ".join(
        f"{changes.count(change)} {change} ({sign})" for change, sign in SIGNS.items() if change in changes
    )
    return f"{len(found)} sentence{' differs' if len(found) == 1 else 's differ'}: {counts}"


def _edit(one: Edit, width: int | None) -> str:
    text = altered_words(one.first_text, one.second_text) if one.change == "altered" else one.second_text
    lines = [wrapped(one_line(text or one.first_text), width, f"{SIGNS[one.change]} ", "  ")]
    for word in one.words:
        if word.meaning:
            said, have = (f"“{one_line(part)}”" if part else "nothing" for part in (word.said, word.found))
            lines.append(wrapped(f"{have} became {said}: may change the meaning ({word.why})", width, "    ", "      "))
    return "\n".join(lines)


def altered_words(first: str, second: str) -> str:
    """The sentence of the second article with what was taken out and put in, each in its marks."""
    return " ".join(_marked(first.split(), second.split()))


def _marked(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    matcher = SequenceMatcher(None, [_key(word) for word in before], [_key(word) for word in after], autojunk=False)
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        if op == "equal":
            yield from after[j1:j2]
            continue
        if i1 < i2:
            yield f"[-{' '.join(before[i1:i2])}-]"
        if j1 < j2:
            yield f"{{+{' '.join(after[j1:j2])}+}}"


def _key(word: str) -> str:
    return word.strip(_MARKS).casefold() or word
