"""The stack's settings: types, defaults, and a line for everything that is wrong."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator

import pulumi
import pytest
import yaml  # type: ignore[import-untyped]

from resources.sql.database_names import DATABASE_ALLOWED
from resources.telemetry import settings as config
from resources.telemetry.access import PublicArgs, TeamArgs, TokenArgs
from resources.telemetry.settings import Settings, load_settings
from resources.telemetry.worker_logs import WorkerLogs
from tests.support.paths import ROOT

COMPLETE = {
    "region": "eu-central-1",
    "ipAccessList": '["203.0.113.7"]',
    "ingestDomain": "in.example.com",
    "cloudflareAccountId": "0123",
    "cloudflareApiToken": "not-a-real-token",
}
PROBE_DATABASE = "telemetry_probe_0123456789abcdef"
VARIABLES = (
    "CLOUDFLARE_ACCOUNT_ID",
    "CLOUDFLARE_API_TOKEN",
    "CLOUDFLARE_API_BASE_URL",
    "INGEST_PORT",
)


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack's runtime without an engine, and without this machine's settings."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    # Pulumi's outputs want a current event loop, and earlier tests may have closed theirs.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.configure(pulumi.runtime.Settings(project="telemetry", stack="test"))
    yield
    pulumi.runtime.set_all_config({})
    loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
    asyncio.set_event_loop(None)
    loop.close()


def load(**changes: str | None) -> Settings:
    values = {**COMPLETE, **changes}
    pulumi.runtime.set_all_config(
        {f"telemetry:{key}": value for key, value in values.items() if value is not None}
    )
    return load_settings()


def test_what_is_not_set_has_its_documented_default() -> None:
    """Only region, access list, domain and the Cloudflare account have none."""
    settings = load()
    assert settings.ttl_days == 30
    assert settings.drop_database_on_destroy is False
    assert settings.service["cloud_provider"] == "aws"
    assert settings.service["num_replicas"] == 3
    assert settings.telemetry["zone_name"] == "example.com"
    assert settings.telemetry["port"] == 443
    assert settings.telemetry["script_name"] == "telemetry-test"
    assert settings.telemetry["logs"] == WorkerLogs(sampling_rate=1.0, invocation_logs=False)
    access = settings.telemetry["access"]
    assert access.teams == [TeamArgs(name="default", database="telemetry")]
    assert {token.name: list(token.scopes) for token in access.tokens} == {
        "ingest": ["traces", "logs", "metrics", "events"],
        "read": ["read"],
        "admin": ["admin"],
    }


def test_teams_and_tokens_are_read() -> None:
    """The names of the file become those of the arguments."""
    access = load(
        shards="3",
        teams='[{"name": "shop", "database": "shop_telemetry", "shards": 4}]',
        tokens=json.dumps(
            [
                {
                    "name": "shop-backend",
                    "team": "shop",
                    "scopes": ["events", "read"],
                    "version": "2",
                    "previousValidUntil": "2027-01-31T00:00:00Z",
                    "requestsPerSecond": 0.5,
                    "expiresAt": "2028-01-01T00:00:00+01:00",
                }
            ]
        ),
    ).telemetry["access"]
    assert [team.database for team in access.teams] == ["telemetry", "shop_telemetry"]
    assert [team.shards for team in access.teams] == [3, 4]
    assert access.tokens == [
        TokenArgs(
            name="shop-backend",
            team="shop",
            scopes=["events", "read"],
            version="2",
            previous_valid_until="2027-01-31T00:00:00.000Z",
            requests_per_second=0.5,
            expires_at="2027-12-31T23:00:00.000Z",
        )
    ]


def test_pages_and_tools_without_a_token_are_let_in_where_the_config_says_so() -> None:
    """Nobody is by default."""
    access = load().telemetry["access"]
    assert (list(access.cors_origins), access.public) == ([], None)
    access = load(
        corsOrigins='["https://shop.example.com", "http://localhost:5173"]',
        teams='[{"name": "cli", "database": "cli"}]',
        publicEvents='{"team": "cli", "requestsPerSecond": 0.2, "totalRowsPerSecond": 50}',
        honorDoNotTrack="false",
    ).telemetry["access"]
    assert access.cors_origins == ["https://shop.example.com", "http://localhost:5173"]
    assert access.public == PublicArgs(
        team="cli", requests_per_second=0.2, total_rows_per_second=50
    )
    assert not access.honor_do_not_track
    assert load().telemetry["access"].honor_do_not_track


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("corsOrigins", '["shop.example.com"]', "a list of origins like https://"),
        ("corsOrigins", '["https://shop.example.com/"]', "a list of origins like https://"),
        ("publicEvents", "[1]", "a map with the keys team, "),
        ("publicEvents", "cli", "a map with the key team, like {team: cli}"),
        ("corsOrigins", "shop", "a list of origins like https://"),
        ("publicEvents", '{"team": "nobody"}', "a team that no token may send to"),
        ("publicEvents", '{"team": "default"}', "a team that no token may send to"),
        ("publicEvents", '{"requestsPerSecond": 1}', "1 to 63 letters, digits, _ and -"),
        ("publicEvents", '{"team": "default", "rowsPerSecond": 0}', "a number above 0"),
        ("publicEvents", '{"team": "default", "rate": 1}', "the keys team, requestsPerSecond"),
        ("honorDoNotTrack", "no", "true, false"),
        ("teams", '[{"name": "a b", "database": "x"}]', "1 to 63 letters, digits, _ and -"),
        ("teams", '[{"name": "a", "database": "telemetry"}]', "a different value for each"),
        ("teams", f'[{{"name": "a", "database": "{PROBE_DATABASE}"}}]', DATABASE_ALLOWED),
        (
            "teams",
            '[{"name": "a", "database": "b", "shards": 101}]',
            "a whole number from 1 to 100",
        ),
        ("shards", "0", "a whole number from 1 to 100"),
    ],
)
def test_wrong_teams_and_origins_are_refused(key: str, value: str, allowed: str) -> None:
    """With what is allowed."""
    with pytest.raises(pulumi.RunError) as caught:
        load(**{key: value})
    assert f"config telemetry:{key}" in str(caught.value)
    assert f"allowed: {allowed}" in str(caught.value)


def test_logs_are_stored_as_the_config_says() -> None:
    """Every request's log event costs money at Cloudflare."""
    logs = load(logSamplingRate="0.1", invocationLogs="true").telemetry["logs"]
    assert logs == WorkerLogs(sampling_rate=0.1, invocation_logs=True)


def test_errors_are_reported_where_a_dsn_says_so() -> None:
    """Nowhere by default."""
    assert load().telemetry["sentry_dsn"] is None
    dsn = "https://0a1b2c3d@o1.ingest.example.com/42"
    assert load(sentryDsn=dsn).telemetry["sentry_dsn"] is not None


@pytest.mark.parametrize(
    "dsn",
    [
        "https://o1.ingest.example.com/42",
        "https://0a1b2c3d@o1.ingest.example.com",
        "https://0a1b2c3d@o1.ingest.example.com/project",
        "https://0a1b2c3d@o1.ingest.example.com/42?debug=1",
        "0a1b2c3d",
    ],
)
def test_a_wrong_dsn_is_refused_without_being_shown(dsn: str) -> None:
    """Its key is one even in a value that is no DSN."""
    with pytest.raises(pulumi.RunError) as caught:
        load(sentryDsn=dsn)
    message = str(caught.value)
    assert message == (
        "config telemetry:sentryDsn has a wrong value, "
        "allowed: a DSN of the form https://<key>@<host>/<number of the project>"
    )


@pytest.mark.parametrize(
    ("tokens", "key", "allowed"),
    [
        ("everybody", "tokens", "a list of maps, each with name and scopes"),
        ("[]", "tokens", "at least one token"),
        ('{"name": "a"}', "tokens", "a list of maps"),
        ('[{"scopes": ["read"]}]', "tokens[0].name", "1 to 63 letters, digits, _ and -"),
        ('[{"name": "a", "scopes": []}]', "tokens[0].scopes", "a list of traces, logs, metrics"),
        ('[{"name": "a", "scopes": ["write"]}]', "tokens[0].scopes", "a list of traces"),
        ('[{"name": "a", "scopes": ["read"], "team": "b"}]', "tokens[0].team", "default"),
        (
            '[{"name": "a", "scopes": ["read"], "expiresAt": "2028-01-01T00:00:00"}]',
            "tokens[0].expiresAt",
            'a time in quotes like "2027-01-31T00:00:00Z"',
        ),
        (
            '[{"name": "a", "scopes": ["read"], "requestsPerSecond": 0}]',
            "tokens[0].requestsPerSecond",
            "a number above 0",
        ),
        (
            '[{"name": "a", "scopes": ["read"], "hash": 1}]',
            "tokens[0].hash",
            "the keys name, scopes, team",
        ),
        (
            '[{"name": "a", "scopes": ["read"]}, {"name": "a", "scopes": ["read"]}]',
            "tokens.name",
            "a different value for each",
        ),
    ],
)
def test_a_wrong_token_is_named_by_its_place(tokens: str, key: str, allowed: str) -> None:
    """Which of the list, which field, what is allowed."""
    with pytest.raises(pulumi.RunError) as caught:
        load(tokens=tokens)
    assert f"config telemetry:{key} is " in str(caught.value)
    assert f", allowed: {allowed}" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("cloudProvider", "ibm", "aws, gcp, azure"),
        ("numReplicas", "0", "a whole number from 1 to 50"),
        ("numReplicas", "three", "a whole number"),
        ("minReplicaMemoryGb", "9", "a whole number from 8 to 356 that is a multiple of 4"),
        ("ttlDays", "-1", "a whole number from 1 to 3650"),
        ("dropDatabaseOnDestroy", "yes", "true, false"),
        ("insertFormat", "json", "auto, protobuf, rowbinary"),
        ("database", "tele-metry", "letters, digits and _, not beginning with a digit"),
        ("database", PROBE_DATABASE, DATABASE_ALLOWED),
        ("ipAccessList", "everybody", "a list of texts"),
        ("ipAccessList", "[1]", "a list of texts"),
        ("ingestDomain", "https://in.example.com", "a hostname like in.example.com"),
        ("ingestPort", "65536", "a whole number from 1 to 65535"),
        ("workerName", "No Spaces", "1 to 63 of a-z, 0-9 and -"),
        ("logSamplingRate", "1.5", "a number from 0 to 1"),
        ("logSamplingRate", "nan", "a number from 0 to 1"),
        ("logSamplingRate", "half", "a number from 0 to 1"),
        ("invocationLogs", "no", "true, false"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(key: str, value: str, allowed: str) -> None:
    """Key, value, allowed: in one line."""
    with pytest.raises(pulumi.RunError) as caught:
        load(**{key: value})
    message = str(caught.value)
    assert message.startswith(f"config telemetry:{key} is ")
    assert f", allowed: {allowed}" in message
    assert "\n" not in message


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Nobody should need a run for each mistake."""
    with pytest.raises(pulumi.RunError) as caught:
        load(region=None, ingestDomain=None, ttlDays="x", cloudflareApiToken=None)
    for key in ("region", "ingestDomain", "ttlDays", "cloudflareApiToken"):
        assert f"telemetry:{key} is" in str(caught.value)
    assert "or set CLOUDFLARE_API_TOKEN" in str(caught.value)
    assert "`pulumi config set --secret cloudflareApiToken …`" in str(caught.value)
    assert "`pulumi config set region …`" in str(caught.value)


def test_the_environment_fills_in_for_cloudflare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The config wins where both say something."""
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "from-the-environment")
    monkeypatch.setenv("INGEST_PORT", "9443")
    settings = load(cloudflareAccountId=None)
    assert settings.telemetry["account_id"] == "from-the-environment"
    assert settings.telemetry["port"] == 9443
    assert load(ingestPort="8443").telemetry["account_id"] == "0123"
    assert load(ingestPort="8443").telemetry["port"] == 8443


def test_the_examples_are_complete_and_use_no_unknown_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key of the settings files is one that the program reads."""
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "a")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "t")
    for name in ("Pulumi.local.yaml", "Pulumi.production.yaml.example"):
        text = (ROOT / name).read_text()
        values = yaml.safe_load(text)["config"]
        shown = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in values.items()
        }
        pulumi.runtime.set_all_config(shown)
        load_settings()
        documented = re.findall(r"`(\w+)`", str(config.__doc__))
        mentioned = set(re.findall(r"telemetry:(\w+): ", text))
        assert mentioned
        assert mentioned <= set(documented)
