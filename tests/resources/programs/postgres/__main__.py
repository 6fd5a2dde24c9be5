"""Test program: one or two Postgres services.

The config `args` has the arguments of `one` and optionally of `second`. In `second`,
`"read_replica_of": "one"` is replaced by the id of `one`.
"""

from typing import Any

import pulumi

from resources import PostgresService, PostgresServiceArgs, get_organization

organization = get_organization().id
args: dict[str, dict[str, Any]] = pulumi.Config().require_object("args")
services: dict[str, PostgresService] = {}
for name, given in args.items():
    if "read_replica_of" in given:
        given["read_replica_of"] = services[given["read_replica_of"]].id
    services[name] = PostgresService(
        name, PostgresServiceArgs(organization_id=organization, **given)
    )
    pulumi.export(f"{name}.password", services[name].password)
