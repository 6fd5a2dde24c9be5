"""Every invalid setting is one line with a remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clickhouse_api import Client, Settings
from clickhouse_api.errors import ConfigurationError
from clickhouse_api.limiter import default_state_dir

ENVIRONMENT = {"CLICKHOUSE_CLOUD_API_KEY": "id", "CLICKHOUSE_CLOUD_API_SECRET": "secret"}


def test_a_client_from_the_environment_has_the_published_url() -> None:
    """Only the key has no default."""
    settings = Settings.from_env(ENVIRONMENT)
    assert settings.base_url == "https://api.clickhouse.cloud/v1"
    assert repr(Client.from_env(ENVIRONMENT)) == f"Client(base_url={settings.base_url!r})"


def test_one_message_names_all_missing_variables() -> None:
    """One run shows all of them."""
    with pytest.raises(ConfigurationError) as caught:
        Client.from_env({})
    line = str(caught.value)
    assert "CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET not set" in line
    assert "\n" not in line


def test_url_and_state_folder_come_from_the_environment(tmp_path: Path) -> None:
    """A trailing slash does not matter."""
    settings = Settings.from_env(
        {
            **ENVIRONMENT,
            "CLICKHOUSE_API_URL": "http://127.0.0.1:8123/v1/",
            "CLICKHOUSE_API_STATE_DIR": str(tmp_path),
        }
    )
    assert settings.base_url == "http://127.0.0.1:8123/v1"
    assert settings.state_dir == tmp_path


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("base_url", "api.clickhouse.cloud/v1", "not an http"),
        ("base_url", "ftp://example.com/v1", "not an http"),
        ("base_url", "https:///v1", "not an http"),
        ("base_url", "https://example.com:99999/v1", "not an http"),
        ("base_url", "https://example.com/v1?x=1", "not an http"),
        ("base_url", "https://api.clickhouse.cloud", "https://api.clickhouse.cloud/v1"),
        ("key_id", "", "CLICKHOUSE_CLOUD_API_KEY"),
        ("key_id", "a:b", "colon"),
        ("key_secret", "", "CLICKHOUSE_CLOUD_API_SECRET"),
        ("key_secret", "copied-with-newline\n", "CLICKHOUSE_CLOUD_API_SECRET"),
        ("key_secret", "schlüssel", "CLICKHOUSE_CLOUD_API_SECRET"),
        ("timeout_seconds", 0, "timeout_seconds"),
        ("retry_deadline_seconds", float("nan"), "retry_deadline_seconds"),
    ],
)
def test_an_invalid_setting_is_one_line_with_its_name(field: str, value: Any, message: str) -> None:
    """The constructor rejects it, before any request."""
    with pytest.raises(ConfigurationError) as caught:
        Client(**{"key_id": "id", "key_secret": "secret", field: value})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_may_have_another_limit() -> None:
    """The default is the vendor's limit. An invalid limit is one line."""
    name = "CLICKHOUSE_API_REQUESTS_PER_WINDOW"
    assert Settings.from_env(ENVIRONMENT).requests_per_window == 10
    assert Settings.from_env({**ENVIRONMENT, name: "25"}).requests_per_window == 25
    for wrong in ("0", "-1", "many"):
        with pytest.raises(ConfigurationError, match=f"{name} is '{wrong}', allowed: "):
            Settings.from_env({**ENVIRONMENT, name: wrong})


def test_the_message_names_a_state_folder_that_cannot_be_created(tmp_path: Path) -> None:
    """The message also names the variable that sets another folder."""
    (tmp_path / "file").write_text("in the way")
    with (
        Client(
            key_id="id",
            key_secret="secret",
            base_url="http://127.0.0.1:9/v1",
            state_dir=tmp_path / "file" / "state",
        ) as client,
        pytest.raises(ConfigurationError, match="CLICKHOUSE_API_STATE_DIR") as caught,
    ):
        client.organization.organization_get_list()
    assert str(tmp_path) in str(caught.value)


def test_the_environment_sets_the_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`CLICKHOUSE_API_STATE_DIR` has precedence over the user's cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CLICKHOUSE_API_STATE_DIR", raising=False)
    assert default_state_dir() == tmp_path / "cache" / "clickhouse-api"
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "own"))
    assert default_state_dir() == tmp_path / "own"


def test_a_path_parameter_that_would_be_another_path_is_rejected(tmp_path: Path) -> None:
    """A request with an empty service id would read or delete another object."""
    with Client(key_id="i", key_secret="s", state_dir=tmp_path) as client:
        for value in ("", ".", ".."):
            with pytest.raises(ConfigurationError, match="serviceId must not be"):
                client.service.instance_delete("o", value)
