"""No secret in a repr, a message, a traceback or a log."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from typing import Any

import pytest
from pydantic import ValidationError

from clickhouse_api import Client, Settings, models
from clickhouse_api.errors import ApiStatusError, ClickHouseApiError, ConfigurationError
from clickhouse_api.secrets import clean, is_secret_name
from tests.clickhouse_api.cloud import KEY_ID, KEY_SECRET, Cloud, failed, hang_up, ok

BASIC = base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
PASSWORD_HASH = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def printable(error: BaseException) -> str:
    """Return everything that a program can print of an error, with its causes."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    parts = [*lines, repr(error), str(error), repr(vars(error))]
    cause = error.__cause__
    return "\n".join(parts) + (printable(cause) if cause else "")


def test_the_clients_and_settings_do_not_show_the_secret(client: Client) -> None:
    """Neither in the repr nor in the str of an object."""
    settings = Settings(key_id=KEY_ID, key_secret=KEY_SECRET)
    for held in (client, settings, client.service):
        assert KEY_SECRET not in f"{held!r} {held}"


def test_credentials_are_masked_in_the_apis_message(client: Client, cloud: Cloud) -> None:
    """The API may repeat a header or a body in its message."""
    cloud.answers(failed(400, f"bad header Basic {BASIC} of {KEY_SECRET}, hash {PASSWORD_HASH}"))
    body = models.ServicePasswordPatchRequest(new_password_hash=PASSWORD_HASH)
    with pytest.raises(ApiStatusError) as caught:
        client.service.instance_password_update("o", "s", body)
    shown = printable(caught.value)
    assert "bad header Basic *** of ***, hash ***" in shown
    for secret in (BASIC, KEY_SECRET, PASSWORD_HASH):
        assert secret not in shown


def test_errors_without_a_response_show_no_secret(client: Client, cloud: Cloud) -> None:
    """Their causes are httpx's errors, which contain the request."""
    cloud.answers(hang_up())
    body = models.ServicePasswordPatchRequest(new_password_hash=PASSWORD_HASH)
    with pytest.raises(ClickHouseApiError) as caught:
        client.service.instance_password_update("o", "s", body)
    for secret in (BASIC, KEY_SECRET, PASSWORD_HASH):
        assert secret not in printable(caught.value)


def test_logs_at_every_level_show_no_secret(
    client: Client, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    """Including the logs of the HTTP libraries."""
    caplog.set_level(logging.DEBUG)
    cloud.answers(ok({"password": "generated-9f8e7d"}))
    body = models.ServicePasswordPatchRequest(new_password_hash=PASSWORD_HASH)
    client.service.instance_password_update("o", "s", body)
    assert caplog.records
    for secret in (BASIC, KEY_SECRET, PASSWORD_HASH, "generated-9f8e7d"):
        assert secret not in caplog.text


def test_the_repr_of_a_model_masks_its_secrets() -> None:
    """A program can still read the secrets that the API generated."""
    made = models.ServicePostResponse.model_validate(
        {"password": "generated-9f8e7d", "service": {"id": "s"}, "newToken": "t-123456"}
    )
    assert made.password == "generated-9f8e7d"
    assert "id='s'" in repr(made)
    assert "generated" not in f"{made!r} {made}"
    assert "t-123456" not in f"{made!r} {made}"


def test_a_validation_error_has_no_value() -> None:
    """The error names the field only, because the value can be a secret."""
    with pytest.raises(ValidationError) as caught:
        models.ServicePasswordPatchRequest.model_validate({"newPasswordHash": [PASSWORD_HASH]})
    assert "newPasswordHash" in str(caught.value)
    assert PASSWORD_HASH not in f"{caught.value!r} {caught.value}"


def test_the_error_for_an_unusable_response_has_no_body(client: Client, cloud: Cloud) -> None:
    """Any string of the response can be a key."""
    cloud.answers(ok("key-secret-as-text"))
    with pytest.raises(ClickHouseApiError) as caught:
        client.api_keys.openapi_key_create("o", models.ApiKeyPostRequest(name="n"))
    assert "key-secret-as-text" not in printable(caught.value)


def test_the_message_about_a_password_in_the_url_leaves_it_out() -> None:
    """Every error contains the URL, so it must have no password."""
    with pytest.raises(ConfigurationError) as caught:
        Settings(key_id="k", key_secret="s", base_url=f"https://u:{KEY_SECRET}@example.com/v1")
    assert KEY_SECRET not in printable(caught.value)


def test_errors_survive_pickling() -> None:
    """Deployment tools pass errors between processes."""
    error = ApiStatusError("no", status=400, operation="instanceGet", request_id="r")
    error.__cause__ = ValueError("x")
    copy: Any = pickle.loads(pickle.dumps(error))  # noqa: S301 - created here
    assert (str(copy), copy.status, copy.request_id) == (str(error), 400, "r")


@pytest.mark.parametrize(
    "name",
    ["password", "newPasswordHash", "keySecret", "connectionString", "serviceAccountKey", "uri"],
)
def test_names_of_secrets_are_detected(name: str) -> None:
    """In snake_case and camelCase."""
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["keyId", "name", "openApiKeys", "primaryKey", "hasPrimary"])
def test_other_names_are_not_secrets(name: str) -> None:
    """Messages without ordinary values would be useless."""
    assert not is_secret_name(name)


def test_the_longer_of_two_secrets_is_masked_first() -> None:
    """In the other order, a part of the longer secret would remain."""
    assert clean("x abc abcdef", ["abc", "abcdef"]) == "x *** ***"
