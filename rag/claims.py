"""What may be traced: a claim that is one, and the parts of a long one that can be checked on their own."""

import re
import unicodedata

from index.errors import UsageError
from index.sentences import split_sentences
from rag.posts import read_post

LONGEST_CLAIM = 2000  # characters, about 300 words: a paragraph, not an article
LEAST_PART_WORDS = 5  # a shorter piece of a claim says too little on its own
MOST_PARTS = 6

_ASKS = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|"
    r"should)\b[^.!]*\?[\"”’')]*$",
    re.IGNORECASE,
)
# A second statement with a subject of its own: ", and the mayor denied it", "; he later resigned".
_SUBJECT = r"(?:[A-Z][\w’'-]+|(?:the|a|an|his|her|its|their|he|she|it|they|this|that|no|all|most|some)\b)"
_JOINT = re.compile(rf"(?:;\s+|,\s+(?:and|but|while|whereas|yet)\s+)(?={_SUBJECT}\s+(?:[\w’'.-]+\s+){{2,}})")
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|should|won|lost|said|told|"
    r"made|took|gave|went|got|came|led|left|met|ran|saw|held|kept|put|cut|set|let|fell|rose|grew|broke|began|became|"
    r"chose|drew|fought|found|knew|paid|sent|sold|spoke|spent|stood|thought|wrote|\w{3,}ed)\b",
    re.IGNORECASE,
)


def checked_claim(claim: str) -> str:
    """The claim without surrounding space. Raises UsageError when it is empty, a question or too long to be one.

    What is judged is what a pasted post says (`rag/posts.py`): a link alone is empty.
    """
    stripped = " ".join(claim.encode("utf-8", "replace").decode("utf-8").split())
    said = read_post(stripped).text
    if not any(map(str.isalnum, said)):
        raise UsageError(
            'the claim is empty; expected a statement, such as: attest trace "Finland joined NATO in 2023"'
        )
    if len(stripped) > LONGEST_CLAIM:
        raise UsageError(
            f"the claim has {len(stripped):,} characters; expected at most {LONGEST_CLAIM:,}: "
            "trace one statement at a time"
        )
    if asks(said):
        raise UsageError(
            "the claim is a question, and only a statement can be true or false; to have it answered: "
            f'attest ask "{_shown(said)}"'
        )
    return stripped


def asks(text: str) -> bool:
    """Whether `text` is a question, which claims nothing."""
    return bool(_ASKS.match(text)) or text.rstrip("\"”’') ").endswith("?")


def _shown(text: str) -> str:
    return (text if len(text) <= 80 else text[:79] + "…").replace('"', "'")


def parts_of(claim: str) -> tuple[str, ...]:
    """The statements that `claim` makes, each checkable on its own as far as rules can see; the claim itself if one.

    Sentences are parts, and so is what follows "; " or ", and" with a subject and a verb of its own.
    """
    found: list[str] = []
    for start, end in split_sentences(claim):
        found += _statements(claim[start:end])
    kept = [part for part in found if len(part.split()) >= LEAST_PART_WORDS]
    return tuple(kept[:MOST_PARTS]) if len(kept) > 1 else (claim,)


def _statements(sentence: str) -> list[str]:
    pieces, at = [], 0
    for joint in _JOINT.finditer(sentence):
        before, after = sentence[at : joint.start()], sentence[joint.end() :]
        if all(len(side.split()) >= LEAST_PART_WORDS and _VERB.search(side) for side in (before, after)):
            pieces.append(before)
            at = joint.end()
    return [*pieces, sentence[at:]]


def other_script(claim: str) -> str | None:
    """The script of a claim without one Latin letter, such as "Cyrillic"; None when it has some, or no letters."""
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in claim if letter.isalpha()}
    if not scripts or "LATIN" in scripts:
        return None
    return " and ".join(sorted(script.capitalize() for script in scripts if script)) or None
