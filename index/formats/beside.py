"""What stands beside the story of an HTML page: captions of its pictures, and what readers wrote below it.

trafilatura drops both. They are put back with a label each, so that a caption can be cited and a comment cannot.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from index import furniture
from index.formats.document import Label
from index.formats.plain import visible_text

FOLDED_CHARS = 60  # letters and digits by which a paragraph of the page is known again in the story
LEAST_CAPTION_CHARS = 15  # "Getty Images" alone says nothing of the picture
MOST_CAPTION_CHARS = 600
NEAR_LEVELS = 4  # ancestors of a caption in which a paragraph of the story has to stand: farther off it is a teaser's
LEAST_COMMENT_CHARS = 20  # of some line: a section without such a one holds buttons and no comment
_CONTAINERS = ("div", "section", "details")
_COMMENTS_ID = re.compile(r"comment(?!ary)|disqus_thread|dsq-comments", re.IGNORECASE)
_COMMENTS_CLASS = re.compile(r"^comment(?!ary)|(?:article|post)-comments", re.IGNORECASE)
_NOT_SAID = ("form", "button", "script", "style", "noscript", "textarea", "nav")
_CAPTION_CLASSES = frozenset(("wp-caption-text", "image-caption", "photo-caption", "media-caption"))

Caption = tuple[str, str]  # its text, and the folded paragraph of the story that follows it, "" for none


def comment_sections(tree: Any) -> list[str]:
    """The visible text of each outermost section of the page that is named as one of readers' comments, in order."""
    from lxml import html

    found: list[str] = []
    inside: set[Any] = set()
    for node in tree.iter(*_CONTAINERS):
        if not _holds_comments(node) or any(ancestor in inside for ancestor in node.iterancestors()):
            continue
        inside.add(node)
        section = html.fromstring(html.tostring(node, encoding="unicode", with_tail=False))
        for gone in list(section.iter(*_NOT_SAID)):
            if gone.getparent() is not None:
                gone.drop_tree()
        found.append(visible_text(html.tostring(section, encoding="unicode")))
    return found


def captions_of(tree: Any, story: str) -> list[Caption]:
    """The captions of the pictures in the story, in the page's order, each once."""
    lines = {_folded(line) for line in story.splitlines()} - {""}
    found: dict[str, str] = {}
    waiting: list[str] = []
    for node in tree.iter("figcaption", "p", "h2", "h3", "li", "blockquote"):
        if _is_caption(node):
            text = " ".join(node.text_content().split())
            if LEAST_CAPTION_CHARS <= len(text) <= MOST_CAPTION_CHARS and _is_near(node, lines):
                waiting.append(text)
        elif waiting and (folded := _folded(node.text_content())) in lines:
            found = {**dict.fromkeys(waiting, folded), **found}
            waiting = []
    return list({**dict.fromkeys(waiting, ""), **found}.items())


def with_labels(story: str, captions: Sequence[Caption], sections: Sequence[str]) -> tuple[str, tuple[Label, ...]]:
    """The story with each caption above its paragraph and the comments below it all, and the spans of both.

    What trafilatura took for a paragraph of the story stays one, though it stands below a picture: people marked it so.
    """
    in_story = {_folded(line) for line in story.splitlines()} - {""}
    missing = [(caption, before) for caption, before in captions if _folded(caption) not in in_story]
    lines: list[tuple[str, str]] = []
    for line in story.split("\n"):
        folded = _folded(line)
        here = [caption for caption, before in missing if before and before == folded]
        missing = [(caption, before) for caption, before in missing if caption not in here]
        lines += [*((caption, "caption") for caption in here), (line, "")]
    lines += [(caption, "caption") for caption, _ in missing]
    lines += [(comment, "comment") for comment in _comments(in_story, sections)]
    starts = accumulate((len(line) + 1 for line, _ in lines), initial=0)
    labels = [(start, start + len(line), kind) for start, (line, kind) in zip(starts, lines, strict=False) if kind]
    return "\n".join(line for line, _ in lines), tuple(labels)


def _comments(story: set[str], sections: Sequence[str]) -> Iterator[str]:
    """The lines of comments; none of a section that holds the story itself, or nothing but buttons."""
    for section in sections:
        lines = [line for line in section.splitlines() if line.strip() and not _is_button(line)]
        if any(len(folded) == FOLDED_CHARS and folded in story for folded in map(_folded, lines)):
            continue
        if any(len(line) >= LEAST_COMMENT_CHARS for line in lines):
            yield from lines


def _is_button(line: str) -> bool:
    line = " ".join(line.split())
    return furniture.is_furniture(line) or furniture.comment_header(line) is not None


def _holds_comments(node: Any) -> bool:
    return bool(_COMMENTS_ID.match(node.get("id") or "") or _COMMENTS_CLASS.search(node.get("class") or ""))


def _is_caption(node: Any) -> bool:
    return node.tag == "figcaption" or not _CAPTION_CLASSES.isdisjoint((node.get("class") or "").lower().split())


def _is_near(node: Any, lines: set[str]) -> bool:
    for level, ancestor in enumerate(node.iterancestors()):
        if level == NEAR_LEVELS:
            return False
        if any(_folded(other.text_content()) in lines for other in ancestor.iter("p") if not _is_caption(other)):
            return True
    return False


def _folded(line: str) -> str:
    """The first letters and digits, without case: a paragraph is the same with other spaces and quotation marks."""
    return "".join(char for char in line[: 4 * FOLDED_CHARS].casefold() if char.isalnum())[:FOLDED_CHARS]
