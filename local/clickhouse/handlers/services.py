"""Services: create, read, change, scale, start and stop, delete."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.byoc import check_infrastructure
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.service_fields import (
    check_placement,
    new_fields,
    patched_access_list,
    patched_ids,
    patched_tags,
    shown,
)
from local.clickhouse.ip_access_lists import check_access_list
from local.clickhouse.scaling import FIELDS as SCALING_FIELDS
from local.clickhouse.scaling import scaled
from local.clickhouse.service import LocalService
from local.clickhouse.sql_accounts import (
    ADMIN,
    EngineAccount,
    generated_password,
    hash_from_base64,
    sha256_hex,
)

__all__ = ["HANDLERS"]

Json = Any

_MOST_IN_WAREHOUSE = 5
_SHA1_DIGITS = 40
_LEAVING = ("softdeleting",)


async def get_list(call: Call) -> Json:
    wanted = [_tag(text) for text in call.query.get("filter", [])]
    services = [shown(service) for service in call.services.list()]
    return [service for service in services if all(_has(service, *tag) for tag in wanted)]


async def create(call: Call) -> Json:
    body = call.body
    check_placement(body)
    check_access_list(body["ipAccessList"])
    primary = _primary(call, body.get("dataWarehouseId"))
    if body.get("isReadonly") and primary is None:
        raise BadRequest("isReadonly: only with dataWarehouseId")
    _check_backup(call, body)
    if "byocId" in body:
        check_infrastructure(call, body)
    fields = new_fields(body, scaling=scaled({}, body))
    if primary is None:
        fields["dataWarehouseId"] = str(uuid.uuid4())
    fields["isPrimary"] = primary is None
    if "backupEncryptionConfig" in body:
        # The restored service counts as encrypted, as in clickhousectl.
        fields["hasTransparentDataEncryption"] = True
    password = generated_password()
    admin = EngineAccount.admin(sha256_hex(password))
    if primary is not None:
        # The users of the warehouse are those of its primary service.
        admin = primary.plane.directory.users[ADMIN]
    service = await call.services.create(fields, admin=admin, backup_id=body.get("backupId"))
    created = {"service": shown(service)}
    return created if primary is not None else {**created, "password": password}


async def get(call: Call) -> Json:
    return shown(call.service)


async def update(call: Call) -> Json:
    service, body = call.service, call.body
    fields = dict(service.record.fields)
    for name in ("name", "releaseChannel", "enableCoreDumps"):
        if name in body:
            fields[name] = body[name]
    if "transparentDataEncryptionKeyId" in body:
        if not fields["hasTransparentDataEncryption"]:
            raise BadRequest(
                "transparentDataEncryptionKeyId: the service was created without "
                "hasTransparentDataEncryption"
            )
        fields["transparentDataEncryptionKeyId"] = body["transparentDataEncryptionKeyId"]
    if "ipAccessList" in body:
        fields["ipAccessList"] = patched_access_list(fields["ipAccessList"], body["ipAccessList"])
    if "tags" in body:
        fields["tags"] = patched_tags(fields["tags"], body["tags"])
    if "privateEndpointIds" in body:
        ids = patched_ids(fields["privateEndpointIds"], body["privateEndpointIds"])
        fields["privateEndpointIds"] = ids
    for change in body.get("endpoints", []):
        fields["mysql"] = change.get("enabled", fields["mysql"])
    return _saved(service, fields)


async def delete(call: Call) -> None:
    service = call.service
    # This includes stopped secondaries, because their data is the primary's.
    _check_no_secondaries(call, service, still="exist", let_go=_LEAVING)
    service.delete()


async def update_state(call: Call) -> Json:
    service, command = call.service, call.body["command"]
    if command == "stop":
        _check_no_secondaries(call, service, still="run", let_go=("stopped", *_LEAVING))
    {"start": service.start, "stop": service.stop, "awake": service.awake}[command]()
    return shown(service)


async def update_scaling(call: Call) -> Json:
    service = call.service
    fields = service.record.fields
    before = {name: value for name, value in fields.items() if name in SCALING_FIELDS}
    others = {name: value for name, value in fields.items() if name not in SCALING_FIELDS}
    return _saved(service, {**others, **scaled(before, call.body)})


async def update_password(call: Call) -> Json:
    service, body = call.service, call.body or {}
    if not service.record.fields["isPrimary"]:
        raise BadRequest("the password belongs to the primary service of the warehouse")
    if "newDoubleSha1Hash" in body:
        _check_double_sha1(body)
    password = None
    if "newPasswordHash" in body:
        digest = hash_from_base64(body["newPasswordHash"])
        if digest is None:
            raise BadRequest("newPasswordHash: not a SHA-256 in base64")
    else:
        password = generated_password()
        digest = sha256_hex(password)
    for member in _members(call, service.record.fields["dataWarehouseId"]):
        await member.plane.change_accounts(
            lambda accounts: {
                **accounts,
                ADMIN: replace(accounts[ADMIN], password_hash=digest, hash_kind="sha256"),
            }
        )
    return {} if password is None else {"password": password}


async def get_private_endpoint_config(call: Call) -> Json:
    fields, id = call.service.record.fields, call.service.record.id
    return {
        "endpointServiceId": f"com.amazonaws.vpce.{fields['region']}.vpce-svc-{id[:8]}",
        "privateDnsHostname": f"{id[:10]}.{fields['region']}.vpce.{fields['provider']}.localhost",
    }


async def create_private_endpoint(call: Call) -> Json:
    service, body = call.service, call.body
    fields = dict(service.record.fields)
    fields["privateEndpointIds"] = patched_ids(fields["privateEndpointIds"], {"add": [body["id"]]})
    _saved(service, fields)
    return {
        "id": body["id"],
        "description": body.get("description", ""),
        "cloudProvider": fields["provider"],
        "region": fields["region"],
    }


def _saved(service: LocalService, fields: dict[str, Json]) -> Json:
    # The state machine may have changed the state since the fields were read.
    service.record.fields = {**fields, "state": service.state}
    service.record.save()
    return shown(service)


def _tag(text: str) -> tuple[str, str | None]:
    """Return key and value of a filter `tag:KEY=VALUE`. Without a value, all values match."""
    kind, _, wanted = text.partition(":")
    if kind != "tag" or not wanted:
        raise BadRequest(f"filter: {text!r}; tag:KEY and tag:KEY=VALUE are allowed")
    key, has_value, value = wanted.partition("=")
    return key, value if has_value else None


def _has(service: Json, key: str, value: str | None) -> bool:
    tags = {tag["key"]: tag.get("value", "") for tag in service["tags"]}
    return key in tags and value in (None, tags[key])


def _check_backup(call: Call, body: Mapping[str, Json]) -> None:
    if "backupId" not in body:
        if "backupEncryptionConfig" in body:
            raise BadRequest("backupEncryptionConfig: only with backupId")
        return
    backup = call.services.backups.find(body["backupId"])
    if backup is None:
        raise NotFound(f"backupId: backup {body['backupId']} was not found")
    if backup["status"] != "done":
        raise BadRequest(f"backupId: backup {backup['id']} is {backup['status']}")


def _primary(call: Call, warehouse: str | None) -> LocalService | None:
    if warehouse is None:
        return None
    members = _members(call, warehouse)
    primary = next((s for s in members if s.record.fields["isPrimary"]), None)
    if primary is None:
        raise BadRequest(f"dataWarehouseId: there is no warehouse {warehouse}")
    if len(members) >= _MOST_IN_WAREHOUSE:
        raise BadRequest(f"dataWarehouseId: {warehouse} has {_MOST_IN_WAREHOUSE} services already")
    return primary


def _members(call: Call, warehouse: str) -> list[LocalService]:
    return [s for s in call.services.list() if s.record.fields["dataWarehouseId"] == warehouse]


def _check_no_secondaries(
    call: Call, service: LocalService, *, still: str, let_go: Collection[str]
) -> None:
    fields = service.record.fields
    if not fields["isPrimary"]:
        return
    holders = [
        s.record.fields["name"]
        for s in _members(call, fields["dataWarehouseId"])
        if s is not service and s.state not in let_go
    ]
    if holders:
        raise Conflict(f"secondary services of the warehouse {still}: {', '.join(holders)}")


def _check_double_sha1(body: Mapping[str, Json]) -> None:
    text = body["newDoubleSha1Hash"]
    if "newPasswordHash" not in body:
        raise BadRequest("newDoubleSha1Hash: only with newPasswordHash")
    if len(text) != _SHA1_DIGITS or not all(c in "0123456789abcdefABCDEF" for c in text):
        raise BadRequest(f"newDoubleSha1Hash: not {_SHA1_DIGITS} hexadecimal digits")


HANDLERS: Mapping[str, Handler] = {
    "instanceGetList": get_list,
    "instanceCreate": create,
    "instanceGet": get,
    "instanceUpdate": update,
    "instanceDelete": delete,
    "instanceStateUpdate": update_state,
    "instanceScalingUpdate": update_scaling,
    "instanceReplicaScalingUpdate": update_scaling,
    "instancePasswordUpdate": update_password,
    "instancePrivateEndpointConfigGet": get_private_endpoint_config,
    "instancePrivateEndpointCreate": create_private_endpoint,
}
