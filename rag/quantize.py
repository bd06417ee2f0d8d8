"""A copy of a small model in a format that this machine multiplies faster, made once and kept in the user's cache.

llama.cpp has blocked kernels for Q8_0 and none for Q4_1, in which SmolLM2 ships. Reading 8 sentences of 30 tokens on
two cores takes 1.27 s in Q4_1 and 0.65 s in Q8_0 (bf16: 0.55 s, but only on processors that know bf16, and twice the
disk). Going from 4 to 8 bits loses next to nothing: question likelihoods differ by 0.02 nats a token.
"""

import ctypes
import os
import tempfile
from pathlib import Path

SLOW_FORMATS = frozenset({3, 8, 9})  # llama_ftype: mostly Q4_1, Q5_0, Q5_1
_Q8_0 = 7
LARGEST = 600 * 1024 * 1024  # bytes; a copy of a larger model would cost more disk than it saves time


def cache_folder() -> Path:
    """Where derived files may be kept: `ATTEST_CACHE`, or the user's cache folder."""
    from platformdirs import user_cache_path

    return Path(os.environ["ATTEST_CACHE"]) if os.environ.get("ATTEST_CACHE") else user_cache_path("attest")


def faster_copy(model: Path, *, cache: Path | None = None) -> Path:
    """The path of a Q8_0 copy of `model`; `model` itself when it is fast already, large, or the cache is not writable.

    The copy's name holds the size and the change time of the original, so that another file gets another copy.
    """
    stat = model.stat()
    if stat.st_size > LARGEST or file_type(model) not in SLOW_FORMATS:
        return model
    folder = cache or cache_folder()
    copy = folder / f"{model.stem}-{stat.st_size}-{stat.st_mtime_ns}.q8_0.gguf"
    if copy.exists():
        return copy
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        os.close(handle)
        try:
            if not _requantize(model, Path(temporary)):
                return model
            with Path(temporary).open("rb") as file:
                os.fsync(file.fileno())
            Path(temporary).replace(copy)  # whole or not at all: another process may be reading
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError:
        return model
    return copy


def _requantize(source: Path, target: Path) -> bool:
    import llama_cpp

    from rag.likelihood import silence

    silence(llama_cpp)
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = _Q8_0
    parameters.allow_requantize = True
    return (
        int(llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(parameters))) == 0
    )


def file_type(model: Path) -> int | None:
    """`general.file_type` of a GGUF file (a `llama_ftype`), read from its first 4 MiB; None when it is not there."""
    with model.open("rb") as file:
        head = file.read(4 * 1024 * 1024)
    key = b"general.file_type"
    at = head.find(len(key).to_bytes(8, "little") + key)
    if not head.startswith(b"GGUF") or at < 0:
        return None
    value = at + 8 + len(key)
    kind = int.from_bytes(head[value : value + 4], "little")
    return int.from_bytes(head[value + 4 : value + 8], "little") if kind == 4 else None  # 4: uint32
