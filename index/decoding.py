"""From bytes to text, whatever the bytes are: UTF-8, UTF-16 with its mark, or an older encoding by its looks."""

import codecs
import contextlib
import re

from index.alphabets import LETTERS, judged

# A Western page in Latin-1 has a few percent of accented letters; Cyrillic, Greek or Arabic ones have most of their
# letters above 127. Statistical guessing is sound on the second and often wrong on the first (it takes French for
# Hungarian), so Windows-1252 is assumed there, which is also what browsers do.
WESTERN_SHARE = 0.15
ACCENTED_SHARE = 0.25  # Polish and Turkish come to .16, Cyrillic begins at .5
_GUESS_BYTES = 1 << 16
_LOOKED_BYTES = 1 << 20  # a page may have scripts of that length before its first word
_BINARY_SIGNS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip or office file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"GGUF": "a model file",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes([*range(9), 11, *range(14, 27), *range(28, 32)])  # no text has these; tab, newlines, escape may occur
# Languages that lack letters in Windows-1252, and what they were written in before UTF-8.
_OTHER_LATIN = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "sl", "bs", "sr", "ro", "sq"), ("cp1250", "iso8859_2")),
    **dict.fromkeys(("lt", "lv", "et"), ("cp1257",)),
}
_TURKISH = b"\xf0\xfd\xfe\xdd"  # soft g, dotless i, s with cedilla, capital i with dot: Icelandic in Windows-1252
_SOUTH_SLAVIC = ("hr", "bs", "sr")  # too near each other to be told apart, and written with the same letters
LEAST_WORDS_BYTES = 80  # of the lines with bytes above 127; where they are shorter, all lines tell the language
LEAST_LINE_BYTES, LEAST_RUNNING_BYTES = 20, 200  # of text in another alphabet, of which a menu's arrows are none
OTHER_SHARE = 0.4  # above 127 in the lines that have any
# By hand, before they were measured: docs/reliability.md has on what.
LEAST_FITTING = 0.8  # of what stands above 127: foreign names are the rest
LEAST_MAC = 2  # places that only the Macintosh's reading makes sense of
MAC_EXCESS = 4  # and so many times those that only the other one does
_TAG = re.compile(rb"<[^<>]*>")
_ENTITY = re.compile(rb"&#?\w{1,10};")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)


def decode(raw: bytes) -> str:
    """The text that `raw` holds, without a byte order mark. Raises ValueError, with the reason, where it holds none."""
    for sign, what in _BINARY_SIGNS.items():
        if raw.startswith(sign):
            raise ValueError(f"not text: it looks like {what}")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise ValueError(f"not text: it begins as {error.encoding} but goes on as something else") from error
    if b"\x00" in raw:
        raise ValueError("not text: it has NUL bytes, as binary files do")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(raw)


def decode_html(raw: bytes) -> str:
    """The page as text; what the page itself says of its encoding is believed where it is not UTF-8 already."""
    declared = _META_CHARSET.search(raw[:4096])
    if declared and b"\x00" not in raw and not raw.startswith(codecs.BOM_UTF8):
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return decode_as(raw, declared[1].decode("ascii"))
            except (LookupError, ValueError):
                pass  # an unknown or untrue declaration: decide by the bytes, as for any file
    return decode(raw)


def decode_as(raw: bytes, charset: str) -> str:
    """The text in an encoding that somebody names. Raises LookupError or ValueError where that is unknown or untrue.

    Who says Latin-1 means Windows-1252, with its quotation marks and dashes: https://encoding.spec.whatwg.org/#names
    """
    name = codecs.lookup(charset).name
    if name in ("iso8859-1", "ascii"):
        with contextlib.suppress(UnicodeDecodeError):  # it has five bytes that Windows-1252 leaves open
            return raw.decode("cp1252")
    return raw.decode("cp1254" if name == "iso8859-9" else name)


def carried(raw: bytes, charset: str | None) -> bytes:
    """A file whose carrier says what it is in, as UTF-8 with its mark; as is where it says so itself or is UTF-8."""
    if not charset or raw.startswith(tuple(mark for mark, _ in _MARKS)) or _META_CHARSET.search(raw[:4096]):
        return raw
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        with contextlib.suppress(LookupError, ValueError):
            return codecs.BOM_UTF8 + decode_as(raw, charset).encode("utf-8", "replace")
    return raw


def _decode_legacy(raw: bytes) -> str:
    encoding = legacy_encoding(raw)
    if encoding is None:
        raise ValueError("not text in any known encoding; convert the file to UTF-8")
    return raw.decode(encoding, errors="replace")


def legacy_encoding(raw: bytes) -> str | None:
    """The encoding that bytes which are no UTF-8 are most likely in; None for none that is known.

    Raises ValueError for what is no text at all.
    """
    sample = raw[:_GUESS_BYTES]
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) * 0.005:
        raise ValueError("not text: it has control bytes, as binary files do")
    lines = [_ENTITY.sub(b" ", line) for line in _TAG.sub(b"\n", raw[:_LOOKED_BYTES]).splitlines()]
    words = b"\n".join(line for line in lines if not line.isascii())[:_GUESS_BYTES] or sample
    around = b"\n".join(lines)[:_GUESS_BYTES] or sample
    running = b"\n".join(line for line in words.splitlines() if len(line) >= LEAST_LINE_BYTES)
    if len(running) >= LEAST_RUNNING_BYTES and _high_share(running) > OTHER_SHARE:
        around = running  # whatever else is on the page
    high = _high_share(around)
    if high < ACCENTED_SHARE and (
        encoding := _by_language(words, words if len(words) >= LEAST_WORDS_BYTES else around)
    ):
        return encoding
    if high > WESTERN_SHARE:
        from charset_normalizer import from_bytes  # only the rare file needs it

        guess = from_bytes(around).best()
        return guess.encoding if guess else None
    return _western(raw)


def _high_share(sample: bytes) -> float:
    """The share of bytes above 127; a space that does not break is in every encoding, and no letter of any."""
    return sum(byte > 127 and byte != 0xA0 for byte in sample) / len(sample)


def _western(raw: bytes) -> str:
    try:
        raw.decode("cp1252")
    except UnicodeDecodeError:  # one of the five bytes that Windows-1252 leaves open
        return "latin-1"
    return "cp1252"


def _by_language(words: bytes, telling: bytes) -> str | None:
    """The encoding in which `words` are written as the language that `telling` is in writes; None for Windows-1252."""
    from index.language import detect_language

    if any(byte in words for byte in _TURKISH) and detect_language(telling.decode("cp1254", "replace")) == "tr":
        return "cp1254"
    language = detect_language(telling.decode("cp1252", "replace"), alike=_SOUTH_SLAVIC) or ""
    if language not in _OTHER_LATIN:
        language = detect_language(telling.decode("mac_roman")) or ""
        return "mac_roman" if language in LETTERS.keys() - _OTHER_LATIN.keys() and _is_mac(words, language) else None
    candidates = ("cp1252", *_OTHER_LATIN[language])
    readings = {name: judged(words.decode(name, "replace"), LETTERS[language]) for name in candidates}
    best = max(readings, key=lambda name: readings[name].count(True) - readings[name].count(False))
    return best if best != "cp1252" and _fits(readings[best]) else None


def _is_mac(words: bytes, language: str) -> bool:
    """Whether only the Macintosh's reading makes sense of the words."""
    mac, other = (judged(words.decode(name, "replace"), LETTERS[language]) for name in ("mac_roman", "cp1252"))
    gained = sum(one is True and two is False for one, two in zip(mac, other, strict=True))
    lost = sum(one is False and two is True for one, two in zip(mac, other, strict=True))
    return gained >= LEAST_MAC and gained >= MAC_EXCESS * lost and _fits(mac)


def _fits(judgements: list[bool | None]) -> bool:
    good, bad = judgements.count(True), judgements.count(False)
    return good >= LEAST_FITTING * (good + bad) > 0
