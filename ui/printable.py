"""Text from articles made safe to look at: one code point out for each one in, so offsets still hold."""

REPLACEMENT = "\ufffd"
# Control characters move a terminal's cursor, set its title or end up as nothing in HTML; embeddings, overrides and
# isolates make what follows read in another order than it is stored; half an astral character is no UTF-8.
_UNSAFE = (
    {code: REPLACEMENT for code in range(0x20) if chr(code) not in "\t\n\r"}
    | dict.fromkeys(range(0x7F, 0xA0), REPLACEMENT)
    | dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], REPLACEMENT)
    | dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)
)


def printable(text: str) -> str:
    """The same text with every character that could harm a terminal or a page replaced by U+FFFD."""
    return text.translate(_UNSAFE)


def one_line(text: str) -> str:
    """The same text, safe to print, with runs of white space as one space."""
    return " ".join(printable(text).split())


def shortened(text: str, max_chars: int) -> str:
    """The text in one line of at most `max_chars` characters, cut at a word and ended by an ellipsis when longer."""
    line = one_line(text)
    if len(line) <= max_chars:
        return line
    cut = line[: max_chars - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[max_chars // 2 :] else cut).rstrip(" ,;:.") + "…"
