"""Where and with what a run was made: versions, models, prompts, settings, processor. No path of the machine."""

import hashlib
import platform
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from rag.settings import Settings

PACKAGES = ("attest", "torch", "numpy", "faiss-cpu", "llama-cpp-python", "sentence-transformers", "ir-measures")
UNTOLD = ("archive", "models_dir", "base_url")  # where things lie on this machine


def environment(
    system: str, models: Mapping[str, object], settings: Settings, *, seed: int | None = None
) -> dict[str, Any]:
    """What `env.json` says beside the hashes of the files."""
    chosen = {name: value for name, value in asdict(settings).items() if name not in UNTOLD}
    chosen["model"] = Path(settings.model).name if settings.model else None
    chosen["embedder"] = Path(settings.embedder).name if settings.embedder else None
    return {
        "format": "attest.run/v1",
        "system": system,
        "models": dict(models),
        "settings": chosen,
        "prompts": _hash(Path(str(files("prompts")))),
        "weights": _hash(Path(str(files("rag"))) / "weights"),
        "seed": seed,
        "commit": _commit(),
        "python": platform.python_version(),
        "packages": _versions(),
        "cpu": _cpu(),
        "peak_mb": round(peak_mb(), 1),
    }


def peak_mb() -> float:
    """The largest resident memory of this process so far, in megabytes."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _commit() -> str | None:
    """The commit of the source tree, with a plus sign when files differ from it; None outside a checkout."""
    root = Path(str(files("eval"))).parent
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
