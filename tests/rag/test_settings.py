import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from rag.settings import Settings, config_file, read_config, write_atomically, write_setting


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_with_nothing_set_the_defaults_hold(config: Path) -> None:
    assert Settings.load({}, config) == Settings()


def test_the_file_is_over_the_defaults_and_the_environment_over_the_file(config: Path) -> None:
    config.write_text('max_words = 40\nwriter = "llama"\nthreads = 3\n')
    settings = Settings.load({"ATTEST_MAX_WORDS": "50"}, config)
    assert (settings.max_words, settings.writer, settings.threads) == (50, "llama", 3)


def test_an_empty_variable_is_no_choice(config: Path) -> None:
    assert Settings.load({"ATTEST_MODEL": ""}, config).model is None


def test_a_model_with_a_number_for_a_name_stays_text(config: Path) -> None:
    assert Settings.load({"ATTEST_MODEL": "7"}, config).model == "7"


def test_a_relative_path_in_the_file_is_relative_to_the_file(config: Path) -> None:
    config.write_text('archive = "news"\n')
    assert Settings.load({}, config).archive == config.parent / "news"


def test_a_path_in_the_environment_is_relative_to_the_current_folder(config: Path) -> None:
    assert Settings.load({"ATTEST_ARCHIVE": "news"}, config).archive == Path("news")


def test_a_path_may_begin_with_the_home_folder(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.load({"ATTEST_ARCHIVE": "~/news"}, config).archive == tmp_path / "news"


def test_a_variable_of_another_tool_is_left_alone(config: Path) -> None:
    assert Settings.load({"ATTEST_SIGNING_KEY": "x", "PATH": "y"}, config) == Settings()


@pytest.mark.parametrize(
    ("content", "key", "expected"),
    [
        ("max_word = 3\n", "max_word", "is no setting"),
        ('max_words = "many"\n', "max_words", "whole number"),
        ("max_words = 0\n", "max_words", "at least 1"),
        ("max_words = true\n", "max_words", "whole number"),
        ("threads = 2.5\n", "threads", "whole number"),
        ("context_tokens = 10\n", "context_tokens", "at least 256"),
        ('writer = "poet"\n', "writer", "'extractive', 'llama', 'chat'"),
        ("writer = 3\n", "writer", "'extractive', 'llama', 'chat'"),
        ("model = 3\n", "model", "text in quotes"),
        ("archive = [1]\n", "archive", "text in quotes"),
        ("[archive]\npath = 1\n", "archive", "text in quotes"),
    ],
)
def test_a_mistake_in_the_file_names_the_key_and_the_file(config: Path, content: str, key: str, expected: str) -> None:
    config.write_text(content)
    with pytest.raises(UsageError) as raised:
        Settings.load({}, config)
    assert key in str(raised.value)
    assert str(config) in str(raised.value)
    assert expected in str(raised.value)


def test_a_mistake_in_the_environment_names_the_variable(config: Path) -> None:
    with pytest.raises(UsageError, match="ATTEST_MAX_WORDS is 'many', expected a whole number"):
        Settings.load({"ATTEST_MAX_WORDS": "many"}, config)


@pytest.mark.parametrize("content", [b"max_words = = 3", b"\xff\xfe\x00"])
def test_a_file_that_is_no_toml_is_named(config: Path, content: bytes) -> None:
    config.write_bytes(content)
    with pytest.raises(UsageError, match=r"config\.toml is not a TOML file"):
        Settings.load({}, config)


def test_a_folder_in_place_of_the_file_is_named(config: Path) -> None:
    config.mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        Settings.load({}, config)


def test_a_chat_writer_without_a_model_is_refused(config: Path) -> None:
    with pytest.raises(UsageError, match="ATTEST_MODEL"):
        Settings.load({"ATTEST_WRITER": "chat"}, config)


def test_the_environment_can_name_the_file(config: Path) -> None:
    config.write_text("max_words = 9\n")
    assert config_file({"ATTEST_CONFIG": str(config)}) == config
    assert Settings.load({"ATTEST_CONFIG": str(config)}).max_words == 9


def test_a_file_that_the_environment_names_must_exist(config: Path) -> None:
    with pytest.raises(UsageError, match="ATTEST_CONFIG names"):
        Settings.load({"ATTEST_CONFIG": str(config)})


def test_writing_a_setting_keeps_every_other_line(config: Path) -> None:
    config.write_text('# mine\nmax_words = 30  # short\nmodel = "old"\n')
    write_setting("model", "new", config)
    assert config.read_text() == '# mine\nmax_words = 30  # short\nmodel = "new"\n'


def test_writing_a_setting_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    config = tmp_path / "new" / "config.toml"
    write_setting("embedder", "some-model", config)
    assert Settings.load({}, config).embedder == "some-model"


@pytest.mark.parametrize("content", ['model = """\nold\n"""\n', 'text = """\nmodel = "in a text"\n"""\n'])
def test_a_line_that_cannot_be_changed_safely_is_left(config: Path, content: str) -> None:
    config.write_text(content)
    with pytest.raises(UsageError, match="by hand"):
        write_setting("model", "new", config)
    assert config.read_text() == content


def test_an_unknown_key_is_not_written(config: Path) -> None:
    with pytest.raises(UsageError, match="is no setting"):
        write_setting("colour", "red", config)
    assert not config.exists()


@given(value=st.text(min_size=1, max_size=40))
def test_any_text_is_read_back_as_written_or_refused(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    config = tmp_path_factory.mktemp("any") / "config.toml"
    try:
        write_setting("model", value, config)
    except UsageError:
        assert not config.exists()
    else:
        assert read_config(config) == {"model": value}


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(config: Path) -> None:
    config.write_text("max_words = 3\n")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(config, "\ud800")
    assert tomllib.loads(config.read_text()) == {"max_words": 3}
    assert list(config.parent.iterdir()) == [config]


def test_a_linked_file_stays_a_link(config: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    config.symlink_to(real)
    write_setting("model", "new", config)
    assert config.is_symlink()
    assert read_config(real) == {"model": "new"}
