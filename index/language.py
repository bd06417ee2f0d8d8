"""Which language an article is in, from its own words."""

import functools
import logging
import threading
from typing import Any

SAMPLE_CHARS = 600  # what is read of a text: a fifth of a millisecond, and hardly surer with more
MIN_LETTERS = 40  # fewer say too little: a name is in no language
MIN_CONFIDENCE = 0.8  # of py3langid's normalised probability; below it, two related languages are as likely

_LOADING = threading.Lock()


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of `text` is in, such as "en"; None where that is not plain.

    The sample is from the middle of the text's beginning: a first line may be a name or a place.
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
    return str(language) if confidence >= MIN_CONFIDENCE else None


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
