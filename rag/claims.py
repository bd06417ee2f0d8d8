"""What may be traced: a claim that is one, and the parts of a long one that can be checked on their own."""

import re
import unicodedata

from index.errors import UsageError
from index.sentences import split_sentences
from rag.posts import read_post

LONGEST_CLAIM = 2000  # characters, about 300 words: a paragraph, not an article
LEAST_PART_WORDS = 3  # "Sweden joined NATO"; a shorter piece of a claim says too little on its own
MOST_PARTS = 6

_ASKING = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
# A question by its words or their order, at the start or after an opening: "And did he?", "If so, will it?".
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how)\b"
    rf"|(?:^|[,;:—–-]\s*)(?:(?:and|but|or|so|then|now|well)\s+)?{_ASKING}\b",
    re.IGNORECASE,
)
# What is added to a statement to have it confirmed: ", right?", ", didn't they?".
_TAG = re.compile(
    r"(?:,|\s[–—-])\s*(?:right|correct|true|no|yes|eh|huh|really|seriously|"
    r"(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n[’']t \w+|"
    rf"{_ASKING} (?:i|you|he|she|it|we|they))\s*\?+$",
    re.IGNORECASE,
)
# A second statement with a subject of its own: ", and the mayor denied it", "; he later resigned".
_JOINT = re.compile(r"(?:;\s+|,\s+(?:and|but|while|whereas|yet)\s+)(?=\w)")
_SUBJECT = re.compile(
    r"[A-Z]|(?:the|a|an|his|her|its|their|our|my|he|she|it|they|we|this|that|these|those|no|all|most|some|many|both|"
    r"several|nobody|everyone)\b"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|should|won|lost|said|told|"
    r"made|took|gave|went|got|came|led|left|met|ran|saw|held|kept|put|cut|set|let|fell|rose|grew|broke|began|became|"
    r"chose|drew|fought|found|knew|paid|sent|sold|spoke|spent|stood|thought|wrote|says?|shows?|makes?|takes?|gives?|"
    r"wants?|remains?|denies|refuses|owns?|believes?|thinks?|\w{3,}ed)\b",
    re.IGNORECASE,
)
# Words between a subject and its verb; a comma or a relative would make the verb that of a clause beside it.
_SUBJECT_VERB = re.compile(
    rf"(?!{_VERB.pattern}|\w+ing\b)(?:(?!(?:who|which|that|whose)\b)[\w’'.-]+\s+){{1,8}}?{_VERB.pattern}",
    re.IGNORECASE,
)
# Initials, after which no sentence ends: "J.P." and "George H.W.", not "U.S."
_INITIALS = re.compile(r"\b(?!(?:U\.[SKN]|D\.C|E\.U)\.$)(?:[A-Z]\.)+$")


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
    if not stated(said):
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


def stated(said: str) -> str:
    """What `said` states: it without its questions, and without the mark of a statement that is put as one.

    "It sank. Can you believe it?" states that it sank, and so does "It sank, right?". Empty when it only asks.
    """
    if "?" not in said:
        return said
    kept = [_statement(said[start:end]) for start, end in split_sentences(said)]
    return " ".join(filter(None, kept))


def _statement(sentence: str) -> str:
    """The sentence as a statement; empty when it is a question. Without a verb a "?" is no more than a question."""
    plain = sentence.rstrip("\"”’') ")
    if not plain.endswith("?"):
        return sentence
    bare = _TAG.sub("", plain).rstrip("?! ")
    return f"{bare}." if _VERB.search(bare) and not _ASKS.search(bare) else ""


def parts_of(claim: str) -> tuple[str, ...]:
    """The statements that `claim` makes, each checkable on its own as far as rules can see; the claim itself if one.

    Sentences are parts, and so is what follows "; " or ", and" with a subject and a verb of its own.
    """
    found = [part for start, end in _sentences(claim) for part in _statements(claim[start:end])]
    kept = [part for part in found if len(part.split()) >= LEAST_PART_WORDS]
    return tuple(kept[:MOST_PARTS]) if len(kept) > 1 else (claim,)


def _sentences(claim: str) -> list[tuple[int, int]]:
    """The sentences; one without a verb belongs to that before it, and so does what follows initials."""
    found: list[tuple[int, int]] = []
    for start, end in split_sentences(claim):
        if found and (not _VERB.search(claim, start, end) or _INITIALS.search(claim[slice(*found[-1])])):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _statements(sentence: str) -> list[str]:
    pieces, at = [], 0
    for joint in _JOINT.finditer(sentence):
        before, after = sentence[at : joint.start()], sentence[joint.end() :]
        if _VERB.search(before) and len(before.split()) >= LEAST_PART_WORDS and _begins_statement(before, after):
            pieces.append(before)
            at = joint.end()
    return [*pieces, sentence[at:]]


def _begins_statement(before: str, after: str) -> bool:
    """Whether `after` has a subject and a verb. After a comma in `before`, a bare noun may be one more of a list."""
    if not _SUBJECT_VERB.match(after):
        return False
    return bool(_SUBJECT.match(after)) or "," not in before


def other_script(claim: str) -> str | None:
    """The script of a claim without one Latin letter, such as "Cyrillic"; None when it has some, or no letters."""
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in claim if letter.isalpha()}
    scripts = {"CHINESE" if script == "CJK" else script for script in scripts}  # as people call it
    if not scripts or "LATIN" in scripts:
        return None
    return " and ".join(sorted(script.capitalize() for script in scripts if script)) or None
