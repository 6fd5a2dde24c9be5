"""Test program: a service and the resources that the config lists.

The config `resources` is a list of `{"kind": "ApiKey", "name": "key", "args": {…}}`. In arguments,
the string `"$key"` is replaced by the id of the resource `key`, and `"$board/Errors"` by the id of
the tile `Errors` of the dashboard `board`.
"""

from typing import Any

import pulumi

import resources
from resources import Service, ServiceArgs, get_organization

config = pulumi.Config()
organization = get_organization().id
service = None
if not config.get_bool("alone"):
    service = Service(
        "one",
        ServiceArgs(
            organization_id=organization,
            cloud_provider="aws",
            region="eu-central-1",
            ip_access_list=["127.0.0.1/32"],
            name="one",
        ),
    )
created: dict[str, Any] = {}


def resolved(value: Any) -> Any:
    """Return the value with ids of resources in place of references."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if isinstance(value, dict):
        return {name: resolved(item) for name, item in value.items()}
    if isinstance(value, str) and value.startswith("$"):
        name, _, tile = value[1:].partition("/")
        return created[name].tile_ids[tile] if tile else created[name].id
    return value


for entry in config.get_object("resources") or []:
    arguments_type = getattr(resources, f"{entry['kind']}Args")
    arguments = {"organization_id": organization, **entry["args"]}
    if service and "service_id" in arguments_type.__dataclass_fields__:
        arguments["service_id"] = service.id
    created[entry["name"]] = getattr(resources, entry["kind"])(
        entry["name"],
        arguments_type(**{name: resolved(value) for name, value in arguments.items()}),
    )

if service:
    pulumi.export("service_id", service.id)
for name, resource in created.items():
    for output in ("id", "key_id", "key_secret"):
        if hasattr(resource, output):
            pulumi.export(f"{name}.{output}", getattr(resource, output))
