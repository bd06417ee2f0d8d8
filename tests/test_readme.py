"""The README is true: its commands parse, its files exist, and its demo is what Attest prints."""

import re
import shlex
from pathlib import Path

import pytest

from index.archive import Archive
from rag.ask import Asker
from rag.quote import Quoter
from rag.settings import Settings
from rag.trace import Tracer
from ui.arguments import build_parser
from ui.quotation_terminal import render_quotation
from ui.terminal import render_answer
from ui.trace_terminal import render_trace

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUALITY = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The arguments of every `attest` command that stands in an indented block, comments cut off."""
    found = []
    for line in README.splitlines():
        match = re.match(r"    (?:\S+=\S+ )*(?:\$ )?(?:\.venv/bin/)?attest (.*)", line)
        if match:
            for part in match.group(1).split(" && .venv/bin/attest "):
                found.append(shlex.split(part, comments=True))
    return found


def test_the_readme_has_commands() -> None:
    assert len(commands()) >= 5


@pytest.mark.parametrize("arguments", commands(), ids=lambda arguments: " ".join(arguments))
def test_every_command_in_the_readme_is_one_that_attest_takes(arguments: list[str]) -> None:
    assert build_parser().parse_args(arguments).command == arguments[0]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/quality.md"])
def test_every_file_that_a_document_links_to_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / document).parent / target).exists(), target


@pytest.mark.model
def test_the_demo_in_the_readme_is_what_attest_prints(asker: Asker, sample_archive: Archive) -> None:
    demo = README.split("<!-- demo -->")[1].split("<!-- /demo -->")[0]
    questions = re.findall(r'\$ attest ask "([^"]+)"', demo)
    assert len(questions) == 3
    printed = " ".join(demo.split())
    for question in questions:
        shown = render_answer(asker.ask(question), 100)
        for sentence in shown.split("\n\n")[0].splitlines():
            assert sentence.strip() in printed


@pytest.mark.model
def test_the_quotation_in_the_readme_is_checked_as_it_says(sample_archive: Archive) -> None:
    demo = README.split("<!-- quotation -->")[1].split("<!-- /quotation -->")[0]
    [quotation] = re.findall(r'\$ attest quote "([^"]+)"', demo)
    printed = " ".join(demo.split())
    shown = render_quotation(Quoter(sample_archive).quote(quotation), 100).splitlines()
    assert len(shown) > 8
    for line in shown:  # but for the place of the checkout before the file's name
        assert line.strip().replace(f"{ROOT}/", "") in printed


@pytest.mark.model
def test_the_claim_in_the_readme_is_traced_as_it_says(tracer: Tracer) -> None:
    demo = README.split("<!-- demo -->")[1].split("<!-- /demo -->")[0]
    [claim] = re.findall(r'\$ attest trace "([^"]+)"', demo)
    printed = demo[demo.index("$ attest trace") :].splitlines()[1:]
    shown = render_trace(tracer.trace(claim), 100)
    # Word by word: where a line ends depends on how long the name of the folder is that the checkout lies in.
    assert " ".join(printed).split() == shown.replace(f"{ROOT}/", "").split()
    assert f'trace "{claim}"' in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_makefile_asks_the_questions_of_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for question in re.findall(r'\$ attest ask "([^"]+)"', README):
        assert f'ask "{question}"' in makefile


def test_the_makefile_says_what_it_installs_and_for_how_long_before_pip_begins() -> None:
    said, _, rest = (ROOT / "Makefile").read_text(encoding="utf-8").partition("pip install")
    assert "several minutes" in said
    assert "torch" in said.partition("@echo")[2]
    assert "--quiet" not in rest.splitlines()[0]


def test_every_figure_of_the_readme_has_its_command() -> None:
    figures = README.split("<!-- figures -->")[1].split("<!-- /figures -->")[0]
    assert "|" in figures
    assert "attest ask --batch" in QUALITY
    assert "python -m eval.gate" in QUALITY


def test_the_readme_says_how_many_words_a_part_of_an_answer_has() -> None:
    assert "fit seventy words" in README
    assert Settings().max_words == 70
