"""Which language an article is in, from its own words."""

import functools
import logging
import re
import threading
from collections.abc import Collection
from typing import Any

SAMPLE_CHARS = 600  # what is read of a text: a fifth of a millisecond, and hardly surer with more
MIN_LETTERS = 40  # fewer say too little: a name is in no language
MIN_CONFIDENCE = 0.8  # of py3langid's normalised probability; below it, two related languages are as likely

# A question is short, so fewer languages come into question for it, and an English word says that it is English.
# Of 3,201 questions and claims in English (gold/train.jsonl) none is taken for another language.
NAMES = {
    "ar": "Arabic",
    "cs": "Czech",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
QUESTION_LETTERS = 10
QUESTION_CONFIDENCE = 0.35  # "Wann trat Finnland der NATO bei?" has .40, because Luxembourgish is near
_ENGLISH = re.compile(
    r"\b(?:the|who|whose|what|when|where|why|how|which|did|does|is|are|were|has|have|and|with|from|by)\b", re.IGNORECASE
)

_LOADING = threading.Lock()


def detect_language(text: str, *, alike: Collection[str] = ()) -> str | None:
    """The ISO 639-1 code of the language that most of `text` is in, such as "en"; None where that is not plain.

    The sample is from the middle of the text's beginning: a first line may be a name or a place. Which of `alike` it is
    in need not be plain.
    """
    start = min(len(text) // 4, 400)
    sample = text[start : start + SAMPLE_CHARS]
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return None
    with _LOADING:  # `prepare` may be at it
        identifier = _identifier()
    if identifier is None:
        return None
    language, confidence = identifier.classify(sample)
    if language in alike:
        confidence = sum(share for other, share in identifier.rank(sample) if other in alike)
    return str(language) if confidence >= MIN_CONFIDENCE else None


def question_language(question: str) -> str | None:
    """The code, one of `NAMES`, of a question or claim that is plainly in another language than English; else None."""
    if sum(map(str.isalpha, question)) < QUESTION_LETTERS or _ENGLISH.search(question):
        return None
    with _LOADING:
        identifier = _identifier()
    if identifier is None:
        return None
    language, confidence = identifier.classify(question)
    return str(language) if language in NAMES and language != "en" and confidence >= QUESTION_CONFIDENCE else None


def prepare() -> None:
    """Load the model beside the caller's own work, so that the first article need not wait for it."""

    def load() -> None:
        with _LOADING:
            _identifier()

    threading.Thread(target=load, daemon=True).start()


@functools.cache
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # .7 s of processor time, once

        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except (OSError, ValueError) as error:  # it unpacks its model into a temporary file, and the disk may be full
        logging.getLogger(__name__).warning("Languages are not told apart in this run: %s", error)
        return None
