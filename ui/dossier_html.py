"""A dossier as one HTML file that opens from a disk, asks nobody for anything and prints well. Every text escaped."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ui.dossier_markdown import comment_json
from ui.dossier_words import (
    TITLES,
    article_line,
    facts,
    note_lines,
    reason_line,
    role_word,
    sha256_of,
    statement_lines,
    verdict_word,
)
from ui.html import safe
from ui.printable import one_line
from ui.timeline_svg import timeline_figure

OPENING, CLOSING = '<script type="application/json" id="attest-dossier">', "</script>"


def to_html(document: Mapping[str, Any]) -> str:
    """The whole file; the same data give the same text."""
    style = files("ui").joinpath("static", "dossier.css").read_text(encoding="utf-8")
    asked = safe(one_line(str(document["asked"])))
    title = TITLES[document["outcome"]]
    quotes = "".join(_quote(document, one) for one in document["quotes"])
    # Nothing may be fetched or run, whatever stands in a text.
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}: {asked}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="kind">{title}, checked against an archive of articles</p>\n<h1 dir="auto">“{asked}”</h1>\n'
        f'<p class="verdict {safe(str(document["verdict"]))}">{safe(verdict_word(document))}</p>\n'
        f'<p dir="auto">{safe(reason_line(document))}</p>\n{_statements(document)}{_answer(document)}'
        f"{_timeline(document)}"
        f"<h2>Quotes ({len(document['quotes'])})</h2>\n<ol>\n{quotes}</ol>\n"
        f"<h2>Made with</h2>\n<table>\n{_facts(document)}</table>\n"
        "<p>To compare every quote with the archive: <code>attest verify-report FILE</code></p>\n</main>\n"
        f"{OPENING}{comment_json(document)}{CLOSING}\n</body>\n</html>\n"
    )


def _statements(document: Mapping[str, Any]) -> str:
    lines = "".join(
        f'<p class="statement" dir="auto">{number}. {safe(line)}</p>\n'
        for number, line in enumerate(statement_lines(document), start=1)
    )
    return lines + "".join(f'<p class="note" dir="auto">{safe(line)}</p>\n' for line in note_lines(document))


def _answer(document: Mapping[str, Any]) -> str:
    sentences = document["result"].get("sentences", ())
    return "".join(f'<p class="sentence" dir="auto">{safe(one_line(one["text"]))}</p>\n' for one in sentences)


def _timeline(document: Mapping[str, Any]) -> str:
    figure = timeline_figure(document["timeline"])
    return f"<h2>Timeline</h2>\n{figure}" if figure else ""


def _quote(document: Mapping[str, Any], quote: Mapping[str, Any]) -> str:
    article = quote["article"]
    score = f' <span class="place">score {quote["score"]:.2f}</span>' if quote.get("score") is not None else ""
    first = " · first seen here" if quote.get("first_seen") else ""
    why = f'<p class="why" dir="auto">{safe(one_line(str(quote["reason"])))}</p>\n' if quote.get("reason") else ""
    own = quote.get("own_verdict")
    mark = f'<p class="own">Own verdict: <strong>{safe(str(own))}</strong></p>\n' if own else ""
    copies = "".join(f'<li dir="auto">{safe(article_line(copy))}</li>' for copy in quote["copies"])
    folded = f'<p class="place">The same report in:</p><ul>{copies}</ul>\n' if copies else ""
    kind = str(quote["role"]).replace(" ", "-") if quote["counts"] else "uncounted"
    return (
        f'<li id="quote-{quote["number"]}" class="{safe(kind)}">\n'
        f'<p class="role"><strong>{safe(role_word(quote))}</strong>{first}{score}</p>\n'
        f'<p class="source" dir="auto">{_linked(article)}</p>\n'
        f'<blockquote dir="auto">{safe(quote["quote"])}</blockquote>\n'
        f"{why}{mark}{folded}"
        f'<p class="place">{safe(one_line(str(article["path"])))}, characters {quote["start"]}–{quote["end"]} '
        f"· article {safe(str(article['id']))} · SHA-256 "
        f"<code>{safe(sha256_of(document, article['id']))}</code></p>\n</li>\n"
    )


def _linked(article: Mapping[str, Any]) -> str:
    line, url = safe(article_line(article)), str(article.get("url") or "")
    if url.lower().startswith(("http://", "https://")):  # never javascript: or data:
        return f'{line} · <a href="{safe(url)}" rel="noopener noreferrer">as published</a>'
    return line


def _facts(document: Mapping[str, Any]) -> str:
    return "".join(f"<tr><th>{safe(name)}</th><td>{safe(value)}</td></tr>\n" for name, value in facts(document))
