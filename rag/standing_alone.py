"""What half of a question lacks to stand alone, taken from the other half: a name, a year, what is asked.

"What did Kovar say in May 2019, and what did she do in June?": the second half is searched and read as "what did Kovar
do in June 2019?". Rules for English; a half that says it all stays as it is.
"""

import re

from rag.relative_times import with_times_of

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
    r"December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|National|New|North|South|West|East|Salon|Slate|Politico|Reuters|"
    r"[A-Z]{2,})\b|"
    r"\b(?:Times|Post|Review|News|Journal|Beast|Herald|Tribune|Court|Party|Department|Committee|Union|University|"
    r"Agency|Institute|Council|Association|Bureau|Foundation|Company|Tower|House|City|Springs|Street)(?:['’]s)?$"
)


def stand_alone(one: str, two: str) -> tuple[str, str]:
    """Both halves of a question, with what each lacks and the other has."""
    two = _with_whom(one, _with_name(one, two))
    return _with_year(one, two), with_times_of(_with_year(two, one), one)


def with_what_was_done(one: str, two: str) -> str:
    """After "When did Sweden join NATO", "when did Finland" is "when did Finland join NATO"; else `two` itself.

    After "How many came to Orle in May", "how many in June" is "How many came to Orle in June".
    """
    two = _with_what_is_asked(one, two)
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
    subject, named = _asked_about(one), _asked_about(two)
    pronoun = _PRONOUN.search(two)
    if subject is None or pronoun is None or (named is not None and two.find(named) < pronoun.start()):
        return two
    word = pronoun["pronoun"]
    apart = _is_object(pronoun, two)
    if apart:  # whom something was done to: rather whom the first half names last
        subject = ([name for name in _FULL_NAME.findall(one) if not _NO_PERSON.search(name)] or [subject])[-1]
    name = subject.removesuffix("'s").removesuffix("’s")
    owned = word in ("his", "her", "hers") and not apart
    return f"{two[: pronoun.start()]}{name}{chr(39) + 's' if owned else ''}{two[pronoun.end() :]}"


def _with_whom(one: str, two: str) -> str:
    """ "Him" or "her" beside a person whom `two` names is somebody else: the only other one whom `one` names."""
    named = _asked_about(two)
    objects = [match for match in _PRONOUN.finditer(two) if _is_object(match, two)]
    if named is None or not objects or two.find(named) > objects[0].start():
        return two
    subject = _asked_about(one)
    people = dict.fromkeys([*([subject] if subject else []), *_FULL_NAME.findall(one)])
    others = [name for name in people if not _NO_PERSON.search(name) and not _same_person(name, named)]
    if len(others) != 1:
        return two
    name = re.sub(r"['’]s$", "", others[0])
    return f"{two[: objects[0].start()]}{name}{two[objects[0].end() :]}"


def _asked_about(half: str) -> str | None:
    """The first person behind an auxiliary: whom the half asks about."""
    return next((match["name"] for match in _NAMED.finditer(half) if not _NO_PERSON.search(match["name"])), None)


def _same_person(one: str, other: str) -> bool:
    """Whether one is the end of the other, as a surname is of a full name; not two that share it."""
    one, other = (" " + re.sub(r"['’]s$", "", name) for name in (one, other))
    return one.endswith(other) or other.endswith(one)


def _is_object(pronoun: re.Match[str], half: str) -> bool:
    word = pronoun["pronoun"]
    return word == "him" or (word == "her" and _OBJECT.match(half[pronoun.end() :]) is not None)


def _with_year(half: str, other: str) -> str:
    """A month without a year gets the year of the other half, where that names just one."""
    years = set(_YEAR.findall(other))
    alone = _MONTH_ALONE.search(half)
    if len(years) != 1 or alone is None or _YEAR.search(half):
        return half
    return f"{half[: alone.end()]} {years.pop()}{half[alone.end() :]}"
