"""What an installation decides: the file, the environment above it, and no typo that passes."""

from pathlib import Path

import pytest

from review_engine.domain.errors import InvalidConfiguration
from review_engine.settings import Settings, read_settings, shipped


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str, name: str = "config.toml") -> Path:
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def test_without_a_file_the_defaults_hold() -> None:
    assert read_settings() == Settings()


def test_the_working_folders_file_is_read_and_paths_are_meant_from_its_place(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    file = written('[database]\nurl = "sqlite:///reviews.db"\n[workflows]\nfolder = "flows"\n', "etc/config.toml")
    settings = read_settings(file)
    assert settings.database.url == "sqlite:///etc/reviews.db"
    assert settings.workflows.folder == "etc/flows"


def test_the_shipped_file_says_what_holds_without_it() -> None:
    read, default = read_settings(shipped("config.toml")), Settings()
    folder = str(shipped("config.toml").parent / default.mail.folder)
    assert read.mail == default.mail.model_copy(update={"folder": folder})
    assert read.database.url.endswith(default.database.url.removeprefix("sqlite:///"))
    assert (read.workflows, read.routes, read.webhooks) == (default.workflows, default.routes, default.webhooks)


def test_the_environment_speaks_last(monkeypatch: pytest.MonkeyPatch) -> None:
    written('[database]\nurl = "sqlite:///file.db"\nsynchronous = "normal"\n')
    monkeypatch.setenv("REVIEW_ENGINE_DATABASE__URL", "sqlite:///environment.db")
    settings = read_settings()
    assert (settings.database.url, settings.database.synchronous) == ("sqlite:///environment.db", "normal")


def test_a_secret_key_comes_from_the_environment_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_ENGINE_SECRET_KEY", "a key")
    settings = read_settings()
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "a key"
    assert "a key" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[database]\nulr = "x"\n', "Did you mean 'url'"),
        ("[databse]\n", "Did you mean 'database'"),
        ("[database]\nurl = 7\n", "'database.url'"),
        ("[database\n", "not TOML"),
        ("\udcff", "not TOML"),
    ],
)
def test_a_fault_in_the_file_is_told_with_the_files_name(text: str, said: str) -> None:
    Path("config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidConfiguration) as refused:
        read_settings()
    assert said in str(refused.value)
    assert "config.toml" in str(refused.value)


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_ENGINE_DATABASE__ULR", "sqlite:///x.db")
    with pytest.raises(InvalidConfiguration, match=r"the environment.*Did you mean 'url'"):
        read_settings()


def test_a_file_that_is_named_and_not_there_is_an_error() -> None:
    with pytest.raises(InvalidConfiguration, match="no such file"):
        read_settings("elsewhere.toml")
