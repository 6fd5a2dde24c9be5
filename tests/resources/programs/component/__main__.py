"""Test program: a service and its ingest resources, in a component if `args` requires it.

The folder needs links to the project's `migrations` and `worker`.
"""

import pulumi

import resources

args = pulumi.Config().require_object("args")


def create(opts: pulumi.ResourceOptions) -> None:
    """Create the resources with these options."""
    service = resources.Service(
        "one",
        resources.ServiceArgs(
            organization_id=resources.get_organization().id,
            cloud_provider="aws",
            region="eu-central-1",
            ip_access_list=["127.0.0.1/32"],
        ),
        opts,
    )
    connection = resources.connection_of(service)
    resources.Database("shop", resources.DatabaseArgs(connection=connection, name="shop"), opts)
    (schema,) = resources.team_schemas(
        [resources.TeamArgs(name="default", database="telemetry")],
        connection=connection,
        ttl_days=30,
        drop_database_on_destroy=False,
        opts=opts,
    )
    worker = resources.build_worker()
    writer = resources.ingest_writer(
        connection, databases=[schema.database], tables=worker.tables, opts=opts
    )
    probe = resources.IngestProbe(
        "probe",
        resources.IngestProbeArgs(
            connection=connection,
            database=schema.database,
            schema=schema.files,
            writer=writer.name,
            writer_password=writer.password,
            statements=worker.statements,
            statements_sha256=worker.statements_sha256,
        ),
        opts,
    )
    pulumi.export("insert_format", probe.insert_format)


if args["in_component"]:
    component = pulumi.ComponentResource("test:index:Ingest", "ingest")
    moved = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
    create(pulumi.ResourceOptions(parent=component, aliases=[moved]))
else:
    create(pulumi.ResourceOptions())
