"""Which models there are, where they lie, and whether they are the files they should be."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import ModelError, UsageError
from rag.download import Progress, download, sha256_of
from rag.gguf import GGUF_MAGIC, check_gguf
from rag.registry import Kind, Row, find_row, model_path, read_record, record_path, registry, weights_file
from rag.settings import Settings, config_file, write_atomically, write_setting

DEFAULT_NAMES: dict[Kind, str] = {"embedder": "all-MiniLM-L6-v2", "language": "SmolLM2-135M-Instruct"}
# A bundled file is summed on every start: 98 MB take 0.07 s from the page cache and 0.22 s from the disk (2 cores), so
# a remembered result would save little and could miss a file that went bad. A pulled one of gigabytes takes seconds: it
# is summed at the pull and by `attest models verify`, and a start looks at its length and first bytes.


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model as `attest models list` shows it. A path that somebody chose has no licence we know."""

    name: str
    kind: Kind
    path: Path | None  # the GGUF, or the embedder's folder; None when not installed
    sha256: str | None  # what the file must have; None until a pull records it
    licence: str | None
    bytes: int  # of the file here; of the one to pull, as last seen
    memory_bytes: int | None  # while in use with 2,048 tokens of context: measured for bundled ones, else estimated
    installed: bool
    in_use: bool
    url: str | None = None


def default_models_dir() -> Path:
    """Where pulled models lie unless the settings say otherwise: in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("attest") / "models"


def list_models(settings: Settings | None = None) -> list[ModelEntry]:
    """Every model of the registry, and the chosen ones that are paths, bundled ones first."""
    settings = settings or Settings()
    entries = [_entry(row, settings) for row in registry()]
    for chosen, kind in _chosen(settings):
        if not any(entry.in_use and entry.kind == kind for entry in entries):
            entries.append(_entry_of_path(chosen, kind))
    return entries


def find_language_model(name_or_path: str | None = None, settings: Settings | None = None) -> Path:
    """The GGUF file to load: of a registry name, of a path, or of the settings' choice for None.

    Raises `ModelError` when it is unknown, not pulled, not a GGUF, cut short, or a bundled file with another checksum.
    """
    settings = settings or Settings()
    wanted = name_or_path or _choice(settings, "language") or DEFAULT_NAMES["language"]
    row = find_row(wanted)
    if row is None:
        if not _is_path(wanted):
            raise ModelError(_unknown(wanted))
        path = Path(wanted).expanduser()
        check_gguf(path)
        return path
    if row.kind != "language":
        raise ModelError(f"{row.name} is an embedder, expected a language model; `attest models list` shows them.")
    entry = _entry(row, settings)
    path = _installed_path(entry)
    check_gguf(path)
    _check_length_or_sum(entry, path)
    return path


def find_embedder(name_or_path: str | None = None, settings: Settings | None = None) -> Path:
    """The sentence-transformers folder to load: of a registry name, of a path, or of the settings' choice for None."""
    settings = settings or Settings()
    wanted = name_or_path or settings.embedder or DEFAULT_NAMES["embedder"]
    row = find_row(wanted)
    if row is None:
        folder = Path(wanted).expanduser()
        if not _is_embedder(folder):
            raise ModelError(
                f"{wanted} is no registry name and no folder of a sentence-transformers model (with modules.json or "
                "config.json); `attest models list` shows the names."
            )
        return folder
    if row.kind != "embedder":
        raise ModelError(f"{row.name} is a language model, expected an embedder; `attest models list` shows them.")
    entry = _entry(row, settings)
    folder = _installed_path(entry)
    _check_length_or_sum(entry, weights_file(row, folder))
    return folder


def verify(name: str | None = None, settings: Settings | None = None) -> list[str]:
    """What is wrong with the named model, or with every installed one: one sentence each, empty when all is well.

    Reads every byte. A name that is unknown or not installed raises `ModelError`.
    """
    settings = settings or Settings()
    if name is None:
        entries = [entry for entry in list_models(settings) if entry.installed or entry.in_use]
    else:
        entries = [_named(name, settings)]
        _installed_path(entries[0])
    return [breach for entry in entries for breach in _breaches(entry)]


def use(name_or_path: str, settings: Settings | None = None, config_path: Path | None = None) -> ModelEntry:
    """Makes the model the choice of every later run, in the config file; the entry comes back as now in use."""
    settings = settings or Settings()
    row = find_row(name_or_path)
    if row is not None:
        kind: Kind = row.kind
        value = row.name
        _installed_path(_entry(row, settings))
    elif Path(name_or_path).expanduser().is_dir():
        kind = "embedder"
        value = str(find_embedder(name_or_path, settings).absolute())  # a later run starts in another folder
    else:
        kind = "language"
        value = str(find_language_model(name_or_path, settings).absolute())
    key = "model" if kind == "language" else "embedder"
    write_setting(key, value, config_path or config_file())
    return _named(value, _with(settings, key, value))


def pull(
    name: str,
    confirm: Callable[[ModelEntry], bool],
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> ModelEntry:
    """Downloads the named model after `confirm` has seen its size, licence and memory need; its entry comes back.

    The checksum is recorded beside it. One that is here already is not fetched again. Raises `ModelError` for any
    failure and `UsageError` when not confirmed.
    """
    settings = settings or Settings()
    row = find_row(name)
    if row is None:
        raise ModelError(_unknown(name))
    entry = _entry(row, settings)
    if entry.installed:
        return entry
    if row.url is None:
        _installed_path(entry)  # raises: a bundled model comes with its package
    if not confirm(entry):
        raise UsageError(
            f"{row.name} was not pulled: no consent was given; run `attest models pull {row.name}` to be asked."
        )
    folder = _models_dir(settings)
    target = folder / f"{row.name}.gguf"
    try:
        got = download(str(row.url), target, sha256=row.sha256, magic=GGUF_MAGIC, progress=progress)
        record = {"sha256": got.sha256, "bytes": got.size_bytes, "url": row.url, "licence": row.licence}
        write_atomically(record_path(target), json.dumps(record, indent=2) + "\n")
    except OSError as error:
        raise ModelError(f"{folder} cannot be written ({error.strerror}); set ATTEST_MODELS_DIR to another.") from error
    return _entry(row, settings)


def _entry(row: Row, settings: Settings) -> ModelEntry:
    path = model_path(row, _models_dir(settings))
    if path is not None and not path.exists():
        path = None
    record = read_record(path) if path and row.url else {}
    file = weights_file(row, path) if path else None
    return ModelEntry(
        name=row.name,
        kind=row.kind,
        path=path,
        sha256=row.sha256 or record.get("sha256"),
        licence=row.licence,
        bytes=file.stat().st_size if file and file.exists() else row.bytes,
        memory_bytes=row.memory_bytes,
        installed=path is not None,
        in_use=(_choice(settings, row.kind) or DEFAULT_NAMES[row.kind]).lower() == row.name.lower(),
        url=row.url,
    )


def _entry_of_path(chosen: str, kind: Kind) -> ModelEntry:
    path = Path(chosen).expanduser()
    size = path.stat().st_size if path.is_file() else sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
    return ModelEntry(
        name=chosen,
        kind=kind,
        path=path if path.exists() else None,
        sha256=None,
        licence=None,
        bytes=size,
        memory_bytes=None,
        installed=path.exists(),
        in_use=True,
    )


def _check_length_or_sum(entry: ModelEntry, file: Path) -> None:
    row = find_row(entry.name)
    assert row is not None
    if row.url is None:
        breaches = _breaches(entry)
    else:
        expected = read_record(file).get("bytes")
        cut = expected is not None and file.stat().st_size != expected
        breaches = [f"{file} has {file.stat().st_size} bytes, expected {expected}; {row.mend}"] if cut else []
    if breaches:
        raise ModelError(breaches[0])


def _breaches(entry: ModelEntry) -> list[str]:
    row = find_row(entry.name)
    if entry.path is None:
        return [_missing(entry)]
    file = weights_file(row, entry.path) if row else entry.path
    try:
        if entry.kind == "language":
            check_gguf(file)
        if row is None:
            return []  # a path that somebody chose: nothing says what it should be
        if entry.sha256 is None:
            return [f"{file} has no checksum recorded at a pull beside it, so nothing proves it; {row.mend}"]
        digest = sha256_of(file)
    except ModelError as error:
        return [str(error)]
    except OSError as error:
        return [f"{file} cannot be read ({error.strerror}); {row.mend}" if row else f"{file} cannot be read."]
    if digest == entry.sha256:
        return []
    return [f"{file} has the SHA-256 {digest[:12]}…, expected {entry.sha256[:12]}…; {row.mend}"]


def _named(name: str, settings: Settings) -> ModelEntry:
    row = find_row(name)
    if row is not None:
        return _entry(row, settings)
    if not _is_path(name):
        raise ModelError(_unknown(name))
    return _entry_of_path(name, "embedder" if Path(name).expanduser().is_dir() else "language")


def _installed_path(entry: ModelEntry) -> Path:
    if entry.path is None:
        raise ModelError(_missing(entry))
    return entry.path


def _missing(entry: ModelEntry) -> str:
    row = find_row(entry.name)
    if row is None:
        return f"{entry.name} does not exist, expected the model chosen in the settings; run `attest models use NAME`."
    if row.package:
        return f"{row.name} is not installed, expected in the package {row.package}; run `pip install {row.package}`."
    return f"{row.name} is not on this machine; run `attest models pull {row.name}` ({row.bytes / 1e9:.1f} GB)."


def _unknown(name: str) -> str:
    known = ", ".join(row.name for row in registry())
    return f"{name!r} is no model and no file; the known ones are {known}, or give the path of a GGUF file."


def _is_path(text: str) -> bool:
    return text.endswith(".gguf") or "/" in text or os.sep in text or Path(text).expanduser().exists()


def _is_embedder(folder: Path) -> bool:
    return (folder / "modules.json").is_file() or (folder / "config.json").is_file()


def _models_dir(settings: Settings) -> Path:
    return settings.models_dir or default_models_dir()


def _choice(settings: Settings, kind: Kind) -> str | None:
    if kind == "embedder":
        return settings.embedder
    return None if settings.writer == "chat" else settings.model  # a chat model's name is its server's affair


def _chosen(settings: Settings) -> list[tuple[str, Kind]]:
    kinds: tuple[Kind, ...] = ("embedder", "language")
    return [(chosen, kind) for kind in kinds if (chosen := _choice(settings, kind))]


def _with(settings: Settings, key: str, value: str) -> Settings:
    return replace(settings, model=value) if key == "model" else replace(settings, embedder=value)
