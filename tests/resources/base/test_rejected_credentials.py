"""`read` with rejected credentials keeps the state: they do not show that an object is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest, ReadResult

from resources.base import DeclarativeProvider
from resources.base import pulumi_engine as engine
from resources.organization.api_key import ApiKeyProvider
from resources.service.service import ServiceProvider
from resources.service_parts.upgrade_window import UpgradeWindowProvider
from resources.sql.database import DatabaseProvider
from resources.sql.sql_role import SqlRoleProvider
from resources.telemetry.durable_object_class import DurableObjectClassProvider
from tests.support.cloud_apis import Cloudflare
from tests.support.running_service import RunningService

pytestmark = pytest.mark.usefixtures("unlimited")
ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings for the user, which the engine would show."""
    shown: list[str] = []
    monkeypatch.setattr(engine, "warn", lambda _urn, message: shown.append(message))
    return shown


def configured(
    provider: DeclarativeProvider, server: RunningService, secret: str
) -> DeclarativeProvider:
    settings = {
        "test:clickhouseApiUrl": server.control_plane.cloud["url"],
        "test:clickhouseCloudApiKey": server.control_plane.cloud["key_id"],
        "test:clickhouseCloudApiSecret": secret,
    }
    provider.configure(ConfigureRequest(Config(settings, "test")))
    return provider


@pytest.mark.parametrize("kind", [ApiKeyProvider, ServiceProvider, UpgradeWindowProvider])
def test_an_object_of_the_control_plane_keeps_its_state(
    kind: type[DeclarativeProvider], server: RunningService, warnings: list[str]
) -> None:
    """With valid credentials, `read` of the same id returns something else."""
    resource_id = ABSENT if kind is ApiKeyProvider else server.id
    state = {
        "organization_id": server.control_plane.cloud["organization_id"],
        "service_id": server.id,
        "name": "n",
        "resource_urn": "urn",
    }
    read = configured(kind(), server, "a wrong secret").read(resource_id, state)
    assert (read.id, read.outs) == (resource_id, state)
    (warning,) = warnings
    assert warning.startswith(f"cannot read {kind.display_name} {resource_id}, its state is kept: ")
    assert "401" in warning

    secret = server.control_plane.cloud["key_secret"]
    read = configured(kind(), server, secret).read(resource_id, state)
    assert (read.id, read.outs) != (resource_id, state)
    assert len(warnings) == 1


def test_an_object_in_a_server_keeps_its_state(
    server: RunningService, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, or a user without the privilege; then the administrator."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.clouds.clouds / "certificates" / "ca.pem"))
    server.query("CREATE USER nobodys IDENTIFIED WITH plaintext_password BY 'P-2345678901a'")
    connection = server.connection(cloud=False)
    state: dict[str, Any] = {**connection, "name": "absent", "resource_urn": "urn"}

    wrong = {**state, "admin_password": "wrong"}
    database, role = DatabaseProvider(), SqlRoleProvider()
    for kind, provider in {"Database": database, "SqlRole": role}.items():
        provider.configure(ConfigureRequest(Config({}, "test")))
        read = provider.read("absent", wrong)
        assert (read.id, read.outs) == ("absent", wrong)
        assert warnings.pop().startswith(f"{kind} 'absent' was not read, its state is kept: ")

    without = {**state, "admin_user": "nobodys", "admin_password": "P-2345678901a"}
    read = role.read("absent", without)
    assert (read.id, read.outs) == ("absent", without)
    assert warnings.pop().startswith("SqlRole 'absent' was not read, its state is kept: ")

    assert database.read("absent", state).id == ""
    assert role.read("absent", state).id == ""
    assert warnings == []


@pytest.mark.parametrize("wrong", ["api_token", "account_id"])
def test_a_class_of_a_workers_script_keeps_its_state(
    wrong: str, server: RunningService, warnings: list[str]
) -> None:
    """A wrong token, or an account in which the token has no rights; then valid credentials."""
    valid = Cloudflare(server.clouds).cloud
    read, state = read_class({**valid, wrong: "0" * 32})
    assert (read.id, read.outs) == ("script/Class", state)
    (warning,) = warnings
    assert warning.startswith("DurableObjectClass 'script/Class' was not read, its state is kept: ")
    assert "GET" in warning
    assert "403" in warning

    read, _ = read_class(valid)
    assert read.id == ""
    assert len(warnings) == 1


def read_class(cloudflare: dict[str, Any]) -> tuple[ReadResult, dict[str, Any]]:
    """Read a class that does not exist. Return the result and the state before."""
    settings = {
        "test:cloudflareBaseUrl": cloudflare["url"],
        "test:cloudflareApiToken": cloudflare["api_token"],
    }
    provider = DurableObjectClassProvider()
    provider.configure(ConfigureRequest(Config(settings, "test")))
    account = cloudflare["account_id"]
    state = {"account_id": account, "script_name": "script", "class_name": "Class"}
    return provider.read("script/Class", state), state
