"""Test program: a service and an ingest worker. The config `args` has the worker's code."""

import os
from pathlib import Path

import pulumi

from resources import (
    Access,
    Service,
    ServiceArgs,
    TeamArgs,
    Telemetry,
    TelemetryArgs,
    TokenArgs,
    User,
    UserArgs,
    WorkerLogs,
    connection_of,
    get_organization,
)
from resources.telemetry.worker_build import BuiltWorker

args = pulumi.Config().require_object("args")
script = Path(os.environ["WORKER_FILE"])
script.write_text(args["code"])
service = Service(
    "one",
    ServiceArgs(
        organization_id=get_organization().id,
        cloud_provider="aws",
        region="eu-central-1",
        ip_access_list=["127.0.0.1/32"],
    ),
)
writer = User(
    "writer",
    UserArgs(
        connection=connection_of(service),
        name="ingest_writer",
        grants=["INSERT ON default.*"],
        default_database="default",
    ),
)
reader = User(
    "reader",
    UserArgs(
        connection=connection_of(service),
        name="telemetry_reader",
        grants=["SELECT ON default.*"],
    ),
)
telemetry = Telemetry(
    "ingest",
    TelemetryArgs(
        account_id=os.environ["CLOUDFLARE_ACCOUNT_ID"],
        api_token=pulumi.Output.secret(os.environ["CLOUDFLARE_API_TOKEN"]),
        base_url=os.environ["CLOUDFLARE_API_BASE_URL"],
        hostname="localhost",
        zone_name="localhost",
        port=int(os.environ["INGEST_PORT"]),
        script_name=args.get("script_name", "ingest-test"),
        logs=WorkerLogs(**args.get("logs", {})),
        sentry_dsn=pulumi.Config().get_secret("sentry_dsn"),
        clickhouse_url=service.https_url,
        writer=writer,
        readers={"default": reader},
        insert_settings=args.get("insert_settings"),
        retention_days=args.get("retention_days", 30),
        access=Access(
            teams=[TeamArgs(name="default", database="default", shards=args.get("shards", 1))],
            tokens=[TokenArgs(**token) for token in args["tokens"]],
        ),
        worker=BuiltWorker.of(script, "2026-11-01"),
    ),
)

pulumi.export("url", telemetry.url)
pulumi.export("token", telemetry.token)
pulumi.export("tokens", telemetry.tokens)
pulumi.export("writer_password", writer.password)
pulumi.export("reader_password", reader.password)
