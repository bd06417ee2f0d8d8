"""From bytes to text, whatever the bytes are: UTF-8, UTF-16 with its mark, or an older encoding by its looks."""

import codecs
import re

# A Western page in Latin-1 has a few percent of accented letters; Cyrillic, Greek or Arabic ones have most of their
# letters above 127. Statistical guessing is sound on the second and often wrong on the first (it takes French for
# Hungarian), so Windows-1252 is assumed there, which is also what browsers do.
WESTERN_SHARE = 0.15
_GUESS_BYTES = 1 << 16
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
                return raw.decode(declared[1].decode("ascii"))
            except (LookupError, ValueError):
                pass  # an unknown or untrue declaration: decide by the bytes, as for any file
    return decode(raw)


def _decode_legacy(raw: bytes) -> str:
    sample = raw[:_GUESS_BYTES]
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) * 0.005:
        raise ValueError("not text: it has control bytes, as binary files do")
    high = sum(byte > 127 for byte in sample) / len(sample)
    if high > WESTERN_SHARE:
        from charset_normalizer import from_bytes  # only the rare file needs it

        guess = from_bytes(sample).best()
        if guess is None:
            raise ValueError("not text in any known encoding; convert the file to UTF-8")
        return raw.decode(guess.encoding, errors="replace")
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:  # one of the five bytes that Windows-1252 leaves open
        return raw.decode("latin-1")
