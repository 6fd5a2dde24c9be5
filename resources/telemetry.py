"""`Telemetry`: the ingest worker at Cloudflare: script, durable buffer, bindings and domain.

A component of `Provider`, `WorkersScript` and `WorkersCustomDomain` of pulumi-cloudflare, of the
`DurableObjectClass` that stores, and of the `Token` that apps present.

    config = pulumi.Config()
    writer = User(
        "writer",
        UserArgs(
            name="ingest_writer",
            default_database=schema.database,
            grants=["INSERT ON telemetry.*"],
            connection=connection_of(warehouse),
        ),
    )
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
        ),
    )
    pulumi.export("ingest_url", telemetry.url)

The worker gets the hash of the token and the password of a user that can only insert; neither the
token nor the password of an administrator is ever at Cloudflare. Another account or script name
replaces script and domain, and with them the buffer: what it holds and has not delivered is lost,
so wait until `GET /health` reports an empty one.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from resources import cloudflare
from resources.durable_object import DurableObjectClass
from resources.token import Token
from resources.user import User
from resources.worker_build import BuiltWorker, build_worker

__all__ = ["Telemetry", "TelemetryArgs"]

HTTPS_PORT = 443
_MAIN_MODULE = "index.js"
_BUFFER_CLASS = "IngestBuffer"


@dataclass(kw_only=True)
class TelemetryArgs:
    """Where the worker runs and whom it delivers to.

    Attributes:
        account_id: the Cloudflare account. Replaces.
        api_token: token with the rights `Workers Scripts: Edit` and, for the zone, `Workers
            Routes: Edit` and `DNS: Edit`; a secret.
        hostname: where apps send to. Replaces the domain only.
        zone_name: the account's zone that the hostname is in.
        script_name: name of the Workers script. Replaces.
        clickhouse_url: origin of the service's HTTPS interface.
        writer: SQL user that may insert into its default database, which has the tables.
        base_url: address of the Cloudflare API. Default: Cloudflare's own.
        port: that the hostname is reached on from outside. Default 443.
        token_version: any text; changing it makes a new ingest token.
        worker: a built worker. Default: `worker/`, built if need be.
    """

    account_id: pulumi.Input[str]
    api_token: pulumi.Input[str]
    hostname: pulumi.Input[str]
    zone_name: pulumi.Input[str]
    script_name: pulumi.Input[str]
    clickhouse_url: pulumi.Input[str]
    writer: User
    base_url: pulumi.Input[str] | None = None
    port: int = HTTPS_PORT
    token_version: pulumi.Input[str] = "1"  # noqa: S105 - a version, not a token
    worker: BuiltWorker | None = None


class Telemetry(pulumi.ComponentResource):
    """An ingest endpoint that delivers to ClickHouse."""

    url: pulumi.Output[str]
    """Origin that apps send to, known once the domain is attached."""
    token: pulumi.Output[str]
    """Bearer token that apps present, a secret."""
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
        token = Token(resource_name, version=args.token_version, opts=child)
        provider = cloudflare.Provider(
            resource_name, api_token=args.api_token, base_url=args.base_url, opts=child
        )
        child = pulumi.ResourceOptions(parent=self, provider=provider)
        script = _script(resource_name, args, token, child)
        domain = cloudflare.WorkersCustomDomain(
            resource_name,
            account_id=args.account_id,
            hostname=args.hostname,
            service=script.script_name,
            zone_name=args.zone_name,
            opts=child,
        )
        port = "" if args.port == HTTPS_PORT else f":{args.port}"
        self.url = domain.hostname.apply(lambda hostname: f"https://{hostname}{port}")
        self.token = token.value
        self.script_name = script.script_name
        self.register_outputs(
            {"url": self.url, "token": self.token, "script_name": self.script_name}
        )


def _script(
    resource_name: str, args: TelemetryArgs, token: Token, opts: pulumi.ResourceOptions
) -> cloudflare.WorkersScript:
    worker = args.worker or build_worker()
    storage = DurableObjectClass(
        resource_name,
        account_id=args.account_id,
        script_name=args.script_name,
        class_name=_BUFFER_CLASS,
        opts=pulumi.ResourceOptions(parent=opts.parent),
    )
    return cloudflare.WorkersScript(
        resource_name,
        account_id=args.account_id,
        script_name=storage.script_name,
        content=worker.content,
        main_module=_MAIN_MODULE,
        compatibility_date=worker.compatibility_date,
        bindings=[
            _binding("BUFFER", "durable_object_namespace", class_name=storage.class_name),
            _binding("CLICKHOUSE_DATABASE", "plain_text", text=args.writer.default_database),
            _binding("CLICKHOUSE_PASSWORD", "secret_text", text=args.writer.password),
            _binding("CLICKHOUSE_URL", "plain_text", text=args.clickhouse_url),
            _binding("CLICKHOUSE_USER", "plain_text", text=args.writer.name),
            _binding("INGEST_TOKEN_SHA256", "secret_text", text=token.sha256),
        ],
        observability=cloudflare.WorkersScriptObservabilityArgs(enabled=True),
        opts=opts,
    )


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
