"""One service, and beside it whatever the stack's config lists, for tests.

`things` is a list of `{"kind": "ApiKey", "name": "key", "args": {…}}`; a text `"$key"` anywhere in
the arguments is the id of the thing of that name, `"$board/Errors"` that of a dashboard's tile.
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
made: dict[str, Any] = {}


def resolved(value: Any) -> Any:
    """A value with the ids of other things in place of their names."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if isinstance(value, dict):
        return {name: resolved(item) for name, item in value.items()}
    if isinstance(value, str) and value.startswith("$"):
        name, _, tile = value[1:].partition("/")
        return made[name].tile_ids[tile] if tile else made[name].id
    return value


for thing in config.get_object("resources") or []:
    arguments_type = getattr(resources, f"{thing['kind']}Args")
    arguments = {"organization_id": organization, **thing["args"]}
    if service and "service_id" in arguments_type.__dataclass_fields__:
        arguments["service_id"] = service.id
    made[thing["name"]] = getattr(resources, thing["kind"])(
        thing["name"],
        arguments_type(**{name: resolved(value) for name, value in arguments.items()}),
    )

if service:
    pulumi.export("service_id", service.id)
for name, thing in made.items():
    for output in ("id", "key_id", "key_secret"):
        if hasattr(thing, output):
            pulumi.export(f"{name}.{output}", getattr(thing, output))
