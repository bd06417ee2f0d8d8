"""The page's "Trace" tab: type a claim, read what supports and what refutes it, open each article at the words."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import AttestError
from index.marks import Marks
from rag.verdict import Trace
from ui.article_html import EMPTY_PANE_OF_NAMES
from ui.html import problem_html
from ui.one_at_a_time import made_or_said
from ui.protocols import Articles, Traces
from ui.report_buttons import Dossiers, file_json, problem_json
from ui.trace_html import WELCOME, WORKING, ordered, place_of, trace_articles_html, trace_html

Panels = tuple[str, str, Trace | None]  # the outcome's HTML, the articles' HTML, and the outcome itself


class TracePage:
    """Turns a typed claim into panels. Free of Gradio; `one_at_a_time` is shared with whatever else asks."""

    def __init__(
        self, tracer: Traces, articles: Articles, marks: Marks, dossiers: Dossiers, one_at_a_time: threading.Lock
    ) -> None:
        self._tracer = tracer
        self._articles = articles
        self._marks = marks
        self._dossiers = dossiers
        self._one_at_a_time = one_at_a_time

    def trace(self, claim: str) -> Iterator[Panels]:
        """The panels while evidence is looked for, then those of the outcome."""
        yield WORKING, EMPTY_PANE_OF_NAMES, None
        undone = "The claim could not be traced"
        yield made_or_said(lambda: self._traced(claim or ""), _problem, self._one_at_a_time, undone)

    def _traced(self, claim: str) -> Panels:
        found = self._tracer.trace(claim)
        articles = trace_articles_html(found, self._articles.article, self._articles.copies)
        return self._shown(found), articles, found

    def mark(self, found: Trace | None, asked: str) -> str:
        """The outcome's HTML once a verdict was kept, or taken back if it was kept before.

        `asked` is what the page's script writes: the key of the evidence, the verdict, and a number that makes each
        request another one. What names no evidence changes nothing.
        """
        key, stance, *_ = [*asked.split(), "", ""]
        evidence = dict(ordered(found)).get(key) if found is not None else None
        if found is None or evidence is None:
            return WELCOME if found is None else self._shown(found)
        place = place_of(evidence.citation)
        try:
            taken_back = self._own(found).get(place) == stance
            self._marks.mark(found.claim, *place, None if taken_back else stance)
        except AttestError as error:
            return self._shown(found, str(error))
        return self._shown(found)

    def export(self, found: Trace | None, asked: str) -> str:
        """The report of what was traced, as `ui.report_buttons` hands it to the page's script; empty when nothing was.

        `asked` is what that script writes: the ending of the form, and a number that makes each request another one.
        """
        if found is None:
            return ""
        ending = asked.partition(" ")[0]
        undone = "The report could not be made"
        return made_or_said(lambda: file_json(found, ending, self._dossiers), problem_json, self._one_at_a_time, undone)

    def _shown(self, found: Trace, problem: str | None = None) -> str:
        try:
            return trace_html(found, self._own(found), problem)
        except AttestError as error:  # the verdicts cannot be read; the evidence can
            return trace_html(found, problem=problem or str(error))

    def _own(self, found: Trace) -> dict[tuple[str, int, int], str]:
        return {(mark.article_id, mark.start, mark.end): mark.stance for mark in self._marks.of(found.claim)}


def _problem(said: str) -> Panels:
    return problem_html(said, "Not traced"), EMPTY_PANE_OF_NAMES, None


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
        found = gr.State(None)
        # The page's script writes into it which verdict was given; in the page for that, and never seen.
        asked = gr.Textbox(visible="hidden", elem_id="attest-mark")
        gr.on([trace.click, claim.submit], page.trace, inputs=[claim], outputs=[outcome, articles, found], **shared)
        # Not in line behind what is being traced, and none is dropped while another is kept.
        own = {**shared, "concurrency_id": "mark", "trigger_mode": "multiple"}
        asked.change(page.mark, inputs=[found, asked], outputs=[outcome], **own)
        form = gr.Textbox(visible="hidden", elem_id="attest-export")
        report = gr.Textbox(visible="hidden")
        made = form.change(page.export, inputs=[found, form], outputs=[report], **own)
        made.then(None, inputs=[report], js="(report) => attestSave(report)", api_visibility="private")
