"""What is deployed: a ClickHouse service, its schema and users, and the worker that feeds it."""

import pulumi

import resources

settings = resources.load_settings()
organization = resources.get_organization(settings.organization)
warehouse = resources.Service(
    "warehouse", resources.ServiceArgs(organization_id=organization.id, **settings.service)
)
connection = resources.connection_of(warehouse)
teams = settings.telemetry["access"].teams
schemas = resources.team_schemas(
    teams,
    connection=connection,
    ttl_days=settings.ttl_days,
    drop_database_on_destroy=settings.drop_database_on_destroy,
)
writer = resources.User(
    "writer",
    resources.UserArgs(
        connection=connection,
        name="ingest_writer",
        grants=[f"INSERT ON {team.database}.*" for team in teams],
        default_database=schemas[0].database,
    ),
)
reader = resources.User(
    "reader",
    resources.UserArgs(
        connection=connection,
        name="telemetry_reader",
        grants=[f"SELECT ON {team.database}.*" for team in teams],
        default_database=schemas[0].database,
    ),
)
telemetry = resources.Telemetry(
    "telemetry",
    resources.TelemetryArgs(
        clickhouse_url=warehouse.https_url,
        writer=writer,
        reader=reader,
        retention_days=pulumi.Output.all(*(each.retention_days for each in schemas)).apply(min),
        **settings.telemetry,
    ),
)

pulumi.export("ingest_url", telemetry.url)
pulumi.export("ingest_token", telemetry.token)
pulumi.export("tokens", telemetry.tokens)
pulumi.export("service_id", warehouse.id)
pulumi.export("clickhouse_url", warehouse.https_url)
pulumi.export("database", schemas[0].database)
pulumi.export("reader_user", reader.name)
pulumi.export("reader_password", reader.password)
