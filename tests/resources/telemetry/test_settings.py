"""The stack's settings: types, defaults, and one message for each invalid value."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator

import pulumi
import pytest
import yaml  # type: ignore[import-untyped]

from resources.base.control_plane import VARIABLES as CONTROL_PLANE
from resources.sql.database_names import DATABASE_ALLOWED
from resources.telemetry.access import PublicArgs, TeamArgs, TokenArgs
from resources.telemetry.config_keys import CONFIG_KEYS
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
LISTS = ("teams", "tokens", "corsOrigins")
# Python's `int` and `float` accept all of these. The third of each has Arabic digits.
NO_PLAIN_INTS = ("1_0", "+3", "\u0663\u0660", " 30 ", "30\n")
NO_PLAIN_FLOATS = ("1_0e-2", "+0.5", "0.\u0663", " 0.5 ", "0.5\n")
VARIABLES = (
    "CLOUDFLARE_ACCOUNT_ID",
    "CLOUDFLARE_API_TOKEN",
    "CLOUDFLARE_API_BASE_URL",
    "INGEST_PORT",
)


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set up a stack's runtime without an engine, and without this machine's settings."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    # Pulumi's outputs need a current event loop. Earlier tests may have closed theirs.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.configure(pulumi.runtime.Settings(project="telemetry", stack="test"))
    yield
    pulumi.runtime.set_all_config({})
    loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
    asyncio.set_event_loop(None)
    loop.close()


def load(**changes: str | None) -> Settings:
    """Load the settings of a complete config with changes; None leaves out a key."""
    values = {**COMPLETE, **changes}
    pulumi.runtime.set_all_config(
        {f"telemetry:{key}": value for key, value in values.items() if value is not None}
    )
    return load_settings()


def test_keys_that_are_not_set_have_their_default() -> None:
    """Only region, access list, domain and the Cloudflare account have no default."""
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
    """The names of the settings file become those of the arguments."""
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


def test_the_config_admits_web_pages_and_senders_without_a_token() -> None:
    """By default it admits neither."""
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
        ("publicEvents", "cli", "a map with the keys team, requestsPerSecond, "),
        ("corsOrigins", "shop", "a list of origins like https://"),
        ("publicEvents", '{"team": "nobody"}', "a team that no token may send to"),
        ("publicEvents", '{"team": "default"}', "a team that no token may send to"),
        ("publicEvents", '{"requestsPerSecond": 1}', "1 to 63 letters, digits, _ and -"),
        ("publicEvents", '{"team": "default", "rowsPerSecond": 0}', "a number above 0"),
        ("publicEvents", '{"team": "default", "rate": 1}', "the keys team, requestsPerSecond"),
        *((key, value, "a list of ") for key in LISTS for value in ("{}", "0", "false", '""')),
        ("honorDoNotTrack", "no", "true, false"),
        ("teams", '[{"name": "a b", "database": "x"}]', "1 to 63 letters, digits, _ and -"),
        ("teams", '[{"name": "a", "database": "telemetry"}]', "a different value for each"),
        ("teams", f'[{{"name": "a", "database": "{PROBE_DATABASE}"}}]', DATABASE_ALLOWED),
        (
            "teams",
            '[{"name": "a", "database": "b", "shards": 101}]',
            "a whole number from 1 to 100",
        ),
        ("teams", '[{"name": "a", "database": "system"}]', DATABASE_ALLOWED),
        ("shards", "0", "a whole number from 1 to 100"),
    ],
)
def test_invalid_teams_and_origins_are_rejected(key: str, value: str, allowed: str) -> None:
    """The message has the key and the allowed values."""
    with pytest.raises(pulumi.RunError) as caught:
        load(**{key: value})
    assert f"config telemetry:{key}" in str(caught.value)
    assert f"allowed: {allowed}" in str(caught.value)


def test_the_config_sets_the_sampling_of_logs() -> None:
    """Cloudflare charges for each log event."""
    logs = load(logSamplingRate="0.1", invocationLogs="true").telemetry["logs"]
    assert logs == WorkerLogs(sampling_rate=0.1, invocation_logs=True)


def test_the_dsn_is_optional() -> None:
    """By default the worker reports no errors to Sentry."""
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
def test_the_message_about_an_invalid_dsn_leaves_it_out(dsn: str) -> None:
    """An invalid value can contain the secret key as well."""
    with pytest.raises(pulumi.RunError) as caught:
        load(sentryDsn=dsn)
    message = str(caught.value)
    assert message == (
        "config telemetry:sentryDsn has an invalid value, "
        "allowed: a DSN of the form https://<key>@<host>/<number of the project>"
    )


@pytest.mark.parametrize(
    ("tokens", "key", "allowed"),
    [
        ("all", "tokens", "a list of maps with the keys name, scopes, team, "),
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
def test_the_message_about_an_invalid_token_has_its_place(
    tokens: str, key: str, allowed: str
) -> None:
    """The message has the index, the field and the allowed values."""
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
        ("database", "system", DATABASE_ALLOWED),
        ("database", "information_schema", DATABASE_ALLOWED),
        ("database", "INFORMATION_SCHEMA", DATABASE_ALLOWED),
        ("region", "   ", "a region like eu-central-1"),
        *(("ttlDays", value, "a whole number") for value in NO_PLAIN_INTS),
        *(("logSamplingRate", value, "a number from 0 to 1") for value in NO_PLAIN_FLOATS),
        ("ipAccessList", "all", "a list of strings"),
        ("ipAccessList", "[1]", "a list of strings"),
        pytest.param("ipAccessList", "[" * 100_000, "a list of strings", id="too many levels"),
        ("ingestDomain", "https://in.example.com", "a hostname like in.example.com"),
        ("ingestPort", "65536", "a whole number from 1 to 65535"),
        ("workerName", "No Spaces", "1 to 63 of a-z, 0-9 and -"),
        ("logSamplingRate", "1.5", "a number from 0 to 1"),
        ("logSamplingRate", "nan", "a number from 0 to 1"),
        ("logSamplingRate", "half", "a number from 0 to 1"),
        ("invocationLogs", "no", "true, false"),
    ],
)
def test_the_message_about_an_invalid_value_has_the_allowed_values(
    key: str, value: str, allowed: str
) -> None:
    """The message is one line with the key, the value and the allowed values."""
    with pytest.raises(pulumi.RunError) as caught:
        load(**{key: value})
    message = str(caught.value)
    assert message.startswith(f"config telemetry:{key} is ")
    assert f", allowed: {allowed}" in message
    assert "\n" not in message


@pytest.mark.parametrize("key", LISTS)
def test_a_null_is_a_key_that_is_not_set(key: str) -> None:
    """Only a null and an absent key have the default."""
    assert load(**{key: "null"}).telemetry["access"] == load().telemetry["access"]


@pytest.mark.parametrize("key", ["teams", "corsOrigins"])
def test_an_empty_list_is_accepted(key: str) -> None:
    """An empty list of tokens is rejected, because nothing could send."""
    assert load(**{key: "[]"}).telemetry["access"] == load().telemetry["access"]


@pytest.mark.parametrize(
    ("string", "rate"),
    [("1", 1), ("0", 0), ("0.25", 0.25), (".5", 0.5), ("1.", 1), ("1e-05", 1e-05), ("5E-1", 0.5)],
)
def test_a_decimal_number_is_accepted(string: str, rate: float) -> None:
    """Many programs write a small number with an exponent."""
    assert load(logSamplingRate=string).telemetry["logs"].sampling_rate == rate


@pytest.mark.parametrize("database", ["default", "systems", "System", "my_information_schema"])
def test_a_database_with_a_name_similar_to_a_reserved_one_is_accepted(database: str) -> None:
    """ClickHouse compares names with their case, and `default` exists for the user's tables."""
    assert load(database=database).telemetry["access"].teams[0].database == database


@pytest.mark.parametrize("key", ["database", "teams"])
def test_the_message_shows_100_characters_of_a_value(key: str) -> None:
    """A value can be a whole file."""
    with pytest.raises(pulumi.RunError) as caught:
        load(**{key: json.dumps("x" * 1000)})
    start, _, _ = str(caught.value).partition(", allowed: ")
    value = start.removeprefix(f"config telemetry:{key} is ")
    assert (len(value), value[-1]) == (101, "…")


def test_one_error_reports_all_problems() -> None:
    """One run shows all mistakes."""
    with pytest.raises(pulumi.RunError) as caught:
        load(region=None, ingestDomain=None, ttlDays="x", cloudflareApiToken=None)
    for key in ("region", "ingestDomain", "ttlDays", "cloudflareApiToken"):
        assert f"telemetry:{key} is" in str(caught.value)
    assert "or set CLOUDFLARE_API_TOKEN" in str(caught.value)
    assert "`pulumi config set --secret cloudflareApiToken …`" in str(caught.value)
    assert "`pulumi config set region …`" in str(caught.value)


def test_the_environment_sets_keys_that_the_config_does_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The config has precedence."""
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "from-the-environment")
    monkeypatch.setenv("INGEST_PORT", "9443")
    settings = load(cloudflareAccountId=None)
    assert settings.telemetry["account_id"] == "from-the-environment"
    assert settings.telemetry["port"] == 9443
    assert load(ingestPort="8443").telemetry["account_id"] == "0123"
    assert load(ingestPort="8443").telemetry["port"] == 8443


def test_the_settings_files_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files set all required keys. Commented lines also contain only known keys."""
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
        mentioned = set(re.findall(r"telemetry:(\w+): ", text))
        assert mentioned
        assert mentioned <= {key.name for key in CONFIG_KEYS}


@pytest.mark.parametrize(
    ("unknown", "similar"),
    [("ttlDay", "ttlDays"), ("numberOfReplicas", "numReplicas"), ("INGESTDOMAIN", "ingestDomain")],
)
def test_an_unknown_key_is_rejected_with_the_most_similar_key(unknown: str, similar: str) -> None:
    """The message leaves out the value, because the key can be a mistyped key of a secret."""
    with pytest.raises(pulumi.RunError) as caught:
        load(**{unknown: "s3cret"})
    assert str(caught.value) == (
        f"config telemetry:{unknown} is not a key of this program, "
        f"the most similar key is telemetry:{similar}"
    )


def test_a_custom_key_is_accepted() -> None:
    """A program can read keys in addition to those of the table."""
    pulumi.runtime.set_all_config(
        {f"telemetry:{key}": value for key, value in {**COMPLETE, "password": "x"}.items()}
    )
    assert load_settings(custom_keys=["password"]).ttl_days == 30
    with pytest.raises(pulumi.RunError, match="telemetry:password is not a key"):
        load(password="x")


def test_keys_of_other_namespaces_are_ignored() -> None:
    """A provider's keys are in the namespace of the provider."""
    pulumi.runtime.set_all_config(
        {"aws:ttlDay": "1", **{f"telemetry:{key}": value for key, value in COMPLETE.items()}}
    )
    assert load_settings().ttl_days == 30


def test_the_table_has_every_key_of_the_control_plane() -> None:
    """The resources read these keys, so the table must accept them."""
    read_by_resources = {key.name: key.variable for key in CONFIG_KEYS if key.argument is None}
    assert read_by_resources == CONTROL_PLANE


def test_a_key_is_in_the_table_once() -> None:
    """Two entries for one key or one argument would overwrite each other."""
    names = [key.name for key in CONFIG_KEYS]
    arguments = [key.argument for key in CONFIG_KEYS if key.argument is not None]
    assert len(names) == len(set(names)) == len(CONFIG_KEYS)
    assert len(arguments) == len(set(arguments))
