"""The page's "Quote" tab: paste a quotation, read whether it is verbatim, open each article at the words."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from ui.article_html import EMPTY_PANE_OF_NAMES
from ui.html import problem_html
from ui.one_at_a_time import made_or_said
from ui.protocols import Articles, Quotes
from ui.quotation_html import WELCOME, WORKING, quotation_articles_html, quotation_html

Panels = tuple[str, str]  # the outcome's HTML and the articles' HTML


class QuotePage:
    """Turns a typed quotation into panels. Free of Gradio; `one_at_a_time` is shared with whatever else asks."""

    def __init__(self, quoter: Quotes, articles: Articles, one_at_a_time: threading.Lock) -> None:
        self._quoter = quoter
        self._articles = articles
        self._one_at_a_time = one_at_a_time

    def check(self, quotation: str, speaker: str) -> Iterator[Panels]:
        """The panels while it is looked for, then those of the outcome."""
        yield WORKING, EMPTY_PANE_OF_NAMES
        undone = "The quotation could not be looked for"
        yield made_or_said(lambda: self._checked(quotation or "", speaker or ""), _problem, self._one_at_a_time, undone)

    def _checked(self, quotation: str, speaker: str) -> Panels:
        found = self._quoter.quote(quotation, speaker=speaker.strip() or None)
        return quotation_html(found), quotation_articles_html(found, self._articles.article, self._articles.copies)


def _problem(said: str) -> Panels:
    return problem_html(said, "Not looked for"), EMPTY_PANE_OF_NAMES


def add_quote_tab(page: QuotePage, shared: Mapping[str, Any]) -> None:
    """The controls of the tab, inside the `gr.Blocks` that is being built. `shared` goes with every event."""
    import gradio as gr

    with gr.Tab("Quote"):
        with gr.Row(elem_classes="asking"):
            quotation = gr.Textbox(
                label="Quotation",
                placeholder="The words as they were quoted …",
                lines=1,  # with one line Enter checks and Shift+Enter breaks the line; it grows with what is pasted
                max_lines=8,
                scale=6,
                elem_id="attest-quotation",
            )
            speaker = gr.Textbox(label="Said by", placeholder="if named", scale=2, elem_id="attest-speaker")
            check = gr.Button("Check", variant="primary", scale=1, min_width=100, elem_id="attest-check")
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=320):
                outcome = gr.HTML(WELCOME, elem_id="attest-outcome", padding=False)
            with gr.Column(scale=1, min_width=320, elem_classes="articles-column"):
                articles = gr.HTML(EMPTY_PANE_OF_NAMES, elem_id="attest-quote-articles", padding=False)
        events = [check.click, quotation.submit, speaker.submit]
        gr.on(events, page.check, inputs=[quotation, speaker], outputs=[outcome, articles], **shared)
