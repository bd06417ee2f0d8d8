"""Whether what stands beside a to z in a text is what its language writes there: what tells old encodings apart."""

# Letters in lower case. With loans and names, of which English has as many as it has accents.
LETTERS = {
    "ca": "àçéèíïòóúü·",
    "cs": "áčďéěíňóřšťúůýž",
    "da": "æøåéüö",
    "de": "äöüßé",
    "en": "éèêëïöüçñáíóâô",
    "es": "áéíñóúü",
    "et": "äöõüšž",
    "fi": "äöåšž",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "hu": "áéíóöőúüű",
    "it": "àèéìíîòóùú",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņōŗšūž",
    "nb": "æøåéèêòóô",
    "nl": "äëïöüéèêáóíúç",
    "nn": "æøåéèêòóô",
    "no": "æøåéèêòóô",
    "pl": "ąćęłńóśźż",
    "pt": "àáâãçéêíóôõúü",
    "ro": "ăâîșțşţ",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sq": "ëç",
    "sv": "åäöéàü",
    **dict.fromkeys(("hr", "bs", "sr", "sl"), "čćđšž"),
}
_OPENING_OR_CLOSING = "“”„«»‹›‚"
_SIGNS = "€£¥§°©®™"
_AFTER_A_NUMBER = "½¼¾²³¹±‰"
_ANYWHERE = "–—…•·\u00a0\u00ad"  # dashes stand between words and within them: they say nothing


def judged(text: str, letters: str) -> list[bool | None]:
    """For each code point above 127, in order, whether a text with these `letters` has it there; None: says nothing."""
    padded = f" {text} "
    return [
        _fits(padded[at - 1], char, padded[at + 1], letters) for at, char in enumerate(padded) if not char.isascii()
    ]


def _fits(before: str, char: str, after: str, letters: str) -> bool | None:
    within = before.isalpha() and after.isalpha()
    if char in _ANYWHERE and char not in letters:
        return None
    if char.lower() in letters:
        return not (char.isupper() and before.islower()) and not (
            char.islower() and before.isupper() and after.isupper()
        )
    if char in "’‘":
        return True if before.isalnum() or after.isalnum() else None
    if char in _OPENING_OR_CLOSING or char in _SIGNS:
        return not within
    if char in "¿¡":
        return after.isalpha()
    return before.isdigit() or after.isdigit() if char in _AFTER_A_NUMBER else False
