"""Test program: a warehouse. `args` is for the primary service, `reader` for the secondary."""

from typing import Any

import pulumi

from resources import Service, ServiceArgs, get_organization

place: dict[str, Any] = {
    "organization_id": get_organization().id,
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "ip_access_list": ["127.0.0.1/32"],
}
config = pulumi.Config()
primary = Service("primary", ServiceArgs(**place, **(config.get_object("args") or {})))
reader = Service(
    "reader",
    ServiceArgs(
        **place,
        data_warehouse_id=primary.data_warehouse_id,
        is_readonly=True,
        **(config.get_object("reader") or {}),
    ),
)
