"""What a file that should be a GGUF really is, from its first bytes; loading it is llama.cpp's part."""

from pathlib import Path

from index.errors import ModelError

GGUF_MAGIC = b"GGUF"


def check_gguf(path: Path) -> None:
    """Nothing when the file begins as a GGUF does; otherwise a `ModelError` saying what it is instead."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except FileNotFoundError as error:
        raise ModelError(
            f"{path} does not exist, expected a GGUF file; `attest models list` shows what there is."
        ) from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}), expected a GGUF file; check the path.") from error
    if head.startswith(GGUF_MAGIC):
        return
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not head:
        found = "is empty"
    elif begin.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        found = "is an HTML page, as saved from a browser or a link that needs an account"
    elif begin.startswith(b"version https://git-lfs"):
        found = "is a Git LFS pointer, not the file it points to"
    else:
        found = f"begins with {head[:4]!r}"
    raise ModelError(
        f"{path} {found}; expected a GGUF file: download it again or choose another with `attest models use`."
    )
