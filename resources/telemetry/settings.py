"""The stack's settings: every key of the Pulumi config, its type, its default, what is allowed.

    settings = load_settings()

| key | default |
| --- | --- |
| `organization`: name of the ClickHouse organization | `CLICKHOUSE_ORG_ID`, or the only one |
| `cloudProvider`: `aws`, `gcp` or `azure` | `aws` |
| `region`: a region of that provider | required |
| `ipAccessList`: who may connect to ClickHouse | required |
| `minReplicaMemoryGb`: 8 to 356, a multiple of 4 | 8 |
| `maxReplicaMemoryGb`: 8 to 356, a multiple of 4 | 356 |
| `numReplicas`: 1 to 50 | 3 |
| `adoptService`: id of an existing service to take over | none |
| `adminPasswordVersion`: any text, changing it makes a new admin password | none |
| `insertFormat`: of OTLP: `auto`, `protobuf` or `rowbinary` | `auto`: the first that works |
| `database`: database of the team `default` | `telemetry` |
| `ttlDays`: how long rows are kept | 30 |
| `dropDatabaseOnDestroy`: whether `pulumi destroy` drops the database | false |
| `ingestDomain`: hostname that apps send to | required |
| `ingestPort`: 443 at Cloudflare, the local edge has its own | `INGEST_PORT`, or 443 |
| `zoneName`: the zone the domain is in | what follows the domain's first dot |
| `workerName`: name of the Workers script | `telemetry-<stack>` |
| `shards`: of the buffer of the team `default`, 1 to 100 | 1 |
| `teams`: further teams, a list of `name`, `database` and `shards` | none |
| `tokens`: who may send and read, see `access_config` | `ingest`, `read`, `admin` |
| `corsOrigins`: origins of web pages that may send, a list | none |
| `publicEvents`: team and rates of events without a token, see `PublicArgs` | rejected |
| `honorDoNotTrack`: whether requests that ask not to be tracked are not stored | true |
| `logSamplingRate`: share of requests that Workers Logs store logs of, 0 to 1 | 1 |
| `invocationLogs`: whether each request is a log event | false |
| `sentryDsn`, a secret: where the worker reports errors | nowhere |
| `cloudflareAccountId` | `CLOUDFLARE_ACCOUNT_ID` |
| `cloudflareApiToken`, a secret | `CLOUDFLARE_API_TOKEN` |
| `cloudflareBaseUrl`: address of the Cloudflare API | `CLOUDFLARE_API_BASE_URL`, or its own |
| `clickhouseApiUrl`: address of the control plane | `CLICKHOUSE_API_URL`, or its own |
| `clickhouseCloudApiKey` and `clickhouseCloudApiSecret`, secrets | the variables of that name |

A wrong value ends the preview with one line that names the key, the value and what is allowed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pulumi

from resources.sql.database_names import DATABASE, DATABASE_ALLOWED
from resources.telemetry.access_config import read_access
from resources.telemetry.shard_layouts import MAX_SHARDS
from resources.telemetry.statement_proof import AUTOMATIC, FORMATS
from resources.telemetry.worker_logs import WorkerLogs

__all__ = ["Settings", "load_settings"]

_HOSTNAME = (
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)
# As `worker/src/telemetry/sentry.ts` reads it.
_DSN = r"https?://[0-9a-zA-Z]+(:[^@/]*)?@[^@/?#\s]+(/[^/?#\s]+)*/[0-9]+"
_SCRIPT_NAME = r"[a-z0-9][a-z0-9-]{0,62}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a stack of this program can be told.

    Attributes:
        organization: name of the ClickHouse organization, None where there is only one.
        ttl_days: how long rows are kept.
        drop_database_on_destroy: whether `pulumi destroy` drops the database.
        insert_format: of `IngestProbeArgs`.
        service: arguments of `ServiceArgs`.
        telemetry: arguments of `TelemetryArgs`.
    """

    organization: str | None
    ttl_days: int
    drop_database_on_destroy: bool
    insert_format: str
    service: dict[str, Any]
    telemetry: dict[str, Any]


def load_settings() -> Settings:
    """Read and check the stack's config.

    Raises:
        pulumi.RunError: a value is absent or illegal; the message has every one of them.
    """
    reader = _Reader(pulumi.Config())
    settings = Settings(
        organization=reader.optional("organization"),
        ttl_days=reader.whole("ttlDays", 1, 3650, default=30),
        drop_database_on_destroy=reader.flag("dropDatabaseOnDestroy", default=False),
        insert_format=reader.choice("insertFormat", (AUTOMATIC, *FORMATS), default=AUTOMATIC),
        service=_service(reader),
        telemetry=_telemetry(reader),
    )
    reader.finish()
    return settings


def _service(reader: _Reader) -> dict[str, Any]:
    return {
        "cloud_provider": reader.choice("cloudProvider", ("aws", "gcp", "azure"), default="aws"),
        "region": reader.text("region"),
        "ip_access_list": reader.texts("ipAccessList"),
        "min_replica_memory_gb": reader.whole("minReplicaMemoryGb", 8, 356, default=8, step=4),
        "max_replica_memory_gb": reader.whole("maxReplicaMemoryGb", 8, 356, default=356, step=4),
        "num_replicas": reader.whole("numReplicas", 1, 50, default=3),
        "adopt": reader.optional("adoptService"),
        "password_version": reader.optional("adminPasswordVersion"),
    }


def _telemetry(reader: _Reader) -> dict[str, Any]:
    domain = reader.text(
        "ingestDomain", pattern=_HOSTNAME, allowed="a hostname like in.example.com"
    )
    return {
        "account_id": reader.text("cloudflareAccountId", variable="CLOUDFLARE_ACCOUNT_ID"),
        "api_token": reader.secret("cloudflareApiToken", variable="CLOUDFLARE_API_TOKEN"),
        "base_url": reader.optional("cloudflareBaseUrl", variable="CLOUDFLARE_API_BASE_URL"),
        "hostname": domain,
        "zone_name": reader.text("zoneName", default=domain.partition(".")[2] or domain),
        "port": reader.whole("ingestPort", 1, 65535, default=443, variable="INGEST_PORT"),
        "script_name": reader.text(
            "workerName",
            default=f"telemetry-{pulumi.get_stack()}".lower(),
            pattern=_SCRIPT_NAME,
            allowed="1 to 63 of a-z, 0-9 and -, beginning with a letter or digit",
        ),
        "logs": WorkerLogs(
            sampling_rate=reader.rate("logSamplingRate", default=1.0),
            invocation_logs=reader.flag("invocationLogs", default=False),
        ),
        "sentry_dsn": reader.optional_secret(
            "sentryDsn",
            pattern=_DSN,
            allowed="a DSN of the form https://<key>@<host>/<number of the project>",
        ),
        "access": read_access(
            database=reader.text(
                "database",
                default="telemetry",
                pattern=DATABASE,
                allowed=DATABASE_ALLOWED,
            ),
            shards=reader.whole("shards", 1, MAX_SHARDS, default=1),
            teams=reader.value("teams", "a list of maps, each with name and database"),
            tokens=reader.value("tokens", "a list of maps, each with name and scopes"),
            cors_origins=reader.value(
                "corsOrigins", "a list of origins like https://shop.example.com, or *"
            ),
            public=reader.value("publicEvents", "a map with the key team, like {team: cli}"),
            honor_do_not_track=reader.flag("honorDoNotTrack", default=True),
            reject=reader.refuse,
        ),
    }


class _Reader:
    """Reads typed values and collects what is wrong, so that one preview shows all of it."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config
        self._problems: list[str] = []

    def finish(self) -> None:
        if self._problems:
            raise pulumi.RunError("; ".join(self._problems))

    def optional(self, key: str, *, variable: str | None = None) -> str | None:
        return self._config.get(key) or (os.environ.get(variable) if variable else None) or None

    def text(
        self,
        key: str,
        *,
        default: str | None = None,
        variable: str | None = None,
        pattern: str = r".+",
        allowed: str = "a text",
    ) -> str:
        value = self.optional(key, variable=variable) or default
        if value is None:
            self._missing(key, variable)
            return ""
        if not re.fullmatch(pattern, value):
            self.refuse(key, value, allowed)
        return value

    def choice(self, key: str, allowed: Collection[str], *, default: str) -> str:
        value = self.optional(key) or default
        if value not in allowed:
            self.refuse(key, value, ", ".join(allowed))
        return value

    def whole(
        self,
        key: str,
        minimum: int,
        maximum: int,
        *,
        default: int,
        step: int = 1,
        variable: str | None = None,
    ) -> int:
        value = self._parsed(key, int, "a whole number", variable=variable)
        if value is None:
            return default
        if not minimum <= value <= maximum or value % step:
            multiple = f" that is a multiple of {step}" if step > 1 else ""
            self.refuse(key, value, f"a whole number from {minimum} to {maximum}{multiple}")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.optional(key)
        if value is not None and value not in ("true", "false"):
            self.refuse(key, value, "true, false")
        return default if value is None else value == "true"

    def rate(self, key: str, *, default: float) -> float:
        value = self._parsed(key, float, "a number from 0 to 1")
        if value is None:
            return default
        if not 0 <= value <= 1:
            self.refuse(key, value, "a number from 0 to 1")
            return default
        return float(value)

    def texts(self, key: str) -> list[str]:
        value = self._parsed(key, lambda _: self._config.get_object(key), "a list of texts")
        if value is None and self._config.get(key) is None:
            self._missing(key, None)
        elif not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, self._config.get(key), "a list of texts")
        return value if isinstance(value, list) else []

    def value(self, key: str, allowed: str) -> object:
        """Return a list or map, unchecked; None if the key is not set."""
        return self._parsed(key, lambda _: self._config.get_object(key), allowed)

    def secret(self, key: str, *, variable: str) -> pulumi.Output[str]:
        value = self._config.get_secret(key)
        if value is None and os.environ.get(variable):
            value = pulumi.Output.secret(os.environ[variable])
        if value is None:
            self._missing(key, variable, option="--secret ")
        return value or pulumi.Output.secret("")

    def optional_secret(self, key: str, *, pattern: str, allowed: str) -> pulumi.Output[str] | None:
        """A refusal leaves out the value: most of a mistyped secret is the secret."""
        value = self.optional(key)
        if value is not None and not re.fullmatch(pattern, value):
            full_key = self._config.full_key(key)
            self._problems.append(f"config {full_key} has a wrong value, allowed: {allowed}")
        return None if value is None else pulumi.Output.secret(value)

    def _parsed(
        self,
        key: str,
        parse: Callable[[str], Any],
        allowed: str,
        *,
        variable: str | None = None,
    ) -> Any:
        value = self.optional(key, variable=variable)
        if value is None:
            return None
        try:
            return parse(value)
        except (ValueError, pulumi.ConfigTypeError):
            self.refuse(key, value, allowed)
            return None

    def refuse(self, key: str, value: object, allowed: str) -> None:
        self._problems.append(
            f"config {self._config.full_key(key)} is {value!r}, allowed: {allowed}"
        )

    def _missing(self, key: str, variable: str | None, *, option: str = "") -> None:
        instead = f" (or set {variable})" if variable else ""
        self._problems.append(
            f"config {self._config.full_key(key)} is missing: "
            f"`pulumi config set {option}{key} …`{instead}"
        )
