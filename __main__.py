"""The stack: a ClickHouse service, its schema and users, and the worker that inserts into it."""

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
worker = resources.build_worker()
databases = {team.name: schema.database for team, schema in zip(teams, schemas, strict=True)}
writer = resources.ingest_writer(
    connection, databases=list(databases.values()), tables=worker.tables
)
readers = resources.team_readers(connection, databases)
probe = resources.IngestProbe(
    "probe",
    resources.IngestProbeArgs(
        connection=connection,
        database=schemas[0].database,
        schema=schemas[0].files,
        writer=writer.name,
        writer_password=writer.password,
        statements=worker.statements,
        statements_sha256=worker.statements_sha256,
        format=settings.insert_format,
    ),
)
telemetry = resources.Telemetry(
    "telemetry",
    resources.TelemetryArgs(
        clickhouse_url=warehouse.https_url,
        writer=writer,
        readers=readers,
        retention_days=pulumi.Output.all(*(each.retention_days for each in schemas)).apply(min),
        insert_format=probe.insert_format,
        insert_settings=probe.insert_settings,
        worker=worker,
        **settings.telemetry,
    ),
)

pulumi.export("ingest_url", telemetry.url)
pulumi.export("ingest_token", telemetry.token)
pulumi.export("tokens", telemetry.tokens)
pulumi.export("service_id", warehouse.id)
pulumi.export("clickhouse_url", warehouse.https_url)
pulumi.export("database", schemas[0].database)
pulumi.export("reader_user", readers[teams[0].name].name)
pulumi.export("reader_password", readers[teams[0].name].password)
pulumi.export("readers", {team: [user.name, user.password] for team, user in readers.items()})
