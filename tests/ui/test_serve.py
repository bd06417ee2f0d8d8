import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.ui.fakes import FakeParts
from ui.cli import main
from ui.console import Console


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_page_is_served_until_ctrl_c_with_code_130_and_one_sentence(filled: Path) -> None:
    port = free_port()
    # A shell that starts tests in the background lets them ignore Ctrl-C, and what they start inherits that.
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from tests.ui.fakes import FakeParts; from ui.cli import main; "
    code += f"sys.exit(main(['serve', '--port', '{port}', '--archive', {str(filled)!r}], FakeParts()))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        said = ""
        while "Attest is at" not in said:
            line = run.stderr.readline()
            assert line, f"it ended early: {said}"
            said += line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert "Attest" in page.read().decode("utf-8")
        run.send_signal(signal.SIGINT)
        try:
            out, err = run.communicate(timeout=30)
        finally:
            run.kill()  # or it would be waited for without an end
    assert (run.returncode, out) == (130, "")
    assert err == "attest: interrupted: the page is closed; the archive is as it was\n"


def test_ctrl_c_before_the_page_waits_closes_it_too(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt right after the address is printed once left the server, and with it the process, running."""
    closed: list[bool] = []
    blocks = SimpleNamespace(close=lambda verbose: closed.append(verbose))
    monkeypatch.setattr("ui.app.build_page", lambda *_: blocks)
    monkeypatch.setattr("ui.app.launch_page", lambda given, **_: "http://127.0.0.1:1")

    def interrupted(_: Console, text: str) -> None:
        if text.startswith("Attest is at"):
            raise KeyboardInterrupt

    monkeypatch.setattr(Console, "say", interrupted)
    assert main(["serve", "--port", str(free_port()), "--archive", str(filled)], FakeParts()) == 130
    assert closed == [False]
