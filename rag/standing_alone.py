"""What half of a question lacks to stand alone, taken from the other half: a name, a year, what is asked.

"What did Kovar say in May 2019, and what did she do in June?": the second half is searched and read as "what did Kovar
do in June 2019?". Rules for English; a half that says it all stays as it is.
"""

import re

AUXILIARY = r"(?:did|does|do|was|is|were|are|has|have|had|would|could|will|can|should|might|may)"
_TITLED = r"(?:[^\W\d_a-z][\w'’.-]*\.?)"  # a word with a capital
_NAMED = re.compile(rf"\b{AUXILIARY} (?P<name>{_TITLED}(?: {_TITLED})*)")
_FULL_NAME = re.compile(rf"{_TITLED}(?: {_TITLED})+")
_PRONOUN = re.compile(r"\b(?P<pronoun>he|she|him|his|her|hers)\b")
# After "her" stands a noun or, where it is an object, what goes on: "her vote", "told her in May".
_OBJECT = re.compile(
    r"(?:\W*$|\W* (?:in|on|at|by|for|from|to|of|about|with|after|before|over|during|when|as|and|that|the|a|an)\b)"
)
_ASKED = r"(?:how many|how much|how long|how often|how far|what|who|whom|when|where|which \w+(?: \w+)?|what \w+)"
_PLACED = r"(?:in|at|on|by|for|from|under|among|as of|during|after|before)"
_ELLIPSIS = re.compile(rf"^{_ASKED} (?P<rest>{_PLACED} .+)$", re.IGNORECASE)
_ASKING_PART = re.compile(rf"^(?P<asking>.+? .+?) {_PLACED} ", re.IGNORECASE)
# "When did Sweden join NATO" beside "when did Finland": what the second leaves out, without a date of its own.
_ASKED_OF = rf"(?i:{_ASKED})(?: [a-z]+)? {AUXILIARY} (?:the )?{_TITLED}(?: {_TITLED})*"
_DID = re.compile(rf"^{_ASKED_OF} (?P<what>[a-z].*?)(?: (?:in|on|by) (?:[A-Z][a-z]+ )?\d.*)?$")
_DID_TOO = re.compile(rf"^{_ASKED_OF}$")
_MONTH = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december|"
    r"(?<=in )may|(?<=early )may|(?<=mid-)may|(?<=late )may|(?<=by )may|(?<=since )may)"
)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_MONTH_ALONE = re.compile(rf"\b{_MONTH}\b(?: \d{{1,2}}\b)?(?!,? (?:of )?\d)", re.IGNORECASE)
# What looks like a name behind an auxiliary and is none, or not of a person.
_NO_PERSON = re.compile(
    r"^(?:The|A|An|U\.?S\.?A?|UK|U\.K\.|US|United|Congress|House|Senate|Supreme|Court|White|Democrats?|Republicans?|"
    r"America|American|I|It|He|She|They|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)


def stand_alone(one: str, two: str) -> tuple[str, str]:
    """Both halves of a question, with what each lacks and the other has."""
    two = _with_what_is_asked(one, two)
    two = _with_name(one, two)
    return _with_year(one, two), _with_year(two, one)


def with_what_was_done(one: str, two: str) -> str:
    """After "When did Sweden join NATO", "when did Finland" is "when did Finland join NATO"; else `two` itself."""
    done = _DID.match(one)
    return f"{two} {done['what']}" if done is not None and _DID_TOO.match(two) else two


def _with_what_is_asked(one: str, two: str) -> str:
    """After "How many came to Orle in May", "how many in June" is "How many came to Orle in June"."""
    short, whole = _ELLIPSIS.match(two), _ASKING_PART.match(one)
    if short is None or whole is None or re.search(rf"\b{AUXILIARY}\b", short["rest"]):
        return two
    return f"{whole['asking']} {short['rest']}"


def _with_name(one: str, two: str) -> str:
    """The first pronoun of `two` as the person that `one` asks about; `two` itself where it names a person."""
    subject = next((match["name"] for match in _NAMED.finditer(one) if not _NO_PERSON.match(match["name"])), None)
    pronoun = _PRONOUN.search(two)
    named = _NAMED.search(two)
    if subject is None or pronoun is None or (named is not None and named.start() < pronoun.start()):
        return two
    word = pronoun["pronoun"]
    apart = word == "him" or (word == "her" and _OBJECT.match(two[pronoun.end() :]) is not None)
    if apart:  # whom something was done to: rather whom the first half names last
        subject = ([name for name in _FULL_NAME.findall(one) if not _NO_PERSON.match(name)] or [subject])[-1]
    name = subject.removesuffix("'s").removesuffix("’s")
    owned = word in ("his", "her", "hers") and not apart
    return f"{two[: pronoun.start()]}{name}{chr(39) + 's' if owned else ''}{two[pronoun.end() :]}"


def _with_year(half: str, other: str) -> str:
    """A month without a year gets the year of the other half, where that names just one."""
    years = set(_YEAR.findall(other))
    alone = _MONTH_ALONE.search(half)
    if len(years) != 1 or alone is None or _YEAR.search(half):
        return half
    return f"{half[: alone.end()]} {years.pop()}{half[alone.end() :]}"
