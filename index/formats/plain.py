"""The text that a reader of some HTML would see, by one pass over it that no nesting and no size can stop.

For markup that is no news page (a newsletter, a chapter, a feed's entry), and for pages that a real parser gives up
on. Hidden text stays out, as in `hidden.py`.
"""

import html
import re

from index.formats.hidden import WHITE, Colour, background, hiding_rules, is_hidden, looks_same, text_colour

_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<([!?/]?)([a-zA-Z][\w:-]*)?([^<>]*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_UNSEEN = frozenset(("script", "style", "noscript", "template", "head", "title", "svg", "math", "select", "textarea"))
_RAW = frozenset(("script", "style", "textarea", "title"))  # what stands in them is no markup
_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_SPACED = frozenset(("td", "th"))
_LOOK_BACK = 200  # how many open elements an end tag may close at once: bounds what broken nesting can cost
_SPACE = re.compile(r"[ \t\n\r\f\u00a0]+")
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)


def visible_text(markup: str) -> str:
    """The text with a blank line between blocks and runs of white space as one space; "" where nothing shows."""
    rules: dict[str, bool] = {}
    for sheet in _STYLE.findall(markup) if markup.lower().count("<style") < 100 else ():
        rules.update(hiding_rules(sheet))
    scan = _Scan(rules)
    at = 0
    while match := _TOKEN.search(markup, at):
        scan.text(markup[at : match.start()])
        at = match.end()
        mark, name = match[1], (match[2] or "").lower()
        if not name or mark in ("!", "?"):
            continue
        if mark == "/":
            scan.close(name)
            continue
        scan.open(name, match[3])
        if name in _RAW and not match[3].endswith("/"):
            end = re.compile(rf"</{name}\b", re.IGNORECASE).search(markup, at)
            at = end.start() if end else len(markup)
    scan.text(markup[at:])
    return scan.result()


_Open = tuple[str, Colour | str, Colour | str | None, bool]  # an element: name, colour behind, of its text, unseen
_OUTERMOST: _Open = ("", WHITE, None, False)


class _Scan:
    """The open elements, and the paragraphs so far."""

    def __init__(self, rules: dict[str, bool]) -> None:
        self._rules = rules
        self._open: list[_Open] = []
        self._paragraph: list[str] = []
        self._paragraphs: list[str] = []

    def text(self, raw: str) -> None:
        if raw and not (self._open and self._open[-1][3]):
            self._paragraph.append(raw)

    def open(self, name: str, attributes: str) -> None:
        if name == "body" and any(element[0] == "head" for element in self._open[:_LOOK_BACK]):
            self._open.clear()  # a head may end without a tag
        if name in _BLOCKS:
            self._end_paragraph()
        elif name == "br":
            self._paragraph.append("\v")
        elif name in _SPACED:
            self._paragraph.append(" ")
        if name in _VOID or attributes.endswith("/"):
            return
        if (name == "p" and self._open and self._open[-1][0] == "p") or (
            name == "li" and self._open and self._open[-1][0] == "li"
        ):  # a paragraph may end without a tag
            self._open.pop()
        outer = self._open[-1] if self._open else _OUTERMOST
        _, behind, colour, unseen = outer
        given = _attributes(attributes) if "=" in attributes or "hidden" in attributes.lower() else {}
        if given and not unseen:
            behind = background(given) or behind
            colour = text_colour(given) or colour
            unseen = is_hidden(given, self._rules) or looks_same(colour, behind)
        self._open.append((name, behind, colour, unseen or name in _UNSEEN))

    def close(self, name: str) -> None:
        if name in _BLOCKS:
            self._end_paragraph()
        for at in range(len(self._open) - 1, max(-1, len(self._open) - 1 - _LOOK_BACK), -1):
            if self._open[at][0] == name:
                del self._open[at:]
                return

    def result(self) -> str:
        self._end_paragraph()
        return "\n\n".join(self._paragraphs)

    def _end_paragraph(self) -> None:
        if self._paragraph:
            whole = html.unescape("".join(self._paragraph))
            lines = [_SPACE.sub(" ", line).strip() for line in whole.split("\v")]
            if shown := "\n".join(line for line in lines if line):
                self._paragraphs.append(shown)
            self._paragraph = []


def _attributes(raw: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(raw[:10_000])
    }
