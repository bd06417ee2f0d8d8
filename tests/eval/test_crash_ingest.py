import json
import subprocess
import sys
from pathlib import Path

from eval.flip_bits import KINDS, Flipper

ROOT = Path(__file__).parents[2]
AT = [
    "before embedding",
    "after embedding",
    "before commit",
    "after commit",
    "after old passages",
    "after path",
    "before rename",
    "after vector file",
]


def test_an_ingest_killed_at_any_moment_and_run_again_gives_the_archive_of_an_undisturbed_one() -> None:
    """A process of its own: it forks, and threads of other tests do not survive that. The long form is its default."""
    command = [sys.executable, "-m", "eval.crash_ingest", "eval/sample/articles", "--kills", "2", "--steps", "1"]
    done = subprocess.run(
        [*command, "--articles", "2", "--only", *AT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["breaches"] == []
    assert (said["rounds"], said["named_steps"]) == (12, sorted(AT))
    assert said["kills"] >= len(AT)


def test_no_flipped_bit_is_both_unnoticed_and_harmful(sample_folder: Path, tmp_path: Path) -> None:
    flipper = Flipper(sample_folder, tmp_path)
    for kind, pattern in KINDS.items():
        result = flipper.flip(pattern, 30 if kind == "SQLite" else 10, seed=5, say=print)
        assert (result.harmful, result.wrong_text, result.crashes) == ([], [], [])
        assert result.noticed >= 10
