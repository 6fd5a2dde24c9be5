"""The fields of a `Service`: what is legal, what differs, how they travel to the API and back.

Pure functions; the pydantic models are imported only where a request is built.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CheckResult

from resources.checking import Checker, is_known, whole_number
from resources.ownership import PREFIX, tags_of

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = [
    "OUTPUTS",
    "changed",
    "check",
    "differences",
    "outputs",
    "patch_request",
    "post_request",
    "scaling_request",
]

# As the API's document has them, by provider; a test compares them with it.
REGIONS = {
    "aws": (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "il-central-1",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ),
    "gcp": (
        "asia-northeast1",
        "asia-southeast1",
        "europe-west2",
        "europe-west4",
        "us-central1",
        "us-east1",
    ),
    "azure": ("centralus", "eastus", "eastus2", "germanywestcentral", "westus3"),
}
RELEASE_CHANNELS = ("slow", "default", "fast")
NAME_CHARACTERS = 50
# The API takes 50 tags, three of them are our marks.
USER_TAGS = 47
TAG_LETTERS = r"[a-zA-Z0-9._-]"

# Ours, not the server's, so they may stand in the inputs and be compared.
SCALING_DEFAULTS = {"min_replica_memory_gb": 8, "max_replica_memory_gb": 356, "num_replicas": 3}
SCALING = (*SCALING_DEFAULTS, "idle_scaling", "idle_timeout_minutes")
# Fields that the API reads back, so drift in them is seen.
READABLE = ("name", *SCALING, "ip_access_list", "release_channel", "tags")
# Fields that only we know of.
UNREADABLE = ("password", "password_version", "timeout_minutes")
KEPT = (*UNREADABLE, "organization_id", "adopt", "pulumi_name", "resource_urn", "stack_mark")
ENDPOINTS = {"https": "https", "nativesecure": "native", "mysql": "mysql"}
OUTPUTS = (*READABLE, *ENDPOINTS.values(), "https_url", "state", "password")


def check(news: Mapping[str, Any]) -> CheckResult:
    """Every illegal value is named, with what is legal; our own defaults are added."""
    checker = Checker(news)
    inputs = checker.inputs
    if "adopt" not in inputs:
        for name, value in SCALING_DEFAULTS.items():
            inputs.setdefault(name, value)
    checker.required("organization_id", "cloud_provider", "region", "ip_access_list")
    checker.text("organization_id")
    checker.text("adopt")
    checker.text(
        "name", pattern=rf"[\s\S]{{1,{NAME_CHARACTERS}}}", allowed=f"1 to {NAME_CHARACTERS} letters"
    )
    checker.one_of("release_channel", RELEASE_CHANNELS)
    checker.number("timeout_minutes", minimum=1, maximum=24 * 60)
    _check_place(checker)
    _check_scaling(checker)
    _check_access(checker)
    _check_tags(checker)
    if "password" in inputs and "adopt" not in inputs:
        checker.failures.append(_failure("password", "only an adopted service takes a password"))
    return checker.result()


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Names of the fields that the program sets and that were last seen otherwise."""
    names = [name for name in READABLE if name in news and not _same(name, olds, news)]
    return names + [
        name for name in UNREADABLE if name in news and olds.get(name) != news.get(name)
    ]


def outputs(service: models.Service, props: Mapping[str, Any]) -> dict[str, Any]:
    """The property bag of a service as it is now."""
    endpoints = {
        ENDPOINTS[str(endpoint.protocol)]: {
            "host": endpoint.host,
            "port": whole_number(endpoint.port),
            "username": endpoint.username,
        }
        for endpoint in service.endpoints or []
        if str(endpoint.protocol) in ENDPOINTS
    }
    https = endpoints.get("https")
    return {
        **{name: props[name] for name in KEPT if props.get(name) is not None},
        **{name: value for name, value in _live(service).items() if value is not None},
        "cloud_provider": service.provider,
        "region": service.region,
        "state": service.state,
        **{name: endpoints.get(name, {}) for name in ENDPOINTS.values()},
        "https_url": f"https://{https['host']}:{https['port']}" if https else None,
    }


def differences(service: models.Service, wanted: Mapping[str, Any]) -> list[str]:
    """Names of the readable fields in which the live service is not as wanted."""
    live = _live(service)
    return [name for name in READABLE if name in wanted and not _same(name, live, wanted)]


def post_request(props: Mapping[str, Any], marks: Mapping[str, str]) -> models.ServicePostRequest:
    """The request that creates the service, marks included."""
    from clickhouse_api import models

    fields = {name: props[name] for name in (*SCALING, "release_channel") if name in props}
    tags = {**props.get("tags", {}), **marks}
    return models.ServicePostRequest.model_validate(
        {
            **fields,
            "name": props.get("name") or _generated_name(props["pulumi_name"]),
            "provider": props["cloud_provider"],
            "region": props["region"],
            "ip_access_list": [_entry(entry) for entry in props["ip_access_list"]],
            "tags": [_tag(item) for item in sorted(tags.items())],
        }
    )


def patch_request(
    service: models.Service, wanted: Mapping[str, Any]
) -> models.ServicePatchRequest | None:
    """What to send of name, access list, tags and channel; None if all is as wanted."""
    from clickhouse_api import models

    live, different = _live(service), differences(service, wanted)
    plain = ("name", "release_channel")
    fields: dict[str, Any] = {name: wanted[name] for name in plain if name in different}
    if "ip_access_list" in different:
        old, new = _access(live["ip_access_list"]), _access(wanted["ip_access_list"])
        # The API removes before it adds, so an entry with a new description is in both.
        fields["ip_access_list"] = {
            "remove": [_entry(entry) for entry in sorted(old - new)],
            "add": [_entry(entry) for entry in sorted(new - old)],
        }
    if "tags" in different:
        old_tags, new_tags = live["tags"], wanted["tags"]
        # Removing goes by key, and a key in both lists is refused: a new value is only added.
        fields["tags"] = {
            "remove": [_tag((k, v)) for k, v in sorted(old_tags.items()) if k not in new_tags],
            "add": [_tag((k, v)) for k, v in sorted(new_tags.items()) if old_tags.get(k) != v],
        }
    return models.ServicePatchRequest.model_validate(fields) if fields else None


def scaling_request(
    service: models.Service, wanted: Mapping[str, Any]
) -> models.ServiceReplicaScalingPatchRequest | None:
    """What to send of the scaling fields; None if all is as wanted."""
    from clickhouse_api import models

    different = differences(service, wanted)
    fields = {name: wanted[name] for name in SCALING if name in different}
    return models.ServiceReplicaScalingPatchRequest.model_validate(fields) if fields else None


def _check_place(checker: Checker) -> None:
    checker.one_of("cloud_provider", tuple(REGIONS))
    provider = checker.known("cloud_provider")
    if provider in REGIONS:
        checker.one_of("region", REGIONS[provider])


def _check_scaling(checker: Checker) -> None:
    checker.number("min_replica_memory_gb", minimum=8, maximum=356, step=4)
    checker.number("max_replica_memory_gb", minimum=8, maximum=356, step=4)
    checker.number("num_replicas", minimum=1, maximum=50)
    checker.flag("idle_scaling")
    checker.number("idle_timeout_minutes", minimum=5, maximum=24 * 60 * 365)
    least, most = checker.known("min_replica_memory_gb"), checker.known("max_replica_memory_gb")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        checker.refuse("min_replica_memory_gb", f"at most max_replica_memory_gb, {most}")
    if checker.known("idle_scaling") is False and checker.known("idle_timeout_minutes"):
        checker.refuse("idle_timeout_minutes", "nothing while idle_scaling is false")


def _check_access(checker: Checker) -> None:
    value = checker.inputs.get("ip_access_list")
    if value is None or not is_known(value):
        return
    if not isinstance(value, list):
        checker.refuse("ip_access_list", "a list of addresses")
        return
    entries: dict[str, dict[str, str]] = {}
    for item in value:
        entry = {"source": item} if isinstance(item, str) else dict(item)
        source = entry.get("source")
        if not _is_network(source) or set(entry) - {"source", "description"}:
            checker.refuse(
                "ip_access_list", "addresses or CIDR ranges, or {source, description} mappings"
            )
            return
        entries[str(source)] = {k: v for k, v in entry.items() if v}
    # A set keyed by source: the order in the program means nothing.
    checker.inputs["ip_access_list"] = [entries[source] for source in sorted(entries)]


def _is_network(source: object) -> bool:
    if source == "anywhere":
        return True
    try:
        ipaddress.ip_network(str(source), strict=False)
    except ValueError:
        return False
    return True


def _check_tags(checker: Checker) -> None:
    tags = checker.known("tags")
    if tags is None:
        return
    legal = isinstance(tags, dict) and len(tags) <= USER_TAGS
    if not legal or not all(_is_tag(key, value) for key, value in tags.items()):
        checker.refuse(
            "tags",
            f"up to {USER_TAGS} keys (1 to 128 of a-z A-Z 0-9 . _ -, not beginning with "
            f"{PREFIX}) with values of up to 256 of the same letters",
        )


def _is_tag(key: str, value: object) -> bool:
    return (
        re.fullmatch(f"{TAG_LETTERS}{{1,128}}", key) is not None
        and not key.startswith(PREFIX)
        and isinstance(value, str)
        and re.fullmatch(f"{TAG_LETTERS}{{0,256}}", value) is not None
    )


def _failure(name: str, reason: str) -> Any:
    from pulumi.dynamic import CheckFailure

    return CheckFailure(name, reason)


def _live(service: models.Service) -> dict[str, Any]:
    """The readable fields of a live service, in the form that the inputs have."""
    entries = [
        {"source": entry.source, "description": entry.description}
        for entry in service.ip_access_list or []
        if entry.source
    ]
    plain = ("name", *SCALING, "release_channel")
    return {
        **{name: whole_number(getattr(service, name, None)) for name in plain},
        "ip_access_list": [
            {key: value for key, value in entry.items() if value}
            for entry in sorted(entries, key=lambda entry: str(entry["source"]))
        ],
        "tags": {k: v for k, v in tags_of(service).items() if not k.startswith(PREFIX)},
    }


def _same(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    old, new = olds.get(name), news.get(name)
    if name == "ip_access_list":
        return _access(old or []) == _access(new or [])
    return bool(whole_number(old) == whole_number(new))


def _access(entries: list[Mapping[str, str]]) -> set[tuple[str, str]]:
    return {(entry["source"], entry.get("description") or "") for entry in entries}


def _entry(entry: Mapping[str, str] | tuple[str, str]) -> dict[str, str]:
    source, description = (
        entry if isinstance(entry, tuple) else (entry["source"], entry.get("description", ""))
    )
    return {"source": source, "description": description}


def _tag(item: tuple[str, str]) -> dict[str, str]:
    key, value = item
    return {"key": key, "value": value} if value else {"key": key}


def _generated_name(pulumi_name: str) -> str:
    suffix = f"-{secrets.token_hex(4)}"
    return pulumi_name[: NAME_CHARACTERS - len(suffix)] + suffix
