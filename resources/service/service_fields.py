"""The fields of a `Service`: what was seen of them, what differs, what only a new service can have.

Pure functions; `service_rules` says what is legal, `service_requests` what is sent.
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

# Which fields belong to which mode; the other mode's are nobody's wish.
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
# Changed by value in one PATCH; lists and endpoints travel in forms of their own.
PLAIN = ("name", "release_channel", "enable_core_dumps", "transparent_data_encryption_key_id")
# Fields that the API reads back and that change in place, so drift in them is seen.
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
# As good as saying nothing.
CREATED_BY_DEFAULT = (None, False, "v1-default")
# The API does not say what a service was restored from, so we write it down: what an interrupted
# run left of one backup must not be taken for another.
BACKUP_TAG = f"{PREFIX}backup"
# What a service is restored from, and with which key: never read back.
ORIGIN = ("backup_id", "backup_encryption_config")
HASHES = ("password_sha256_hash", "password_double_sha1_hash")
# Inputs that are nobody else's business, whatever the program makes of them.
SECRETS = (*HASHES, "backup_encryption_config")
# Fields that only we know of; what the program no longer says is forgotten, or as it was.
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
    """Names of the fields that the program sets and that were last seen otherwise."""
    names = [name for name in READABLE if name in news and not _same(name, olds, news)]
    names += [name for name in FORGOTTEN if (olds.get(name) or None) != (news.get(name) or None)]
    names += [name for name in STICKY if name in news and olds.get(name) != news[name]]
    names += [name for name in (*PLACE, *CREATE_ONLY) if not is_known(news.get(name))]
    is_stopped = olds.get("state") in STOPPED_OR_STOPPING
    if "desired_state" in news and is_stopped is not (news["desired_state"] == "stopped"):
        names.append("desired_state")
    return names


def replaced(service_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Names of the fields whose new value only another service can have.

    A value that is not known yet is most often the old one, from a resource that changes in
    place: a preview that threatens with a replacement would be wrong.
    """
    names = [name for name in PLACE if is_known(news.get(name)) and news[name] != olds.get(name)]
    names += [name for name in CREATE_ONLY if _needs_another(name, olds, news)]
    # What a service was restored from is forgotten when the program no longer says it: nobody
    # wants the data to be gone because a line was.
    said = [name for name in ORIGIN if news.get(name) is not None and is_known(news[name])]
    names += [name for name in said if news[name] != olds.get(name)]
    adopt = news.get("adopt")
    if adopt is not None and is_known(adopt) and adopt != service_id:
        names.append("adopt")
    return names


def outputs(service: models.Service, props: Mapping[str, Any]) -> dict[str, Any]:
    """The property bag of a service as it is now."""
    endpoints = _endpoints(service)
    https = endpoints.get("https")
    seen = {**live(service), **{name: getattr(service, name) for name in CREATE_ONLY}}
    backup = tags_of(service).get(BACKUP_TAG)
    said = [name for name in CREATE_ONLY if props.get(name) not in CREATED_BY_DEFAULT]
    return {
        **({} if backup is None else {"backup_id": backup}),
        **{name: props[name] for name in KEPT if props.get(name) is not None},
        **{name: value for name, value in seen.items() if value is not None},
        "cloud_provider": service.provider,
        "region": service.region,
        "state": service.state,
        # Between what was asked for and what the server chose, only the asker can tell.
        "created_with": props.get("created_with", said),
        # Not null where the API returns nothing: a null leaves the state, and every preview would
        # then take the output for unknown.
        **{name: getattr(service, name) or "" for name in FACTS},
        "is_primary": service.is_primary is not False,
        "created_at": service.created_at.isoformat() if service.created_at else "",
        **{name: endpoints.get(name, {}) for name in ENDPOINTS.values()},
        "https_url": f"https://{https['host']}:{https['port']}" if https else "",
    }


def differences(service: models.Service, wanted: Mapping[str, Any]) -> list[str]:
    """Names of the readable fields in which the live service is not as wanted."""
    seen = live(service)
    return [name for name in READABLE if name in wanted and not _same(name, seen, wanted)]


def mismatched(service: models.Service, wanted: Mapping[str, Any]) -> list[str]:
    """Names of the fields because of which an existing service cannot become the wanted one."""
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
    """The readable fields of a live service, in the form that the inputs have."""
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
        # Taken out of the program; an adopted service never had it from there.
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
        # Before the field existed, every service was vertical.
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
