"""What a person may choose, read once at the edge: environment, then the config file, then these defaults."""

import json
import os
import tempfile
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self, get_args, get_origin

from index.errors import UsageError

WriterName = Literal["extractive", "llama", "chat"]

PREFIX = "ATTEST_"
_NOT_SETTINGS = frozenset({"ATTEST_CONFIG"})  # it says where the file is, so it cannot stand in it
# Words of the answer to each part of a question. On 249 held-out questions of gold/train.jsonl, cross-validated, it is
# right and cites a proving sentence for .663, .679, .699, .711 and .735 of them at 50, 60, 70, 80 and 100, in 39, 45,
# 52, 58 and 66 words on average. An average of 60 is the most that is wanted, and elsewhere answers are longer.
MAX_WORDS = 70
_LOWEST = {"context_tokens": 256, "threads": 1, "max_words": 1}


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one run. `max_words`, of each part of a question, is ATTEST_MAX_WORDS in the
    environment and `max_words = 70` in TOML."""

    archive: Path = Path(".attest")  # beside the articles it was made from, like .git: two projects never mix
    model: str | None = None  # the writer: a registry name or a GGUF; for "chat", what LangChain calls it
    embedder: str | None = None  # a registry name or a sentence-transformers folder; None is the bundled MiniLM
    models_dir: Path | None = None  # where pulled models lie; None is the user's data folder
    writer: WriterName = "extractive"
    base_url: str | None = None  # for writer = "chat": an OpenAI-compatible server, such as vLLM or llama-server
    context_tokens: int = 2048
    threads: int | None = None  # None: as many as the machine has cores
    max_words: int = MAX_WORDS

    @classmethod
    def load(cls, env: Mapping[str, str] = os.environ, config_path: Path | None = None) -> Self:
        """Settings from `env` over the config file over the defaults.

        `config_path` None is ATTEST_CONFIG or the user's config folder. A file that is not there is no settings, unless
        ATTEST_CONFIG names it. An unknown key or a value of the wrong type raises `UsageError` naming the key and where
        it stands. A relative path in the file is relative to the file, one in the environment to the current folder.
        """
        path = config_path or config_file(env)
        if "ATTEST_CONFIG" in env and config_path is None and not path.is_file():
            raise UsageError(f"ATTEST_CONFIG names {path}, which is no file; create it or unset ATTEST_CONFIG.")
        chosen: dict[str, Any] = {
            key: _in_folder(_checked(key, value, str(path)), path.parent) for key, value in read_config(path).items()
        }
        for variable, text in env.items():
            if variable.startswith(PREFIX) and variable not in _NOT_SETTINGS and text != "":
                key = variable.removeprefix(PREFIX).lower()
                if key in _TYPES:  # a variable of another tool is its own business; a key in our file is not
                    chosen[key] = _checked(key, _parsed(key, text, variable), f"the environment ({variable})")
        settings = cls(**chosen)
        if settings.writer == "chat" and settings.model is None:
            raise UsageError('writer is "chat" and no model is set; name it in the config file or ATTEST_MODEL.')
        return settings


def config_file(env: Mapping[str, str] = os.environ) -> Path:
    """Where the config file is or would be: ATTEST_CONFIG, or config.toml in the user's config folder."""
    if env.get("ATTEST_CONFIG"):
        return Path(env["ATTEST_CONFIG"]).expanduser().absolute()
    from platformdirs import user_config_path

    return user_config_path("attest") / "config.toml"


def read_config(path: Path) -> dict[str, Any]:
    """The file's keys and values, unchecked; empty when there is no such file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not a TOML file ({error}); mend or remove it.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); set ATTEST_CONFIG to another file.") from error


def write_setting(key: str, value: str, path: Path) -> None:
    """Sets one text setting in the config file, leaving every other line and comment as it was; atomic.

    Raises `UsageError` where the line cannot be changed safely (a value over several lines, a character TOML refuses).
    """
    before = read_config(path)
    _checked(key, value, str(path))
    old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    places = [number for number, text in enumerate(old) if text.partition("=")[0].strip() == key]
    table = next((number for number, text in enumerate(old) if text.lstrip().startswith("[")), len(old))
    if places:
        new = [line if number == places[0] else text for number, text in enumerate(old)]
    else:
        new = [*old[:table], line, *old[table:]]  # below a table's heading the key would belong to the table
    content = "\n".join(new) + "\n"
    try:
        understood = tomllib.loads(content) == {**before, key: value}
    except tomllib.TOMLDecodeError:
        understood = False
    if not understood:
        raise UsageError(f"{path} could not be changed by a single line; set {line} in it by hand.")
    try:
        write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); set ATTEST_CONFIG to another file.") from error


def write_atomically(path: Path, content: str) -> None:
    """Leaves `path` with the new content or, after any crash, the old one; never half of each."""
    target = path.resolve()  # a config file that is a link to a dotfiles folder stays one
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _parsed(key: str, text: str, variable: str) -> Any:
    """The environment's text as the type its setting has: "4" is 4 for a number and "4" for a name."""
    if int in _types_of(key):
        try:
            return int(text)
        except ValueError as error:
            raise UsageError(f"{variable} is {text!r}, expected a whole number; set or unset it.") from error
    return text


def _checked(key: str, value: Any, where: str) -> Any:
    """The value as the dataclass wants it; raises `UsageError` for an unknown key, a wrong type or a number too low."""
    if key not in _TYPES:
        known = ", ".join(sorted(_TYPES))
        raise UsageError(f"{key!r} in {where} is no setting; the settings are {known}.")
    choices = _choices(key)
    if choices and value not in choices:
        raise UsageError(f"{key} in {where} is {value!r}, expected one of {', '.join(map(repr, choices))}.")
    if int in _types_of(key):
        lowest = _LOWEST[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            raise UsageError(f"{key} in {where} is {value!r}, expected a whole number of at least {lowest}.")
        return value
    if not isinstance(value, str) or not value:
        raise UsageError(f"{key} in {where} is {value!r}, expected text in quotes.")
    return Path(value).expanduser() if Path in _types_of(key) else value


def _in_folder(value: Any, folder: Path) -> Any:
    return folder / value if isinstance(value, Path) else value


def _types_of(key: str) -> tuple[Any, ...]:
    """The alternatives of the setting's annotation: (str, NoneType) for `str | None`."""
    kind = _TYPES[key]
    return get_args(kind) if get_origin(kind) in (types.UnionType, typing.Union) else (kind,)


def _choices(key: str) -> tuple[str, ...]:
    return get_args(_TYPES[key]) if get_origin(_TYPES[key]) is Literal else ()


_TYPES: dict[str, Any] = {field.name: field.type for field in fields(Settings)}
