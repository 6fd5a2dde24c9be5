"""The table of the stack's config keys.

`load_settings` reads and checks the config by this table. `python -m docs` writes the tables of
README.md and docs/resources/settings.md from it. To add a key, add an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from resources.base.control_plane import VARIABLES
from resources.sql.database_names import DATABASE, DATABASE_ALLOWED
from resources.telemetry.access_config import PUBLIC_KEYS, TEAM_KEYS, TOKEN_KEYS
from resources.telemetry.access_rules import Rule, text
from resources.telemetry.config_rules import (
    any_string,
    flag,
    json_value,
    one_of,
    share,
    strings,
    whole_number,
)
from resources.telemetry.shard_layouts import MAX_SHARDS
from resources.telemetry.statement_proof import AUTOMATIC, FORMATS

__all__ = ["CONFIG_KEYS", "ConfigKey"]

_HOSTNAME = (
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)
# As `worker/src/telemetry/sentry.ts` reads it.
_DSN = r"https?://[0-9a-zA-Z]+(:[^@/]*)?@[^@/?#\s]+(/[^/?#\s]+)*/[0-9]+"
_SCRIPT_NAME = r"[a-z0-9][a-z0-9-]{0,62}"


@dataclass(frozen=True)
class ConfigKey:
    """A key of the Pulumi config.

    Attributes:
        name: without the namespace.
        meaning: a sentence for the documentation; links are relative to the repository.
        rule: converts the value, or rejects it.
        argument: where the value is passed: a field of `Settings`, or its group and the name of
            the argument. None if the resources read the key, and the program does not.
        default: the value of a key that is not set, or a function of the values read before it.
        default_text: the default for the documentation, if `default` does not show it.
        variable: environment variable with the value of a key that is not set in the config.
        required: whether a key without a value and a default ends the preview.
        secret: whether messages leave out the value.
    """

    name: str
    meaning: str
    rule: Rule
    argument: str | None
    default: Any | Callable[[Mapping[str, Any]], Any] = None
    default_text: str = ""
    variable: str | None = None
    required: bool = False
    secret: bool = False


def _zone_of_domain(values: Mapping[str, Any]) -> str | None:
    domain = values["ingestDomain"]
    return None if domain is None else str(domain.partition(".")[2] or domain)


def _script_of_stack(_values: Mapping[str, Any]) -> str:
    return f"telemetry-{pulumi.get_stack()}".lower()


def _maps(keys: Mapping[str, str]) -> str:
    return f"a list of maps with the keys {', '.join(keys)}"


CONFIG_KEYS = (
    ConfigKey(
        "organization",
        "Name of the ClickHouse organization.",
        any_string(),
        "organization",
        default_text="`CLICKHOUSE_ORG_ID`, or the only organization",
    ),
    ConfigKey(
        "cloudProvider",
        "Cloud of the service. Another value replaces the service.",
        one_of("aws", "gcp", "azure"),
        "service.cloud_provider",
        default="aws",
    ),
    ConfigKey(
        "region",
        "Region of the service. Another value replaces the service.",
        text(r".*\S.*", "a region like eu-central-1"),
        "service.region",
        required=True,
    ),
    ConfigKey(
        "ipAccessList",
        "IP addresses and ranges that may connect to ClickHouse.",
        strings("a list of strings"),
        "service.ip_access_list",
        required=True,
    ),
    ConfigKey(
        "minReplicaMemoryGb",
        "Least memory of a replica, in GB.",
        whole_number(8, 356, step=4),
        "service.min_replica_memory_gb",
        default=8,
    ),
    ConfigKey(
        "maxReplicaMemoryGb",
        "Most memory of a replica, in GB.",
        whole_number(8, 356, step=4),
        "service.max_replica_memory_gb",
        default=356,
    ),
    ConfigKey(
        "numReplicas",
        "Number of replicas.",
        whole_number(1, 50),
        "service.num_replicas",
        default=3,
    ),
    ConfigKey(
        "adoptService",
        "Id of an existing service to adopt instead of creating one.",
        any_string(),
        "service.adopt",
    ),
    ConfigKey(
        "adminPasswordVersion",
        "Another value generates a new admin password.",
        any_string(),
        "service.password_version",
    ),
    ConfigKey(
        "database",
        "Database of the team `default`.",
        text(DATABASE, DATABASE_ALLOWED),
        "access.database",
        default="telemetry",
    ),
    ConfigKey(
        "ttlDays",
        "Days that rows are kept. Rows that are older, or more than 24 h ahead, are rejected.",
        whole_number(1, 3650),
        "ttl_days",
        default=30,
    ),
    ConfigKey(
        "insertFormat",
        f"How OTLP is inserted. `{AUTOMATIC}` selects the first format that "
        "[works on the service](worker/README.md#proved-at-deploy).",
        one_of(AUTOMATIC, *FORMATS),
        "insert_format",
        default=AUTOMATIC,
    ),
    ConfigKey(
        "dropDatabaseOnDestroy",
        "Whether `pulumi destroy` drops the database.",
        flag(),
        "drop_database_on_destroy",
        default=False,
    ),
    ConfigKey(
        "ingestDomain",
        "Hostname that apps send to.",
        text(_HOSTNAME, "a hostname like in.example.com"),
        "telemetry.hostname",
        required=True,
    ),
    ConfigKey(
        "ingestPort",
        "Port of that hostname: 443 at Cloudflare, another one at the local edge.",
        whole_number(1, 65535),
        "telemetry.port",
        default=443,
        variable="INGEST_PORT",
    ),
    ConfigKey(
        "zoneName",
        "Cloudflare zone of the hostname.",
        text(r".+", "a zone like example.com"),
        "telemetry.zone_name",
        default=_zone_of_domain,
        default_text="the part of `ingestDomain` after its first dot",
    ),
    ConfigKey(
        "workerName",
        "Name of the Workers script.",
        text(_SCRIPT_NAME, "1 to 63 of a-z, 0-9 and -, beginning with a letter or digit"),
        "telemetry.script_name",
        default=_script_of_stack,
        default_text="`telemetry-<stack>`",
    ),
    ConfigKey(
        "teams",
        "Teams in addition to the team `default`.",
        json_value(_maps(TEAM_KEYS)),
        "access.teams",
        default_text="none",
    ),
    ConfigKey(
        "shards",
        "Number of shards of the buffer of the team `default`.",
        whole_number(1, MAX_SHARDS),
        "access.shards",
        default=1,
    ),
    ConfigKey(
        "tokens",
        "Tokens that may send and read.",
        json_value(_maps(TOKEN_KEYS)),
        "access.tokens",
        default_text="`ingest`, `read` and `admin`",
    ),
    ConfigKey(
        "corsOrigins",
        "Origins of the web pages that may send from a browser.",
        json_value("a list of origins like https://shop.example.com, or *"),
        "access.cors_origins",
    ),
    ConfigKey(
        "publicEvents",
        "Team that events without a token are stored for, and their "
        "[rates](worker/README.md#endpoints).",
        json_value(f"a map with the keys {', '.join(PUBLIC_KEYS)}, like {{team: cli}}"),
        "access.public",
        default_text="such events are rejected",
    ),
    ConfigKey(
        "honorDoNotTrack",
        "Whether requests with `DNT: 1`, `Sec-GPC: 1` or `Do-Not-Track: 1` are not stored.",
        flag(),
        "access.honor_do_not_track",
        default=True,
    ),
    ConfigKey(
        "logSamplingRate",
        "Share of requests whose logs Cloudflare stores.",
        share(),
        "logs.sampling_rate",
        default=1.0,
        default_text="`1`",
    ),
    ConfigKey(
        "invocationLogs",
        "Whether Cloudflare logs each request, at a [cost](worker/COST.md).",
        flag(),
        "logs.invocation_logs",
        default=False,
    ),
    ConfigKey(
        "sentryDsn",
        "Sentry project that the worker reports errors to.",
        text(_DSN, "a DSN of the form https://<key>@<host>/<number of the project>"),
        "telemetry.sentry_dsn",
        secret=True,
    ),
    ConfigKey(
        "cloudflareAccountId",
        "Id of the Cloudflare account.",
        text(r".+", "a string"),
        "telemetry.account_id",
        variable="CLOUDFLARE_ACCOUNT_ID",
        required=True,
    ),
    ConfigKey(
        "cloudflareApiToken",
        "API token for that account.",
        any_string(),
        "telemetry.api_token",
        variable="CLOUDFLARE_API_TOKEN",
        required=True,
        secret=True,
    ),
    ConfigKey(
        "cloudflareBaseUrl",
        "Address of the Cloudflare API.",
        any_string("a URL"),
        "telemetry.base_url",
        variable="CLOUDFLARE_API_BASE_URL",
        default_text="Cloudflare's",
    ),
    ConfigKey(
        "clickhouseApiUrl",
        "Address of the ClickHouse Cloud API.",
        any_string("a URL"),
        None,
        variable=VARIABLES["clickhouseApiUrl"],
        default_text="ClickHouse's",
    ),
    ConfigKey(
        "clickhouseCloudApiKey",
        "Id of the ClickHouse Cloud API key.",
        any_string(),
        None,
        variable=VARIABLES["clickhouseCloudApiKey"],
        required=True,
        secret=True,
    ),
    ConfigKey(
        "clickhouseCloudApiSecret",
        "Secret of the ClickHouse Cloud API key.",
        any_string(),
        None,
        variable=VARIABLES["clickhouseCloudApiSecret"],
        required=True,
        secret=True,
    ),
)
