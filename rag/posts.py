"""A social media post as plain words: what is said, without what the medium adds, and who signed it.

A fact-checker pastes posts. Links, emoji and the mark of a retweet say nothing that an article could hold; hashtags and
handles do, as words: "#CoastalFires" is "Coastal Fires". The signature that an embedded post ends with, "— Name
(@handle) June 3, 2031", says when it was posted and not when anything happened, so it is kept apart.
"""

import re
import unicodedata
from dataclasses import dataclass

_SIGNATURE = re.compile(
    r"\s*[—–-]\s*(?P<name>[^—–]{0,80}?)\s*\(@\w{1,30}\)"
    r"\s*(?:[A-Z][a-z]{2,8} \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4})?\s*$"
)
# A link may be glued to the word before it: "#Portpic.example.com/x" as posts are copied.
_LINK = re.compile(r"(?:https?://|pic\.twitter\.com/|pic\.x\.com/|\bwww\.)\S*", re.IGNORECASE)
_RETWEET = re.compile(r"^\s*RT\s+@\w+:?\s*")
_REPLY = re.compile(r"^\s*(?:@\w+\s+)+")  # whom it answers, which is no part of what it says
_TAGGED = re.compile(r"(?<![\w.&])[#@](?P<word>\w+)")
_JOINTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|_+")
_PICTURES = frozenset({"So", "Sk", "Cs"})  # emoji, their skin tones, halves of broken ones
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


@dataclass(frozen=True, slots=True)
class Post:
    """What a post says in plain words, and the name that it is signed with; empty where there is none."""

    text: str
    author: str = ""


def read_post(text: str) -> Post:
    """`text` as a post. One that has nothing of a post comes back as it is, with single spaces."""
    signed = _SIGNATURE.search(text)
    body = _RETWEET.sub("", text[: signed.start()] if signed else text)
    body = _REPLY.sub("", _LINK.sub(" ", body))
    body = _TAGGED.sub(lambda match: f" {_apart(match['word'])} ", body)
    return Post(_plain(body), _plain(signed["name"]) if signed else "")


def _apart(word: str) -> str:
    """The words of a hashtag or a handle: those that capitals, digits and underscores show."""
    return " ".join(part for part in _JOINTS.split(word) if part)


def _plain(text: str) -> str:
    kept = "".join(
        " " if unicodedata.category(letter) in _PICTURES and letter not in "°^`" else letter
        for letter in text
        if letter not in _JOINERS
    )
    return re.sub(r"\s+([,.;:!?…])(?=\s|$)", r"\1", " ".join(kept.split()))
