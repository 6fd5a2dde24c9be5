"""The worker's bindings of teams and tokens: size, number and content."""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pulumi
import pytest

from resources.telemetry.access import SENDING_SCOPES, Access, PublicArgs, TeamArgs, TokenArgs
from resources.telemetry.access_bindings import (
    MAX_VARIABLE_BYTES,
    access_bindings,
    require_variables,
)
from resources.telemetry.access_rules import InvalidArgs
from resources.telemetry.telemetry import Telemetry, TelemetryArgs
from resources.telemetry.worker_build import BuiltWorker, build_worker
from tests.support.local_cloudflare import Cloud, form

TEAMS = [TeamArgs(name="default", database="telemetry", shards=3)]
LAYOUTS = {"default": {"number": 1_795_246_000, "shards": 3, "before": [1, 2]}}
CLICKHOUSE = ("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD")
READER = {"user": "a_reader", "password": "a-password"}
END = "2099-01-31T00:00:00.000Z"


@pytest.fixture(autouse=True)
def runtime() -> Iterator[None]:
    """Set an event loop, because outputs need one and earlier tests may have closed theirs."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.configure(pulumi.runtime.Settings(project="telemetry", stack="test"))
    yield
    loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
    asyncio.set_event_loop(None)
    loop.close()


def token_values(count: int, version: int) -> list[str]:
    return [f"token-{number}-v{version}" for number in range(count)]


def texts(
    access: Access,
    values: Sequence[str],
    previous: Sequence[str] | None = None,
    layouts: Mapping[str, object] | None = None,
) -> dict[str, str]:
    """Return the bindings for tokens with these current and previous values."""

    def sha256(value: str | None) -> pulumi.Output[str | None]:
        digest = None if value is None else hashlib.sha256(value.encode()).hexdigest()
        return pulumi.Output.from_input(digest)

    befores: Sequence[str | None] = previous or [None] * len(values)
    tokens: Any = [
        SimpleNamespace(sha256=sha256(value), previous_sha256=sha256(before))
        for value, before in zip(values, befores, strict=True)
    ]
    known: Any = SimpleNamespace(layouts=pulumi.Output.from_input(layouts or {}))
    reader: Any = SimpleNamespace(
        name=pulumi.Output.from_input(READER["user"]),
        password=pulumi.Output.from_input(READER["password"]),
    )
    readers = {team.name: reader for team in access.teams}
    outputs = access_bindings(access, tokens, known, readers)
    loop = asyncio.get_event_loop()
    return {name: str(loop.run_until_complete(made.future())) for name, made in outputs.items()}


def access_of(count: int) -> Access:
    """Return `count` tokens with long names, rates and expiries, all in rotation."""
    return Access(
        teams=TEAMS,
        tokens=[
            TokenArgs(
                name=f"{number:04}-a-service-with-a-longer-name",
                scopes=["traces", "logs", "metrics", "events"],
                version="2",
                requests_per_second=1_000,
                previous_valid_until=END,
                expires_at="2099-12-31T00:00:00Z",
            )
            for number in range(count)
        ],
        cors_origins=["https://shop.example.com"],
    )


def test_one_binding_is_enough_for_a_small_deployment() -> None:
    """Fields that are not set are absent."""
    access = Access(
        teams=[*TEAMS, TeamArgs(name="cli", database="cli")],
        tokens=[TokenArgs(name="a", scopes=["read"]), TokenArgs(name="b", scopes=["events"])],
        public=PublicArgs(team="cli", rows_per_second=2),
    )
    (text,) = texts(access, ["new-a", "new-b"], ["old-a", "old-b"], LAYOUTS).values()
    document = json.loads(text)
    assert document["parts"] == 1
    assert document["teams"] == [
        {
            "name": "default",
            "database": "telemetry",
            "reader": READER,
            "layout": LAYOUTS["default"],
        },
        {"name": "cli", "database": "cli", "reader": READER},
    ]
    assert document["public"] == {"team": "cli", "rows_per_second": 2}
    assert document["honor_do_not_track"] is True
    assert [token["name"] for token in document["tokens"]] == ["a", "a", "b", "b"]
    assert document["tokens"][0] == {
        "name": "a",
        "team": "default",
        "scopes": ["read"],
        "sha256": hashlib.sha256(b"new-a").hexdigest(),
    }


def test_500_tokens_in_rotation_fit_the_variables_of_a_worker() -> None:
    """Each binding is within Cloudflare's limit, and their number does not depend on a rotation."""
    access = access_of(500)
    new, old = token_values(500, 2), token_values(500, 1)
    rotating, settled = texts(access, new, old), texts(access, new)
    assert list(rotating) == list(settled)
    assert list(rotating)[:2] == ["ACCESS", "ACCESS_1"]
    assert max(len(text.encode()) for text in rotating.values()) <= MAX_VARIABLE_BYTES
    require_variables(len(rotating) + 20)
    tokens = [token for text in rotating.values() for token in json.loads(text)["tokens"]]
    expected = {hashlib.sha256(value.encode()).hexdigest() for value in (*new, *old)}
    assert {token["sha256"] for token in tokens} == expected
    assert len(tokens) == 1000


def test_the_previous_token_ends_at_the_earlier_of_two_times() -> None:
    """At `previous_valid_until` or at `expires_at`. Times are compared, not spellings."""
    earlier, later = "2027-01-31T00:30:00+02:00", "2027-01-30T23:00:00Z"

    def ends(expires_at: str | None, until: str | None) -> list[str | None]:
        token = TokenArgs(
            name="a", scopes=["read"], expires_at=expires_at, previous_valid_until=until
        )
        (text,) = texts(Access(teams=TEAMS, tokens=[token]), ["new"], ["old"]).values()
        return [entry.get("expires_at") for entry in json.loads(text)["tokens"]]

    first, last = "2027-01-30T22:30:00.000Z", "2027-01-30T23:00:00.000Z"
    assert ends(None, None) == [None, None]
    assert ends(None, earlier) == [None, first]
    assert ends(earlier, None) == [first, first]
    assert ends(earlier, later) == [first, first]
    assert ends(later, earlier) == [last, first]


def test_too_many_variables_are_rejected_with_a_remedy() -> None:
    """The preview rejects them, before any request."""
    require_variables(128)
    with pytest.raises(InvalidArgs, match=r"129 variables.*allowed: 128.*use fewer tokens"):
        require_variables(129)


def test_a_database_name_that_is_too_long_for_a_binding_is_rejected() -> None:
    """Cloudflare would reject the name in the middle of an `up`."""
    teams = [TeamArgs(name="default", database=pulumi.Output.from_input("d" * 5_000))]
    access = Access(teams=teams, tokens=[TokenArgs(name="a", scopes=["read"])])
    with pytest.raises(InvalidArgs, match=r"ACCESS is '5... bytes', allowed: 5120 bytes"):
        texts(access, ["new"])


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """Start a local Cloudflare on ports that the system chooses."""
    running = Cloud(tmp_path / "cloudflare")
    running.start()
    yield running
    running.stop()


def test_a_worker_accepts_500_tokens_and_their_previous_tokens(cloud: Cloud) -> None:
    """The built worker runs behind the local API, which has Cloudflare's limits of variables."""
    bindings = texts(access_of(500), token_values(500, 2), token_values(500, 1))
    deploy(cloud, bindings)
    for token in ("token-0-v2", "token-499-v2", "token-0-v1", "token-250-v1", "token-499-v1"):
        assert send(cloud, token) == 200
    assert send(cloud, "token-0-v3") == 401
    del bindings["ACCESS_7"]
    deploy(cloud, bindings)
    assert send(cloud, "token-0-v2") == 503


def deploy(cloud: Cloud, access: Mapping[str, str]) -> None:
    worker = build_worker()
    others = {
        **dict.fromkeys(CLICKHOUSE, "nobody"),
        "CLICKHOUSE_URL": "http://127.0.0.1:1",
        "INSERT_SETTINGS": "{}",
        "RETENTION_DAYS": json.dumps(dict.fromkeys(SENDING_SCOPES, 30)),
    }
    bindings = [
        {"name": name, "type": "secret_text", "text": text}
        for name, text in {**access, **others}.items()
    ]
    buffer = {"name": "BUFFER", "type": "durable_object_namespace", "class_name": "IngestBuffer"}
    is_new = not cloud.result("GET", "/accounts/{account}/workers/scripts")
    upload = form(
        {"index.js": Path(worker.file).read_text()},
        bindings=[buffer, *bindings],
        compatibility_date=worker.compatibility_date,
        migrations={"new_tag": "v1", "new_sqlite_classes": ["IngestBuffer"]} if is_new else None,
    )
    cloud.result("PUT", "/accounts/{account}/workers/scripts/ingest", files=upload)
    cloud.attach("localhost", "ingest")


def send(cloud: Cloud, token: str) -> int:
    """Send one event and return the status."""
    url = f"https://localhost:{cloud.card['edge_port']}/events"
    response = httpx.post(
        url,
        json={"event_name": "signup"},
        headers={"Authorization": f"Bearer {token}"},
        verify=ssl.create_default_context(cafile=cloud.card["ca_file"]),
        trust_env=False,
        timeout=60,
    )
    return response.status_code


class Echo(pulumi.runtime.Mocks):
    """An engine that returns the inputs of each resource."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", dict(args.inputs)

    def call(
        self, _args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


def test_a_deployment_with_too_many_variables_ends_its_preview(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The variables of the tokens count together with all others of the worker."""
    pulumi.runtime.set_mocks(Echo(), preview=True)
    (tmp_path / "worker.js").write_text("")
    known: Any = SimpleNamespace(name="reader", password="a")
    args = TelemetryArgs(
        account_id="0123",
        api_token="t",
        hostname="in.example.com",
        zone_name="example.com",
        script_name="ingest",
        clickhouse_url="https://clickhouse.example.com",
        writer=known,
        readers={"default": known},
        access=access_of(30),
        retention_days=30,
        worker=BuiltWorker.of(tmp_path / "worker.js", "2026-11-01"),
    )
    parts = len(texts(args.access, token_values(30, 1)))
    assert parts > 1
    monkeypatch.setattr("resources.telemetry.access_bindings.MAX_VARIABLES", parts + 3)
    with pytest.raises(InvalidArgs, match=rf"{parts + 6} variables', allowed: {parts + 3}"):
        Telemetry("ingest", args)
