"""Test program: a service with a schema and a user. `args` has the files and the grants."""

import pulumi

from resources import (
    Migrations,
    MigrationsArgs,
    Service,
    ServiceArgs,
    User,
    UserArgs,
    connection_of,
    get_organization,
)

args = pulumi.Config().require_object("args")
service = Service(
    "one",
    ServiceArgs(
        organization_id=get_organization().id,
        cloud_provider="aws",
        region="eu-central-1",
        ip_access_list=["127.0.0.1/32"],
        num_replicas=args.get("num_replicas"),
        desired_state=args.get("desired_state"),
    ),
)
connection = connection_of(service)
schema = Migrations(
    "schema",
    MigrationsArgs(
        connection=connection,
        database="telemetry",
        directory=args["directory"],
        variables=args.get("variables", {}),
        drop_database_on_destroy=args.get("drop", False),
    ),
)
user = User(
    "reader",
    UserArgs(
        connection=connection,
        name="reader",
        grants=args.get("grants", ["SELECT ON telemetry.*"]),
        default_database=schema.database,
        password_version=args.get("password_version", "1"),
    ),
)

pulumi.export("url", service.https_url)
pulumi.export("password", service.password)
pulumi.export("reader_password", user.password)
