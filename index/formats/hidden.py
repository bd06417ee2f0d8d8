"""What a page's markup hides from its readers: text that nobody could see is not evidence.

Pages are hostile: a sentence in white on white, or in letters of no size, is how an instruction or a false fact gets
into an archive unseen. Only what is written in the page is judged (attributes, `style`, and plain rules of its own
style sheets); what a sheet elsewhere or a script hides cannot be known.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_NO_SIZE = re.compile(r"(?:0*\.?0+|0*\.\d+px|0*\.0\d*(?:r?em)?|1px)(?:px|pt|em|rem|%|ex|vw|vh)?")
_NO_LENGTH = re.compile(r"0*\.?0+(?:px|pt|em|rem|%)?|1px")
_NO_OPACITY = re.compile(r"0*\.?0+%?|0*\.0\d*|[0-4](?:\.\d+)?%")
_PLACES = ("text-indent", "left", "top", "right", "bottom", "margin-left", "margin-top")
_FAR_AWAY = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|em|pt|rem|%)?|-[2-9]\d(?:em|rem)|-[1-9]\d\d(?:vw|vh)")
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?\s*\)")
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0)}
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"(?:[a-z][\w-]*)?([.#][\w-]+)", re.IGNORECASE)
# Names that style sheets everywhere give to what only a screen reader says: "opens in a new window".
_FOR_SCREEN_READERS = frozenset(("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"))
_NEAR = 24  # how far two colours may be apart, summed over red, green and blue, and still look the same
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)  # of a page that says nothing about its background


def is_hidden(attributes: Mapping[str, str], rules: Mapping[str, bool] | None = None) -> bool:
    """Whether an element with these attributes, and all in it, is out of sight whatever stands around it."""
    if "hidden" in attributes or not _FOR_SCREEN_READERS.isdisjoint(attributes.get("class", "").lower().split()):
        return True
    style = attributes.get("style")
    if style and hides(style):
        return True
    if not rules or _shown_inline(style):
        return False
    return any(rules.get(name, False) for name in _names(attributes))


def hides(style: str) -> bool:
    """Whether a `style` puts its element out of sight."""
    given = declarations(style)
    if "hidden" in given.get("overflow", "") and any(
        _NO_LENGTH.fullmatch(given.get(name, "")) for name in ("height", "max-height", "width", "max-width")
    ):
        return True
    for name, value in given.items():
        if (
            (name == "display" and value == "none")
            or (name == "visibility" and value in ("hidden", "collapse"))
            or (name == "font-size" and _NO_SIZE.fullmatch(value))
            or (name == "font" and any(_NO_SIZE.fullmatch(part.split("/")[0]) for part in value.split()))
            or (name == "opacity" and _NO_OPACITY.fullmatch(value))
            or (name == "filter" and re.search(r"opacity\(\s*(?:0*\.?0+|0?\.0\d*)%?\s*\)", value))
            or (name in _PLACES and _FAR_AWAY.fullmatch(value))
            or (name == "clip" and re.fullmatch(r"rect\((?:[\s,]*[01](?:px|em)?){4}\s*\)", value))
            or (name == "clip-path" and re.fullmatch(r"inset\((?:50|100)%\s*\)|circle\(0(?:px|%)?\s*\)", value))
            or (name == "transform" and re.search(r"scale[xy]?\(\s*0*\.?0+\s*[,)]", value))
            or (name == "content-visibility" and value == "hidden")
            or (name == "mso-hide" and value == "all")
        ):
            return True
    return False


def text_colour(attributes: Mapping[str, str]) -> Colour | str | None:
    """The colour that an element gives its text: red, green, blue; "transparent"; None when it gives none."""
    value = declarations(attributes.get("style", "")).get("color") or attributes.get("color", "")
    return parse_colour(value)


def background(attributes: Mapping[str, str]) -> Colour | str | None:
    """The colour behind an element's text; "picture" where that is a picture or cannot be told; None when not given."""
    style = declarations(attributes.get("style", ""))
    value = style.get("background-color") or style.get("background") or style.get("background-image") or ""
    value = value or attributes.get("bgcolor", "")
    if not value or value in ("none", "inherit", "initial", "unset"):
        return "picture" if attributes.get("background") else None
    for part in (value, *value.split()):
        colour = parse_colour(part)
        if colour is not None:
            return None if colour == "transparent" else colour
    return "picture"


def looks_same(colour: Colour | str | None, behind: Colour | str) -> bool:
    """Whether text of this colour cannot be told from what is behind it."""
    if colour == "transparent":
        return True
    if isinstance(colour, str) or colour is None or isinstance(behind, str):
        return False
    return sum(abs(one - other) for one, other in zip(colour, behind, strict=True)) <= _NEAR


def parse_colour(value: str) -> Colour | str | None:
    """Red, green and blue of a CSS colour where it is given in numbers or is white or black; else None."""
    value = value.strip().lower()
    if value == "transparent":
        return value
    if value in _NAMED:
        return _NAMED[value]
    if match := _HEX.fullmatch(value):
        digits = match[1] if len(match[1]) > 4 else "".join(digit * 2 for digit in match[1])
        if len(digits) == 8 and digits.endswith("00"):
            return "transparent"
        return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)) if len(digits) in (6, 8) else None
    if match := _RGB.fullmatch(value):
        if match[4] and float(match[4].rstrip("%") or 0) == 0:
            return "transparent"
        red, green, blue = (
            min(255, round(float(part.rstrip("%")) * (2.55 if part.endswith("%") else 1)))
            for part in match.groups()[:3]
        )
        return red, green, blue
    return None


def declarations(style: str) -> dict[str, str]:
    """The declarations of a `style`, names and values in lower case without `!important`."""
    found = {}
    for name, value in _DECLARATION.findall(style[:5000]):
        found[name.lower()] = value.lower().replace("!important", "").strip()
    return found


def hiding_rules(sheet: str) -> dict[str, bool]:
    """What rules such as `.note {display: none}` say of classes and ids: the selector, and whether it hides.

    Rules inside `@media` and the like hold only sometimes and are passed over; so are selectors with more to them. The
    last rule for a name stands, as in a browser.
    """
    found: dict[str, bool] = {}
    for selectors, body in _RULE.findall(_without_at_rules(_COMMENT.sub("", sheet[:500_000]))):
        given = declarations(body)
        if not given.keys() & {
            "display",
            "visibility",
            "font-size",
            "opacity",
            "text-indent",
            "left",
            "clip",
            "clip-path",
        }:
            continue
        for selector in selectors.split(","):
            if match := _SELECTOR.fullmatch(selector.strip()):
                found[match[1].lower()] = hides(body)
    return {name: hidden for name, hidden in found.items() if hidden}


def remove_hidden(tree: Any) -> None:
    """Take what is hidden out of an lxml tree; the text that follows such an element stays."""
    rules: dict[str, bool] = {}
    for sheet in tree.iter("style"):
        rules.update(hiding_rules(sheet.text or ""))
    gone = [node for node in tree.iter() if isinstance(node.tag, str) and _hidden_node(node, rules)]
    for node in gone:
        parent = node.getparent()
        if parent is None or node.tag in ("html", "body"):  # a page that hides all of itself shows it by a script
            continue
        if node.tail:
            before = node.getprevious()
            if before is None:
                parent.text = (parent.text or "") + node.tail
            else:
                before.tail = (before.tail or "") + node.tail
        parent.remove(node)


def _hidden_node(node: Any, rules: Mapping[str, bool]) -> bool:
    attributes = node.attrib
    if not attributes or node.tag in ("html", "body"):
        return False
    if is_hidden(attributes, rules):
        return True
    colour = text_colour(attributes) if "style" in attributes or "color" in attributes else None
    return colour is not None and looks_same(colour, _behind(node))


def _behind(node: Any) -> Colour | str:
    while node is not None:
        if isinstance(node.tag, str) and (found := background(node.attrib)):
            return found
        node = node.getparent()
    return WHITE


def _names(attributes: Mapping[str, str]) -> list[str]:
    names = ["." + name for name in attributes.get("class", "").lower().split()]
    return [*names, "#" + attributes["id"].lower()] if attributes.get("id") else names


def _shown_inline(style: str | None) -> bool:
    return declarations(style or "").get("display", "none") != "none"


def _without_at_rules(sheet: str) -> str:
    """The sheet without `@...{...}` blocks, whatever is nested in them, and without `@...;` lines."""
    kept: list[str] = []
    at = 0
    while (start := sheet.find("@", at)) >= 0:
        kept.append(sheet[at:start])
        at = _end_of_at_rule(sheet, start)
    return "".join([*kept, sheet[at:]])


_BRACE: Callable[[str, int], re.Match[str] | None] = re.compile(r"[{};]").search


def _end_of_at_rule(sheet: str, start: int) -> int:
    depth, at = 0, start
    while match := _BRACE(sheet, at):
        at = match.end()
        depth += {"{": 1, "}": -1, ";": 0}[match[0]]
        if depth <= 0:
            return at
    return len(sheet)
