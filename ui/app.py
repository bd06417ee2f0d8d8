"""The web page: ask, trace a claim or check a quotation, and open each article at the cited words. Gradio draws it.

Nothing is requested from any other host: system fonts, no analytics, every script from this process. Article text is
escaped in `ui.html` and `ui.article_html`; the page's own script (`static/page.js`) only shows and scrolls.
"""

import logging
import os
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from index.article import Article
from index.errors import AttestError, UsageError
from rag.answer import EvidenceFound, Finished, RetrievedPassage, Sentence, SentenceChecked
from ui.article_html import EMPTY_PANE, answer_articles_html, articles_html, spans_by_article
from ui.dates import make_filters
from ui.guard import Guard
from ui.html import answer_html, problem_html, progress_html, waiting_html, welcome_html
from ui.numbering import number_citations
from ui.one_at_a_time import UNEXPECTED
from ui.overview import Overview
from ui.protocols import Articles, Asks
from ui.quote_tab import QuotePage, add_quote_tab
from ui.trace_tab import TracePage, add_trace_tab

log = logging.getLogger(__name__)

ANY_OUTLET = "All outlets"
WAITING_QUESTIONS = 20  # beyond this the page says that it is busy: answers are made one at a time
FONT = ("system-ui", "sans-serif")
MONO = ("ui-monospace", "monospace")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Panels = tuple[str, str]  # the answer's HTML and the articles' HTML


class Page:
    """Turns what is typed into panels. Free of Gradio, so that it is tested without a browser."""

    def __init__(self, asker: Asks, articles: Articles, overview: Overview) -> None:
        self._asker = asker
        self._articles = articles
        self._overview = overview
        self.one_at_a_time = threading.Lock()  # an asker answers one question at a time, whoever calls

    def welcome(self) -> Panels:
        """The panels before the first question."""
        seen = self._overview
        return welcome_html(seen.articles, seen.first, seen.last, seen.outlets), EMPTY_PANE

    def answer(self, question: str, since: str, until: str, outlet: str) -> Iterator[Panels]:
        """The panels as they grow: evidence, then sentences as they pass, then the whole answer."""
        try:
            source = None if outlet == ANY_OUTLET else outlet
            filters = make_filters(since=since, until=until, source=source)
            if (question or "").strip():
                yield waiting_html(question), EMPTY_PANE  # the first evidence takes seconds
            with self.one_at_a_time:
                yield from self._stream(question or "", filters)
        except AttestError as error:
            yield problem_html(str(error)), EMPTY_PANE
        except Exception:
            log.exception("The question could not be answered")
            yield problem_html(UNEXPECTED), EMPTY_PANE

    def _stream(self, question: str, filters: Any) -> Iterator[Panels]:
        cache: dict[str, Article] = {}

        def article_of(ref: str) -> Article:
            if ref not in cache:
                cache[ref] = self._articles.article(ref)
            return cache[ref]

        passages: Sequence[RetrievedPassage] = ()
        sentences: list[Sentence] = []
        for event in self._asker.stream(question, filters=filters):
            if isinstance(event, Finished):
                yield answer_html(event.answer), answer_articles_html(event.answer, article_of, self._articles.copies)
                return
            if isinstance(event, EvidenceFound):
                passages = event.passages
            elif isinstance(event, SentenceChecked):
                sentences.append(event.sentence)
            passed = [sentence for sentence in sentences if sentence.verdict == "supported"]
            spans = spans_by_article(number_citations(passed), passages)
            yield progress_html(question, passages, passed, len(sentences)), articles_html(spans, article_of)


def build_page(page: Page, overview: Overview, examples: Sequence[str], quotes: QuotePage, traces: TracePage) -> Any:
    """The Gradio `Blocks` around `page`, `traces` and `quotes`. Imports Gradio: about two seconds."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read on import, before `analytics_enabled` can be given
    import gradio as gr

    shared: dict[str, Any] = {
        "concurrency_limit": 1,
        "concurrency_id": "ask",
        "show_progress": "hidden",  # the answer panel says itself what is going on
        "api_visibility": "private",
    }
    with gr.Blocks(title="Attest", analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML('<h1 class="attest-name">Attest</h1>', padding=False)
        with gr.Tabs():
            _add_ask_tab(page, overview, examples, shared)
            add_trace_tab(traces, shared)
            add_quote_tab(quotes, shared)
    blocks.queue(max_size=WAITING_QUESTIONS)
    return blocks


def _add_ask_tab(page: Page, overview: Overview, examples: Sequence[str], shared: Mapping[str, Any]) -> None:
    import gradio as gr

    answer, articles = page.welcome()
    with gr.Tab("Ask"):
        with gr.Row(elem_classes="asking"):
            question = gr.Textbox(
                label="Question", placeholder="Who, what, when, how many …", lines=1, scale=6, elem_id="attest-question"
            )
            ask = gr.Button("Ask", variant="primary", scale=1, min_width=100, elem_id="attest-ask")
        with gr.Row(elem_classes="filters"):
            since = gr.Textbox(label="From", placeholder="2021, 2021-03 or 2021-03-24", elem_id="attest-since")
            until = gr.Textbox(label="To", placeholder="2021, 2021-03 or 2021-03-24", elem_id="attest-until")
            outlet = gr.Dropdown(
                label="Outlet",
                choices=[ANY_OUTLET, *sorted(overview.outlets, key=str.casefold)],
                value=ANY_OUTLET,
                elem_id="attest-outlet",
            )
        example_buttons = []
        if examples:
            with gr.Row(elem_classes="examples"):
                example_buttons = [gr.Button(example, size="sm", variant="secondary") for example in examples]
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=320):
                answer_panel = gr.HTML(answer, elem_id="attest-answer", padding=False)
            with gr.Column(scale=1, min_width=320, elem_classes="articles-column"):
                articles_panel = gr.HTML(articles, elem_id="attest-articles", padding=False)
        asked = [question, since, until, outlet]
        panels = [answer_panel, articles_panel]
        gr.on([ask.click, question.submit], page.answer, inputs=asked, outputs=panels, **shared)
        for button, example in zip(example_buttons, examples, strict=True):
            filled = button.click(lambda text=example: text, outputs=question, api_visibility="private", queue=False)
            filled.then(page.answer, inputs=asked, outputs=panels, **shared)


def launch_page(blocks: Any, *, host: str, port: int) -> str:
    """The address at which the page now answers; returns at once. Raises UsageError when the port is taken."""

    from starlette.middleware import Middleware

    check_port(host, port)
    _reach_past_proxies(host)
    known = LOOPBACK if host in LOOPBACK else None  # an open page may go by names we do not know
    static = files("ui").joinpath("static")
    _, address, _ = blocks.launch(
        server_name=host,
        server_port=port,
        theme=_theme(),
        css=static.joinpath("page.css").read_text(encoding="utf-8"),
        head=f"<script>{static.joinpath('page.js').read_text(encoding='utf-8')}</script>",
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        inbrowser=False,
        footer_links=[],
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        show_error=False,
        app_kwargs={"middleware": [Middleware(Guard, hosts=known)]},
        max_file_size=0,  # the page takes no files
    )
    return str(address)


def _reach_past_proxies(host: str) -> None:
    """Gradio asks its own server whether it is up; with HTTP_PROXY set it would ask the proxy, and give up."""
    names = ("no_proxy", "NO_PROXY")
    known = [part.strip() for name in names for part in os.environ.get(name, "").split(",") if part.strip()]
    os.environ.update(dict.fromkeys(names, ",".join(dict.fromkeys([*known, *sorted(LOOPBACK), host]))))


def _theme() -> Any:
    """System fonts, and colours that meet 4.5:1 where Gradio's own do not."""
    import gradio as gr

    return gr.themes.Default(primary_hue="blue", font=FONT, font_mono=MONO).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        block_label_text_color="*neutral_700",
        block_title_text_color="*neutral_700",
    )


def check_port(host: str, port: int) -> None:
    """Raises UsageError when nothing can listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"the page cannot listen on {host}:{port} ({reason}); choose another port with: attest serve --port "
            f"{port % 65000 + 1}"
        ) from error
