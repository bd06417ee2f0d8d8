"""What is known about a word around a quotation that may name its source: how it stands to verbs and quotations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.clauses import NOUNS, Token, is_suffix

_FREQUENT = frozenset(  # verbs with a feature of their own
    {
        "said",
        "says",
        "say",
        "saying",
        "told",
        "tells",
        "telling",
        "wrote",
        "writes",
        "added",
        "adds",
        "adding",
        "tweeted",
    }
    | {"called", "calls", "calling", "asked", "continued", "according", "noted", "described", "explained", "argued"}
    | {"responded", "replied", "declared", "reported", "stated"}
)
_SKIPPED = frozenset({"ADVERB", "AUX"})
_BESIDE = NOUNS | {"COMMA", "COLON", "ADVERB"}
_FARTHEST = 30  # tokens from a source to its verb, over an apposition
_SIDES = 3  # classes kept at each end of a path


@dataclass(frozen=True, slots=True)
class Link:
    """How a candidate hangs on a verb: the verb's place and class, and by which way."""

    verb: int
    way: str  # "direct", "over" (an apposition or a phrase between), "inverted", "according"
    strong: bool


def candidates(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the tokens that may name a source."""
    return (place for place in range(len(tokens)) if _may_name(tokens, place))


def _may_name(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.kind == "NAME":  # the last word of one
        goes_on = after is not None and after.kind == "NAME" and not is_suffix(after.text)
        return not goes_on and not is_suffix(token.text)
    if token.kind in ("ROLE", "TITLE"):
        return after is None or after.kind not in ("NAME", "TITLE", "ROLE")
    if token.kind in ("WORD", "NUMBER", "ING"):
        return _is_bare_subject(tokens, place)
    return token.kind == "PRONOUN" or (token.kind == "REL" and token.lower in ("who", "which"))


def _is_bare_subject(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word that no list knows stands where a source would: right before a verb of saying, or after one."""
    after = tokens[place + 1].kind if place + 1 < len(tokens) else "END"
    if after in ("SPEECH", "CUE", "AUX", "POSSESSIVE"):
        return True
    before = place - 1
    while before >= 0 and tokens[before].kind in NOUNS:
        before -= 1
    return before >= 0 and tokens[before].kind == "SPEECH" and after not in NOUNS


def links(tokens: Sequence[Token], place: int) -> Iterator[Link]:
    """The verbs that the candidate may be the subject of."""
    yield from _forward_links(tokens, place)
    start = place
    while start > 0 and tokens[start - 1].kind in NOUNS | {"POSSESSIVE"}:
        start -= 1
    verb = start - 1
    if verb < 0:
        return
    if tokens[verb].kind in ("SPEECH", "CUE"):
        yield Link(verb, "inverted", tokens[verb].kind == "SPEECH")
    elif (
        tokens[verb].lower in ("to", "by")
        and verb > 0
        and tokens[verb - 1].kind in ("ING", "WORD", "PAST", "SPEECH", "CUE")
    ):
        if tokens[verb - 1].lower == "according":
            yield Link(verb - 1, "according", True)
        elif tokens[verb].lower == "by":
            yield Link(verb - 1, "by", tokens[verb - 1].kind == "SPEECH")


def _forward_links(tokens: Sequence[Token], place: int) -> Iterator[Link]:
    at, over = place + 1, False
    if at < len(tokens) and is_suffix(tokens[at].text):
        at += 1
    while at < len(tokens) and at - place <= _FARTHEST:
        kind = tokens[at].kind
        if kind in ("SPEECH", "CUE"):
            yield Link(at, "over" if over else "direct", kind == "SPEECH")
            if kind == "SPEECH" or not over:
                return
        elif kind in ("END", "BREAK", "SEMI", "QUOTE", "COLON"):
            return
        elif kind not in _SKIPPED:
            over = True
        at += 1


def features(tokens: Sequence[Token], quote: int, place: int, previous: str | None) -> list[str]:
    """What is known about the candidate at `place` as the source of the quotation at `quote`, as names of features.

    `previous` is the source's word of the quotation before, in lower case; None when there is none.
    """
    token = tokens[place]
    kind = token.lower if token.kind in ("PRONOUN", "REL") else token.kind
    side = "before" if place < quote else "after"
    low, high = sorted((place, quote))
    between = tokens[low + 1 : high]
    path = _path(between)
    found = [f"kind={kind}", f"side={side}", f"path={side} {path}", f"path={side} {token.kind} {path}"]
    found.append(f"far={side} {_bin(len(between), (0, 1, 2, 3, 5, 8, 12, 20, 40))}")
    breaks = sum(item.kind == "BREAK" for item in between)
    sentences = sum(item.kind == "END" for item in between)
    found.append(f"sentences={side} {breaks} {min(sentences, 3)}")
    rivals = sum(1 for at in candidates(between))
    found.append(f"rivals={side} {min(rivals, 4)}")
    found += _sides(tokens, place, token.kind)
    found += _link_features(tokens, quote, place, side)
    found += _quote_features(tokens, quote, side)
    first = _is_first(tokens, place)
    found.append(f"first={first} {breaks} {min(sentences, 2)} {side}")
    if previous is not None:
        same = token.lower == previous
        alone = _stands_alone(tokens, quote)
        found.append(f"previous={same} {alone}")
        found.append(f"previous={same} {side} {breaks} {min(sentences, 2)}")
    return found


def features_of_nobody(tokens: Sequence[Token], quote: int, inside: str) -> list[str]:
    """The same for there being no source: `inside` stands between marks as a title does, or a word used with tongs."""
    words = inside.split()
    capitals = sum(word[0].isupper() for word in words)
    size = _bin(len(words), (1, 2, 3, 5, 8, 12, 20))
    before = tokens[quote - 1].kind if quote else "EDGE"
    after = tokens[quote + 1].kind if quote + 1 < len(tokens) else "EDGE"
    start = quote
    while start > 0 and tokens[start - 1].kind not in ("END", "BREAK"):
        start -= 1
    end = quote
    while end < len(tokens) and tokens[end].kind not in ("END", "BREAK"):
        end += 1
    said = any(token.kind == "SPEECH" for token in tokens[start:end])
    title = bool(words) and 2 * capitals > len(words)
    ending = inside.rstrip()[-1:]
    return [
        "nobody",
        f"nobody={size}",
        f"nobody={size} {title}",
        f"nobody={before} {after}",
        f"nobody={before} {size > 3}",
        f"nobody={after} {size > 3}",
        f"nobody={said} {size > 3}",
        f"nobody={ending if ending in ',.?!' else 'other'} {size > 3} {said}",
    ]


def _sides(tokens: Sequence[Token], place: int, kind: str) -> Iterator[str]:
    window = [tokens[at].kind if 0 <= at < len(tokens) else "EDGE" for at in range(place - 3, place + 4)]
    left, right = window[:3], window[4:]
    yield f"left={kind} {left[2]}"
    yield f"left2={left[1]} {left[2]}"
    yield f"right={kind} {right[0]}"
    yield f"right2={right[0]} {right[1]}"
    if left[2] == "PREP":
        yield f"after={tokens[place - 1].lower}"


def _link_features(tokens: Sequence[Token], quote: int, place: int, side: str) -> Iterator[str]:
    found = False
    for link in links(tokens, place):
        found = True
        verb = tokens[link.verb]
        word = verb.lower if verb.lower in _FREQUENT else verb.kind
        low, high = sorted((link.verb, quote))
        between = tokens[low + 1 : high]
        where = "before" if link.verb < quote else "after"
        others = sum(item.kind == "SPEECH" for item in between)
        near = _bin(len(between), (0, 1, 2, 4, 8, 15, 30))
        yield f"link={link.way} {verb.kind}"
        yield f"link={link.way} {word} {where}"
        yield f"link={link.way} {where} {near} {link.strong}"
        yield f"link={link.way} {where} {min(others, 2)} {link.strong} {side}"
        yield f"link={link.way} {where} {_path(between)}"
        over = min(abs(link.verb - place), 9)
        yield f"reach={link.way} {over}"
        if link.way == "inverted":
            before = tokens[link.verb - 1] if link.verb else None
            yield f"inverted={before.kind if before else 'EDGE'}"
            if before is not None and before.kind == "QUOTE":
                yield f"inverted=quote {before.quote == tokens[quote].quote}"
    if not found:
        after = tokens[place + 1].kind if place + 1 < len(tokens) else "EDGE"
        yield f"link=none {side} {after}"


def _quote_features(tokens: Sequence[Token], quote: int, side: str) -> Iterator[str]:
    before = tokens[quote - 1] if quote else None
    after = tokens[quote + 1] if quote + 1 < len(tokens) else None
    left = "EDGE" if before is None else before.kind
    right = "EDGE" if after is None else after.kind
    yield f"quote={left} {side}"
    yield f"quote={right} {side} right"
    yield f"quote={left} {right} {side}"


def _stands_alone(tokens: Sequence[Token], quote: int) -> bool:
    """Whether the quotation is a sentence of its own."""
    before = tokens[quote - 1].kind if quote else "BREAK"
    after = tokens[quote + 1].kind if quote + 1 < len(tokens) else "BREAK"
    return before in ("END", "BREAK", "QUOTE") and after in (
        "BREAK",
        "NAME",
        "DET",
        "PRONOUN",
        "CONJ",
        "TITLE",
        "QUOTE",
        "END",
    )


def _is_first(tokens: Sequence[Token], place: int) -> bool:
    """Whether no other candidate comes before it in its sentence."""
    start = place
    while start > 0 and tokens[start - 1].kind not in ("END", "BREAK"):
        start -= 1
    return next(candidates(tokens[start : place + 1]), None) == place - start


_SHORT = {"NAME": "n", "ROLE": "n", "WORD": "n", "TITLE": "n", "DET": "n", "NUMBER": "n", "POSSESSIVE": "n"}
_SHORT |= {"SPEECH": "S", "CUE": "C", "AUX": "a", "PREP": "p", "REL": "r", "CONJ": "&", "PAST": "v", "ING": "g"}
_SHORT |= {"PRONOUN": "n", "QUOTE": "q", "COMMA": ",", "END": ".", "COLON": ":", "SEMI": ";", "BREAK": "/"}
_SHORT |= {"LEFT": "(", "RIGHT": ")", "DASH": "-", "ADVERB": ""}


def says(tokens: Sequence[Token], quote: int, place: int) -> bool:
    """Whether the candidate and its verb of saying stand right beside the quotation."""
    for link in links(tokens, place):
        if not link.strong or link.way not in ("direct", "inverted"):
            continue
        low, high = min(place, link.verb), max(place, link.verb)
        between = tokens[high + 1 : quote] if high < quote else tokens[quote + 1 : low]
        if (high < quote or low > quote) and all(token.kind in _BESIDE for token in between):
            return True
    return False


def _path(between: Sequence[Token]) -> str:
    """The classes between two places, runs as one and long ones without their middle."""
    path = ""
    for token in between:
        letter = "t" if token.lower == "that" else _SHORT[token.kind]
        if letter and path[-1:] != letter:
            path += letter
    return path if len(path) <= 2 * _SIDES + 1 else f"{path[:_SIDES]}~{path[-_SIDES:]}"


def _bin(value: int, limits: Sequence[int]) -> int:
    return next((number for number, limit in enumerate(limits) if value <= limit), len(limits))
