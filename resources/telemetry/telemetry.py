"""`Telemetry`: the ingest worker at Cloudflare, with its script, buffer, bindings and domain.

A component of `Provider`, `WorkersScript` and `WorkersCustomDomain` of pulumi-cloudflare, of a
`DurableObjectClass`, of `ShardLayouts`, and of a `Token` for each token in `access`.

    config = pulumi.Config()
    telemetry = Telemetry(
        "telemetry",
        TelemetryArgs(
            account_id=config.require("cloudflareAccountId"),
            api_token=config.require_secret("cloudflareApiToken"),
            hostname="in.example.com",
            zone_name="example.com",
            script_name="telemetry",
            clickhouse_url=warehouse.https_url,
            writer=writer,
            readers=readers,
            access=access,
            retention_days=30,
        ),
    )
    pulumi.export("ingest_url", telemetry.url)

The worker receives hashes of the tokens, and the passwords of SQL users: one that can only insert,
and one per team that can only select. Tokens and administrator passwords are never sent to
Cloudflare.

A change of the account or script name replaces the script, the domain and the buffers. Rows that
the old buffers have not delivered are lost, so wait until `GET /admin/buffers` reports empty
buffers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from resources.sql.retention import MAX_DAYS
from resources.sql.user import User
from resources.telemetry import lazy_cloudflare as cloudflare
from resources.telemetry.access import Access
from resources.telemetry.access_bindings import access_bindings, require_variables
from resources.telemetry.durable_object_class import DurableObjectClass
from resources.telemetry.shard_layouts import ShardLayouts
from resources.telemetry.token import Token
from resources.telemetry.worker_build import BuiltWorker, build_worker
from resources.telemetry.worker_logs import WorkerLogs, worker_observability

__all__ = ["Telemetry", "TelemetryArgs"]

HTTPS_PORT = 443
_MAIN_MODULE = "index.js"
_BUFFER_CLASS = "IngestBuffer"
# The worker's kinds of telemetry, `worker/src/tables/index.ts`.
_SIGNALS = ("traces", "logs", "metrics", "events")


@dataclass(kw_only=True)
class TelemetryArgs:
    """Where the worker runs, and the service that it delivers to.

    Attributes:
        account_id: id of the Cloudflare account. Replaces.
        api_token: token with the rights `Workers Scripts: Edit` and, for the zone, `Zone: Read`,
            `Workers Routes: Edit` and `DNS: Edit`; a secret.
        hostname: hostname that apps send to. Replaces the domain only.
        zone_name: zone of the hostname, in the same account.
        script_name: name of the Workers script. Replaces.
        clickhouse_url: origin of the service's HTTPS interface.
        writer: SQL user that may insert into the teams' databases.
        readers: by team, the SQL user that may select from its database; `GET /metrics` queries
            as the reader of the caller's team.
        access: teams and tokens. In place.
        retention_days: days that the tables keep rows: one number, or one for each of `traces`,
            `logs`, `metrics` and `events`. The worker rejects older rows. In place. Use
            `Retention.days`, so that the tables keep such rows before the worker accepts them.
        insert_format: `protobuf` or `rowbinary`, from the output of `IngestProbe`. In place.
        insert_settings: more settings of each insert, from the output of `IngestProbe`. In place.
        sentry_dsn: Sentry project for the worker's errors, a secret. Default: none. In place.
        logs: settings of Cloudflare's Workers Logs. In place.
        base_url: address of the Cloudflare API. Default: Cloudflare's own.
        port: port of the public URL. Default: 443.
        worker: a built worker. Default: `build_worker()`.
    """

    account_id: pulumi.Input[str]
    api_token: pulumi.Input[str]
    hostname: pulumi.Input[str]
    zone_name: pulumi.Input[str]
    script_name: pulumi.Input[str]
    clickhouse_url: pulumi.Input[str]
    writer: User
    readers: Mapping[str, User]
    access: Access
    retention_days: pulumi.Input[int | Mapping[str, int]]
    insert_format: pulumi.Input[str] = "protobuf"
    insert_settings: pulumi.Input[Mapping[str, str]] | None = None
    sentry_dsn: pulumi.Input[str] | None = None
    logs: WorkerLogs = field(default_factory=WorkerLogs)
    base_url: pulumi.Input[str] | None = None
    port: int = HTTPS_PORT
    worker: BuiltWorker | None = None


class Telemetry(pulumi.ComponentResource):
    """An ingest endpoint that delivers to ClickHouse."""

    url: pulumi.Output[str]
    """URL that apps send to, known after the domain is attached."""
    tokens: pulumi.Output[dict[str, str]]
    """Bearer tokens by name, a secret."""
    token: pulumi.Output[str]
    """The first token, a secret."""
    script_name: pulumi.Output[str]
    """Name of the Workers script."""

    def __init__(
        self,
        resource_name: str,
        args: TelemetryArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("telemetry:index:Telemetry", resource_name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tokens = [
            Token(f"{resource_name}-{token.name}", version=token.version, opts=child)
            for token in args.access.tokens
        ]
        layouts = ShardLayouts(
            resource_name,
            shards={team.name: team.shards for team in args.access.teams},
            opts=child,
        )
        provider = cloudflare.Provider(
            resource_name, api_token=args.api_token, base_url=args.base_url, opts=child
        )
        child = pulumi.ResourceOptions(parent=self, provider=provider)
        script = _script(resource_name, args, tokens, layouts, child)
        domain = cloudflare.WorkersCustomDomain(
            resource_name,
            account_id=args.account_id,
            hostname=args.hostname,
            service=script.script_name,
            zone_name=args.zone_name,
            # Cloudflare rejects a hostname that another script has (409, code 100116). So the
            # default order of a replacement, create and then delete, would always fail.
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(delete_before_replace=True)
            ),
        )
        port = "" if args.port == HTTPS_PORT else f":{args.port}"
        self.url = domain.hostname.apply(lambda hostname: f"https://{hostname}{port}")
        names = [token.name for token in args.access.tokens]
        self.tokens = pulumi.Output.all(*(token.value for token in tokens)).apply(
            lambda values: dict(zip(names, values, strict=True))
        )
        self.token = tokens[0].value
        self.script_name = script.script_name
        self.register_outputs(
            {
                "url": self.url,
                "tokens": self.tokens,
                "token": self.token,
                "script_name": self.script_name,
            }
        )


def _script(
    resource_name: str,
    args: TelemetryArgs,
    tokens: Sequence[Token],
    layouts: ShardLayouts,
    opts: pulumi.ResourceOptions,
) -> cloudflare.WorkersScript:
    worker = args.worker or build_worker()
    storage = DurableObjectClass(
        resource_name,
        account_id=args.account_id,
        script_name=args.script_name,
        class_name=_BUFFER_CLASS,
        opts=pulumi.ResourceOptions(parent=opts.parent),
    )
    bindings = [
        *_access_bindings(args, tokens, layouts),
        _binding("BUFFER", "durable_object_namespace", class_name=storage.class_name),
        _binding("CLICKHOUSE_PASSWORD", "secret_text", text=args.writer.password),
        _binding("CLICKHOUSE_URL", "plain_text", text=args.clickhouse_url),
        _binding("CLICKHOUSE_USER", "plain_text", text=args.writer.name),
        _binding("INSERT_FORMAT", "plain_text", text=args.insert_format),
        _binding("INSERT_SETTINGS", "plain_text", text=_settings_binding(args)),
        _binding("RETENTION_DAYS", "plain_text", text=_retention_binding(args)),
        *_sentry_binding(args),
    ]
    require_variables(sum(binding.text is not None for binding in bindings))
    return cloudflare.WorkersScript(
        resource_name,
        account_id=args.account_id,
        script_name=storage.script_name,
        content_file=worker.file,
        content_sha256=worker.sha256,
        main_module=_MAIN_MODULE,
        compatibility_date=worker.compatibility_date,
        bindings=bindings,
        observability=worker_observability(args.logs),
        opts=opts,
    )


def _retention_binding(args: TelemetryArgs) -> pulumi.Output[str]:
    days: pulumi.Output[Any] = pulumi.Output.from_input(args.retention_days)
    return days.apply(lambda known: json.dumps(_days_by_signal(known)))


def _settings_binding(args: TelemetryArgs) -> pulumi.Output[str]:
    settings: pulumi.Output[Any] = pulumi.Output.from_input(args.insert_settings or {})
    return settings.apply(lambda known: json.dumps(known, sort_keys=True))


def _days_by_signal(days: int | Mapping[str, float]) -> dict[str, int]:
    """Return the days of each signal. Raise an error if a signal or a number is invalid."""
    by_signal = days if isinstance(days, Mapping) else dict.fromkeys(_SIGNALS, days)
    # Pulumi's outputs turn whole numbers into floats.
    if by_signal.keys() != set(_SIGNALS) or any(
        each != int(each) or not 1 <= each <= MAX_DAYS for each in by_signal.values()
    ):
        raise pulumi.RunError(
            f"retention_days: {dict(by_signal)} is invalid; allowed: whole numbers from 1 to "
            f"{MAX_DAYS}, one for each of {', '.join(_SIGNALS)}"
        )
    return {signal: int(by_signal[signal]) for signal in _SIGNALS}


def _access_bindings(
    args: TelemetryArgs, tokens: Sequence[Token], layouts: ShardLayouts
) -> list[cloudflare.WorkersScriptBindingArgs]:
    texts = access_bindings(args.access, tokens, layouts, args.readers)
    return [_binding(name, "secret_text", text=text) for name, text in texts.items()]


def _sentry_binding(args: TelemetryArgs) -> list[cloudflare.WorkersScriptBindingArgs]:
    if args.sentry_dsn is None:
        return []
    return [_binding("SENTRY_DSN", "secret_text", text=pulumi.Output.secret(args.sentry_dsn))]


def _binding(
    name: str,
    kind: str,
    *,
    text: pulumi.Input[str] | None = None,
    class_name: pulumi.Input[str] | None = None,
) -> cloudflare.WorkersScriptBindingArgs:
    return cloudflare.WorkersScriptBindingArgs(
        name=name, type=kind, text=text, class_name=class_name
    )
