"""Questions that ask for two things: "how many ..., and what ...", "how did it change between A and B".

A comparison is two single-fact lookups; each half is searched and read on its own, and the answer has a sentence for
each. Rules only: a half that is cut wrongly is read beside the whole question, never instead of it.
"""

import re

_ASKING = r"(?:what|how|who|whom|whose|which|when|where|why|did|does|do|was|were|is|are|has|had|to what|by how|in what)"
_PREPOSITION = r"(?:to|for|with|on|in|at|by|from|of|under|about)"
_IN = r"(?:in|on|by|as of|during|at|after|before)"
# Longest first: "how did X compare, in 2012, with Y, and what ..." is cut at its conjunction.
_CONJUNCTION = re.compile(
    rf"^(?P<one>.+?),? (?:and|while|then) (?P<two>(?:{_PREPOSITION} )?{_ASKING}\b.+)$", re.IGNORECASE
)
_EACH = re.compile(
    r"^(?P<before>(?:how|what|why|which \w+) (?:did|do|does|was|were) )"
    r"(?P<one>.+?) and (?P<two>.+?) each (?P<after>.+)$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"^(?P<before>.+?) (?:between|from) (?P<one>.+?) (?:and|to) (?P<two>.+)$", re.IGNORECASE)
_COMPARED = re.compile(
    r"^(?P<one>.+?),? (?:compared?|contrast\w*|differ\w*|stand\w* against|versus) "
    r"(?:with|to|from|against)? ?(?P<two>.+)$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"^(?:contrast|compare) (?P<one>.+?),? (?:with|and|to) (?P<two>.+)$", re.IGNORECASE)
_TWICE = re.compile(rf"^(?P<before>.+?) (?P<one>{_IN} .+?),? and (?P<two>{_IN} .+)$", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:chang|differ|shift|mov|evolv|grow|grew|f[ae]ll|rose|rise|compar|from|between)\w*", re.IGNORECASE
)
_HOW = re.compile(
    r"(?:how|by how|in what way|to what extent)\b", re.IGNORECASE
)  # "which event did X compare with Y?" is one
LEAST_WORDS = 4


def halves(question: str) -> tuple[str, str] | None:
    """The two questions in `question`, each standing alone as far as rules can see; None when it asks one thing."""
    text = question.strip().rstrip("?").strip()
    made = _cut(text)
    if made is None:
        return None
    one, two = (" ".join(half.split()).strip(" ,;:") for half in made)
    if min(len(one.split()), len(two.split())) < LEAST_WORDS:
        return None
    return f"{one}?", f"{two}?"


def _cut(text: str) -> tuple[str, str] | None:
    if match := _CONTRAST.match(text):
        return match["one"], match["two"]
    if match := _EACH.match(text):
        return f"{match['before']}{match['one']} {match['after']}", f"{match['before']}{match['two']} {match['after']}"
    if match := _CONJUNCTION.match(text):
        return match["one"], match["two"]
    if _HOW.match(text):
        if (match := _BETWEEN.match(text)) and _CHANGE.search(match["before"]):
            return f"{match['before']} {match['one']}", f"{match['before']} {match['two']}"
        if match := _COMPARED.match(text):
            return match["one"], match["two"]
    if match := _TWICE.match(text):
        return f"{match['before']} {match['one']}", f"{match['before']} {match['two']}"
    return None
