"""The fields of a `Service`: their values in the cloud, differences, and fields that replace.

The functions send no request. `service_rules` has the valid values, `service_requests` the bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources.base.access_list import same_access_list, sorted_access_list
from resources.base.checker import Checker, is_known, whole_number
from resources.base.fields import Field
from resources.base.ownership import PREFIX, tags_of
from resources.service.service_states import STOPPED_OR_STOPPING

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = [
    "BACKUP_TAG",
    "CREATE_ONLY",
    "FIELDS",
    "HASHES",
    "MODES",
    "ORIGIN",
    "OUTPUTS",
    "PLAIN",
    "SCALING",
    "SECRETS",
    "changed",
    "differences",
    "live",
    "mismatched",
    "outputs",
    "replaced",
]

# The fields of each mode. Those of the other mode are ignored.
MODES = {"vertical": ("num_replicas",), "horizontal": ("min_replicas", "max_replicas")}
SCALING = (
    "autoscaling_mode",
    "min_replica_memory_gb",
    "max_replica_memory_gb",
    "num_replicas",
    "min_replicas",
    "max_replicas",
    "idle_scaling",
    "idle_timeout_minutes",
)
# Sent by value in one PATCH. Lists and endpoints are sent in other forms.
PLAIN = ("name", "release_channel", "enable_core_dumps", "transparent_data_encryption_key_id")
# The API returns these fields and changes them in place, so drift is detected.
READABLE = (*PLAIN, *SCALING, "ip_access_list", "tags", "private_endpoint_ids", "mysql_enabled")
PLACE = ("organization_id", "cloud_provider", "region")
# The API has no operation that changes these.
CREATE_ONLY = (
    "tier",
    "data_warehouse_id",
    "is_readonly",
    "byoc_id",
    "profile",
    "compliance_type",
    "has_transparent_data_encryption",
)
# These values have the same effect as an absent one.
CREATED_BY_DEFAULT = (None, False, "v1-default")
# The API does not return from which backup a service was restored, so a tag stores the id. Without
# it, an unfinished service could be adopted although it was restored from another backup.
BACKUP_TAG = f"{PREFIX}backup"
# The backup that a service is restored from, and its key. The API returns neither.
ORIGIN = ("backup_id", "backup_encryption_config")
HASHES = ("password_sha256_hash", "password_double_sha1_hash")
# Inputs that are stored as secrets, even if the program passes plain values.
SECRETS = (*HASHES, "backup_encryption_config")
# Fields that the API does not return. A field that the program no longer sets is dropped from the
# state (`FORGOTTEN`) or keeps its value (`STICKY`).
FORGOTTEN = (*HASHES, "deletion_protection", "timeout_minutes")
STICKY = ("password", "password_version")
KEPT = (
    *FORGOTTEN,
    *STICKY,
    *CREATE_ONLY,
    "organization_id",
    *ORIGIN,
    "adopt",
    "desired_state",
    "pulumi_name",
    "resource_urn",
    "stack_mark",
)
ENDPOINTS = {"https": "https", "nativesecure": "native", "mysql": "mysql"}
FACTS = ("iam_role", "clickhouse_version", "encryption_role_id")
OUTPUTS = (
    *READABLE,
    *CREATE_ONLY,
    *FACTS,
    *ENDPOINTS.values(),
    "is_primary",
    "created_at",
    "https_url",
    "state",
    "password",
)


def _checked_by_rules(_checker: Checker, _name: str) -> None:
    """Accept: `service_rules` checks each field and then the combinations."""


FIELDS = {
    name: Field(
        check=_checked_by_rules,
        required=name in (*PLACE, "ip_access_list"),
        replaces=name in (*PLACE, *CREATE_ONLY, *ORIGIN),
        readable=name in READABLE,
    )
    for name in (*PLACE, *READABLE, "desired_state", *CREATE_ONLY, *ORIGIN, *FORGOTTEN, *STICKY)
}


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Return the fields that the program sets and that have another value in the state."""
    names = [name for name in READABLE if name in news and not _same(name, olds, news)]
    names += [name for name in FORGOTTEN if (olds.get(name) or None) != (news.get(name) or None)]
    names += [name for name in STICKY if name in news and olds.get(name) != news[name]]
    names += [name for name in (*PLACE, *CREATE_ONLY) if not is_known(news.get(name))]
    is_stopped = olds.get("state") in STOPPED_OR_STOPPING
    if "desired_state" in news and is_stopped is not (news["desired_state"] == "stopped"):
        names.append("desired_state")
    return names


def replaced(service_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Return the fields whose new value needs a new service.

    A value that is not known yet is usually the old one, from a resource that changes in place. So
    an unknown value does not count as a replacement. Otherwise the preview would often show a
    replacement that does not happen.
    """
    names = [name for name in PLACE if is_known(news.get(name)) and news[name] != olds.get(name)]
    names += [name for name in CREATE_ONLY if _needs_another(name, olds, news)]
    # Removing the backup's id from the program must not delete the restored data.
    given = [name for name in ORIGIN if news.get(name) is not None and is_known(news[name])]
    names += [name for name in given if news[name] != olds.get(name)]
    adopt = news.get("adopt")
    if adopt is not None and is_known(adopt) and adopt != service_id:
        names.append("adopt")
    return names


def outputs(service: models.Service, props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a service to store in the state."""
    endpoints = _endpoints(service)
    https = endpoints.get("https")
    seen = {**live(service), **{name: getattr(service, name) for name in CREATE_ONLY}}
    backup = tags_of(service).get(BACKUP_TAG)
    set_by_program = [name for name in CREATE_ONLY if props.get(name) not in CREATED_BY_DEFAULT]
    return {
        **({} if backup is None else {"backup_id": backup}),
        **{name: props[name] for name in KEPT if props.get(name) is not None},
        **{name: value for name, value in seen.items() if value is not None},
        "cloud_provider": service.provider,
        "region": service.region,
        "state": service.state,
        # Distinguishes a value that the program has set from a server default.
        "created_with": props.get("created_with", set_by_program),
        # An empty string instead of null: the state stores no null, and every preview would then
        # show the output as unknown.
        **{name: getattr(service, name) or "" for name in FACTS},
        "is_primary": service.is_primary is not False,
        "created_at": service.created_at.isoformat() if service.created_at else "",
        **{name: endpoints.get(name, {}) for name in ENDPOINTS.values()},
        "https_url": f"https://{https['host']}:{https['port']}" if https else "",
    }


def differences(service: models.Service, wanted: Mapping[str, Any]) -> list[str]:
    """Return the readable fields in which the live service differs from the inputs."""
    seen = live(service)
    return [name for name in READABLE if name in wanted and not _same(name, seen, wanted)]


def mismatched(service: models.Service, wanted: Mapping[str, Any]) -> list[str]:
    """Return the fields that prevent an existing service from becoming the wanted one."""
    seen = {name: getattr(service, name) for name in CREATE_ONLY}
    seen |= {"cloud_provider": service.provider, "region": service.region}
    names = [
        name
        for name in ("cloud_provider", "region", *CREATE_ONLY)
        if name in wanted and _created(seen[name]) != _created(wanted[name])
    ]
    if service.is_primary is False and not {"data_warehouse_id", "adopt"} & set(wanted):
        names.append("data_warehouse_id")
    if "adopt" not in wanted and tags_of(service).get(BACKUP_TAG) != wanted.get("backup_id"):
        names.append("backup_id")
    return names


def live(service: models.Service) -> dict[str, Any]:
    """Return the readable fields of a live service, in the form of the inputs."""
    entries = [
        {"source": entry.source, "description": entry.description}
        for entry in service.ip_access_list or []
        if entry.source
    ]
    names = set(PLAIN) | set(SCALING)
    mode = service.autoscaling_mode or "vertical"
    names -= {name for other, owned in MODES.items() if other != mode for name in owned}
    if service.idle_scaling is False:
        names.discard("idle_timeout_minutes")
    return {
        **{
            name: whole_number(getattr(service, name))
            for name in (*PLAIN, *SCALING)
            if name in names
        },
        "ip_access_list": sorted_access_list(entries),
        "tags": {k: v for k, v in tags_of(service).items() if not k.startswith(PREFIX)},
        "private_endpoint_ids": sorted(service.private_endpoint_ids or []),
        "mysql_enabled": "mysql" in _endpoints(service),
    }


def _needs_another(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    if name not in news:
        # The program has removed the field. The program never set the fields of an adopted service.
        return "adopt" not in news and name in (olds.get("created_with") or ())
    return is_known(news[name]) and _created(news[name]) != _created(olds.get(name))


def _created(value: Any) -> Any:
    return None if value in CREATED_BY_DEFAULT else value


def _same(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    old, new = olds.get(name), news.get(name)
    if not is_known(new):
        return False
    if name == "ip_access_list":
        return same_access_list(old, new)
    if name == "autoscaling_mode":
        # Services that were created before this field existed are vertical.
        return (old or "vertical") == (new or "vertical")
    if name == "private_endpoint_ids":
        return set(old or []) == set(new or [])
    return bool(whole_number(old) == whole_number(new))


def _endpoints(service: models.Service) -> dict[str, dict[str, Any]]:
    return {
        ENDPOINTS[str(endpoint.protocol)]: {
            "host": endpoint.host,
            "port": whole_number(endpoint.port),
            "username": endpoint.username,
        }
        for endpoint in service.endpoints or []
        if str(endpoint.protocol) in ENDPOINTS
    }
