"""The page's "Trace" tab: type a claim, read what supports and what refutes it, open each article at the words."""

import logging
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import AttestError
from ui.article_html import EMPTY_PANE_OF_NAMES
from ui.html import problem_html
from ui.protocols import Articles, Traces
from ui.trace_html import WELCOME, WORKING, trace_articles_html, trace_html

log = logging.getLogger(__name__)

Panels = tuple[str, str]  # the outcome's HTML and the articles' HTML


class TracePage:
    """Turns a typed claim into panels. Free of Gradio; `one_at_a_time` is shared with whatever else asks."""

    def __init__(self, tracer: Traces, articles: Articles, one_at_a_time: threading.Lock) -> None:
        self._tracer = tracer
        self._articles = articles
        self._one_at_a_time = one_at_a_time

    def trace(self, claim: str) -> Iterator[Panels]:
        """The panels while evidence is looked for, then those of the outcome."""
        yield WORKING, EMPTY_PANE_OF_NAMES
        try:
            with self._one_at_a_time:
                found = self._tracer.trace(claim or "")
            yield trace_html(found), trace_articles_html(found, self._articles.article)
        except AttestError as error:
            yield problem_html(str(error), "Not traced"), EMPTY_PANE_OF_NAMES
        except Exception:
            log.exception("The claim could not be traced")
            said = "Attest met an unexpected problem; the terminal it runs in shows it"
            yield problem_html(said, "Not traced"), EMPTY_PANE_OF_NAMES


def add_trace_tab(page: TracePage, shared: Mapping[str, Any]) -> None:
    """The controls of the tab, inside the `gr.Blocks` that is being built. `shared` goes with every event."""
    import gradio as gr

    with gr.Tab("Trace"):
        with gr.Row(elem_classes="asking"):
            claim = gr.Textbox(
                label="Claim",
                placeholder="A statement that is true or false …",
                lines=1,
                scale=6,
                elem_id="attest-claim",
            )
            trace = gr.Button("Trace", variant="primary", scale=1, min_width=100, elem_id="attest-trace")
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=320):
                outcome = gr.HTML(WELCOME, elem_id="attest-traced", padding=False)
            with gr.Column(scale=1, min_width=320, elem_classes="articles-column"):
                articles = gr.HTML(EMPTY_PANE_OF_NAMES, elem_id="attest-trace-articles", padding=False)
        gr.on([trace.click, claim.submit], page.trace, inputs=[claim], outputs=[outcome, articles], **shared)
