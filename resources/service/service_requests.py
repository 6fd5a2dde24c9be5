"""The request bodies of a `Service`. A change has only the fields that differ."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources.base.access_list import access_set
from resources.base.tags import tag_list
from resources.service.service_fields import (
    BACKUP_TAG,
    CREATE_ONLY,
    HASHES,
    MODES,
    ORIGIN,
    PLAIN,
    SCALING,
    differences,
)
from resources.service.service_fields import live as seen
from resources.service.service_rules import NAME_CHARACTERS

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = ["password_request", "patch_request", "post_request", "scaling_request"]

# The API requires all of them if the mode changes.
_MODE_FIELDS = ("autoscaling_mode", "min_replica_memory_gb", "max_replica_memory_gb")


def post_request(props: Mapping[str, Any], marks: Mapping[str, str]) -> models.ServicePostRequest:
    """Return the request that creates the service.

    It has no private endpoints, which the API has deprecated in a create, and no encryption key,
    which a create does not accept. Both are sent as a change afterwards.

    Args:
        marks: the ownership tags.
    """
    from clickhouse_api import models

    names = (*SCALING, *CREATE_ONLY, *ORIGIN, "release_channel", "enable_core_dumps")
    fields = {name: props[name] for name in names if name in props}
    if fields.get("autoscaling_mode") == "vertical":
        # The server's default. Organizations without the feature may reject the field.
        del fields["autoscaling_mode"]
    if "mysql_enabled" in props:
        fields["endpoints"] = [_mysql(props)]
    tags = {**props.get("tags", {}), **marks}
    if "backup_id" in props:
        tags[BACKUP_TAG] = props["backup_id"]
    return models.ServicePostRequest.model_validate(
        {
            **fields,
            "name": props.get("name") or _generated_name(props["pulumi_name"]),
            "provider": props["cloud_provider"],
            "region": props["region"],
            "ip_access_list": [_entry(entry) for entry in props["ip_access_list"]],
            "tags": tag_list(dict(sorted(tags.items()))),
        }
    )


def patch_request(
    service: models.Service, wanted: Mapping[str, Any]
) -> models.ServicePatchRequest | None:
    """Return the change of all fields except scaling and password; None without a difference."""
    from clickhouse_api import models

    live, different = seen(service), differences(service, wanted)
    fields: dict[str, Any] = {name: wanted[name] for name in PLAIN if name in different}
    if "ip_access_list" in different:
        old, new = access_set(live["ip_access_list"]), access_set(wanted["ip_access_list"])
        # The API removes entries before it adds others. An entry with a new description is in both
        # lists.
        fields["ip_access_list"] = {
            "remove": [_entry(entry) for entry in sorted(old - new)],
            "add": [_entry(entry) for entry in sorted(new - old)],
        }
    if "tags" in different:
        old_tags, new_tags = live["tags"], wanted["tags"]
        # The API removes tags by key and rejects a key in both lists. A new value is only added.
        fields["tags"] = {
            "remove": tag_list({k: v for k, v in sorted(old_tags.items()) if k not in new_tags}),
            "add": tag_list({k: v for k, v in sorted(new_tags.items()) if old_tags.get(k) != v}),
        }
    if "private_endpoint_ids" in different:
        old_ids, new_ids = set(live["private_endpoint_ids"]), set(wanted["private_endpoint_ids"])
        fields["private_endpoint_ids"] = {
            "remove": sorted(old_ids - new_ids),
            "add": sorted(new_ids - old_ids),
        }
    if "mysql_enabled" in different:
        fields["endpoints"] = [_mysql(wanted)]
    return models.ServicePatchRequest.model_validate(fields) if fields else None


def scaling_request(
    service: models.Service, wanted: Mapping[str, Any]
) -> models.ServiceReplicaScalingPatchRequest | None:
    """Return the change of the scaling fields; None without a difference."""
    from clickhouse_api import models

    different = set(differences(service, wanted)) & set(SCALING)
    if "autoscaling_mode" in different:
        different |= {*_MODE_FIELDS, *MODES[wanted["autoscaling_mode"]]}
    fields = {name: wanted[name] for name in SCALING if name in different and name in wanted}
    return models.ServiceReplicaScalingPatchRequest.model_validate(fields) if fields else None


def password_request(props: Mapping[str, Any]) -> models.ServicePasswordPatchRequest:
    """Return the request that sets the hashes of a password."""
    from clickhouse_api import models

    names = dict(zip(HASHES, ("new_password_hash", "new_double_sha1_hash"), strict=True))
    return models.ServicePasswordPatchRequest.model_validate(
        {field: props[name] for name, field in names.items() if props.get(name) is not None}
    )


def _mysql(props: Mapping[str, Any]) -> dict[str, Any]:
    return {"protocol": "mysql", "enabled": props["mysql_enabled"]}


def _entry(entry: Mapping[str, str] | tuple[str, str]) -> dict[str, str]:
    source, description = (
        entry if isinstance(entry, tuple) else (entry["source"], entry.get("description", ""))
    )
    return {"source": source, "description": description}


def _generated_name(pulumi_name: str) -> str:
    suffix = f"-{secrets.token_hex(4)}"
    return pulumi_name[: NAME_CHARACTERS - len(suffix)] + suffix
