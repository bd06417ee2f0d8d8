"""Who did it to whom, where a sentence has both the other way round: "Norden beat Osten", not Osten Norden.

Only for verbs that cannot hold both ways at one time, and only where subject and object are names beside the verb.
"""

import re

from rag.clashes import Clash

_VERBS = {
    "beat": "beat beats beating defeat defeats defeated defeating",
    "oust": "oust ousts ousted unseat unseats unseated",
    "sue": "sue sues sued",
    "invade": "invade invades invaded",
    "attack": "attack attacks attacked",
    "buy": "buy buys bought acquire acquires acquired",
    "succeed": "succeed succeeds succeeded replace replaces replaced",
}
_SAME = {form: verb for verb, forms in _VERBS.items() for form in forms.split()}
_FORMS = "|".join(sorted(_SAME, key=len, reverse=True))
_NAME = r"[^\W\d_a-z][\w'’.-]*(?: [^\W\d_a-z][\w'’.-]*)*"
_CLAIM = re.compile(rf"^(?:The )?(?P<one>{_NAME}) (?P<verb>{_FORMS}) (?:the )?(?P<two>{_NAME})")
_DONE = re.compile(rf"\b(?P<verb>{_FORMS}) (?:the )?(?P<whom>{_NAME})")


def turned_round(claim: str, sentence: str, near: str) -> Clash | None:
    """The clash of a claim with a sentence that has its subject for the object of the same verb; None without one.

    The claim's object must stand in the sentence or in `near`, what is known around it: it is then who did it.
    """
    said = _CLAIM.match(claim)
    if said is None:
        return None
    one, two = _words(said["one"]), _words(said["two"])
    for done in _DONE.finditer(sentence):
        whom = _words(done["whom"])
        before = _words(f"{near} {sentence[: done.start()]}")
        if _SAME[done["verb"]] == _SAME[said["verb"]] and whom & one - two and not whom & two and two - one <= before:
            return Clash("order", said["two"].rstrip("."), f"{done['verb']} {done['whom'].rstrip('.')}")
    return None


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
