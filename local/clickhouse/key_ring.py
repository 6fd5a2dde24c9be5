"""Creates, checks, changes and deletes API keys. Only their hashes are stored."""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from local.clickhouse.errors import BadRequest, Forbidden, NotFound, Unauthorized
from local.clickhouse.ip_access_lists import check_access_list, is_listed
from local.clickhouse.state import now_text
from local.processes.durable_files import load_json, save_json

__all__ = ["KeyRing", "StoredKey"]

ANYWHERE = ({"source": "0.0.0.0/0", "description": "Anywhere"},)
# The roles of every organization. The ids are the same in every local cloud.
SYSTEM_ROLES = {
    "admin": str(uuid.uuid5(uuid.NAMESPACE_DNS, "admin.roles.localhost")),
    "developer": str(uuid.uuid5(uuid.NAMESPACE_DNS, "developer.roles.localhost")),
    "query_endpoints": str(uuid.uuid5(uuid.NAMESPACE_DNS, "query-endpoints.roles.localhost")),
}
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True)
class StoredKey:
    """One key. `id` is the id in the API. The key id and the secret authenticate a request."""

    id: str
    name: str
    id_hash: str
    secret_hash: str
    suffix: str
    state: str = "enabled"
    roles: tuple[str, ...] = ("admin",)
    custom_role_ids: tuple[str, ...] = ()
    expire_at: str | None = None
    access_list: tuple[dict[str, str], ...] = ANYWHERE
    created_at: str = field(default_factory=now_text)
    used_at: str | None = None

    def to_api(self, custom_roles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the spec's `ApiKey`; `custom_roles` are the organization's, by id."""
        assigned = [(SYSTEM_ROLES[name], name, "system") for name in self.roles]
        for id in self.custom_role_ids:
            assigned.append((id, custom_roles[id]["name"], "custom"))
        shown = {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "roles": list(self.roles),
            "assignedRoles": [
                {"roleId": id, "roleName": name, "roleType": type} for id, name, type in assigned
            ],
            "keySuffix": self.suffix,
            "createdAt": self.created_at,
            "expireAt": self.expire_at,
            "ipAccessList": list(self.access_list),
        }
        return {**shown, "usedAt": self.used_at} if self.used_at else shown


class KeyRing:
    """All keys of the organization, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys: dict[str, StoredKey] = {}
        for saved in load_json(file, []):
            lists = {name: tuple(value) for name, value in saved.items() if type(value) is list}
            self._keys[saved["id"]] = StoredKey(**{**saved, **lists})

    def __iter__(self) -> Iterator[StoredKey]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, id: str) -> StoredKey:
        if id not in self._keys:
            raise NotFound(f"API key {id} was not found")
        return self._keys[id]

    def create(
        self, body: Mapping[str, Any], *, custom_roles: Collection[str] = ()
    ) -> tuple[StoredKey, str | None, str | None]:
        """Create a key.

        Args:
            custom_roles: ids that the body may name in addition to those of the system roles.
        Returns:
            The key, its key id and its secret. The last two are None if the body has hashes.
        """
        hashes = body.get("hashData")
        key_id, secret = (None, None) if hashes else (_token(20), _token(40))
        if hashes:
            missing = {"keyIdHash", "keyIdSuffix", "keySecretHash"} - set(hashes)
            if missing:
                raise BadRequest(f"hashData: {', '.join(sorted(missing))} missing")
            id_hash, secret_hash = _digest(hashes["keyIdHash"]), _digest(hashes["keySecretHash"])
            suffix = hashes["keyIdSuffix"]
        else:
            id_hash, secret_hash = _hash(key_id or ""), _hash(secret or "")
            suffix = (key_id or "")[-4:]
        key = StoredKey(str(uuid.uuid4()), body["name"], id_hash, secret_hash, suffix)
        key = _changed(key, body, custom_roles)
        self._put(key)
        return key, key_id, secret

    def change(
        self, id: str, body: Mapping[str, Any], *, custom_roles: Collection[str] = ()
    ) -> StoredKey:
        """Change the fields that are in the body. A null `expireAt` removes the expiry."""
        key = _changed(self[id], body, custom_roles)
        self._put(key)
        return key

    def delete(self, id: str) -> None:
        """Delete a key. Requests with it are rejected from now on."""
        del self._keys[self[id].id]
        self._save()

    def has_key_id(self, key_id: str) -> bool:
        """Return whether a key has this key id."""
        return any(key.id_hash == _hash(key_id) for key in self)

    def authenticate(self, authorization: str | None, address: str) -> StoredKey:
        """Return the key of a request.

        Raises:
            Unauthorized: the request has no key, or a key that is not valid.
            Forbidden: the key may not be used from this address.
        """
        key_id, secret = _basic(authorization)
        wanted = _hash(key_id)
        key = next((k for k in self._keys.values() if k.id_hash == wanted), None)
        if key is None or not hmac.compare_digest(key.secret_hash, _hash(secret)):
            raise Unauthorized("The API key id or secret is not valid")
        if key.state != "enabled":
            raise Unauthorized("The API key is disabled")
        if key.expire_at and _moment(key.expire_at) <= datetime.datetime.now(datetime.UTC):
            raise Unauthorized("The API key has expired")
        if not is_listed(address, key.access_list):
            raise Forbidden(f"The API key may not be used from {address}")
        # The time of use is only in memory: writing a file for every request would cost too much.
        self._keys[key.id] = key = replace(key, used_at=now_text())
        return key

    def _put(self, key: StoredKey) -> None:
        self._keys[key.id] = key
        self._save()

    def _save(self) -> None:
        save_json(self._file, [asdict(key) for key in self._keys.values()])


def _changed(key: StoredKey, body: Mapping[str, Any], custom_roles: Collection[str]) -> StoredKey:
    if "roles" in body and "assignedRoleIds" in body:
        raise BadRequest("roles and assignedRoleIds cannot both be given")
    key = replace(key, name=body.get("name", key.name), state=body.get("state", key.state))
    if "roles" in body:
        key = replace(key, roles=tuple(body["roles"]), custom_role_ids=())
    if "assignedRoleIds" in body:
        names = {id: name for name, id in SYSTEM_ROLES.items()}
        for id in body["assignedRoleIds"]:
            if id not in names and id not in custom_roles:
                raise BadRequest(f"assignedRoleIds: there is no role {id}")
        ids = tuple(dict.fromkeys(body["assignedRoleIds"]))
        key = replace(
            key,
            roles=tuple(names[id] for id in ids if id in names),
            custom_role_ids=tuple(id for id in ids if id not in names),
        )
    if "expireAt" in body:
        if body["expireAt"] is not None:
            _moment(body["expireAt"])
        key = replace(key, expire_at=body["expireAt"])
    if "ipAccessList" in body:
        check_access_list(body["ipAccessList"])
        # An empty list allows no address, as in the real cloud.
        key = replace(key, access_list=tuple(body["ipAccessList"]))
    return key


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        raise Unauthorized("HTTP Basic authentication with key id and key secret is required")
    try:
        key_id, _, secret = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:
        raise Unauthorized("The Authorization header is not HTTP Basic") from None
    return key_id, secret


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"expireAt: {text!r} is not a date and time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _digest(text: str) -> str:
    """Convert a SHA-256 from hex or base64 to hex."""
    for decode in (bytes.fromhex, base64.b64decode):
        try:
            digest = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(digest) == _DIGEST_BYTES:
            return digest.hex()
    raise BadRequest("hashData: a hash is a SHA-256 in hex or base64")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _token(length: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(letters) for _ in range(length))
