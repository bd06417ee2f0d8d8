"""A newsletter or any other e-mail message as an article: what its reader saw, with subject, sender and date."""

import email
import email.message
import email.policy
import email.utils
import re
from collections.abc import Iterator
from typing import BinaryIO

from index.counted import counted
from index.decoding import decode, decode_as, decode_html
from index.formats.document import Document, NoArticleError, filled
from index.formats.plain import visible_text
from index.records import MAX_RECORD_BYTES, has_words

_FROM = re.compile(rb"From \S+.*\d")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
TWIN_SHARE = 0.8  # of a plain text's words in the page: links and rules of dashes are in the text only
_STEP_BYTES = 1 << 16


def parse_mail(raw: bytes) -> list[Document]:
    """The message's text, of its HTML where it has some: that is what is read. Raises NoArticleError without one."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not message.keys():
        raise NoArticleError("not an e-mail message: it has no header")
    kind = message.get_content_type()
    if kind == "multipart/encrypted" or (kind.endswith("pkcs7-mime") and "signed" not in str(message.get_params())):
        raise NoArticleError("encrypted: only its addressee can open it")
    attached = sum(part.get_content_disposition() == "attachment" for part in message.walk())
    text = "\n\n".join(text for text, _ in _without_twins(list(_shown(message))))
    if not has_words(text):
        raise NoArticleError("no text in the message" + (": it holds attachments only" if attached else ""))
    sender, address = email.utils.parseaddr(_header(message, "From") or "")
    fields = filled(
        id=(_header(message, "Message-ID") or "").strip("<> "),
        title=_header(message, "Subject"),
        source=sender or address,
        published_at=_date(_header(message, "Date")),
    )
    files = counted(attached, "attached file was", "attached files were")
    note = f"{files} not read; save what you need and ingest it by itself" if attached else None
    return [Document(text, fields, {"published_at": "mail: Date"} if "published_at" in fields else {}, note)]


def _shown(part: email.message.Message) -> Iterator[tuple[str, bool]]:
    """The texts that a reader is shown, one below the other, and whether each is of HTML.

    Of alternatives it is the page, or what comes last. Where a list server puts its footer below, both are shown.
    """
    inner = part.get_payload()
    if isinstance(inner, list) and part.get_content_disposition() != "attachment":
        below = [found for each in inner if isinstance(each, email.message.Message) and (found := list(_shown(each)))]
        if part.get_content_type() == "multipart/alternative":
            pages = [found for found in below if any(of_page for _, of_page in found)]
            below = (pages or below)[-1:]
        for found in below:
            yield from found
    elif part.get_content_disposition() != "attachment" and part.get_content_maintype() in ("text", "multipart"):
        kind = part.get_content_type()
        if kind == "text/html":
            text = visible_text(_decoded(part))
        elif kind == "text/plain" or part.get_content_maintype() == "multipart":  # the boundary it names is not there
            text = _decoded(part).replace("\r\n", "\n").replace("\r", "\n").strip()
        else:
            return
        if has_words(text):
            yield text, kind == "text/html"


def _without_twins(shown: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Without plain texts that are the page once more: some senders say that both are to be shown."""
    words = {word for text, of_page in shown if of_page for word in text.split()}
    for text, of_page in shown:
        own = text.split()
        if of_page or not words or sum(word in words for word in own) < TWIN_SHARE * len(own):
            yield text, of_page


def plain_mail(raw: bytes, why: str) -> list[Document]:
    """All that is below the header, when the parser gave up."""
    text = visible_text(raw.partition(b"\n\n")[2].decode("utf-8", "replace")) or raw.decode("utf-8", "replace")
    if not has_words(text):
        raise NoArticleError("no text in the message")
    return [Document(text, {}, {}, f"read as plain text: {why}")]


def messages(stream: BinaryIO) -> Iterator[bytes | None]:
    """The messages of an mbox file, one in memory at a time; None in place of one longer than an article may be."""
    block: list[bytes] = []
    size, blank, begun = 0, True, False
    while line := stream.readline(_STEP_BYTES):
        if blank and _FROM.match(line):
            if begun:
                yield _message(block, size)
            block, size, begun = [], 0, True
        elif begun:
            size += len(line)
            if size <= MAX_RECORD_BYTES:
                block.append(line)
        elif line.strip():
            raise NoArticleError("not an mbox file: it does not begin with a 'From ' line")
        blank = not line.strip()
    if begun:
        yield _message(block, size)


def _message(block: list[bytes], size: int) -> bytes | None:
    return None if size > MAX_RECORD_BYTES else _QUOTED_FROM.sub(rb"\1", b"".join(block))


def _decoded(part: email.message.Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    if charset:
        try:
            return decode_as(raw, charset)
        except (LookupError, ValueError):
            pass  # an unknown or untrue declaration
    try:
        return decode_html(raw) if part.get_content_type() == "text/html" else decode(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")


def _header(message: email.message.Message, name: str) -> str | None:
    try:
        return " ".join(str(message.get(name) or "").split()) or None
    except Exception:  # the standard library's header parser raises all sorts on a malformed one
        return None


def _date(value: str | None) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(value).isoformat(timespec="seconds") if value else None
    except (ValueError, TypeError, OverflowError):
        return None
