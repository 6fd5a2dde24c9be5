"""Fields of a service: first values, changes of lists by a PATCH, and their responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local.clickhouse.errors import BadRequest
from local.clickhouse.handlers.scaling_schedule import shown_schedule
from local.clickhouse.ip_access_lists import check_access_list
from local.clickhouse.scaling import current_scaling
from local.clickhouse.service import LocalService
from local.clickhouse.state import now_text

__all__ = [
    "check_placement",
    "new_fields",
    "patched_access_list",
    "patched_ids",
    "patched_tags",
    "provider_of",
    "shown",
]

Json = Any

CLICKHOUSE_VERSION = "26.7"
_MOST_TAGS = 50
_GCP_REGIONS = frozenset(
    {"us-east1", "us-central1", "europe-west2", "europe-west4", "asia-southeast1"}
    | {"asia-northeast1"}
)
_AZURE_REGIONS = frozenset({"eastus", "eastus2", "westus3", "germanywestcentral", "centralus"})
_DEFAULTS: dict[str, Json] = {
    "isReadonly": False,
    "releaseChannel": "default",
    "hasTransparentDataEncryption": False,
    "enableCoreDumps": True,
    "tags": [],
    "privateEndpointIds": [],
}
_TAKEN = ("name", "provider", "region", "ipAccessList", "dataWarehouseId", "profile")
_OPTIONAL = ("profile", "complianceType", "transparentDataEncryptionKeyId", "tier", "byocId")


def check_placement(body: Mapping[str, Json]) -> None:
    """Check that the region belongs to the provider."""
    region, provider = body["region"], body["provider"]
    owner = provider_of(region)
    if owner != provider:
        raise BadRequest(f"region: {region} is a region of {owner}, not of {provider}")


def provider_of(region: str) -> str:
    """Return the provider of a region."""
    return "gcp" if region in _GCP_REGIONS else "azure" if region in _AZURE_REGIONS else "aws"


def new_fields(body: Mapping[str, Json], *, scaling: Mapping[str, Json]) -> dict[str, Json]:
    """Return the fields of a new service."""
    _check_one_tag_per_key(body.get("tags", []))
    given = {n: body[n] for n in (*_TAKEN, *_DEFAULTS, *_OPTIONAL) if n in body}
    mysql = [change.get("enabled", True) for change in body.get("endpoints", [])]
    return {
        **_DEFAULTS,
        **given,
        **scaling,
        "mysql": mysql[-1] if mysql else True,
        "createdAt": now_text(),
    }


def patched_access_list(before: Sequence[Json], patch: Mapping[str, Sequence[Json]]) -> list[Json]:
    """Return the list after a PATCH: remove, then add. Unknown entries to remove are ignored."""
    check_access_list([*patch.get("add", []), *patch.get("remove", [])])
    gone = {entry["source"] for entry in patch.get("remove", [])}
    added = {entry["source"]: entry for entry in patch.get("add", [])}
    return [e for e in before if e["source"] not in gone | set(added)] + list(added.values())


def patched_tags(before: Sequence[Json], patch: Mapping[str, Sequence[Json]]) -> list[Json]:
    """Return the tags after a PATCH. A tag that is added replaces the one with its key."""
    added = {tag["key"]: tag for tag in patch.get("add", [])}
    gone = {tag["key"] for tag in patch.get("remove", [])}
    both = sorted(gone & set(added))
    if both:
        raise BadRequest(f"tags: {', '.join(both)} is in both add and remove")
    after = [tag for tag in before if tag["key"] not in gone | set(added)] + list(added.values())
    if len(after) > _MOST_TAGS:
        raise BadRequest(f"tags: {len(after)}; at most {_MOST_TAGS} are allowed")
    return after


def patched_ids(before: Sequence[str], patch: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the ids after a PATCH: remove, then add the new ones."""
    kept = [id for id in before if id not in patch.get("remove", [])]
    return kept + [id for id in dict.fromkeys(patch.get("add", [])) if id not in kept]


def shown(service: LocalService) -> Json:
    """Return the spec's `Service`. It has a `tier` only if the create request had one."""
    record = service.record
    fields = {name: value for name, value in record.fields.items() if name != "mysql"}
    fields |= {
        "id": record.id,
        "clickhouseVersion": CLICKHOUSE_VERSION,
        "endpoints": _endpoints(service),
        "minTotalMemoryGb": 3 * fields["minReplicaMemoryGb"],
        "maxTotalMemoryGb": 3 * fields["maxReplicaMemoryGb"],
        "iamRole": f"arn:aws:iam::000000000000:role/local-{record.id[:8]}",
        "availablePrivateEndpointIds": [],
        "currentScaling": current_scaling(fields),
    }
    if fields["autoscalingMode"] == "horizontal":
        fields["replicaMemoryGb"] = fields["minReplicaMemoryGb"]
    schedule = record.parts.get("scalingSchedule")
    if schedule is not None:
        fields["scalingSchedule"] = shown_schedule(service)
    return fields


def _endpoints(service: LocalService) -> list[Json]:
    ports, id = service.record.ports, service.record.id
    endpoints: list[Json] = [
        {"protocol": p, "host": "localhost", "port": ports[p], "username": "default"}
        for p in ("nativesecure", "https")
    ]
    if service.record.fields["mysql"]:
        mysql = {"protocol": "mysql", "host": "localhost", "port": ports["mysql"]}
        endpoints.append({**mysql, "username": f"mysql4{id[:8]}"})
    return endpoints


def _check_one_tag_per_key(tags: Sequence[Mapping[str, str]]) -> None:
    keys = [tag["key"] for tag in tags]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise BadRequest(f"tags: {', '.join(twice)} is given twice")
