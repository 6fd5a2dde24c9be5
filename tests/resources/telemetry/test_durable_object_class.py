"""`DurableObjectClass`: the order of a replacement, and the errors of the API."""

from __future__ import annotations

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from resources.base.errors import ResourceError
from resources.telemetry.durable_object_class import (
    CredentialsRejected,
    DurableObjectClassProvider,
    api_error,
)

PROPS = {"account_id": "0123", "script_name": "telemetry", "class_name": "IngestBuffer"}


@pytest.mark.parametrize(
    ("name", "deletes_first"), [("account_id", False), ("script_name", False), ("class_name", True)]
)
def test_the_old_script_is_deleted_first_only_if_the_new_one_has_its_name(
    name: str, deletes_first: bool
) -> None:
    """In the other order, the deletion of the old class would delete the new script."""
    diff = DurableObjectClassProvider().diff("id", PROPS, {**PROPS, name: "other"})
    assert diff.replaces == [name]
    assert diff.delete_before_replace is deletes_first


@pytest.mark.parametrize(
    ("status", "code", "rejected"),
    [(401, 1000, True), (403, 9109, True), (400, 6003, True), (400, 10079, False), (500, 0, False)],
)
def test_rejected_credentials_differ_from_other_errors(
    status: int, code: int, rejected: bool
) -> None:
    """Cloudflare rejects a token of an invalid format with status 400 and code 6003."""
    error = api_error("GET /", status, [{"code": code, "message": "the reason"}])
    assert isinstance(error, CredentialsRejected) is rejected
    assert str(error) == f"GET /: {status} the reason"


@pytest.mark.parametrize("token", ["secret\n", "sec ret", "sécret"])
def test_a_token_that_a_header_cannot_carry_is_not_shown(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of the HTTP client would contain the header."""
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", token)
    provider = DurableObjectClassProvider()
    provider.configure(ConfigureRequest(Config({}, "project")))
    with pytest.raises(ResourceError, match="allowed: visible ASCII") as raised:
        provider.read("id", PROPS)
    assert "ret" not in str(raised.value)
