"""The trained adapter of the default language model: with it the model tells whether a sentence answers a question.

A LoRA of 16 ranks (Hu et al. 2021) for SmolLM2-135M, which llama.cpp loads beside it and `rag/llama_network.py` merges
into it; `weights/adapter/README.md` is its model card, `eval/train_adapter.py` trains it.
"""

from importlib.resources import files
from pathlib import Path

from index.atomic import file_sha256
from index.errors import ModelError

ADAPTER_FOLDER = Path(str(files("rag"))) / "weights" / "adapter"


def find_adapter(folder: Path = ADAPTER_FOLDER) -> Path:
    """The adapter's file. Raises ModelError when it is missing or not the one whose checksum stands beside it."""
    adapter, known = folder / "adapter.gguf", folder / "SHA256"
    expected = known.read_text(encoding="ascii").strip() if known.is_file() else ""
    if not expected or not adapter.is_file() or file_sha256(adapter) != expected:
        raise ModelError(
            f"{adapter} is missing or not the file whose checksum stands in {folder.name}/SHA256; expected the trained "
            "adapter: install Attest again with `pip install --force-reinstall --no-deps attest`"
        )
    return adapter
