"""Which of several is meant: the first flight is not the last one, however alike the sentences about them are."""

from collections.abc import Iterator

from rag.terms import content_stems, is_function_word, words

_FIRST = "first opening inaugural maiden initial"
_LAST = "last final closing"
_LATER = "second third fourth fifth sixth seventh eighth ninth tenth"
# "Last year" and "for the first time" say when, not which.
_TIMES = "year month week day night morning evening hour minute decade century quarter season time spring summer fall"
_PLACE = {
    **dict.fromkeys(_FIRST.split(), "first"),
    **dict.fromkeys(_LAST.split(), "last"),
    **{word: word for word in _LATER.split()},
}
_WHEN = frozenset(content_stems(f"{_TIMES} winter autumn monday tuesday wednesday thursday friday saturday sunday"))
_RELATIVE = frozenset(("since", "before"))
_REACH = 2  # words from the ordinal to its noun: "the first powered flight"


def names_another(question: str, sentence: str) -> bool:
    """Whether the sentence puts another ordinal before a noun that the question has one for: "final" for "first".

    Not when it has the question's own beside it, as "the first flight and the last". The first since her is the last
    before him, so nothing is said of a sentence with "since" or "before".
    """
    asked = list(_numbered(question))
    if not asked or _RELATIVE.intersection(words(sentence)):
        return False
    said = list(_numbered(sentence))
    # Any mention counts here: "the first and second debates" puts but one of them before the noun.
    # The last word is left out: "how long did it last?" has a verb.
    known, own = ({_PLACE[word] for word in words(text)[:-1] if word in _PLACE} for text in (question, sentence))
    return any(
        noun == other and place not in own and instead not in known for place, noun in asked for instead, other in said
    )


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    """Each ordinal with the stem of every content word within reach after it, up to a function word."""
    found = words(text)
    for at, word in enumerate(found):
        if word not in _PLACE:
            continue
        for after in found[at + 1 : at + 1 + _REACH]:
            if is_function_word(after):
                break
            noun = next(iter(content_stems(after)), "")
            if noun in _WHEN:
                break
            yield _PLACE[word], noun
