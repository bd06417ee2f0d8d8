"""Questions that ask for two things: "how many ..., and what ...", "how did it change between A and B".

A comparison is two single-fact lookups; each half is searched and read on its own, and the answer has a sentence for
each. Rules only: a half that is cut wrongly is read beside the whole question, never instead of it. What a half lacks
to stand alone it takes from the other (`rag/standing_alone.py`).
"""

import re

from rag.standing_alone import AUXILIARY as _AUXILIARY
from rag.standing_alone import stand_alone, with_what_was_done

_AGAIN = re.compile(r"\band again (?=(?:in|on|at|to|by|during|after|before)\b)", re.IGNORECASE)
_ASKING = r"(?:what|how|who|whom|whose|which|when|where|why|did|does|do|was|were|is|are|has|had|to what|by how|in what)"
_PREPOSITION = (
    r"(?:to|for|with|on|in|at|by|from|of|under|about|as|through|over|into|against|between|during|after|before|until|"
    r"since|within|because of|according to)"
)
_IN = r"(?:in|on|by|as of|during|at|after|before)"
# Longest first: "how did X compare, in 2012, with Y, and what ..." is cut at its conjunction.
_CONJUNCTION = re.compile(
    rf"^(?P<one>.+?),? (?:and|while|then) (?P<two>(?:{_PREPOSITION} (?:[\w-]+,? ){{0,3}})?{_ASKING}\b.+)$",
    re.IGNORECASE,
)
_CAPITAL = r"[^\W\d_a-zà-öø-ÿ]"  # "É" and "Å", too; of letters beyond Latin-1 small ones as well
_EACH = (
    re.compile(
        r"^(?P<before>(?:how|what|why|which \w+) (?:did|do|does|was|were) )"
        r"(?P<one>.+?) and (?P<two>.+?) each (?P<after>(?!other\b).+)$",
        re.IGNORECASE,
    ),
    # Whatever is asked, where a name or a date stands before "each": no "saved on gas each month".
    re.compile(
        rf"^(?P<before>(?:In [^,]+, )?(?:[A-Z]?[a-z]+ )?(?i:how|what|why|which|whom?|whose|where|when)"
        rf"(?: [^\s,]+){{0,5}}? {_AUXILIARY} )(?P<one>.+?) and "
        rf"(?P<two>(?:.+ )?(?:{_CAPITAL}[\w'’.-]*|\d{{4}})) "
        r"(?:each (?P<after>(?!other\b)[a-z]+ .+)|(?P<when>when each .+))$",
    ),
)
# "Kovar and Horn on the dam of 2015: what did each say"; "what was said of it: by Kovar in 2015, and by Horn in 2016".
_OF_EACH = re.compile(
    r"^(?:contrast |compare )?(?P<one>[^:,]+?) and (?P<two>[^:]+?)(?P<about>,? (?:on|about|over|in|both)\b[^:]*)?: "
    r"(?P<asked>.*\beach\b.*)$",
    re.IGNORECASE,
)
_LISTED = (
    re.compile(r"^(?P<one>.+?), and (?P<two>.+)$"),
    re.compile(r"^(?P<one>(?:(?!, | and ).)+) and (?P<two>(?:(?!, | and ).)+)$"),
)
# "What did Kovar say about the dam and about the mill": what comes before is asked of both.
_SAME_PREPOSITION = re.compile(
    r"^(?P<before>.+?) (?P<one>(?P<with>about|according to|among|for|from|of|to|under|with) .+?),? and "
    r"(?P<two>(?P=with) .+)$",
    re.IGNORECASE,
)
_DISAGREE = re.compile(
    r"^(?:how|why|on what|about what|what) (?:did|do|does|have|had) (?P<one>.+?) and (?P<two>.+?) "
    r"(?:disagree|differ|diverge|clash|split|part ways)\w*(?P<after> (?:on|over|about|in|as to)\b.*)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"^(?P<before>.+?) (?:between (?P<one>.+) and|from (?P<start>.+?) to) (?P<two>.+)$", re.IGNORECASE
)
_COMPARED = re.compile(
    r"^(?P<one>.+?),? (?:compared?|contrast\w*|differ\w*|stand\w* against|versus) "
    r"(?:with|to|from|against)? ?(?P<two>.+)$",
    re.IGNORECASE,
)
# "What was the toll of 2012, compared with that of the war": what "that" is stands before.
_BESIDE_THAT = re.compile(r"^(?P<one>.+?),? (?:compared|as against|as opposed) (?:with|to) (?P<two>(?:that|those) .+)$")
_FROM_TO = re.compile(
    r"^(?P<before>.+? (?:chang|shift|mov|evolv|grow|f[ae]ll|rise|develop)\w*(?: \w+)?) "
    r"from (?P<start>.+?) to (?P<two>.+)$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"^(?:contrast|compare) (?P<one>.+?),? (?:with|and|to) (?P<two>.+)$", re.IGNORECASE)
# "... in May and in July", or else "... by the mayor in May and after the flood": what comes before is asked of both.
_TWICE = (
    re.compile(rf"^(?P<before>.+) (?P<one>(?P<with>{_IN}) .+?),? and (?P<two>(?P=with) .+)$", re.IGNORECASE),
    re.compile(rf"^(?P<before>.+?) (?P<one>{_IN} .+?),? and (?P<two>{_IN} .+)$", re.IGNORECASE),
)
_CHANGE = re.compile(
    r"\b(?:chang|differ|shift|mov|evolv|grow|grew|f[ae]ll|rose|rise|compar|from|between)\w*", re.IGNORECASE
)
_HOW = re.compile(
    r"(?:how|by how|in what way|to what extent)\b", re.IGNORECASE
)  # "which event did X compare with Y?" is one
# "How did the price of sand change": a sentence that answers for one of the two times says what it was, not that it
# changed.
_CHANGED = re.compile(
    r"^(?:how|by how much|in what way|to what extent) (?:did|do|does|has|have|had) (?P<what>.+? .+?) "
    r"(?:chang|differ|shift|mov|evolv|grow|grew|f[ae]ll|ris|rose|compar)\w*$",
    re.IGNORECASE,
)
# Two dates and an "and" between them: "how did A in May 2018 and B in June 2019 judge it", "what did it cost in the
# slumps of May 2016 and June 2018", "what did A say of it as a plan in 2017 and as a law in 2018".
_DATE = r"(?:(?:early |late |mid-)?[A-Z][a-z]+ (?:\d{1,2},? )?(?:of )?)?(?:18|19|20)\d\d"
_DATED_EACH = re.compile(
    rf"^(?P<before>(?:[Hh]ow|[Ww]hat|[Ww]hy|[Ww]hich|[Ww]ho)(?: \w+)? {_AUXILIARY}) (?P<one>.+? {_DATE}),? and "
    rf"(?P<two>.+? {_DATE}),? (?P<after>(?:each |both )?[a-z]+ .+)$"
)
_DATED = re.compile(rf"^(?P<before>.+?) (?P<at>{_DATE}),? and (?P<two>(?:.+? )?{_DATE})(?P<after>\b.*)$")
_HOW_DID = re.compile(r"^how (?:did|do|does|has|have|had) (?P<what>.+)$", re.IGNORECASE)
_THAT_OF = re.compile(rf"^(?:that|those|the one|the ones) (?P<rest>(?:{_PREPOSITION}|[a-z]+ed)\b.+)$", re.IGNORECASE)
_BEFORE_PLACE = re.compile(r"^(?P<what>.+?) (?:in|on|by|at|from|under|during|among|as of)\b", re.IGNORECASE)
_NAMES = rf"(?:the )?{_CAPITAL}[\w'’.&-]*(?: (?:of |de |von )?{_CAPITAL}[\w'’.&-]*)*"
# A time, an age or a place of each: what is asked of two otherwise ("how much did they raise") is mostly one thing.
_OF_BOTH = re.compile(
    r"^(?P<before>(?i:when|where|how old|(?:in|on) (?:what|which) (?:day|date|month|year|city|country)) "
    rf"{_AUXILIARY}) (?P<one>{_NAMES}) and (?P<two>{_NAMES}) (?:both )?(?P<after>[a-z].*)$"
)
_TOGETHER = re.compile(
    r"\b(?:meet|met|agree\w*|clash\w*|debat\w*|talk\w*|sp[eo]a?ke?|marr\w+|wed|divorce\w*|f[io]u?ght|discuss\w*|split|share\w*|"
    r"together|each|another|negotiat\w*|sign\w*|between|jointly|differ\w*|compare\w*|first|last|they|their|them)\b"
)
_QUOTED = re.compile(r"^[\"“„«'‘]")
LEAST_WORDS = 4
LEAST_WORDS_UNDER_A_TOPIC = 2


def halves(question: str) -> tuple[str, str] | None:
    """The two questions in `question`, each standing alone as far as rules can see; None when it asks one thing."""
    text = _AGAIN.sub("and ", question.strip().rstrip("?").strip())
    topic, made = "", None
    if ": " in text:
        topic, made = _under_a_topic(text)
    made = made or _cut(text)
    if made is None:
        return None
    one, two = (" ".join(half.split()).strip(" ,;:") for half in made)
    two = with_what_was_done(one, two)
    if min(len(one.split()), len(two.split())) < (LEAST_WORDS_UNDER_A_TOPIC if topic else LEAST_WORDS):
        return None
    one, two = stand_alone(f"{topic}{one}", two)
    return f"{one}?", f"{topic}{two}?"


def asked_of_both(question: str) -> tuple[str, str] | None:
    """ "When did Finland join?" and "When did Sweden join?" of "When did Finland and Sweden join?"; None of others.

    Two may have done it together, on one day: to be asked where the whole question finds no answer.
    """
    text = question.strip().rstrip("?").strip()
    match = _OF_BOTH.match(text)
    if match is None or _TOGETHER.search(match["after"]) or halves(question) is not None:
        return None
    one, two = (f"{match['before']} {name} {match['after']}?" for name in (match["one"], match["two"]))
    return one, two


def _under_a_topic(text: str) -> tuple[str, tuple[str, str] | None]:
    """What stands before the colon of "the dam of Orle: what did it cost, and who paid", and the two behind it."""
    if match := _OF_EACH.match(text):
        about, asked = match["about"] or "", match["asked"]
        return "", (f"{match['one']}{about}: {asked}", f"{match['two']}{about}: {asked}")
    topic, asked = text.split(": ", 1)
    if _QUOTED.match(asked):  # "who said: “we came, and we saw”" asks one thing
        return "", None
    made = _cut(asked)
    if made is None and (match := _LISTED[0].match(asked) or _LISTED[1].match(asked)):
        made = match["one"], match["two"]
    return (f"{topic}: ", made) if made else ("", None)


def _cut(text: str) -> tuple[str, str] | None:
    if match := _CONTRAST.match(text):
        return match["one"], match["two"]
    if match := _EACH[0].match(text) or _EACH[1].match(text):
        after = match["after"] or match["when"]
        return f"{match['before']}{match['one']} {after}", f"{match['before']}{match['two']} {after}"
    if match := _CONJUNCTION.match(text):
        return match["one"], match["two"]
    if match := _DISAGREE.match(text):
        after = match["after"] or ""
        return f"What did {match['one']} say{after}", f"What did {match['two']} say{after}"
    if match := _BESIDE_THAT.match(text):
        return _compared(match["one"], match["two"])
    if _HOW.match(text):
        if match := _FROM_TO.match(text):
            return _at(match["before"], match["start"]), _at(match["before"], match["two"])
        if (match := _BETWEEN.match(text)) and _CHANGE.search(match["before"]):
            return _at(match["before"], match["one"] or match["start"]), _at(match["before"], match["two"])
        if match := _COMPARED.match(text):
            return _compared(match["one"], match["two"])
    if match := _TWICE[0].match(text) or _TWICE[1].match(text):
        return f"{match['before']} {match['one']}", f"{match['before']} {match['two']}"
    if match := _DATED_EACH.match(text):
        after = re.sub(r"^(?:each|both) ", "", match["after"])
        return f"{match['before']} {match['one']} {after}", f"{match['before']} {match['two']} {after}"
    if dated := _dated(text):
        return dated
    if match := _SAME_PREPOSITION.match(text):
        return f"{match['before']} {match['one']}", f"{match['before']} {match['two']}"
    return None


def _dated(text: str) -> tuple[str, str] | None:
    """A question that names two dates, what stands before the second asked of both; None when it cannot be seen."""
    match = _DATED.match(text)
    if match is None or re.search(r"\b(?:between|from|since|both)\b", match["before"][-60:], re.IGNORECASE):
        return None
    one, two = f"{match['before']} {match['at']}", re.sub(r"^another ", "", match["two"])
    if two.isdigit():  # "in 2013 and 2014" may well be one time
        return None
    if re.fullmatch(_DATE, two):  # "in the slumps of January 2016 and November 2018"
        return f"{one}{match['after']}", f"{match['before']} {two}{match['after']}"
    first = two.split()[0]
    if re.fullmatch(_PREPOSITION, first):
        kept, found, _ = one.rpartition(f" {first} ")
    else:
        name = re.search(rf" (?:[A-Z][\w'’.-]+ )+(?=in |on |at |by |of )[^A-Z]*{re.escape(match['at'])}$", one)
        kept, found = (one[: name.start()], "name") if name and first[:1].isupper() else ("", "")
    return (one, f"{kept} {two}{match['after']}") if found and len(kept.split()) > 1 else None


def _at(asked: str, time: str) -> str:
    """What is asked, for one of the two times or occasions between which it changed."""
    changed = _CHANGED.match(asked)
    asked = f"What was {changed['what']}" if changed else asked
    return f"{asked} {time}" if re.match(rf"{_PREPOSITION}\b", time, re.IGNORECASE) else f"{asked} in {time}"


def _compared(one: str, two: str) -> tuple[str, str]:
    """The questions in "How did turnout in May" and "that in June", each as a question."""
    asked = _HOW_DID.match(one)
    that, what = _THAT_OF.match(two), _BEFORE_PLACE.match(asked["what"] if asked else one)
    if that and what:
        two = f"{what['what']} {that['rest']}"
    if asked is None:
        return one, two
    return f"What was {asked['what']}", f"What was {two}"
