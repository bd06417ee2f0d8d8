"""Sentences by which an article takes back what an earlier version of it said: what they repeat is not so."""

import re

_ARTICLE = r"(?:articles?|stor(?:y|ies)|reports?|columns?|posts?|headlines?|captions?|pieces?|dispatch(?:es)?)"
_SAID = (
    r"(?:said|says|stated|reported|gave|wrote|had|put|named|quoted|described|identified|misstated|"
    r"misidentified|misspelled)"
)
_TAKEN_BACK = re.compile(
    rf"\b(?:earlier|previous|original|first|prior|initial) (?:versions?|editions?) of (?:this|the|our) {_ARTICLE}\b"
    rf"|\b(?:this|the|our) {_ARTICLE} (?:originally|previously|initially|earlier) {_SAID}\b"
    rf"|\b(?:this|our|an? (?:earlier|previous)) {_ARTICLE} (?:incorrectly|wrongly|mistakenly|erroneously) {_SAID}\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\bcorrect(?:ed|ion|ions)?\b|\b(?:version|edition)s?\b", re.IGNORECASE)


def takes_back(sentence: str) -> bool:
    """Whether the sentence tells what the article said before it was corrected."""
    return _TAKEN_BACK.search(sentence) is not None


def asks_of_corrections(text: str) -> bool:
    """Whether a question or a claim is about a correction itself."""
    return _ASKED.search(text) is not None
